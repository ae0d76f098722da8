"""From one place to everywhere, leaving at many moments: range-RAPTOR without a destination.

Moments are taken latest first and keep the labels of later ones (Delling, Pajor, Werneck 2012/2015, section 4.2), so
that each costs only what it improves. How many vehicles a way takes does not matter here, so that a stop has one label
and rounds go on until nothing improves. Whoever is given up after a limit needs no label beyond it. Where vehicles are
limited, each moment is searched by itself: a label of a later one may have taken more of them than are left.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.raptor import NONE, ONE, UNREACHED, ZERO, Ends, Lines, first_at_or_after

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

# Places in Room.counts.
REACHED, MARKED, QUEUED, BETTER = range(4)


class Moments(NamedTuple):
    """When to leave: `total` moments, `step` seconds apart; the seconds after which a way is given up; and how many
    vehicles it takes at most, 0: any number.
    """

    first: np.int32
    step: np.int32
    total: np.int32
    limit: np.int32
    vehicles: np.int32


class Spread(NamedTuple):
    """By stop (S + 1 offsets): the points that one walks to from it, and the seconds."""

    start: U32
    points: U32
    seconds: I32


class Room(NamedTuple):
    """Scratch: labels of stops (S), of patterns and of points. What follows `arrival` is clean between searches."""

    ride: I32
    """S: the earliest arrival by a vehicle."""
    ready: I32
    """S: the earliest moment at which one can board."""
    arrival: I32
    """The earliest arrival at a point by a vehicle and a walk."""
    reached: U32
    is_reached: U8
    marked: U32
    is_marked: U8
    better: U32
    is_better: U8
    queue: U32
    first_position: U32
    counts: NDArray[np.uint64]


@njit(nogil=True, cache=True)
def collect(lines: Lines, room: Room) -> None:
    """Queues the patterns that still serve a marked stop, each from the first such stop on."""
    ready, first_position, queue, queued = room.ready, room.first_position, room.queue, ZERO
    start, patterns, positions = lines.stop_pattern_start, lines.stop_patterns, lines.stop_positions
    for i in range(room.counts[MARKED]):
        stop = np.uint64(room.marked[i])
        room.is_marked[stop] = 0
        at = ready[stop]
        for entry in range(np.uint64(start[stop]), np.uint64(start[stop + ONE])):
            pattern, position = np.uint64(patterns[entry]), positions[entry]
            if position >= first_position[pattern]:
                continue
            trips = np.uint64(lines.trip_start[pattern + ONE] - lines.trip_start[pattern])
            if lines.departures[lines.event_start[pattern] + (np.uint64(position) + ONE) * trips - ONE] < at:
                continue
            if first_position[pattern] == NONE:
                queue[queued] = pattern
                queued += ONE
            first_position[pattern] = position
    room.counts[MARKED] = ZERO
    room.counts[QUEUED] = queued


@njit(nogil=True, cache=True)
def scan(lines: Lines, room: Room, pattern: np.uint64, until: np.int32) -> None:
    """Rides the earliest trip of one pattern caught so far, and steps back where an earlier one is caught."""
    ride, ready, reached, is_reached = room.ride, room.ready, room.reached, room.is_reached
    first = np.uint64(lines.stop_start[pattern])
    stops = np.uint64(lines.stop_start[pattern + ONE]) - first
    trips = np.uint64(lines.trip_start[pattern + ONE] - lines.trip_start[pattern])
    events, trip, count = lines.event_start[pattern], trips, room.counts[REACHED]
    departures, arrivals, stop_of = lines.departures, lines.arrivals, lines.stops
    for position in range(np.uint64(room.first_position[pattern]), stops):
        stop = np.uint64(stop_of[first + position])
        if trip < trips:
            at = arrivals[events + trip * stops + position]
            if at < ride[stop] and at <= until and lines.alightable[first + position] == 1:
                ride[stop] = at
                if is_reached[stop] == 0:
                    is_reached[stop] = 1
                    reached[count] = stop
                    count += ONE
        since = ready[stop]
        if since == UNREACHED or trip == ZERO or lines.boardable[first + position] == 0:
            continue
        row = events + position * trips
        if departures[row + trip - ONE] < since:
            continue
        if trip == trips:
            trip = first_at_or_after(departures, row, trips, since)
        else:
            while trip > ZERO and departures[row + trip - ONE] >= since:
                trip -= ONE
    room.counts[REACHED] = count
    room.first_position[pattern] = NONE


@njit(nogil=True, cache=True)
def change(lines: Lines, room: Room, until: np.int32) -> None:
    """Walks or changes from every stop that was reached, and notes it among those whose label is better now."""
    ride, ready, marked, is_marked = room.ride, room.ready, room.marked, room.is_marked
    start, stops, seconds = lines.transfer_start, lines.transfer_stops, lines.transfer_seconds
    count, better = room.counts[MARKED], room.counts[BETTER]
    for i in range(room.counts[REACHED]):
        stop = np.uint64(room.reached[i])
        room.is_reached[stop] = 0
        if room.is_better[stop] == 0:
            room.is_better[stop] = 1
            room.better[better] = stop
            better += ONE
        since = ride[stop]
        for transfer in range(np.uint64(start[stop]), np.uint64(start[stop + ONE])):
            at = since + seconds[transfer]
            if at > until:
                break
            there = np.uint64(stops[transfer])
            if at < ready[there]:
                ready[there] = at
                if is_marked[there] == 0:
                    is_marked[there] = 1
                    marked[count] = there
                    count += ONE
    room.counts[REACHED], room.counts[MARKED], room.counts[BETTER] = ZERO, count, better


@njit(nogil=True, cache=True)
def alight(room: Room, spread: Spread, until: np.int32) -> None:
    """Walks from every stop whose label is better now to the points around it."""
    arrival, start, points, seconds = room.arrival, spread.start, spread.points, spread.seconds
    for i in range(room.counts[BETTER]):
        stop = np.uint64(room.better[i])
        room.is_better[stop] = 0
        since = room.ride[stop]
        for entry in range(np.uint64(start[stop]), np.uint64(start[stop + ONE])):
            at = since + seconds[entry]
            if at > until:
                break
            point = np.uint64(points[entry])
            arrival[point] = min(arrival[point], at)
    room.counts[BETTER] = ZERO


@njit(nogil=True, cache=True)
def sample(lines: Lines, access: Ends, spread: Spread, moments: Moments, room: Room, out: I32) -> None:
    """Seconds to each point by moment of leaving (moments × points), by vehicle; UNREACHED beyond the limit."""
    room.ride[:] = UNREACHED
    room.ready[:] = UNREACHED
    room.arrival[:] = UNREACHED
    for i in range(moments.total - 1, -1, -1):
        leave = np.int32(moments.first + i * moments.step)
        until = np.int32(leave + moments.limit)
        rounds = 0
        if moments.vehicles > 0:
            room.ride[:] = UNREACHED
            room.ready[:] = UNREACHED
        for each in range(len(access.stops)):
            stop, at = np.uint64(access.stops[each]), leave + access.seconds[each]
            if at < room.ready[stop] and at <= until:
                room.ready[stop] = at
                room.is_marked[stop] = 1
                room.marked[room.counts[MARKED]] = stop
                room.counts[MARKED] += ONE
        while room.counts[MARKED] > ZERO and (moments.vehicles == 0 or rounds < moments.vehicles):
            rounds += 1
            collect(lines, room)
            for each in range(room.counts[QUEUED]):
                scan(lines, room, np.uint64(room.queue[np.uint64(each)]), until)
            change(lines, room, until)
        for each in range(room.counts[MARKED]):
            room.is_marked[np.uint64(room.marked[each])] = 0
        room.counts[MARKED] = ZERO
        alight(room, spread, until)
        for point in range(len(room.arrival)):
            at = room.arrival[point]
            out[i, point] = at - leave if at <= until else UNREACHED


@njit(nogil=True, cache=True)
def quantiles(times: I32, ranks: U32, out: I32) -> None:
    """By rank and column, which of the column's values in order stands at the rank (0 is the least)."""
    moments, points = times.shape
    column = np.empty(moments, np.int32)
    for point in range(points):
        for i in range(moments):
            # Times fall by the wait that is saved and jump where a vehicle leaves: nearly sorted, so that inserting
            # from the end is quick.
            value, j = times[i, point], i
            while j > 0 and column[j - 1] > value:
                column[j] = column[j - 1]
                j -= 1
            column[j] = value
        for i in range(len(ranks)):
            out[i, point] = column[ranks[i]]
