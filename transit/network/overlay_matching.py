"""Which trips and days a message means. Source: GTFS Realtime Reference, "TripDescriptor" and "TripProperties"."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transit.feeds.trip_updates import Relation, TripUpdates
from transit.network.overlay_base import Base
from transit.routing.kernels.wire import (
    MISSING,
    NEW_START_DATE,
    NEW_START_TIME,
    RELATION,
    START_DATE,
    START_TIME,
    TRIP_ID,
)

I64 = NDArray[np.int64]
DAY_S = 86400
_CLOCK = re.compile(r"(\d{1,3}):(\d\d):(\d\d)")
RUNNING = (Relation.SCHEDULED, Relation.UNSCHEDULED)
OFF = (Relation.CANCELED, Relation.DELETED)
OWN_STOPS = (Relation.ADDED, Relation.NEW, Relation.REPLACEMENT)
NOT_A_DAY = -1


@dataclass(frozen=True)
class Meant:
    """By row of a message: how the trip runs, the network's trip (−1: none), the day, how much later than its times."""

    relation: I64
    trip: I64
    day: I64
    shift: I64


def meant_by(base: Base, feed: str, updates: TripUpdates, now_at: int) -> Meant:
    """The trip and the day of each row; days of trips that are in no timetable are found elsewhere."""
    rows = updates.trips
    relation = np.where(rows[:, RELATION] == MISSING, 0, rows[:, RELATION])
    trip = base.find(base.trip_ids, feed, updates.data, rows[:, TRIP_ID : TRIP_ID + 2])
    shift = np.zeros(len(rows), np.int64)
    for row in np.flatnonzero((trip < 0) & (rows[:, START_TIME] != MISSING)).tolist():
        trip[row], shift[row] = _run_of(base, feed, updates, row)
    day = days_of(updates.data, rows[:, START_DATE : START_DATE + 2])
    undated = np.flatnonzero((rows[:, START_DATE] == MISSING) & (trip >= 0))
    day[undated] = _nearest_days(base, trip[undated], now_at)
    for row in np.flatnonzero((relation == Relation.DUPLICATED) & (trip >= 0)).tolist():
        at = seconds_of(updates.text(rows[row], NEW_START_TIME))
        shift[row] = 0 if at is None else at - int(base.first_s[trip[row]])
    anew = np.flatnonzero((relation == Relation.DUPLICATED) & (rows[:, NEW_START_DATE] != MISSING))
    day[anew] = days_of(updates.data, rows[anew, NEW_START_DATE : NEW_START_DATE + 2])
    return Meant(relation, trip, day, shift)


def days_of(data: NDArray[np.uint8], spans: I64) -> I64:
    """The ordinals of dates written YYYYMMDD at places of a message; NOT_A_DAY of anything else."""
    found = np.full(len(spans), NOT_A_DAY, np.int64)
    written = np.flatnonzero(spans[:, 1] == 8)
    digits = data[spans[written, 0, None] + np.arange(8)].astype(np.int64) - ord("0")
    sound = ((digits >= 0) & (digits <= 9)).all(axis=1)
    number = digits @ 10 ** np.arange(7, -1, -1)
    year, month, day = number // 10000, number // 100 % 100, number % 100
    sound &= (year > 1900) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    ordinal = first.astype("datetime64[D]").astype(np.int64) + day - 1 + 719163
    found[written[sound]] = ordinal[sound]
    return found


def seconds_of(text: str) -> int | None:
    """HH:MM:SS, which may exceed 24 hours, in seconds."""
    match = _CLOCK.fullmatch(text)
    return None if match is None else int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])


def _nearest_days(base: Base, trips: I64, now_at: int) -> I64:
    """Of the days on which each trip runs that on which it is under way, or is so soonest, or was so last."""
    found, best = np.full(len(trips), NOT_A_DAY, np.int64), np.full(len(trips), np.iinfo(np.int64).max)
    today = now_at // DAY_S + 719163
    zone = base.zone[trips]
    longest = int(base.last_s[trips].max(initial=0)) // DAY_S + 1
    for day in range(today - longest - 1, today + 2):
        days = np.full(len(trips), day, np.int64)
        start = base.day_at(zone, days)
        away = np.maximum(start + base.first_s[trips] - now_at, now_at - start - base.last_s[trips]).clip(0)
        better = base.runs_on(trips, days) & (away < best)
        found[better], best[better] = day, away[better]
    return found


def _run_of(base: Base, feed: str, updates: TripUpdates, row: int) -> tuple[int, int]:
    """The run of a frequency that leaves at a start time, and 0; of one without exact times the nearest, and how much
    later that one is to run.
    """
    trip_id, clock = (updates.text(updates.trips[row], column) for column in (TRIP_ID, START_TIME))
    at = seconds_of(clock)
    if at is None:
        return -1, 0
    network = base.network
    exact = network.find_trip(f"{feed}:{trip_id}@{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}")
    if exact is not None:
        return exact, 0
    runs = [run for run in network.trips.ids.beginning(f"{feed}:{trip_id}@") if network.find_headway(run)]
    nearest = min(runs, key=lambda run: abs(int(base.first_s[run]) - at), default=None)
    if nearest is None or abs(int(base.first_s[nearest]) - at) > (network.find_headway(nearest) or 0):
        return -1, 0
    return nearest, at - int(base.first_s[nearest])
