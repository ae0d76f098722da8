"""What becomes of rides on demand, as the dispatcher's journal says, drawn into orders: told, amended, given back.

The journal is read from a cursor on, and what is done here is done once, however often a change is read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from bookings.models import Booking, Order, RideCursor
from bookings.services import amends, calling_off, outbox
from bookings.services.cancelling import take_back
from transit.ondemand import rides, sheets
from transit.ondemand.quote import RideChange
from transit.ondemand.sheets import Carried

MOST_ROUNDS: Final = 20
NEAR: Final = timedelta(hours=1)
"""So long before a ride it matters to people which vehicle comes."""


def follow(now: datetime) -> list[Order]:
    """Draw the consequences of what has happened to rides since. The orders that have to be carried on."""
    cursor, _ = RideCursor.objects.get_or_create(pk=1)
    seen, found = cursor.last, []
    for _ in range(MOST_ROUNDS):
        changes = rides.changes_since(seen)
        if not changes:
            break
        for change in changes:
            if (order := _draw(change, now)) is not None:
                found.append(order)
            seen = change.id
            RideCursor.objects.filter(pk=1, last__lt=seen).update(last=seen)
    return found + amends.follow(now)


def _draw(change: RideChange, now: datetime) -> Order | None:
    with transaction.atomic():
        order_id = Booking.objects.filter(client_ref=change.reference).values_list("order_id", flat=True).first()
        if order_id is None:
            return None  # sold by somebody else
        order = Order.objects.select_for_update().select_related("offer").get(pk=order_id)
        booking = order.bookings.select_related("part").get(client_ref=change.reference)
        booking.order = order
        ride = sheets.list_carried([change.reference])[change.reference]
        if booking.state != "CONFIRMED":
            return None
        if change.new == "NO_SHOW" and change.old != "NO_SHOW":
            return _nobody_came(order, booking, ride, now)
        if change.new == "CANCELLED":
            _called_off(order, booking, now)
        elif order.state == "COMPLETED":
            _tell(order, booking, ride, change, now)
    return None


def _nobody_came(order: Order, booking: Booking, ride: Carried, now: datetime) -> Order | None:
    """The region's rule says what is kept; the rest goes back. Where all is kept, the booking stays as it is."""
    if booking.no_show_at is not None or order.state != "COMPLETED":
        return None
    booking.no_show_at = now
    booking.save(update_fields=["no_show_at"])
    outbox.queue_once(order, "no_show", f"no_show:{booking.seq}", now, booking)
    kept = (booking.price_minor * ride.conduct.no_show_fee_basis_points + 5_000) // 10_000
    if kept >= booking.price_minor:
        return None
    return take_back(order, {booking.seq: kept}, now, "no_show")


def _called_off(order: Order, booking: Booking, now: datetime) -> None:
    """Nobody can drive it. Where the resident has just given it back themselves, that is on its way already."""
    if not (order.state == "CANCELLING" and booking.giving_back):
        calling_off.note(booking, now)


def _tell(order: Order, booking: Booking, ride: Carried, change: RideChange, now: datetime) -> None:
    late = _is_broken(ride, change)
    if late and amends.owe(booking, ride.conduct.broken_promise_basis_points):
        outbox.queue_once(order, "ride_broken", f"ride_broken:{booking.seq}", now, booking)
    if change.old != change.new:
        return
    if change.detail.get("arrived"):
        outbox.queue_once(order, "ride_arrived", f"ride_arrived:{booking.seq}", now, booking)
    elif change.detail.get("moved"):
        outbox.queue_once(order, "ride_waits", f"ride_waits:{change.id}", now, booking)
    elif "told_at" in change.detail and not late:
        before = sheets.find_told(change.reference, change.id)
        at = datetime.fromisoformat(str(change.detail["told_at"]))
        if at != (before.at if before else _sold_for(booking)):
            outbox.queue_once(order, "ride_time", f"ride_time:{change.id}", now, booking)
        elif (before is None or before.vehicle != change.detail["vehicle"]) and ride.told_at - now < NEAR:
            outbox.queue_once(order, "ride_vehicle", f"ride_vehicle:{change.id}", now, booking)


def _sold_for(booking: Booking) -> datetime:
    """The pick-up as it was when it was sold."""
    leg = min(leg for product in booking.part.products.all() for leg in product.legs)
    at: datetime = booking.order.offer.journey.legs[leg].start_at
    return at.astimezone(UTC)


def _is_broken(ride: Carried, change: RideChange) -> bool:
    """Whether somebody is met, or was, after the end of the window that they were promised."""
    return bool(change.detail.get("broken")) or max(ride.told_at, ride.arrived_at or ride.told_at) > ride.latest_at
