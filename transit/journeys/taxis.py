"""Taxis of the register: what a search may use of them, their legs, and what a ride probably costs.

A taxi is met at the door and drives anywhere in its area. As a first or last mile it goes to the busiest stations and
the nearest stops of the area, for at most FAR_S, and for at most half of what it would drive all the way: whoever is
driven further is driven home. That one comes after its usual wait is assumed, not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from transit.journeys.called_areas import DAY_S, EPOCH, Caller, Rings, far_s, inside
from transit.journeys.drives import driven
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.models import Taxi
from transit.money import Money
from transit.routing.booking import Booking, Rule
from transit.routing.itinerary import Leg, Ordering, Place, Service
from transit.routing.query import Mode, Query
from transit.routing.window import service_day_start
from transit.routing.zones import ZoneService

SAFE: Final = (1.2, 120.0)
"""A ride takes nearly always at most so much longer than one drives, and so many seconds to get in and out."""
PREFIX: Final = "taxi:"
_DAYS = range(-2, 5)
"""Around the day of a search, those in which a ride of it may begin."""


def list_taxis() -> list[Taxi]:
    """All taxis."""
    return list(Taxi.objects.select_related("service__operator").order_by("service__agency_id"))


def taxi_callers(engine: Engine, query: Query, today: int) -> list[Caller]:
    """The taxis that a search asks for; `today` is the day (ordinal) of its timetable."""
    taxis = list_taxis() if query.taxi and not query.step_free else []
    most_s = far_s(engine, query) if taxis else 0
    return [caller for taxi in taxis for caller in _callers(taxi, most_s, today)]


def _callers(taxi: Taxi, most_s: int, today: int) -> Iterable[Caller]:
    """One for each span of hours, with the days on which it begins. What always drives is one long span, so that no
    midnight lies in it.
    """
    whole = (_DAYS.start * DAY_S, _DAYS.stop * DAY_S)
    rules, rings = (Rule("", Booking.SAME_DAY, notice_min_s=taxi.wait_s),), _rings(taxi)
    ride = ZoneService(-taxi.pk, 0, 0, whole, whole, 0, taxi.timezone, rules, Mode.TAXI, *SAFE, most_s=most_s)
    if not taxi.spans:
        yield Caller(rings, rings, ride, (0,))
    for weekdays, first, last in taxi.spans:
        days = tuple(day for day in _DAYS if date.fromordinal(today + day).weekday() in weekdays)
        yield Caller(rings, rings, replace(ride, pickup=(first, last), drop_off=(first, last + DAY_S)), days)


def _rings(taxi: Taxi) -> Rings:
    return tuple(map(tuple, taxi.rings))


def taxi_leg(engine: Engine, taxi: Taxi, day: int, start_at: int, ends: tuple[Place, Place]) -> Leg:
    """A ride in a taxi on a service day, ordered for a Unix second, between two places."""
    drive = driven(engine, *ends)
    safe_s = _as_ride(taxi).safe_s(drive.seconds)
    return Leg(
        Mode.TAXI,
        *ends,
        instant(start_at),
        instant(start_at + safe_s),
        round(drive.metres),
        polyline=drive.polyline,
        service=_service(taxi, day),
        ordering=_ordering(taxi, start_at, (drive.seconds, safe_s), drive.metres),
    )


def _as_ride(taxi: Taxi) -> ZoneService:
    return ZoneService(0, 0, 0, (0, 0), (0, 0), 0, taxi.timezone, (), Mode.TAXI, *SAFE)


def _service(taxi: Taxi, day: int) -> Service:
    service, operator = taxi.service, taxi.service.operator
    name, own = f"{PREFIX}{taxi.pk}", (service.agency_id, operator.legal_name)
    phone = taxi.phone or operator.phone
    return Service(
        name, date.fromordinal(day), name, service.name, "", *own, agency_url=operator.homepage, agency_phone=phone
    )


def _ordering(taxi: Taxi, start_at: int, seconds: tuple[int, int], metres: float) -> Ordering:
    at = instant(start_at)
    low, high = (taxi_price(taxi, each, metres) for each in seconds)
    return Ordering(
        at, at, None, at - timedelta(seconds=taxi.wait_s), *seconds, taxi.timezone,
        phone=taxi.phone or taxi.service.operator.phone, booking_url=taxi.booking_url,
        price_low=low, price_high=high,
    )  # fmt: skip


def taxi_price(taxi: Taxi, seconds: int, metres: float) -> Money | None:
    """What a ride costs that takes so long; None where the operator does not say."""
    if taxi.base_minor is None:
        return None
    due = taxi.base_minor + taxi.per_km_minor * metres / 1000 + taxi.per_minute_minor * seconds / 60
    return Money(round(due), taxi.currency)


def find_taxi(engine: Engine, leg: Leg) -> Leg | None:
    """A ride that was proposed, as the register has it now; None where it is no longer to be had so."""
    if leg.service is None or not leg.service.trip_id.startswith(PREFIX):
        return None
    taxi = next((each for each in list_taxis() if f"{PREFIX}{each.pk}" == leg.service.trip_id), None)
    if taxi is None:
        return None
    area, _ = inside(engine.timetabled, _rings(taxi))
    day, start_at = leg.service.service_date.toordinal(), int(leg.start_at.timestamp())
    found = taxi_leg(engine, taxi, day, start_at, (leg.start, leg.end))
    places = np.array([[place.lon, place.lat] for place in (leg.start, leg.end)])
    held = area.holds(0, places[:, 0], places[:, 1]).all()
    return found if held and _drives(taxi, start_at) and found.end_at == leg.end_at else None


def _drives(taxi: Taxi, at: int) -> bool:
    """Whether it drives at a Unix second."""
    today = at // DAY_S + EPOCH
    return not taxi.spans or any(
        first <= at - service_day_start(day, taxi.timezone) <= last
        for weekdays, first, last in taxi.spans
        for day in range(today - 3, today + 2)
        if date.fromordinal(day).weekday() in weekdays
    )
