"""The promise of connections: a vehicle on demand waits for whom a late train or bus brings, if nobody is harmed by it.

What brings people may be sold here or not: its departures are followed from the itineraries of those who are met.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from bookings.models import Booking, Offer, Order
from bookings.services.connections import Met, find_break
from bookings.services.requests import departure_key
from transit.ondemand import sheets, shifts

AHEAD: Final = timedelta(hours=3)
"""So long before somebody is met it is followed whether they will be there."""
MOST_MOVES: Final = 4
"""Rides on demand of one journey."""


def list_feeders(now: datetime) -> dict[str, set[int]]:
    """The departures that bring people to vehicles on demand soon, with the orders of these."""
    soon = Booking.objects.filter(
        sales="ondemand", state="CONFIRMED", order__state="COMPLETED", rides__end_at__gte=now,
        rides__start_at__lte=now + AHEAD,
    )  # fmt: skip
    found: dict[str, set[int]] = defaultdict(set)
    for order_id, offer_id in soon.values_list("order_id", "order__offer_id").distinct():
        for key in _departures(offer_id):
            found[key].add(order_id)
    return found


@lru_cache(maxsize=4096)
def _departures(offer_id: int) -> tuple[str, ...]:
    """The departures of a timetable in an offer's journey, which is never edited."""
    journey = Offer.objects.get(pk=offer_id).journey
    keys = [departure_key(journey, leg) for leg, ride in enumerate(journey.legs) if ride.service]
    return tuple(key for key in keys if not key.startswith("ondemand:"))


def met_by(order: Order) -> dict[int, Met]:
    """The rides on demand of an order that are still to come or under way, by leg, as they are planned now."""
    rows = order.bookings.filter(sales="ondemand", state="CONFIRMED").prefetch_related("part__products")
    legs = {row.client_ref: min(leg for each in row.part.products.all() for leg in each.legs) for row in rows}
    found = {}
    for reference, ride in sheets.list_carried(legs).items():
        if ride.state in {"CONFIRMED", "BOARDED"}:
            meets_at = max(ride.told_at, ride.planned_pickup_at)
            waits_until = meets_at + timedelta(seconds=ride.conduct.no_show_wait_s)
            found[legs[reference]] = Met(meets_at, waits_until, ride.planned_drop_off_at)
    return found


def keep(order_id: int, now: datetime) -> None:
    """Let the vehicles of an order wait for whoever comes late, as far as nobody else is harmed.

    Everybody whose ride changes by that is told from the dispatcher's journal. Never call it inside a transaction.
    """
    order = Order.objects.select_related("offer").get(pk=order_id)
    for _ in range(MOST_MOVES):
        if order.state != "COMPLETED" or not _wait_once(order, now):
            return


def _wait_once(order: Order, now: datetime) -> bool:
    """Whether a pick-up was moved."""
    met = met_by(order)
    # Though the vehicle waits for everybody for a while: a driver who knows does not look for somebody in vain.
    strict = {leg: Met(each.meets_at, each.meets_at, each.ends_at) for leg, each in met.items()}
    found = find_break(order.offer.journey, strict)
    if found is None or found.leg not in met or found.there_at is None:
        return False
    booking = next(
        row
        for row in order.bookings.filter(sales="ondemand", state="CONFIRMED").prefetch_related("part__products")
        if found.leg in {leg for each in row.part.products.all() for leg in each.legs}
    )
    ride = sheets.list_carried([booking.client_ref])[booking.client_ref]
    return ride.state == "CONFIRMED" and shifts.move(booking.client_ref, found.there_at, now)
