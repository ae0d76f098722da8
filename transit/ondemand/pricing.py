"""What supply and demand make of a fare, within the bounds that a region has set. Pure: no rows, no clock.

The change is in whole hundredths of the fare, so that what is said ("20 % less") is what was counted; only the bound
itself may be finer. What somebody is offered stays: the price goes with the quote and the offer, and is never asked
for again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from transit.ondemand.fares import WHOLE, share_of
from transit.ondemand.quote import Quote
from transit.ondemand.rules import DynamicPricing, Rules

_STEP: Final = 100


class PriceReason(StrEnum):
    """Why a fare is not the usual one."""

    USUAL = ""
    QUIET = "quiet"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Price:
    """What a person pays, and by how much of the usual fare that is less (negative) or more."""

    minor: int
    usual_minor: int
    change_basis_points: int

    @property
    def reason(self) -> PriceReason:
        """Why it differs; nothing where it does not."""
        if self.minor == self.usual_minor:
            return PriceReason.USUAL
        return PriceReason.QUIET if self.minor < self.usual_minor else PriceReason.BUSY


def change_of(pricing: DynamicPricing | None, busy: float, *, exempt: bool) -> int:
    """Basis points of the fare that come on top (or off, negative) when so much of the fleet is asked for.

    It never falls as `busy` rises, and stays between the region's bounds. Whoever is exempt never pays more.
    """
    if pricing is None:
        return 0
    busy = min(max(busy, 0.0), 1.0)
    if busy <= pricing.discount_below:
        return -_part(pricing.max_discount_basis_points, pricing.discount_below - busy, pricing.discount_below)
    if busy >= pricing.surcharge_above and not exempt:
        scale = 1.0 - pricing.surcharge_above
        return _part(pricing.max_surcharge_basis_points, busy - pricing.surcharge_above, scale)
    return 0


def price(usual_minor: int, change_basis_points: int, cap_minor: int | None = None) -> Price:
    """A person's fare with a change, rounded half up to the smallest unit; no cap is passed upwards."""
    minor = max(0, share_of(usual_minor, WHOLE + change_basis_points))
    if cap_minor is not None and minor > usual_minor:
        minor = max(usual_minor, min(minor, cap_minor))
    return Price(minor, usual_minor, change_basis_points if minor != usual_minor else 0)


def is_exempt(rules: Rules, groups: Collection[str], purpose: str) -> bool:
    """Whether the price of such a ride never rises: for its purpose (health, school), or for who rides."""
    by_purpose = any(each.exempt for each in rules.purposes if each.code == purpose)
    return by_purpose or any(each.exempt for each in rules.groups if each.code in groups)


def change_for(rules: Rules, quote: Quote) -> int:
    """What demand around a quoted ride makes of every fare of it. The same quote always says the same."""
    return change_of(rules.pricing, quote.busy, exempt=is_exempt(rules, (quote.group,), quote.purpose))


def _part(most: int, on: float, scale: float) -> int:
    """How much of `most` holds so far `on` a scale: whole steps, and all of it at the end."""
    if scale <= 0 or on >= scale:
        return most
    found = round(most * on / scale, 6)  # 0.3 - 0.15 is less than 0.15
    return int(found) // _STEP * _STEP
