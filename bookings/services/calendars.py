"""An order's journey for a calendar (RFC 5545): one event for the way there and one for the way back.

An event begins and ends with the rides, at stops: calendars are shared, and where somebody lives is nobody's business.
Its identity stays the same and its sequence rises, so that a calendar that has it already follows what changes.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from icalendar import Calendar, Event
from icalendar.enums import STATUS

from bookings.models import Order
from bookings.services.trips import list_trips
from bookings.services.viewers import Viewer
from transit.routing.itinerary import Itinerary, Leg, Place

PRODUCER = "-//One way to travel//Journeys//EN"


def get_for(viewer: Viewer, code: str) -> Order:
    """The order of this viewer that has tickets. Raises Order.DoesNotExist, also for somebody else's."""
    bought = Order.objects.filter(viewer.owns(), bookings__tickets__isnull=False)
    return bought.select_related("offer").distinct().get(code=code)


def of_order(order: Order, now: datetime) -> bytes:
    """The file. Where everything was given back, its events are cancelled."""
    calendar = Calendar.new(prodid=PRODUCER, uid=_uid(order, "journey"))
    gone = _given_back(order)
    first = 0
    for number, trip in enumerate(list_trips(order.offer)):
        rides = {first + position: leg for position, leg in enumerate(trip.legs) if leg.is_transit}
        if rides:
            calendar.add_component(_event(order, number, trip, rides, gone, now))
        first += len(trip.legs)
    around = timedelta(days=400)
    start = order.created_at.date()
    calendar.add_missing_timezones(first_date=start - around, last_date=start + around)
    return bytes(calendar.to_ical())


def _event(order: Order, number: int, trip: Itinerary, rides: dict[int, Leg], gone: set[int], now: datetime) -> Event:
    standing = [leg for position, leg in rides.items() if position not in gone]
    legs = standing or list(rides.values())
    first, last = legs[0], legs[-1]
    address = settings.PUBLIC_URL + reverse("order", args=[order.code])
    return Event.new(
        uid=_uid(order, str(number)),
        stamp=now,
        sequence=order.cancel_epoch,
        status=STATUS.CONFIRMED if standing else STATUS.CANCELLED,
        summary=f"{first.start.name} → {last.end.name}",
        location=_named(first.start),
        start=_local(first.start_at, first.start),
        end=_local(last.end_at, last.end),
        description="\n".join([*_leaving(trip, first), *map(_told, legs), "", gettext("Tickets:") + " " + address]),
        url=address,
    )


def _uid(order: Order, part: str) -> str:
    """The same at every download; nobody finds the order by it."""
    digest = hashlib.sha256(f"{order.code} {part}".encode()).hexdigest()[:32]
    return f"{digest}@{urlsplit(settings.PUBLIC_URL).hostname}"


def _leaving(trip: Itinerary, first: Leg) -> list[str]:
    if trip.start_at >= first.start_at:
        return []
    return [gettext("Leave at %(time)s.") % {"time": f"{_local(trip.start_at, first.start):%H:%M}"}]


def _told(leg: Leg) -> str:
    """A ride in one line: `10:06 Harbour (2) → 10:20 Market: Bus Ltd 1`."""
    line = f"{leg.service.agency_name} {leg.service.line}".strip() if leg.service else ""
    departs, arrives = _local(leg.start_at, leg.start), _local(leg.end_at, leg.end)
    return f"{departs:%H:%M} {_named(leg.start)} → {arrives:%H:%M} {_named(leg.end)}: {line}"


def _named(place: Place) -> str:
    return f"{place.name} ({place.platform})" if place.platform else place.name


def _local(moment: datetime, place: Place) -> datetime:
    return moment.astimezone(ZoneInfo(place.timezone))


def _given_back(order: Order) -> set[int]:
    """The legs of the whole journey whose bookings were cancelled."""
    cancelled = order.bookings.filter(state="CANCELLED").prefetch_related("part__products")
    return {leg for booking in cancelled for product in booking.part.products.all() for leg in product.legs}
