"""TOMP-API 1.5 and 1.6 as the trial asks them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from transit.money import Money
from transit.register.conformance.shop import Offered, Sale
from transit.register.conformance.speaking import spoken, standing_of
from transit.register.conformance.tomp_shop import TRAVELLERS
from transit.remote import tomp1
from transit.remote.tomp import Party, Search
from transit.remote.tomp1 import Booking


@dataclass(frozen=True, slots=True)
class Tomp1Shop:
    """See Shop."""

    party: Party
    search_for: Search
    began_at: datetime

    def search(self) -> list[Offered]:
        """Offers with a price."""
        with spoken(tomp1.error_codes):
            found = tomp1.search_offers(self.party, self.search_for)
        priced = [Offered(offer.id, offer.price) for offer in found if offer.price is not None]
        return sorted(priced, key=lambda offer: offer.price.minor)

    def hold(self, offer: str, reference: str) -> Sale:
        """POST /bookings."""
        with spoken(tomp1.error_codes):
            return _sale(tomp1.book(self.party, offer, TRAVELLERS, customer=reference))

    def find(self, ref: str) -> Sale | None:
        """GET of the booking."""
        with spoken(tomp1.error_codes):
            found = tomp1.find_booking(self.party, ref)
        return None if found is None else _sale(found)

    def find_all(self, reference: str) -> list[Sale] | None:
        """Among all bookings of rides to come."""
        with spoken(tomp1.error_codes):
            found = tomp1.list_bookings(self.party, self.began_at)
        return [_sale(booking) for booking in found if booking.customer == reference]

    def extend(self, ref: str) -> Sale:
        """More time, because the payer still pays."""
        with spoken(tomp1.error_codes):
            return _sale(tomp1.extend(self.party, ref))

    def confirm(self, ref: str) -> Sale:
        """COMMIT."""
        with spoken(tomp1.error_codes):
            return _sale(tomp1.commit(self.party, ref))

    def release(self, ref: str) -> Sale:
        """CANCEL."""
        with spoken(tomp1.error_codes):
            return _sale(tomp1.cancel(self.party, ref))

    def undo(self, ref: str) -> Sale:
        """CANCEL, too."""
        return self.release(ref)

    def find_charge(self, ref: str) -> Money | None:
        """Not asked: what 1.x lists of payments names no booking."""
        return None


def _sale(booking: Booking) -> Sale:
    return Sale(booking.id, standing_of(booking.state), booking.price, booking.expires_at)
