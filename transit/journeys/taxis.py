"""Taxis of the register: what a search may use of them, their legs, and what a ride probably costs.

A taxi is met at the door and drives anywhere in its area. As a first or last mile it goes to the busiest stations and
the nearest stops of the area, for at most FAR_S, and for at most half of what it would drive all the way: whoever is
driven further is driven home. That one comes after its usual wait is assumed, not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transit.journeys.drives import driven
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.models import Taxi
from transit.money import Money
from transit.routing.booking import Booking, Days, Rule
from transit.routing.driving import Drives, Stand, drive_s
from transit.routing.itinerary import Leg, Ordering, Place, Service
from transit.routing.query import Mode, Query
from transit.routing.window import service_day_start
from transit.routing.zones import Areas, OnDemand, ZoneService

FAR_S: Final = 900
STATIONS, NEAREST = 20, 12
SAFE: Final = (1.2, 120.0)
"""A ride takes nearly always at most so much longer than one drives, and so many seconds to get in and out."""
DAY_S: Final = 86_400
PREFIX: Final = "taxi:"
_DAYS = range(-2, 5)
"""Around the day of a search, those in which a ride of it may begin."""
_EPOCH: Final = date(1970, 1, 1).toordinal()


def list_taxis() -> list[Taxi]:
    """All taxis."""
    return list(Taxi.objects.select_related("service__operator").order_by("service__agency_id"))


def taxis_around(engine: Engine, query: Query, base_at: int) -> OnDemand | None:
    """The taxis that a search asks for, to and from the stops around its ends; None where there are none. `base_at` is
    that of the timetable that is searched.
    """
    taxis = list_taxis() if query.taxi and not query.step_free else []
    ends = [Stand(place.lat, place.lon) for place in (query.origin, query.destination)]
    if not taxis:
        return None
    far_s = min(FAR_S, drive_s(engine.ground, *ends) // 2)
    near = [_stops_near(engine, end, far_s, leaving=leaving) for end, leaving in zip(ends, (False, True), strict=True)]
    areas = [_areas_of(engine, taxi) for taxi in taxis]
    today = base_at // DAY_S + _EPOCH
    rows = [row for number, taxi in enumerate(taxis) for row in _services(taxi, number, far_s, today)]
    active = np.zeros((len(rows), len(_DAYS)), np.uint8)
    for i, (_, days) in enumerate(rows):
        active[i, [day - _DAYS.start for day in days]] = 1
    services = tuple(replace(ride, service=i) for i, (ride, _) in enumerate(rows))
    return OnDemand(_joined(areas, near), services, Days(active, today + _DAYS.start))


def _services(taxi: Taxi, number: int, far_s: int, today: int) -> Iterable[tuple[ZoneService, list[int]]]:
    """A service for each span of hours, with the days on which it begins. What always drives is one long span, so
    that no midnight lies in it.
    """
    # Of each taxi there are two areas: with the stops around the destination, and with those around the origin.
    whole = (_DAYS.start * DAY_S, _DAYS.stop * DAY_S)
    areas, rules = (2 * number, 2 * number + 1), (Rule("", Booking.SAME_DAY, notice_min_s=taxi.wait_s),)
    ride = ZoneService(-taxi.pk, *areas, whole, whole, 0, taxi.timezone, rules, Mode.TAXI, *SAFE, most_s=far_s)
    if not taxi.spans:
        yield ride, [0]
    for weekdays, first, last in taxi.spans:
        days = [day for day in _DAYS if date.fromordinal(today + day).weekday() in weekdays]
        yield replace(ride, pickup=(first, last), drop_off=(first, last + DAY_S)), days


@lru_cache(maxsize=64)
def _inside(engine: Engine, rings: tuple[tuple[tuple[float, float], ...], ...]) -> tuple[Areas, NDArray[np.bool_]]:
    """An area, and which stops are in it."""
    points = np.array([point for ring in rings for point in ring], np.float64)
    box = np.array([[*points.min(0), *points.max(0)]])
    none = np.zeros(2, np.uint32), np.zeros(0, np.uint32)
    area = Areas(_starts([len(rings)]), _starts(map(len, rings)), points[:, 0].copy(), points[:, 1].copy(), box, *none)
    return area, area.holds(0, engine.ground.stop_lon, engine.ground.stop_lat)


def _areas_of(engine: Engine, taxi: Taxi) -> tuple[Areas, NDArray[np.bool_]]:
    return _inside(engine.timetabled, tuple(map(tuple, taxi.rings)))


def _starts(counts: Iterable[int]) -> NDArray[np.uint32]:
    return np.array(list(accumulate(counts, initial=0)), np.uint32)


def _joined(areas: Sequence[tuple[Areas, NDArray[np.bool_]]], near: Sequence[NDArray[np.int64]]) -> Areas:
    """The areas of all taxis, each twice: with the stops near the destination, and with those near the origin."""
    twice = [(area, stops[inside[stops]]) for area, inside in areas for stops in reversed(near)]
    return Areas(
        _starts(len(area.ring_start) - 1 for area, _ in twice),
        _starts(size for area, _ in twice for size in np.diff(area.ring_start).tolist()),
        np.concatenate([area.lon for area, _ in twice]),
        np.concatenate([area.lat for area, _ in twice]),
        np.concatenate([area.box for area, _ in twice]),
        _starts(len(stops) for _, stops in twice),
        np.concatenate([stops for _, stops in twice]).astype(np.uint32),
    )


def _stops_near(engine: Engine, place: Stand, far_s: int, *, leaving: bool) -> NDArray[np.int64]:
    """The stops of the busiest stations that one drives to within a time (`leaving`: from them), and the nearest."""
    seconds = Drives(engine.ground).seconds(place, leaving=leaving)
    calls, station = _calls(engine.timetabled), engine.ground.station
    near = np.flatnonzero((seconds <= far_s) & (calls > 0))
    busy = np.bincount(station[near], calls[near])
    busiest = np.argsort(-busy, kind="stable")[:STATIONS]
    chosen = np.isin(station[near], busiest)
    chosen[np.argsort(seconds[near], kind="stable")[:NEAREST]] = True
    return near[chosen]


@lru_cache(maxsize=4)
def _calls(engine: Engine) -> NDArray[np.int64]:
    """By stop, how many trips call there."""
    schedule = engine.network.schedule
    trips = np.bincount(schedule.trip_sequence, minlength=len(schedule.sequence_start) - 1)
    start = schedule.sequence_start.astype(np.int64)
    weights = np.repeat(trips, start[1:] - start[:-1])
    return np.bincount(schedule.sequence_stops, weights, len(engine.ground.stop_lat)).astype(np.int64)


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
    low, high = (_price(taxi, each, metres) for each in seconds)
    return Ordering(
        at, at, None, at - timedelta(seconds=taxi.wait_s), *seconds, taxi.timezone,
        phone=taxi.phone or taxi.service.operator.phone, booking_url=taxi.booking_url,
        price_low=low, price_high=high,
    )  # fmt: skip


def _price(taxi: Taxi, seconds: int, metres: float) -> Money | None:
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
    area, _ = _areas_of(engine, taxi)
    day, start_at = leg.service.service_date.toordinal(), int(leg.start_at.timestamp())
    found = taxi_leg(engine, taxi, day, start_at, (leg.start, leg.end))
    places = np.array([[place.lon, place.lat] for place in (leg.start, leg.end)])
    inside = area.holds(0, places[:, 0], places[:, 1]).all()
    return found if inside and _drives(taxi, start_at) and found.end_at == leg.end_at else None


def _drives(taxi: Taxi, at: int) -> bool:
    """Whether it drives at a Unix second."""
    today = at // DAY_S + _EPOCH
    return not taxi.spans or any(
        first <= at - service_day_start(day, taxi.timezone) <= last
        for weekdays, first, last in taxi.spans
        for day in range(today - 3, today + 2)
        if date.fromordinal(day).weekday() in weekdays
    )
