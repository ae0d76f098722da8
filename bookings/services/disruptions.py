"""What operators say of their trips on the day, and what that means for orders: told, and a way on is offered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from bookings.models import Disruption, Offer, Order, Ride
from bookings.services import calling_off, changing, outbox, package_news, trips, waiting
from bookings.services.connections import find_break
from bookings.services.offers import MIN_LEAD
from bookings.services.orders import OrderError
from bookings.services.ports import OUTSIDE, Ports
from bookings.services.viewers import Viewer
from bookings.states import ORDER_SELLING
from transit import tokens
from transit.register import trip_events
from transit.routing.itinerary import Itinerary, Place, Stay

MOST_AT_ONCE: Final = 500
"""Orders with a ride on one departure."""
AROUND: Final = timedelta(hours=12)
"""So long before a ride, and after its end by the timetable, it is followed what interfaces say of it."""


def follow(now: datetime) -> None:
    """Draw the consequences of what operators and their interfaces have said since."""
    feeders = waiting.list_feeders(now)
    trip_events.note_realtime({*_sold_around(now), *feeders}, now)
    for news in trip_events.list_new():
        if news.cancelled:
            calling_off.call_off_departure(news.departure_key, now)
        else:
            package_news.tell_delay(news.departure_key, news.delay, now)
        riding = Order.objects.filter(bookings__rides__departure_key=news.departure_key, bookings__state="CONFIRMED")
        found = set(riding.values_list("pk", flat=True).distinct()[:MOST_AT_ONCE])
        for order_id in sorted(found | feeders.get(news.departure_key, set())):
            look(order_id, now)
        trip_events.note_followed(news, now)


def look(order_id: int, now: datetime) -> None:
    """Draw the consequences for one order: its rides on demand wait where they can, else another way is offered."""
    waiting.keep(order_id, now)
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        found = find_break(order.offer.journey, waiting.met_by(order))
        before = find_open(order)
        if found is not None and before is not None and (found.leg, found.leave_at) == (before.leg, before.leave_at):
            return
        order.disruptions.filter(closed_at=None).update(closed_at=now)
        if found is None:
            return
        kind = Disruption.Kind.CANCELLED if found.cancelled else Disruption.Kind.MISSED
        new = Disruption.objects.create(
            order=order, leg=found.leg, after_leg=found.after_leg, kind=kind, leave_at=found.leave_at, noted_at=now
        )
        outbox.queue(order, "disrupted", f"disrupted:{new.pk}", now)


def find_open(order: Order) -> Disruption | None:
    """What stands in the way of an order's journey now; nothing of one that is not sold."""
    if order.state in ORDER_SELLING:
        return None
    return order.disruptions.filter(closed_at=None).first()


def list_ways_on(order: Order, disruption: Disruption, language: str, now: datetime) -> list[Itinerary]:
    """Journeys from where the resident will be to where they wanted to go, best first."""
    return changing.search(
        _ends(order, disruption), _stays_left(order, disruption), order, disruption.leave_at, language, now
    )


def offer_way_on(
    order: Order, viewer: Viewer, language: str, now: datetime, ports: Ports = OUTSIDE, token: str = ""
) -> Offer:
    """The offer of the best way on, or of the one that was chosen, instead of the rides that are not made.

    The same again as long as it lasts. Asks operators: never call it inside a transaction. Raises OrderError, and what
    `offers.create` raises.
    """
    disruption = find_open(order)
    if disruption is None:
        raise OrderError("not_disrupted")
    made = Offer.objects.filter(viewer.owns(), replaces=order, created_at__gte=disruption.noted_at, order=None)
    if not token and (still := made.filter(expires_at__gt=now + MIN_LEAD).order_by("-pk").first()):
        return still
    if not token:
        found = list_ways_on(order, disruption, language, now)
        if not found:
            raise OrderError("no_way_on")
        token = tokens.write_token(found[0], now)
    last = _last_leg(order, disruption)
    seqs = changing.seqs_from(order, disruption.leg, last)
    return changing.offer_change(order, token, seqs, viewer, language, now, ports)


def _sold_around(now: datetime) -> QuerySet[Ride, str]:
    """The departures on which somebody rides soon, or still."""
    sold = Q(booking__state="CONFIRMED") | Q(reservation__state="CONFIRMED")
    soon = Ride.objects.filter(sold, start_at__lte=now + AROUND, end_at__gte=now - AROUND)
    return soon.values_list("departure_key", flat=True).distinct()


def _ends(order: Order, disruption: Disruption) -> tuple[Place, Place]:
    way = trips.trip_of(order.offer, disruption.leg)
    whole = tokens.of_json(order.offer.itinerary)
    after = disruption.after_leg
    same_way = after is not None and after >= _first_leg(order, disruption)
    return (whole.legs[after].end if after is not None and same_way else way.legs[0].start), way.legs[-1].end


def _stays_left(order: Order, disruption: Disruption) -> list[Stay]:
    """Where the resident still wanted to stay on this way."""
    last = _last_leg(order, disruption)
    return [stay for stay in tokens.of_json(order.offer.itinerary).stays if disruption.leg < stay.leg <= last]


def _first_leg(order: Order, disruption: Disruption) -> int:
    turn = order.offer.back_from
    return 0 if turn is None or disruption.leg < turn else turn


def _last_leg(order: Order, disruption: Disruption) -> int:
    return changing.legs_of_way(order, 1 if _first_leg(order, disruption) else 0)[1]
