"""The journeys with scheduled vehicles that none beats, with the best places to change: all of a search in one call.

Long enough to let the interpreter's lock go for it, once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.changes import ALIGHT, BOARD, TRIP, Near, best_changes, pattern_of, ridden
from transit.routing.kernels.pointless import END_S, START_S, VEHICLES, WALKED_S, Standard, judged
from transit.routing.kernels.raptor import ONE, ZERO, Ends, Found, Labels, Lines, When, search_from
from transit.routing.kernels.ways import by_stop

LEAVES, ARRIVES, FROM, TO = range(4)
"""Columns of what `ridden` says."""
U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]


class How(NamedTuple):
    """When to leave in the timetable that is searched, and whether that is the other one turned round, as
    `window.reverse` does it. What the journeys are judged by. By stop, what it is to people, and its station.
    """

    when: When
    is_turned: bool
    standard: Standard
    stop: I64
    station: I64


@njit(cache=True)
def put_row(found: Found, row: np.uint64, by: np.uint64) -> None:
    """Puts a journey in the place of another."""
    found.leave[row], found.arrive[row], found.vehicles[row] = found.leave[by], found.arrive[by], found.vehicles[by]
    for ride in range(found.vehicles[by]):
        found.trips[row, ride] = found.trips[by, ride]
        found.boards[row, ride], found.alights[row, ride] = found.boards[by, ride], found.alights[by, ride]


@njit(nogil=True, cache=True)
def search_unbeaten(
    lines: Lines, access: Ends, egress: Ends, labels: Labels, rooms: tuple[Found, Found], when: When
) -> np.uint64:
    """As `search_from`, less the journeys of a range that one beats or equals who leaves right after it.

    Those of the second search have their room; there is at most one for each number of vehicles.
    """
    found, later = rooms
    count = search_from(lines, access, egress, labels, found, when)
    if count == ZERO or when.earliest == when.latest or count > np.uint64(len(found.leave)):
        return count
    after = When(np.int32(when.latest + 1), np.int32(when.latest + 1), when.slack)
    others = search_from(lines, access, egress, labels, later, after)
    kept = ZERO
    for row in range(count):
        is_beaten = False
        for other in range(others):
            if later.arrive[other] <= found.arrive[row] and later.vehicles[other] <= found.vehicles[row]:
                is_beaten = True
        if not is_beaten:
            put_row(found, kept, np.uint64(row))
            kept += ONE
    return kept


@njit(cache=True)
def packed(lines: Lines, found: Found, count: np.uint64, is_turned: bool) -> tuple[U32, U32]:
    """The rides of journeys one after the other (TRIP, BOARD, ALIGHT), and where each journey begins (n + 1).

    Rides that are found in the timetable turned round are those of the timetable itself.
    """
    start = np.zeros(count + ONE, np.uint32)
    for journey in range(count):
        start[journey + ONE] = start[journey] + found.vehicles[journey]
    rides = np.empty((start[count], 3), np.uint32)
    for journey in range(count):
        first, many = np.uint64(start[journey]), np.uint64(found.vehicles[journey])
        for ride in range(many):
            trip, board = np.uint64(found.trips[journey, ride]), np.uint64(found.boards[journey, ride])
            alight, row = np.uint64(found.alights[journey, ride]), first + ride
            if is_turned:
                pattern = pattern_of(lines, trip)
                last = np.uint64(lines.stop_start[pattern + ONE]) - np.uint64(lines.stop_start[pattern]) - ONE
                trip = np.uint64(lines.trip_start[pattern]) + np.uint64(lines.trip_start[pattern + ONE]) - ONE - trip
                board, alight, row = last - alight, last - board, first + many - ONE - ride
            rides[row, TRIP], rides[row, BOARD], rides[row, ALIGHT] = trip, board, alight
    return rides, start


@njit(cache=True)
def facts_of(lines: Lines, near: Near, rides: I64, start: U32) -> I64:
    """By journey, what the rules of `pointless` compare. At one stop or its like one changes without a walk."""
    found = np.empty((len(start) - 1, 4), np.int64)
    for journey in range(len(found)):
        first, last = np.uint64(start[journey]), np.uint64(start[journey + 1]) - ONE
        access_s = np.int64(near.access_s[rides[first, FROM]])
        egress_s = np.int64(near.egress_s[rides[last, TO]])
        walked_s = access_s + egress_s
        for ride in range(first, last):
            tail, head = np.uint64(rides[ride, TO]), np.uint64(rides[ride + ONE, FROM])
            if near.stop[tail] != near.stop[head]:
                entry = np.uint64(lines.transfer_start[tail])
                while lines.transfer_stops[entry] != head:
                    entry += ONE
                walked_s += lines.transfer_seconds[entry]
        found[journey, START_S], found[journey, END_S] = (
            rides[first, LEAVES] - access_s,
            rides[last, ARRIVES] + egress_s,
        )
        found[journey, VEHICLES], found[journey, WALKED_S] = last + ONE - first, walked_s
    return found


@njit(nogil=True, cache=True)
def scheduled(
    timetables: tuple[Lines, Lines], ends: tuple[Ends, Ends], labels: Labels, rooms: tuple[Found, Found], how: How
) -> tuple[np.uint64, I64, I64, U32, U8]:
    """How many journeys there are, their facts, their rides as `ridden` has them, where in these each begins, and what
    is said of each.

    The timetables are the one that is searched and the one that journeys are told by, the ends the origin and the
    destination. There may be more journeys than fit into the first room: then there is nothing but their number.
    """
    (searched, lines), (origin, destination) = timetables, ends
    if how.is_turned:
        count = search_unbeaten(searched, destination, origin, labels, rooms, how.when)
    else:
        count = search_unbeaten(searched, origin, destination, labels, rooms, how.when)
    if count == ZERO or count > np.uint64(len(rooms[0].leave)):
        none = np.empty((0, 4), np.int64), np.empty((0, 8), np.int64)
        return count, none[0], none[1], np.zeros(1, np.uint32), np.empty(0, np.uint8)
    rides, start = packed(lines, rooms[0], count, how.is_turned)
    stops = len(lines.transfer_start) - 1
    near = Near(by_stop(origin, stops), by_stop(destination, stops), how.stop, how.station)
    best_changes(lines, near, how.when.slack, rides, start)
    legs = ridden(lines, rides)
    facts = facts_of(lines, near, legs, start)
    return count, facts, legs, start, judged(facts, how.standard)
