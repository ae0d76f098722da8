"""Amends for promises of rides on demand that were not kept: a share of the price by the region's rule, after the ride.

The booking stands, as the ride takes place. Its operator gives the share back, to each who paid of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from bookings.models import Booking, Order
from bookings.services import charging, fees, receipts, sales, subsidies
from bookings.services.orders import wake
from bookings.states import ORDER
from transit.ondemand import sheets
from transit.ondemand.sheets import Carried

REASON: Final = "promise_broken"
MOST_AT_ONCE: Final = 50
OVER_AFTER: Final = timedelta(hours=6)


def owe(booking: Booking, basis_points: int) -> None:
    """Note, with the order locked, that the promise of a booking is broken; once is enough."""
    if not booking.amends_basis_points:
        booking.amends_basis_points = min(basis_points, 10_000)
        booking.save(update_fields=["amends_basis_points"])


def follow(now: datetime) -> list[Order]:
    """Give back what is owed for rides that are over. The orders that have to be carried on."""
    references = dict(owed().filter(order__state="COMPLETED").order_by("pk").values_list("client_ref", "order_id"))
    rides = sheets.list_carried(references)
    missed = [reference for reference, ride in rides.items() if ride.state == "NO_SHOW"]
    owed().filter(client_ref__in=missed).update(amends_basis_points=0)
    over = [reference for reference in references if reference in rides and _is_over(rides[reference], now)]
    found = [_give(references[reference], reference, now) for reference in over[:MOST_AT_ONCE]]
    return [order for order in found if order is not None]


def owed() -> QuerySet[Booking]:
    """Bookings of which something has to be given back for a broken promise."""
    return Booking.objects.filter(amends_basis_points__gt=0, amends_at=None, state="CONFIRMED")


def _is_over(ride: Carried, now: datetime) -> bool:
    """Whether a ride took place; long after its time also where its driver has not said so."""
    return ride.state == "DONE" or (ride.state in ("CONFIRMED", "BOARDED") and now >= ride.arrive_by + OVER_AFTER)


def _give(order_id: int, reference: UUID, now: datetime) -> Order | None:
    with transaction.atomic():
        order = Order.objects.select_for_update().select_related("offer").get(pk=order_id)
        booking = order.bookings.select_related("part").get(client_ref=reference)
        if order.state != "COMPLETED" or booking.amends_at or charging.is_only_authorised(order):
            return None
        booking.order, booking.amends_at = order, now
        booking.save(update_fields=["amends_at"])
        subsidies.take_back(booking)
        sales.post_amends(order, booking, now)
        fees.give_back_commission(order, booking, now)
        receipts.credit(order, booking, now)
        order.bookings.update(giving_back=False)
        ORDER.move(order, "CANCELLING", reason=REASON)
        order.cancel_epoch += 1
        return wake(order, now, "cancel_epoch")
