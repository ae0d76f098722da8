"""Areas in which vehicles are called, and the stops to which one lets oneself be taken.

Those are the busiest stations and the nearest stops, as far as one drives in a time: whoever is driven further is
driven home.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transit.journeys.engine import Engine
from transit.routing.booking import Days
from transit.routing.driving import Drives, Stand, drive_s
from transit.routing.query import Query
from transit.routing.zones import Areas, OnDemand, ZoneService

STATIONS: Final = 20
NEAREST: Final = 12
FAR_S: Final = 900
"""A ride to a stop, or from one, is no longer, and no longer than half of the drive all the way."""
FRAME: Final = range(-14, 5)
"""Days around that of a search: those on which a ride of it may begin, and those by which its notice is counted."""
DAY_S: Final = 86_400
EPOCH: Final = 719_163
"""The ordinal of 1970-01-01."""
NOWHERE: Final = np.zeros(0, np.int64)
Rings = tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """A service that is called: from where to where, `days` on which it begins, and, where its notice is counted by
    some days only, `notice`; both in FRAME. What `ride` says of areas and rows of a calendar does not matter.

    `changes` are the stops at which one changes from and to a timetable, in the one area and in the other; None: those
    near the ends of the search. Without rings one is met at these stops alone.
    """

    origin: Rings
    destination: Rings
    ride: ZoneService
    days: tuple[int, ...]
    notice: tuple[int, ...] | None = None
    changes: tuple[tuple[int, ...] | None, tuple[int, ...] | None] = (None, None)


def day_of(base_at: int) -> int:
    """The day (ordinal) of a timetable."""
    return base_at // DAY_S + EPOCH


def far_s(engine: Engine, query: Query) -> int:
    """How long a ride to a stop or from one may be."""
    ends = [Stand(place.lat, place.lon) for place in (query.origin, query.destination)]
    return min(FAR_S, drive_s(engine.ground, *ends) // 2)


def called(engine: Engine, query: Query, today: int, callers: Sequence[Caller]) -> OnDemand | None:
    """What a search may use of services, to and from the stops around its ends; None where there are none."""
    if not callers:
        return None
    first, last = _near(engine, query) if any(None in caller.changes for caller in callers) else (NOWHERE, NOWHERE)
    parts, rows, services = [], list[Iterable[int]](), []
    for number, caller in enumerate(callers):
        # One boards near the destination only for the last part of the way, and gets off near the origin for the first.
        for rings, stops, own in zip((caller.origin, caller.destination), (last, first), caller.changes, strict=True):
            area, held = inside(engine.timetabled, rings)
            parts.append((area, stops[held[stops]] if own is None else np.array(own, np.int64)))
        rows.append(caller.days)
        rules = caller.ride.rules
        if caller.notice is not None:
            rules = tuple(replace(rule, service=len(rows)) for rule in rules)
        services.append(
            replace(caller.ride, origin=2 * number, destination=2 * number + 1, service=len(rows) - 1, rules=rules)
        )
        if caller.notice is not None:
            rows.append(caller.notice)
    active = np.zeros((len(rows), len(FRAME)), np.uint8)
    for i, days in enumerate(rows):
        active[i, [day - FRAME.start for day in days]] = 1
    return OnDemand(joined(parts), tuple(services), Days(active, today + FRAME.start))


def _near(engine: Engine, query: Query) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The stops near the origin and near the destination."""
    most_s = far_s(engine, query)
    start, end = (Stand(place.lat, place.lon) for place in (query.origin, query.destination))
    return stops_near(engine, start, most_s, leaving=False), stops_near(engine, end, most_s, leaving=True)


@lru_cache(maxsize=64)
def inside(engine: Engine, rings: Rings) -> tuple[Areas, NDArray[np.bool_]]:
    """An area, and which stops are in it."""
    points = np.array([point for ring in rings for point in ring], np.float64).reshape(-1, 2)
    box = np.array([[*points.min(0), *points.max(0)]]) if rings else np.zeros((1, 4))
    none = np.zeros(2, np.uint32), np.zeros(0, np.uint32)
    area = Areas(_starts([len(rings)]), _starts(map(len, rings)), points[:, 0].copy(), points[:, 1].copy(), box, *none)
    return area, area.holds(0, engine.ground.stop_lon, engine.ground.stop_lat)


def _starts(counts: Iterable[int]) -> NDArray[np.uint32]:
    return np.array(list(accumulate(counts, initial=0)), np.uint32)


def joined(parts: Sequence[tuple[Areas, NDArray[np.int64]]]) -> Areas:
    """Single areas as several, each with the stops to which one is taken there."""
    return Areas(
        _starts(len(area.ring_start) - 1 for area, _ in parts),
        _starts(size for area, _ in parts for size in np.diff(area.ring_start).tolist()),
        np.concatenate([area.lon for area, _ in parts]),
        np.concatenate([area.lat for area, _ in parts]),
        np.concatenate([area.box for area, _ in parts]),
        _starts(len(stops) for _, stops in parts),
        np.concatenate([stops for _, stops in parts]).astype(np.uint32),
    )


def stops_near(engine: Engine, place: Stand, far_s: int, *, leaving: bool) -> NDArray[np.int64]:
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
