"""How one operator behaves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Settings:
    """One operator's habits.

    `capability` "A" answers a repeated call as it answered the first; "B" refuses a repeated purchase, confirmation or
    undo with 403, as TOMP 1.6 has it, and has to be looked up. `refund_free_until_s`: how long before departure a
    ticket is refunded whole; later, until departure, `refund_fee_percent` is kept.

    `confirms` a purchase "at_once"; "conditionally", when a driver has accepted it (label PURCHASE_TO_BE_CONFIRMED); or
    "later", with 202 until then. In the last two it `accepts` or not, `decides_after_s` after the confirmation was
    asked for. Where it `estimates`, a price is one until the ride is over; then `used_percent` of it is owed. Where
    `silence_books`, a purchase that nobody confirms or undoes in time is bought, instead of expiring.

    Bad habits: it `sells_twice` what is asked for twice, gives what it sells `own_numbers` instead of the offer's,
    `keeps_released` what it says it has released, and has `bare_errors`, without a code.
    """

    operator: str = "rail"
    title: str = "Coast Rail"
    prefix: str = "rail"
    feed_url: str = "http://127.0.0.1/feeds/rail.gtfs.zip"
    base_url: str = "http://127.0.0.1"
    client_id: str = "maas"
    client_secret: str = "tomp-secret"  # noqa: S105
    capability: str = "B"
    seats: int = 120
    offer_valid_s: int = 900
    hold_s: int = 600
    max_hold_s: int = 1800
    refund_free_until_s: int = 1800
    refund_fee_percent: int = 50
    tax_percent: Decimal = Decimal("13.5")
    country: str = "FI"
    seed: str = ""
    max_offers: int = 8
    confirms: str = "at_once"
    accepts: bool = True
    decides_after_s: int = 60
    silence_books: bool = False
    estimates: bool = False
    used_percent: int = 90
    sells_twice: bool = False
    own_numbers: bool = False
    keeps_released: bool = False
    bare_errors: bool = False
