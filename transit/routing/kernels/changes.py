"""The best places to board, change and alight on given trips: a dynamic programme over the rides of a journey.

Short, so it keeps the interpreter's lock (see `ways`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.raptor import NONE, ONE, ZERO, Lines

U32 = NDArray[np.uint32]
F64 = NDArray[np.float64]

COMFORT_S = 180
"""A change within this time beyond what it needs worries people; what is missing counts as if it were time lost."""
ELSEWHERE_S = 120
"""What it feels like to change between two stops that belong to different stations, in seconds."""
TRIP, BOARD, ALIGHT = range(3)


class Near(NamedTuple):
    """By stop: the seconds from the origin and to the destination (infinite where one cannot walk), what the stop is
    to people, and its station.
    """

    access_s: F64
    egress_s: F64
    stop: NDArray[np.int64]
    station: NDArray[np.int64]


class Table(NamedTuple):
    """Scratch for one journey. By ride and position in its pattern: the cheapest way to alight there, where it boards,
    and where it left the ride before. By position of the ride at hand: the cheapest way to board, and from where.
    By stop, NONE between rides, and then by position: where the ride at hand calls there, first and next.
    """

    cost: F64
    board: U32
    came_from: U32
    boarding: F64
    origin: U32
    first: U32
    following: U32


@njit(cache=True)
def pattern_of(lines: Lines, trip: np.uint64) -> np.uint64:
    """The pattern of a trip."""
    return np.uint64(np.searchsorted(lines.trip_start, trip, side="right") - 1)


@njit(cache=True)
def departure(lines: Lines, pattern: np.uint64, trip: np.uint64, position: np.uint64) -> np.int32:
    """When a trip leaves a position of its pattern."""
    first = np.uint64(lines.trip_start[pattern])
    trips = np.uint64(lines.trip_start[pattern + ONE]) - first
    return np.int32(lines.departures[np.uint64(lines.event_start[pattern]) + position * trips + (trip - first)])


@njit(cache=True)
def arrival(lines: Lines, pattern: np.uint64, trip: np.uint64, position: np.uint64) -> np.int32:
    """When a trip reaches a position of its pattern."""
    length = np.uint64(lines.stop_start[pattern + ONE]) - np.uint64(lines.stop_start[pattern])
    run = trip - np.uint64(lines.trip_start[pattern])
    return np.int32(lines.arrivals[np.uint64(lines.event_start[pattern]) + run * length + position])


@njit(cache=True)
def board_first(lines: Lines, near: Near, table: Table, ride: U32) -> None:
    """The cost of boarding the first ride at each call that lets one leave no earlier."""
    trip = np.uint64(ride[TRIP])
    pattern = pattern_of(lines, trip)
    start, end = np.uint64(lines.stop_start[pattern]), np.uint64(lines.stop_start[pattern + ONE])
    stop = np.uint64(lines.stops[start + np.uint64(ride[BOARD])])
    leave_s = departure(lines, pattern, trip, np.uint64(ride[BOARD])) - near.access_s[stop]
    for position in range(end - start):
        access_s = near.access_s[np.uint64(lines.stops[start + position])]
        leaves = departure(lines, pattern, trip, np.uint64(position)) - access_s
        may = lines.boardable[start + position] == 1 and leaves >= leave_s
        table.boarding[position] = access_s - leaves if may else np.inf
        table.origin[position] = NONE


@njit(cache=True)
def change(lines: Lines, near: Near, table: Table, slack: np.int32, rides: U32, which: np.uint64) -> None:
    """The cost of boarding ride `which` at each of its calls by a change from the ride before. Of equal ways counts
    the one that alights first.
    """
    before_trip, after_trip = np.uint64(rides[which - ONE, TRIP]), np.uint64(rides[which, TRIP])
    before, after = pattern_of(lines, before_trip), pattern_of(lines, after_trip)
    tails, heads = np.uint64(lines.stop_start[before]), np.uint64(lines.stop_start[after])
    calls = np.uint64(lines.stop_start[after + ONE]) - heads
    for back in range(calls):
        position = calls - ONE - back
        stop = np.uint64(lines.stops[heads + position])
        table.following[position], table.first[stop] = table.first[stop], position
        table.boarding[position] = np.inf
    for alight in range(np.uint64(lines.stop_start[before + ONE]) - tails):
        so_far = table.cost[which - ONE, alight]
        if so_far == np.inf:
            continue
        tail = np.uint64(lines.stops[tails + alight])
        ready = arrival(lines, before, before_trip, np.uint64(alight)) + slack
        for entry in range(np.uint64(lines.transfer_start[tail]), np.uint64(lines.transfer_start[tail + ONE])):
            head = np.uint64(lines.transfer_stops[entry])
            walk_s = lines.transfer_seconds[entry]
            position = table.first[head]
            while position != NONE:
                at = np.uint64(position)
                position = table.following[at]
                spare_s = departure(lines, after, after_trip, at) - ready - walk_s
                if spare_s < 0 or lines.boardable[heads + at] == 0:
                    continue
                cost = so_far + max(0, COMFORT_S - spare_s)
                if near.stop[tail] != near.stop[head]:
                    cost += walk_s
                if near.station[tail] != near.station[head]:
                    cost += ELSEWHERE_S
                if cost < table.boarding[at]:
                    table.boarding[at], table.origin[at] = cost, alight
    for call in range(calls):
        table.first[np.uint64(lines.stops[heads + call])] = NONE


@njit(cache=True)
def ride_on(lines: Lines, table: Table, trip: np.uint64, which: np.uint64) -> None:
    """From the cost of boarding ride `which` at each call to the cost of alighting at each later one."""
    pattern = pattern_of(lines, trip)
    start = np.uint64(lines.stop_start[pattern])
    cheapest, at = np.inf, ZERO
    for position in range(ZERO, np.uint64(lines.stop_start[pattern + ONE]) - start):
        table.cost[which, position] = cheapest if lines.alightable[start + position] == 1 else np.inf
        table.board[which, position], table.came_from[which, position] = at, table.origin[at]
        if table.boarding[position] <= cheapest:
            cheapest, at = float(table.boarding[position]), np.uint64(position)


@njit(cache=True)
def best_alight(lines: Lines, near: Near, table: Table, rides: U32) -> np.uint32:
    """Where to leave the last ride, arriving no later; NONE where the rides do not join."""
    which = np.uint64(len(rides)) - ONE
    trip = np.uint64(rides[which, TRIP])
    pattern = pattern_of(lines, trip)
    start = np.uint64(lines.stop_start[pattern])
    chosen = np.uint64(rides[which, ALIGHT])
    arrive_s = arrival(lines, pattern, trip, chosen) + near.egress_s[np.uint64(lines.stops[start + chosen])]
    best, alight = np.inf, NONE
    for position in range(np.uint64(lines.stop_start[pattern + ONE]) - start):
        egress_s = near.egress_s[np.uint64(lines.stops[start + position])]
        arrives = arrival(lines, pattern, trip, np.uint64(position)) + egress_s
        cost = table.cost[which, position] + arrives + egress_s
        if arrives <= arrive_s and cost < best:
            best, alight = cost, np.uint32(position)
    return alight


@njit(cache=True)
def best_changes(lines: Lines, near: Near, slack: np.int32, rides: U32, start: U32) -> None:
    """Moves the places of journeys to the best ones; journey j has the rows start[j] … of `rides` (TRIP, BOARD,
    ALIGHT), trips and transfers being those of `lines`. Rides that the transfers do not join stay as they are.
    """
    most, longest = ZERO, ZERO
    for j in range(len(start) - 1):
        most = max(most, np.uint64(start[j + 1]) - np.uint64(start[j]))
    for row in range(len(rides)):
        pattern = pattern_of(lines, np.uint64(rides[row, TRIP]))
        longest = max(longest, np.uint64(lines.stop_start[pattern + ONE]) - np.uint64(lines.stop_start[pattern]))
    shape = (most, longest)
    table = Table(
        np.empty(shape, np.float64),
        np.empty(shape, np.uint32),
        np.empty(shape, np.uint32),
        np.empty(longest, np.float64),
        np.empty(longest, np.uint32),
        np.full(len(near.stop), NONE, np.uint32),
        np.empty(longest, np.uint32),
    )
    for j in range(len(start) - 1):
        mine = rides[start[j] : start[j + 1]]
        for which in range(len(mine)):
            if which == 0:
                board_first(lines, near, table, mine[0])
            else:
                change(lines, near, table, slack, mine, np.uint64(which))
            ride_on(lines, table, np.uint64(mine[which, TRIP]), np.uint64(which))
        alight = best_alight(lines, near, table, mine)
        if alight == NONE:
            continue
        for which in range(len(mine) - 1, -1, -1):
            mine[which, BOARD], mine[which, ALIGHT] = table.board[which, alight], alight
            alight = table.came_from[which, alight]


@njit(cache=True)
def ridden(lines: Lines, rides: U32) -> NDArray[np.int64]:
    """By ride (TRIP, BOARD, ALIGHT): when and at which stops it begins and ends, its trip, pattern and positions."""
    found = np.empty((len(rides), 8), np.int64)
    for i in range(len(rides)):
        trip, board, alight = np.uint64(rides[i, TRIP]), np.uint64(rides[i, BOARD]), np.uint64(rides[i, ALIGHT])
        pattern = pattern_of(lines, trip)
        start = np.uint64(lines.stop_start[pattern])
        found[i, 0] = departure(lines, pattern, trip, board)
        found[i, 1] = arrival(lines, pattern, trip, alight)
        found[i, 2], found[i, 3] = lines.stops[start + board], lines.stops[start + alight]
        found[i, 4], found[i, 5], found[i, 6], found[i, 7] = trip, pattern, board, alight
    return found
