"""Where to board, change and alight: the same trips leave a choice of places, and some are better than others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.raptor import Ride
from transit.routing.timetable import Timetable

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

# A change within this time beyond what it needs worries people; what is missing counts as if it were time lost.
COMFORT_S = 180
# What it feels like to change between two stops that belong to different stations, in seconds.
ELSEWHERE_S = 120


@dataclass(frozen=True)
class Between:
    """What lies around the rides of a search: seconds from the origin to each stop and from each stop to the
    destination (infinite where one cannot walk), and how changes are made.
    """

    timetable: Timetable
    access_s: F64
    egress_s: F64
    stop: I64
    """S: the stop that a stop of the timetable is to people."""
    station: I64
    """S: the station of a stop, or the stop itself."""
    slack_s: int = 0
    pace: float = 1.0


class _Run(NamedTuple):
    """The calls of a ride's trip: stops, times, and where one may board and alight."""

    stops: I64
    arrivals: I64
    departures: I64
    boardable: NDArray[np.bool_]
    alightable: NDArray[np.bool_]


class _Row(NamedTuple):
    """For each call of a run where one may alight: the cost so far, where one boarded, and how one came there."""

    cost: F64
    board: I64
    came_from: I64


def with_best_changes(between: Between, rides: tuple[Ride, ...]) -> tuple[Ride, ...]:
    """The same trips with the best places to board, change and alight; never leaving earlier or arriving later.

    Rides that these transfers do not join stay as they are.

    Best is what costs least: the time from door to door, every second on foot once more, a change elsewhere than at
    the same stop or station (ELSEWHERE_S), and what a change lacks in comfort (COMFORT_S). A dynamic programme over
    the rides: for each call the cheapest way to be in the vehicle there.
    """
    runs = [_run(between.timetable, ride) for ride in rides]
    leave_s = runs[0].departures[rides[0].board] - between.access_s[runs[0].stops[rides[0].board]]
    arrive_s = runs[-1].arrivals[rides[-1].alight] + between.egress_s[runs[-1].stops[rides[-1].alight]]
    access_s = between.access_s[runs[0].stops]
    leaves = runs[0].departures - access_s
    boarding = np.where(runs[0].boardable & (leaves >= leave_s), access_s - leaves, np.inf)
    origin = np.full(len(boarding), -1)
    rows = [_ridden(runs[0], boarding, origin)]
    for before, after in pairwise(runs):
        rows.append(_ridden(after, *_changed(between, before, rows[-1], after)))
    egress_s = between.egress_s[runs[-1].stops]
    arrives = runs[-1].arrivals + egress_s
    total = np.where(arrives <= arrive_s, rows[-1].cost + arrives + egress_s, np.inf)
    alight = int(np.argmin(total))
    if not np.isfinite(total[alight]):
        return rides
    found = []
    for ride, row in zip(reversed(rides), reversed(rows), strict=True):
        found.append(Ride(ride.trip, int(row.board[alight]), alight))
        alight = int(row.came_from[alight])
    return tuple(reversed(found))


def _run(timetable: Timetable, ride: Ride) -> _Run:
    t = timetable
    pattern = int(np.searchsorted(t.pattern_trip_start, ride.trip, side="right")) - 1
    first, end = t.pattern_stop_start[pattern : pattern + 2].tolist()
    first_trip, end_trip = t.pattern_trip_start[pattern : pattern + 2].tolist()
    trip, trips, length = ride.trip - first_trip, end_trip - first_trip, end - first
    events = int(t.pattern_event_start[pattern])
    return _Run(
        t.pattern_stops[first:end].astype(np.int64),
        t.arrivals[events + trip * length : events + (trip + 1) * length].astype(np.int64),
        t.departures[events + trip : events + trips * length : trips].astype(np.int64),
        t.boardable[first:end] == 1,
        t.alightable[first:end] == 1,
    )


def _ridden(run: _Run, boarding: F64, came_from: I64) -> _Row:
    """From the cost of boarding at each call to the cost of alighting at each later one."""
    cheapest = np.minimum.accumulate(boarding)
    calls = np.arange(len(boarding))
    board = np.maximum.accumulate(np.where(boarding == cheapest, calls, 0))
    cost, board = np.append(np.inf, cheapest[:-1]), np.append(0, board[:-1])
    return _Row(np.where(run.alightable, cost, np.inf), board, came_from[board])


def _changed(between: Between, before: _Run, row: _Row, after: _Run) -> tuple[F64, I64]:
    """The cost of boarding the next ride at each of its calls, and where one alighted for it."""
    t = between.timetable
    alight = np.flatnonzero(np.isfinite(row.cost))
    start = t.transfer_start[before.stops[alight]].astype(np.int64)
    counts = t.transfer_start[before.stops[alight] + 1].astype(np.int64) - start
    entry = np.repeat(start - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    alight = np.repeat(alight, counts)
    # Each stop of a transfer against each call of the next ride.
    which, board = np.nonzero(t.transfer_stops[entry][:, None] == after.stops[None, :])
    entry, alight = entry[which], alight[which]
    walk_s = np.ceil(t.transfer_seconds[entry] * between.pace)
    spare_s = after.departures[board] - before.arrivals[alight] - between.slack_s - walk_s
    tail, head = before.stops[alight], after.stops[board]
    stays = between.stop[tail] == between.stop[head]
    cost = row.cost[alight] + np.where(stays, 0.0, walk_s) + np.maximum(0.0, COMFORT_S - spare_s)
    cost += np.where(between.station[tail] == between.station[head], 0.0, ELSEWHERE_S)
    cost[(spare_s < 0) | ~after.boardable[board]] = np.inf
    best, came_from = np.full(len(after.stops), np.inf), np.full(len(after.stops), -1)
    for at, value, origin in sorted(zip(board.tolist(), cost.tolist(), alight.tolist(), strict=True), reverse=True):
        if value <= best[at]:
            best[at], came_from[at] = value, origin
    return best, came_from
