"""What may help a resident whose journey was not booked: another departure, another way, or the same once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bookings.models import Order, Ride
from bookings.services import trips
from bookings.states import ORDER_SELLING
from transit.routing.itinerary import Itinerary

_STATES: Final = frozenset({"UNWINDING", "FAILED"})
_OTHERWISE: Final = ("other_way", "later")
_BY_REASON: Final = {
    "sold_out": ("later", "other_way"),
    "departed": ("later",),
    "operator_unavailable": ("other_way", "again"),
    "declined": ("again",),
    "payment_abandoned": ("again",),
    "given_up": ("other_way", "later"),
    "consent_refused": ("other_way", "later"),
    "too_late": ("again", "later"),
}


@dataclass(frozen=True, slots=True)
class Alternative:
    """A search that may help. `kind` is later, other_way (other than the way that failed) or again (the same)."""

    kind: str
    way: Itinerary
    leave_at: datetime


def list_alternatives(order: Order, now: datetime) -> list[Alternative]:
    """The searches to offer for an order that is not booked, or of which an operator has cancelled a part, best first.

    Searches are for the way there; one for the way back can be added to it again. Those of the past begin now.
    """
    if order.state in _STATES:
        way, kinds = trips.list_trips(order.offer)[0], _BY_REASON.get(order.unwind_reason, _OTHERWISE)
    elif order.state not in ORDER_SELLING and (lost := _first_lost(order)) is not None and lost.start_at > now:
        way, kinds = trips.trip_of(order.offer, lost.leg), _OTHERWISE
    else:
        return []
    return [Alternative(kind, way, max(now, _from(kind, way))) for kind in kinds]


def _first_lost(order: Order) -> Ride | None:
    """The first ride that an operator has cancelled."""
    return Ride.objects.filter(booking__order=order, booking__called_off_at__isnull=False).first()


def _from(kind: str, way: Itinerary) -> datetime:
    return way.start_at + timedelta(minutes=1) if kind == "later" else way.start_at
