"""Selling through operators' TOMP-API 1.x.

Capability B: a booking has the id of its option. There is no call that names a refund's fee, so what is bought is not
given back through us; what never was sold to the resident is cancelled, whatever the operator makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from bookings.operators.base import Call, CancellationTerms, Document, Holding, HoldingState, OperatorError
from transit.money import Money
from transit.register.sellers import get_sales_interface
from transit.remote import tomp, tomp1
from transit.remote.http import RemoteError
from transit.remote.tomp import Party
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
_SOLD_OUT: Final = frozenset({201, 203})
_ALIVE: Final = frozenset({"PENDING", "CONDITIONAL_CONFIRMED", "CONFIRMED"})


class Tomp1Operators:
    """See OperatorPort. Amounts include tax."""

    def look_up(self, call: Call, now: datetime) -> Holding:
        """GET of the booking by its id."""
        with _translated():
            booking = tomp1.find_booking(_party(call), _ref(call))
        return Holding(HoldingState.NONE) if booking is None else _holding(booking)

    def hold(self, call: Call, now: datetime) -> Holding:
        """A booking of the option; PENDING is a hold."""
        travellers = [tomp.Traveller(id=row["key"], profile=row["category"]) for row in call.terms["travellers"]]
        with _translated():
            return _holding(tomp1.book(_party(call), call.offer_ref, travellers, customer=f"{call.client_ref}"))

    def extend(self, call: Call, now: datetime) -> Holding:
        """EXTEND_EXPIRY_TIME."""
        with _translated():
            return _holding(tomp1.extend(_party(call), _ref(call)))

    def confirm(self, call: Call, now: datetime) -> Holding:
        """COMMIT."""
        with _translated():
            return _holding(tomp1.commit(_party(call), _ref(call)))

    def cancel(self, call: Call, now: datetime) -> Holding:
        """CANCEL of what still stands."""
        party = _party(call)
        with _translated():
            booking = tomp1.find_booking(party, _ref(call))
            if booking is None:
                return Holding(HoldingState.NONE)
            return _holding(tomp1.cancel(party, booking.id) if booking.state in _ALIVE else booking)

    def quote_cancellation(self, call: Call, now: datetime) -> CancellationTerms:
        """Never through us: nobody would know the fee beforehand."""
        with _translated():
            booking = tomp1.get_booking(_party(call), _ref(call))
        if booking.price is None:
            raise OperatorError("no_price", permanent=True)
        return CancellationTerms(False, Money(booking.price.minor, booking.price.currency))

    def documents(self, call: Call, now: datetime) -> tuple[Document, ...]:
        """None: our own tickets do."""
        return ()


def _holding(booking: Booking) -> Holding:
    return Holding(_STATES[booking.state], booking.id, booking.price, booking.expires_at)


def _ref(call: Call) -> str:
    return call.operator_ref or call.offer_ref


def _party(call: Call) -> Party:
    interface = get_sales_interface(call.operator_code)
    return Party(interface.url, interface.client_id, interface.client_secret)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except RemoteError as error:
        full = (tomp1.error_code(error) or 0) % 1000 in _SOLD_OUT
        reason = "sold_out" if full else "operator_refused" if error.permanent else "operator_unknown"
        raise OperatorError(reason, permanent=error.permanent, status=f"{error.status or 'lost'}") from error
