"""What becomes of rides on demand, as the dispatcher's journal says, drawn into orders: told, amended, given back.

The journal is read from a cursor on, and what is done here is done once, however often a change is read.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from bookings.models import Booking, Order, RideCursor
from bookings.services import amends, calling_off, no_shows, outbox, package_ride_news
from transit.ondemand import rides, sheets
from transit.ondemand.quote import RideChange
from transit.ondemand.sheets import Carried

logger = logging.getLogger(__name__)
MOST_ROUNDS: Final = 20
CAUGHT_UP: Final = timedelta(days=2)
_SOLD: Final = ("COMPLETED", "CANCELLING")
NEAR: Final = timedelta(hours=1)
"""So long before a ride it matters to people which vehicle comes."""


def follow(now: datetime) -> list[Order]:
    """Draw the consequences of what has happened to rides since. The orders that have to be carried on."""
    found = []
    for step in (_read, _catch_up, amends.follow, _follow_packages):
        try:
            found += step(now)
        except Exception:
            logger.exception("what happened to rides could not be followed")
    return found


def _follow_packages(now: datetime) -> list[Order]:
    package_ride_news.follow(now)
    return []


def _read(now: datetime) -> list[Order]:
    cursor, _ = RideCursor.objects.get_or_create(pk=1)
    seen, found = cursor.last, []
    for _ in range(MOST_ROUNDS):
        changes = rides.changes_since(seen)
        if not changes:
            break
        for change in changes:
            try:
                order = _draw(change, now)
            except Exception:  # all others' news come after it
                logger.exception("change %s of a ride has no consequences", change.id)
                order = None
            if order is not None:
                found.append(order)
            seen = change.id
            RideCursor.objects.filter(pk=1, last__lt=seen).update(last=seen)
    return found


def _catch_up(now: datetime) -> list[Order]:
    """What could not be done when its change was read: the order was under way, or not sold yet."""
    ended = sheets.list_ended(("NO_SHOW", "CANCELLED"), (now - CAUGHT_UP).date())
    rows = Booking.objects.filter(client_ref__in=ended, state="CONFIRMED", called_off_at=None, no_show_at=None)
    found = []
    for pk, order_id in rows.filter(order__state__in=_SOLD).order_by("pk").values_list("pk", "order_id"):
        with transaction.atomic():
            order = Order.objects.select_for_update().get(pk=order_id)
            booking = Booking.objects.select_related("part").get(pk=pk)
            booking.order = order
            if order.state not in _SOLD or booking.state != "CONFIRMED":
                continue
            if ended[booking.client_ref] == "CANCELLED":
                _called_off(order, booking, now)
            elif order.state == "COMPLETED" and (carried_on := _nobody_came(booking, now)) is not None:
                found.append(carried_on)
    return found


def _draw(change: RideChange, now: datetime) -> Order | None:
    with transaction.atomic():
        order_id = Booking.objects.filter(client_ref=change.reference).values_list("order_id", flat=True).first()
        if order_id is None:
            package_ride_news.draw(change, now)
            return None
        order = Order.objects.select_for_update().select_related("offer").get(pk=order_id)
        booking = order.bookings.select_related("part").get(client_ref=change.reference)
        booking.order = order
        ride = sheets.list_carried([change.reference])[change.reference]
        if booking.state != "CONFIRMED":
            return None
        if change.new == "NO_SHOW" and change.old != "NO_SHOW":
            return _nobody_came(booking, now)
        if change.new == "CANCELLED":
            _called_off(order, booking, now)
        else:
            _tell(order, booking, ride, change, now)
    return None


def _nobody_came(booking: Booking, now: datetime) -> Order | None:
    """The region's rule says what is kept; the rest goes back."""
    try:
        return no_shows.note(booking.operator_code, booking.reference, now)
    except no_shows.NoShowError as refused:
        logger.info("booking %s: nobody came, but %s", booking.pk, refused.code)
        return None


def _called_off(order: Order, booking: Booking, now: datetime) -> None:
    """Nobody can drive it. Where the resident has just given it back themselves, that is on its way already."""
    if not (order.state == "CANCELLING" and booking.giving_back):
        calling_off.note(booking, now)


def _tell(order: Order, booking: Booking, ride: Carried, change: RideChange, now: datetime) -> None:
    """The most important of what has changed, in one message."""
    detail = change.detail
    came_late = bool(detail.get("arrived") and ride.arrived_at and ride.arrived_at > ride.latest_at)
    if detail.get("broken") or came_late:
        amends.owe(booking, ride.conduct.broken_promise_basis_points)
    if detail.get("arrived"):
        what = "ride_arrived"
    elif detail.get("broken"):
        what = "ride_broken"
    elif detail.get("moved"):
        what = "ride_waits"
    else:
        what = _find_news(booking, ride, change, now)
    if what:
        outbox.queue_once(order, what, f"{what}:{change.id}", now, booking)


def _find_news(booking: Booking, ride: Carried, change: RideChange, now: datetime) -> str:
    """Whether another plan within what was promised is worth telling."""
    if "told_at" not in change.detail or change.old != change.new:
        return ""
    before = sheets.find_told(change.reference, change.id)
    if datetime.fromisoformat(str(change.detail["told_at"])) != (before.at if before else _sold_for(booking)):
        return "ride_time"
    other = before is None or before.vehicle != change.detail["vehicle"]
    return "ride_vehicle" if other and ride.told_at - now < NEAR else ""


def _sold_for(booking: Booking) -> datetime:
    """The pick-up as it was when it was sold."""
    leg = min(leg for product in booking.part.products.all() for leg in product.legs)
    at: datetime = booking.order.offer.journey.legs[leg].start_at
    return at.astimezone(UTC)
