"""A ride that was proposed, found again where timetables have changed: in its trip, else in another of its line.

What counts as the same stop: one of the same station, or one that stands within NEAR_M, be its id another one. What
counts as the same ride: the same trip of the day at most SAME_TRIP earlier or later; else the trip of the same line
(by its id, or by its name and mode where ids are new) that is nearest in time, at most SAME_LINE away.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import numpy as np

from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator
from transit.journeys.rechecking import find_live, is_cancelled
from transit.network.overlay import Kind, Part
from transit.network.store import Run
from transit.routing.itinerary import Leg, Place
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.timetable import Timetable

NEAR_M: Final = 100.0
SAME_TRIP: Final = timedelta(hours=2)
SAME_LINE: Final = timedelta(minutes=15)


def find_replacement(engine: Engine, translator: Translator, leg: Leg) -> Leg | None:
    """The ride that a leg has become; None where it is cancelled, or there is none like it."""
    if leg.service is None or is_cancelled(engine, leg):
        return None
    stops = _stops_at(engine, leg.start), _stops_at(engine, leg.end)
    same = _same_trip(engine, translator, leg, stops)
    if same is not None and _apart(same, leg) <= SAME_TRIP:
        return same
    others = (other for other in _around(engine, translator, leg, stops) if _is_line(engine, other, leg))
    return min(others, key=lambda other: _apart(other, leg), default=None)


def _apart(one: Leg, other: Leg) -> timedelta:
    return abs(one.scheduled_start_at - other.scheduled_start_at)


def _is_line(engine: Engine, one: Leg, other: Leg) -> bool:
    """Whether two rides are of one line."""
    if one.service is None or other.service is None:
        return False
    if engine.network.find_route(other.service.route_id) is not None:
        return one.service.route_id == other.service.route_id
    return (one.service.line, one.mode) == (other.service.line, other.mode)


def _stops_at(engine: Engine, place: Place) -> frozenset[int]:
    """The stops that are the same to people as a place."""
    network, ground = engine.network, engine.ground
    east = (ground.stop_lon - place.lon) * np.cos(np.radians(place.lat))
    near = np.hypot(east, ground.stop_lat - place.lat) * METRES_PER_DEGREE <= NEAR_M
    stop = None if place.stop_id is None else network.find_stop(place.stop_id)
    if stop is not None:
        parent = int(network.stops.parent[stop])
        near[network.members(parent if parent >= 0 else stop)] = True
        near |= np.isin(ground.original, np.flatnonzero(near))
    return frozenset(np.flatnonzero(near).tolist())


def _same_trip(
    engine: Engine, translator: Translator, leg: Leg, stops: tuple[frozenset[int], frozenset[int]]
) -> Leg | None:
    """The ride in the trip of the same id on the same day, at whatever time."""
    assert leg.service is not None
    network, day = engine.network, leg.service.service_date.toordinal()
    trip = network.find_trip(leg.service.trip_id)
    if trip is None or not network.runs_on(trip, day):
        return None
    calls = _between(network.trip_stops(trip), stops)
    live = find_live(engine, trip, leg.service.trip_id, day)
    if calls is None:
        return None
    if live is None:
        return translator.transit_leg(Run(trip, day, *calls))
    assert engine.real_time is not None
    is_own = engine.real_time.overlay.trip(live).kind in (Kind.ADDED, Kind.REPLACEMENT)
    return None if is_own else translator.live_leg(Part(live, *calls))


def _between(called: list[int], stops: tuple[frozenset[int], frozenset[int]]) -> tuple[int, int] | None:
    """The positions of the first call at the one stop and of the next one at the other."""
    board = next((i for i, stop in enumerate(called) if stop in stops[0]), None)
    if board is None:
        return None
    alight = next((i for i in range(board + 1, len(called)) if called[i] in stops[1]), None)
    return None if alight is None else (board, alight)


def _around(
    engine: Engine, translator: Translator, leg: Leg, stops: tuple[frozenset[int], frozenset[int]]
) -> Iterator[Leg]:
    """The rides between two stops that leave around the time of a leg."""
    timetable = engine.day_at(leg.scheduled_start_at - SAME_TRIP).timetable
    for run in _runs(timetable, leg, stops):
        legs = translator.transit_legs(run)
        if len(legs) == 1 and _apart(legs[0], leg) <= SAME_LINE:
            yield legs[0]


def _runs(timetable: Timetable, leg: Leg, stops: tuple[frozenset[int], frozenset[int]]) -> Iterator[Run]:
    """The same by their numbers; a ride that is late by SAME_TRIP may still have been meant."""
    at_s = int(leg.scheduled_start_at.timestamp()) - timetable.base_at
    early_s, late_s = at_s - int(SAME_LINE.total_seconds()), at_s + int(SAME_TRIP.total_seconds())
    for stop in sorted(stops[0]):
        places = slice(*timetable.stop_pattern_start[stop : stop + 2].tolist())
        boards = zip(timetable.stop_patterns[places].tolist(), timetable.stop_positions[places].tolist(), strict=True)
        for pattern, board in boards:
            low, high = timetable.pattern_stop_start[pattern : pattern + 2].tolist()
            ahead = range(low + board + 1, high)
            alight = next(
                (at for at in ahead if timetable.alightable[at] and timetable.pattern_stops[at] in stops[1]), 0
            )
            first, end = timetable.pattern_trip_start[pattern : pattern + 2].tolist()
            row = int(timetable.pattern_event_start[pattern]) + board * (end - first)
            times = timetable.departures[row : row + end - first]
            for trip in range(*np.searchsorted(times, (early_s, late_s + 1)).tolist()) if alight else ():
                source, day = timetable.trip_source[first + trip], timetable.trip_day[first + trip]
                yield Run(int(source), int(day), board, alight - low)
