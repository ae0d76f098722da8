"""Bookings for which nobody came, as the operator says: it keeps what its rule says, the rest goes back.

Where it keeps everything, the tickets stay as they are: who missed one bus may be on the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Min

from bookings.models import Booking, Order
from bookings.services import outbox, redress
from bookings.services.calling_off import get_sold
from bookings.services.cancelling import take_back
from bookings.services.package_error import PackageError
from transit.money import Money
from transit.register.sellers import find_seller

REASON: Final = "no_show"
UNTIL: Final = timedelta(hours=24)
"""So long after the departure it can be said."""


class NoShowError(Exception):
    """What cannot be noted. `code` is one of not_departed, too_late, already_used, not_possible_now."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def note(operator_code: str, reference: str, now: datetime) -> Order | None:
    """Nobody came for a booking of a hosted operator. Noted again, nothing more happens. The order that it is of; none
    where a provider has sold it.

    Raises Booking.DoesNotExist for what is not sold, or is another operator's, and NoShowError.
    """
    try:
        if redress.note_no_show(operator_code, reference, now):
            return None
    except PackageError as refused:
        raise NoShowError(refused.code) from refused
    found = get_sold(operator_code, reference)
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=found.order_id)
        booking = get_sold(operator_code, reference)
        if booking.no_show_at is not None:
            return order
        if obstacle := _obstacle(order, booking, now):
            raise NoShowError(obstacle)
        booking.no_show_at = now
        booking.save(update_fields=["no_show_at"])
        outbox.queue(order, "no_show", f"no_show:{booking.seq}", now, booking=booking)
        kept = _kept(booking, order.currency)
        return take_back(order, {booking.seq: kept}, now, REASON) if kept < booking.price_minor else order


def _obstacle(order: Order, booking: Booking, now: datetime) -> str:
    departs_at = booking.rides.aggregate(first=Min("start_at"))["first"]
    if departs_at is None or now < departs_at:
        return "not_departed"
    if now > departs_at + UNTIL:
        return "too_late"
    if booking.tickets.filter(state="USED").exists():
        return "already_used"
    return "" if order.state == "COMPLETED" else "not_possible_now"


def _kept(booking: Booking, currency: str) -> int:
    first = booking.rides.order_by("start_at").first()
    seller = find_seller(booking.part.agency_id, first.service_date if first else None)
    price = Money(booking.price_minor, currency)
    return (seller.no_show_fee(price) if seller else price).minor
