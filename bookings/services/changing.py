"""Changing what is booked: the new journey is bought first, then the old one is given back by its operators' rules.

The old one is never let go before the new one is secured. The new one is paid in full and the old one's refund comes
back in the way it was paid, so that what remains is the difference.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from bookings.models import Offer, Order
from bookings.services import cancelling, offers, trips
from bookings.services.connections import find_break
from bookings.services.offers import Replaced
from bookings.services.orders import OrderError
from bookings.services.ports import OUTSIDE, Ports
from bookings.services.viewers import Viewer
from bookings.states import ORDER_AT_REST
from transit import journeys, tokens
from transit.money import Money
from transit.routing.itinerary import Itinerary, Place, Stay
from transit.routing.query import Location, Query, Via

REASON: Final = "replaced"
MOST_SHOWN: Final = 5
WINDOWS_S: Final = (2 * 3600, 12 * 3600)
"""How far ahead is looked, and how far where nothing is found."""
MOST_AT_ONCE: Final = 50
_SOLD: Final = ("COMPLETED", "CANCELLING", "CANCELLED", "SETTLED")


def seqs_from(order: Order, first_leg: int, last_leg: int) -> list[int]:
    """The bookings of which every ride lies between two legs, both included."""
    found = []
    for booking in order.bookings.filter(state="CONFIRMED").prefetch_related("rides"):
        legs = [ride.leg for ride in booking.rides.all()]
        if legs and first_leg <= min(legs) and max(legs) <= last_leg:
            found.append(booking.seq)
    return found


def legs_of_way(order: Order, way: int) -> tuple[int, int]:
    """The first and the last leg of the way there (0) or back (1)."""
    both = trips.list_trips(order.offer)
    turn = len(both[0].legs)
    return (0, turn - 1) if way == 0 else (turn, turn + len(both[-1].legs) - 1)


def search(
    ends: tuple[Place, Place],
    stays: Sequence[Stay],
    order: Order,
    leave_at: datetime,
    language: str,
    now: datetime,
) -> list[Itinerary]:
    """Journeys by vehicle between two places of an order for the people who ride, as they can walk and ride, with the
    stays on the way; the first ones first.
    """
    start, end = ends
    sold = tokens.of_json(order.offer.itinerary)
    query = Query(
        origin=_location(start),
        destination=_location(end),
        time_at=max(leave_at, now + offers.MIN_LEAD + timedelta(minutes=1)),
        travellers=sold.travellers,
        mobility=sold.mobility,
        via=tuple(Via(_location(stay.place), stay.least_s) for stay in stays),
        language=language,
    )
    for window_s in WINDOWS_S:
        page = journeys.plan(replace(query, window_s=window_s), now, explained=False)
        if found := [each for each in page.itineraries if each.vehicles and find_break(each) is None]:
            return found[:MOST_SHOWN]
    return []


def offer_change(
    order: Order,
    token: str,
    seqs: Collection[int],
    viewer: Viewer,
    language: str,
    now: datetime,
    ports: Ports = OUTSIDE,
) -> Offer:
    """The offer of another journey instead of some bookings of an order; those that cannot be given back are kept.

    `seqs` are bookings that still stand. Asks operators: never call it inside a transaction. Raises OrderError, and
    what `offers.create` raises.
    """
    if order.state not in {"COMPLETED", "CANCELLED"}:
        raise OrderError("not_changeable")
    parts = cancelling.quote(order, now, ports).only(seqs).parts
    if len(parts) != len(set(seqs)):
        raise OrderError("not_changeable")
    givable = cancelling.CancellationQuote(tuple(part for part in parts if not part.obstacle), Money(0, order.currency))
    replaced = Replaced(order, {part.booking.seq: part.kept.minor for part in givable.parts}, givable.refund)
    travellers = tokens.of_json(order.offer.itinerary).travellers
    return offers.create(token, travellers, viewer, language, now, replaced=replaced)


def follow(now: datetime) -> list[Order]:
    """Begin to give back what new orders have replaced. The old orders that have to be carried on."""
    bought = Order.objects.filter(offer__replaces__isnull=False, replaced_at=None, state__in=_SOLD)
    found = []
    for new in bought.select_related("offer").order_by("pk")[:MOST_AT_ONCE]:
        with transaction.atomic():
            old = Order.objects.select_for_update().get(replacements=new.offer)
            unused = old.bookings.filter(state="CONFIRMED").exclude(tickets__state="USED")
            standing = set(unused.values_list("seq", flat=True))
            kept = {int(seq): minor for seq, minor in new.offer.replaced_kept.items() if int(seq) in standing}
            if kept and old.state != "COMPLETED" and old.state not in ORDER_AT_REST:
                continue
            if not Order.objects.filter(pk=new.pk, replaced_at=None).update(replaced_at=now):
                continue  # another worker was here
            old.disruptions.filter(closed_at=None).update(closed_at=now)
            if kept and old.state == "COMPLETED":
                found.append(cancelling.take_back(old, kept, now, REASON))
    return found


def _location(place: Place) -> Location:
    return Location(place.lat, place.lon, place.name, place.stop_id)
