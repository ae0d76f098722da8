"""Selling through operators' TOMP-API 1.x.

Capability B: a booking has the id of its option. Capability C: it has not, and is searched for by our reference among
all that are listed; there may be several, as a call whose answer was lost may have been repeated. There is no call that
names a refund's fee, so what is bought is not given back through us; what never was sold to the resident is cancelled,
whatever the operator makes of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bookings.operators.base import (
    Call,
    CancellationTerms,
    Document,
    Holding,
    HoldingState,
    ListedSale,
    OperatorError,
)
from bookings.operators.tomp.calling import get_party, party_of, ref_of, translated, travellers_of
from transit.remote import tomp1
from transit.remote.tomp1 import Booking

_STATES: Final = {
    "NEW": HoldingState.NONE,
    "PENDING": HoldingState.HELD,
    "CONDITIONAL_CONFIRMED": HoldingState.CONDITIONAL,
    "CONFIRMED": HoldingState.CONFIRMED,
    "STARTED": HoldingState.CONFIRMED,
    "FINISHED": HoldingState.CONFIRMED,
    "REJECTED": HoldingState.RELEASED,
    "RELEASED": HoldingState.RELEASED,
    "EXPIRED": HoldingState.EXPIRED,
    "CANCELLED": HoldingState.CANCELLED,
}
_ALIVE: Final = ("PENDING", "CONDITIONAL_CONFIRMED", "CONFIRMED")
_ORDER: Final = (*_ALIVE, "STARTED", "FINISHED")
"""Of several bookings under our reference the last of these counts."""
_LISTED: Final = timedelta(days=30)
"""Rides that were over before are not searched for any more."""


class Tomp1Operators:
    """See OperatorPort. Amounts include tax."""

    def look_up(self, call: Call, now: datetime) -> Holding:
        """GET of the booking by its id, or of all that are listed."""
        with translated(tomp1.error_codes):
            found = _find_all(call, now)
        return _holding(found[-1]) if found else Holding(HoldingState.NONE)

    def hold(self, call: Call, now: datetime) -> Holding:
        """A booking of the option; PENDING is a hold."""
        people = travellers_of(call)
        with translated(tomp1.error_codes):
            return _holding(tomp1.book(party_of(call), call.offer_ref, people, customer=f"{call.client_ref}"))

    def extend(self, call: Call, now: datetime) -> Holding:
        """EXTEND_EXPIRY_TIME."""
        with translated(tomp1.error_codes):
            return _holding(tomp1.extend(party_of(call), ref_of(call)))

    def confirm(self, call: Call, now: datetime) -> Holding:
        """COMMIT."""
        with translated(tomp1.error_codes):
            return _holding(tomp1.commit(party_of(call), ref_of(call)))

    def cancel(self, call: Call, now: datetime) -> Holding:
        """CANCEL of all that still stands."""
        party = party_of(call)
        with translated(tomp1.error_codes):
            left = [tomp1.cancel(party, each.id) if each.state in _ALIVE else each for each in _find_all(call, now)]
        return _holding(left[-1]) if left else Holding(HoldingState.NONE)

    def quote_cancellation(self, call: Call, now: datetime) -> CancellationTerms:
        """Never through us: nobody would know the fee beforehand."""
        with translated(tomp1.error_codes):
            found = _find_all(call, now)
        price = found[-1].price if found else None
        if price is None:
            raise OperatorError("no_price", permanent=True)
        return CancellationTerms(False, price)

    def documents(self, call: Call, now: datetime) -> tuple[Document, ...]:
        """None: our own tickets do."""
        return ()

    def list_sales(self, operator_code: str, since: datetime, until: datetime) -> list[ListedSale]:
        """GET of all bookings whose rides are not over before `since`: 1.x selects by the time of the ride."""
        with translated(tomp1.error_codes):
            found = tomp1.list_bookings(get_party(operator_code), since)
        return [_listed(booking) for booking in found if booking.state != "NEW"]


def _find_all(call: Call, now: datetime) -> list[Booking]:
    """The bookings that are ours by this call, the one that counts last."""
    party = party_of(call)
    if call.capability != "C":
        one = tomp1.find_booking(party, ref_of(call))
        return [] if one is None else [one]
    listed = tomp1.list_bookings(party, now - _LISTED)
    mine = [each for each in listed if each.customer == f"{call.client_ref}" and each.state != "NEW"]
    return sorted(mine, key=lambda each: _ORDER.index(each.state) if each.state in _ORDER else -1)


def _listed(booking: Booking) -> ListedSale:
    state = _STATES[booking.state]
    return ListedSale(booking.id, state=state, charged=booking.price if state == HoldingState.CONFIRMED else None)


def _holding(booking: Booking) -> Holding:
    over = booking.state == "FINISHED"
    return Holding(_STATES[booking.state], booking.id, booking.price, booking.expires_at, is_over=over)
