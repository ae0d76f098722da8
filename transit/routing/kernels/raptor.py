"""Range-RAPTOR: the loops of the round-based search (Delling, Pajor, Werneck 2012/2015, sections 3.1, 3.2, 4.2).

Index arrays are uint32 and index scalars uint64: a signed index makes the compiler emit wrap-around code at each
access, and a uint64 added to a plain literal silently turns into a float, hence the typed constants.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.landmarks import Landmarks, bound_remaining

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

UNREACHED = np.int32(1 << 30)
NONE = np.uint32(0xFFFFFFFF)
ZERO = np.uint64(0)
ONE = np.uint64(1)

# Places in Labels.counts.
REACHED = 0
MARKED = 1
QUEUED = 2


class Lines(NamedTuple):
    """The arrays of a Timetable that the rounds read."""

    stop_start: U32
    stops: U32
    boardable: U8
    alightable: U8
    trip_start: U32
    event_start: NDArray[np.uint64]
    departures: I32
    arrivals: I32
    stop_pattern_start: U32
    stop_patterns: U32
    stop_positions: U32
    transfer_start: U32
    transfer_stops: U32
    transfer_seconds: I32
    landmarks: Landmarks


class Ends(NamedTuple):
    """Stops at one end of a journey and the seconds between them and that end; each stop once."""

    stops: U32
    seconds: I32


class Boardings(NamedTuple):
    """Ways to begin: to leave the origin at `leave` is to catch `trip` (within its pattern) at `position`."""

    leave: I32
    pattern: U32
    position: U32
    trip: U32


class Labels(NamedTuple):
    """Scratch of one search, K rounds: row k of a label is the best with at most k vehicles, since later departures.

    `ride` is the earliest arrival by a vehicle, `ready` the earliest moment to board after a change. `target` is the
    same at the destination. What follows `hit` is clean (zero, or NONE in first_position) between searches.
    """

    ride: I32
    ready: I32
    ride_trip: U32
    ride_board: U32
    ride_alight: U32
    ready_from: U32
    target: I32
    target_stop: U32
    hit: U8
    reached: U32
    is_reached: U8
    marked: U32
    is_marked: U8
    queue: U32
    first_position: U32
    counts: NDArray[np.uint64]
    egress: I32
    """S: seconds from a stop to the destination, or UNREACHED."""
    remaining: I32
    """S: seconds below which nobody gets from a stop to the destination, by vehicle or on foot."""
    allowed: U8
    """P: 1 where the pattern may be used."""


class When(NamedTuple):
    """When to leave (equal bounds: at that moment), and what is added to the time that a change takes."""

    earliest: np.int32
    latest: np.int32
    slack: np.int32


class Found(NamedTuple):
    """Journeys: when one leaves and arrives, and for each of `vehicles` rides its trip and positions."""

    leave: I32
    arrive: I32
    vehicles: U32
    trips: U32
    boards: U32
    alights: U32


@njit(nogil=True, cache=True)
def first_at_or_after(departures: I32, start: np.uint64, count: np.uint64, at: np.int32) -> np.uint64:
    """How many of the sorted `departures[start:][:count]` are before `at`."""
    low = ZERO
    high = count
    while low < high:
        middle = (low + high) >> ONE
        if departures[start + middle] < at:
            low = middle + ONE
        else:
            high = middle
    return low


@njit(cache=True)
def boardings_between(lines: Lines, access: Ends, allowed: U8, earliest: np.int32, latest: np.int32) -> Boardings:
    """Every way to begin by leaving in [earliest, latest], latest departure first."""
    total = ZERO
    out = Boardings(np.empty(0, np.int32), np.empty(0, np.uint32), np.empty(0, np.uint32), np.empty(0, np.uint32))
    for writing in range(2):
        if writing == 1:
            out = Boardings(
                np.empty(total, np.int32),
                np.empty(total, np.uint32),
                np.empty(total, np.uint32),
                np.empty(total, np.uint32),
            )
        total = ZERO
        for i in range(len(access.stops)):
            stop = np.uint64(access.stops[i])
            walk = access.seconds[i]
            for entry in range(
                np.uint64(lines.stop_pattern_start[stop]), np.uint64(lines.stop_pattern_start[stop + ONE])
            ):
                pattern = np.uint64(lines.stop_patterns[entry])
                if allowed[pattern] == 0:
                    continue
                position = np.uint64(lines.stop_positions[entry])
                trips = np.uint64(lines.trip_start[pattern + ONE] - lines.trip_start[pattern])
                row = lines.event_start[pattern] + position * trips
                trip = first_at_or_after(lines.departures, row, trips, earliest + walk)
                while trip < trips and lines.departures[row + trip] - walk <= latest:
                    if writing == 1:
                        out.leave[total] = lines.departures[row + trip] - walk
                        out.pattern[total] = pattern
                        out.position[total] = position
                        out.trip[total] = trip
                    total += ONE
                    trip += ONE
    order = np.argsort(-out.leave, kind="mergesort")
    return Boardings(out.leave[order], out.pattern[order], out.position[order], out.trip[order])


@njit(cache=True)
def boardings_after(lines: Lines, access: Ends, allowed: U8, leave: np.int32) -> Boardings:
    """The first trip of each pattern at each stop that is caught by leaving at one moment."""
    total = ZERO
    for i in range(len(access.stops)):
        stop = np.uint64(access.stops[i])
        total += np.uint64(lines.stop_pattern_start[stop + ONE] - lines.stop_pattern_start[stop])
    pattern_of = np.empty(total, np.uint32)
    position_of = np.empty(total, np.uint32)
    trip_of = np.empty(total, np.uint32)
    count = ZERO
    for i in range(len(access.stops)):
        stop = np.uint64(access.stops[i])
        for entry in range(np.uint64(lines.stop_pattern_start[stop]), np.uint64(lines.stop_pattern_start[stop + ONE])):
            pattern = np.uint64(lines.stop_patterns[entry])
            position = np.uint64(lines.stop_positions[entry])
            trips = np.uint64(lines.trip_start[pattern + ONE] - lines.trip_start[pattern])
            row = lines.event_start[pattern] + position * trips
            trip = first_at_or_after(lines.departures, row, trips, leave + access.seconds[i])
            if allowed[pattern] == 1 and trip < trips:
                pattern_of[count] = pattern
                position_of[count] = position
                trip_of[count] = trip
                count += ONE
    return Boardings(np.full(count, leave, np.int32), pattern_of[:count], position_of[:count], trip_of[:count])


@njit(nogil=True, cache=True)
def reach(labels: Labels, k: np.uint64, stop: np.uint64, at: np.int32) -> np.int32:
    """Notes an arrival by the k-th vehicle, for k and more vehicles; returns the bound of round k at the target."""
    rounds = np.uint64(labels.ride.shape[0])
    j = k
    while j < rounds and labels.ride[j, stop] > at:
        labels.ride[j, stop] = at
        j += ONE
    if labels.is_reached[stop] == 0:
        labels.is_reached[stop] = 1
        labels.reached[labels.counts[REACHED]] = stop
        labels.counts[REACHED] += ONE
    end = at + labels.egress[stop]
    if labels.egress[stop] != UNREACHED and end < labels.target[k]:
        j = k
        while j < rounds and labels.target[j] > end:
            labels.target[j] = end
            j += ONE
        labels.target_stop[k] = stop
        labels.hit[k] = 1
    bound: np.int32 = labels.target[k]
    return bound


@njit(nogil=True, cache=True)
def ride_first(lines: Lines, labels: Labels, boardings: Boardings, which: np.uint64) -> None:
    """Round 1: rides the trip of one boarding to its end. Access stops further on start boardings of their own."""
    pattern = np.uint64(boardings.pattern[which])
    board = np.uint64(boardings.position[which])
    trip = np.uint64(boardings.trip[which])
    first = np.uint64(lines.stop_start[pattern])
    stops = np.uint64(lines.stop_start[pattern + ONE]) - first
    events = lines.event_start[pattern] + trip * stops
    bound = labels.target[ONE]
    for position in range(board + ONE, stops):
        at = lines.arrivals[events + position]
        stop = np.uint64(lines.stops[first + position])
        # Neither this stop nor one further on can help: the bounds obey the triangle inequality.
        if at + labels.remaining[stop] >= bound:
            break
        if at < labels.ride[ONE, stop] and lines.alightable[first + position] == 1:
            bound = reach(labels, ONE, stop, at)
            labels.ride_trip[ONE, stop] = np.uint64(lines.trip_start[pattern]) + trip
            labels.ride_board[ONE, stop] = board
            labels.ride_alight[ONE, stop] = position


@njit(nogil=True, cache=True)
def relax_transfers(lines: Lines, labels: Labels, k: np.uint64, slack: np.int32) -> None:
    """Walks or changes from every stop that round k reached, as far as round k + 1 may still improve the target."""
    rounds = np.uint64(labels.ride.shape[0])
    ready = labels.ready[k]
    bound = labels.target[k + ONE]
    for i in range(labels.counts[REACHED]):
        stop = np.uint64(labels.reached[i])
        labels.is_reached[stop] = 0
        since = labels.ride[k, stop] + slack
        if since + labels.remaining[stop] >= bound:
            continue
        for transfer in range(np.uint64(lines.transfer_start[stop]), np.uint64(lines.transfer_start[stop + ONE])):
            at = since + lines.transfer_seconds[transfer]
            if at >= bound:
                break
            there = np.uint64(lines.transfer_stops[transfer])
            if at >= ready[there] or at + labels.remaining[there] >= bound:
                continue
            j = k
            while j < rounds and labels.ready[j, there] > at:
                labels.ready[j, there] = at
                j += ONE
            labels.ready_from[k, there] = stop
            if labels.is_marked[there] == 0:
                labels.is_marked[there] = 1
                labels.marked[labels.counts[MARKED]] = there
                labels.counts[MARKED] += ONE
    labels.counts[REACHED] = ZERO


@njit(nogil=True, cache=True)
def collect_patterns(lines: Lines, labels: Labels, k: np.uint64) -> None:
    """Queues the patterns that still serve a marked stop, each from the first such stop on."""
    ready = labels.ready[k]
    for i in range(labels.counts[MARKED]):
        stop = np.uint64(labels.marked[i])
        labels.is_marked[stop] = 0
        at = ready[stop]
        for entry in range(np.uint64(lines.stop_pattern_start[stop]), np.uint64(lines.stop_pattern_start[stop + ONE])):
            pattern = np.uint64(lines.stop_patterns[entry])
            position = lines.stop_positions[entry]
            if position >= labels.first_position[pattern] or labels.allowed[pattern] == 0:
                continue
            trips = np.uint64(lines.trip_start[pattern + ONE] - lines.trip_start[pattern])
            if lines.departures[lines.event_start[pattern] + (np.uint64(position) + ONE) * trips - ONE] < at:
                continue
            if labels.first_position[pattern] == NONE:
                labels.queue[labels.counts[QUEUED]] = pattern
                labels.counts[QUEUED] += ONE
            labels.first_position[pattern] = position
    labels.counts[MARKED] = ZERO


@njit(nogil=True, cache=True)
def scan_pattern(lines: Lines, labels: Labels, k: np.uint64, pattern: np.uint64) -> None:
    """Round k on one pattern: rides the earliest trip caught so far, and steps back where an earlier one is caught."""
    ready = labels.ready[k - ONE]
    ride = labels.ride[k]
    remaining = labels.remaining
    bound = labels.target[k]
    first = np.uint64(lines.stop_start[pattern])
    stops = np.uint64(lines.stop_start[pattern + ONE]) - first
    first_trip = np.uint64(lines.trip_start[pattern])
    trips = np.uint64(lines.trip_start[pattern + ONE]) - first_trip
    events = lines.event_start[pattern]
    trip = trips
    board = ZERO
    for position in range(np.uint64(labels.first_position[pattern]), stops):
        stop = np.uint64(lines.stops[first + position])
        if trip < trips:
            at = lines.arrivals[events + trip * stops + position]
            if at < ride[stop] and at + remaining[stop] < bound and lines.alightable[first + position] == 1:
                bound = reach(labels, k, stop, at)
                labels.ride_trip[k, stop] = first_trip + trip
                labels.ride_board[k, stop] = board
                labels.ride_alight[k, stop] = position
        since = ready[stop]
        if since == UNREACHED or trip == ZERO or lines.boardable[first + position] == 0:
            continue
        row = events + position * trips
        if lines.departures[row + trip - ONE] < since:
            continue
        if trip == trips:
            trip = first_at_or_after(lines.departures, row, trips, since)
        else:
            while trip > ZERO and lines.departures[row + trip - ONE] >= since:
                trip -= ONE
        board = np.uint64(position)


@njit(nogil=True, cache=True)
def rebuild(lines: Lines, labels: Labels, k: np.uint64, found: Found, which: np.uint64) -> None:
    """Follows the parents of the journey that reached the target in round k back to its first boarding."""
    patterns = len(lines.trip_start) - 1
    stop = np.uint64(labels.target_stop[k])
    ride = k
    while ride > ZERO:
        trip = labels.ride_trip[ride, stop]
        board = labels.ride_board[ride, stop]
        found.trips[which, ride - ONE] = trip
        found.boards[which, ride - ONE] = board
        found.alights[which, ride - ONE] = labels.ride_alight[ride, stop]
        pattern = np.uint64(np.searchsorted(lines.trip_start[: patterns + 1], trip, side="right") - 1)
        boarded_at = np.uint64(lines.stops[np.uint64(lines.stop_start[pattern]) + np.uint64(board)])
        ride -= ONE
        if ride > ZERO:
            stop = np.uint64(labels.ready_from[ride, boarded_at])


@njit(nogil=True, cache=True)
def report(lines: Lines, labels: Labels, found: Found, count: np.uint64, leave: np.int32) -> np.uint64:
    """Writes out what one departure improved, before the next departure overwrites the parents; returns the count."""
    for k in range(ONE, np.uint64(len(labels.hit))):
        if labels.hit[k] == 0:
            continue
        labels.hit[k] = 0
        if count < np.uint64(len(found.leave)):
            found.leave[count] = leave
            found.arrive[count] = labels.target[k]
            found.vehicles[count] = k
            rebuild(lines, labels, np.uint64(k), found, count)
        count += ONE
    return count


@njit(nogil=True, cache=True)
def search(
    lines: Lines, boardings: Boardings, egress: Ends, labels: Labels, found: Found, slack: np.int32
) -> np.uint64:
    """All journeys that no other beats in departure, arrival and vehicles at once.

    `boardings` are sorted by `leave`, latest first, so that labels of later departures prune earlier ones. Returns
    how many journeys there are, which may be more than fit into `found`.
    """
    for label in (labels.ride, labels.ready):
        label[:] = UNREACHED
    for label in (labels.target, labels.egress):
        label[:] = UNREACHED
    for i in range(len(egress.stops)):
        labels.egress[np.uint64(egress.stops[i])] = egress.seconds[i]
    bound_remaining(lines.landmarks, egress.stops, egress.seconds, labels.remaining)
    last = np.uint64(labels.ride.shape[0]) - ONE
    total = np.uint64(len(boardings.leave))
    count = ZERO
    which = ZERO
    while which < total:
        leave = boardings.leave[which]
        while which < total and boardings.leave[which] == leave:
            ride_first(lines, labels, boardings, which)
            which += ONE
        k = ONE
        while k < last and labels.counts[REACHED] > ZERO:
            relax_transfers(lines, labels, k, slack)
            collect_patterns(lines, labels, k)
            k += ONE
            for i in range(labels.counts[QUEUED]):
                pattern = np.uint64(labels.queue[i])
                scan_pattern(lines, labels, k, pattern)
                labels.first_position[pattern] = NONE
            labels.counts[QUEUED] = ZERO
        for i in range(labels.counts[REACHED]):
            labels.is_reached[np.uint64(labels.reached[i])] = 0
        labels.counts[REACHED] = ZERO
        count = report(lines, labels, found, count, leave)
    return count


@njit(nogil=True, cache=True)
def search_from(lines: Lines, access: Ends, egress: Ends, labels: Labels, found: Found, when: When) -> np.uint64:
    """All journeys of a range, or of one moment: see `search`."""
    if when.earliest == when.latest:
        boardings = boardings_after(lines, access, labels.allowed, when.earliest)
    else:
        boardings = boardings_between(lines, access, labels.allowed, when.earliest, when.latest)
    return search(lines, boardings, egress, labels, found, when.slack)
