"""Lower bounds on the time to a destination, by landmarks (ALT: Goldberg, Harrelson 2005, section 2, made for streets).

Here the graph is that of a timetable without its waits: each vehicle's shortest run from a stop to the next, and the
transfers. What it takes to get from a stop to a landmark, less what it takes from the destination, is less than what it
takes to the destination; likewise from the landmark.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]

UNREACHED = np.int32(1 << 30)
LANDMARKS = 8
"""Twice as many bring a search hardly any further."""
ZERO = np.uint64(0)
ONE = np.uint64(1)


class Landmarks(NamedTuple):
    """Seconds that nobody undercuts between stops (columns) and landmarks (rows); UNREACHED where there is no way."""

    towards: I32
    """From the stop to the landmark."""
    away: I32
    """From the landmark to the stop."""

    def backwards(self) -> Landmarks:
        """The same of a timetable that is turned round: its runs and transfers last as long the other way."""
        return Landmarks(self.away, self.towards)


class Hops(NamedTuple):
    """The graph: the stops of each pattern, the seconds from each to the next (0 at the last), and the transfers."""

    stop_start: U32
    stops: U32
    seconds: I32
    transfer_start: U32
    transfer_stops: U32
    transfer_seconds: I32


@njit(nogil=True, cache=True)
def shortest_runs(
    stop_start: U32, trip_start: U32, event_start: NDArray[np.uint64], departures: I32, arrivals: I32
) -> I32:
    """For each place of each pattern the seconds of its fastest trip to the next place, 0 at the last."""
    seconds = np.zeros(np.uint64(stop_start[-1]), np.int32)
    for pattern in range(np.uint64(len(stop_start) - 1)):
        first = np.uint64(stop_start[pattern])
        stops = np.uint64(stop_start[pattern + ONE]) - first
        trips = np.uint64(trip_start[pattern + ONE] - trip_start[pattern])
        events = event_start[pattern]
        for position in range(ZERO, stops - ONE):
            shortest = UNREACHED
            for trip in range(trips):
                leaves = departures[events + position * trips + trip]
                shortest = min(shortest, arrivals[events + trip * stops + position + ONE] - leaves)
            seconds[first + position] = max(shortest, np.int32(0))
    return seconds


@njit(nogil=True, cache=True)
def spread_away(hops: Hops, seconds: I32) -> None:
    """Lowers the seconds from a landmark to each stop until no run and no transfer lowers one any further."""
    changed = True
    while changed:
        changed = False
        for pattern in range(np.uint64(len(hops.stop_start) - 1)):
            reached = UNREACHED
            for place in range(np.uint64(hops.stop_start[pattern]), np.uint64(hops.stop_start[pattern + ONE])):
                stop = np.uint64(hops.stops[place])
                if reached < seconds[stop]:
                    seconds[stop] = reached
                    changed = True
                reached = min(seconds[stop] + hops.seconds[place], UNREACHED)
        for tail in range(np.uint64(len(seconds))):
            for transfer in range(np.uint64(hops.transfer_start[tail]), np.uint64(hops.transfer_start[tail + ONE])):
                there = np.uint64(hops.transfer_stops[transfer])
                at = seconds[tail] + hops.transfer_seconds[transfer]
                if at < seconds[there]:
                    seconds[there] = at
                    changed = True


@njit(nogil=True, cache=True)
def spread_towards(hops: Hops, seconds: I32) -> None:
    """The same for the seconds from each stop to a landmark."""
    changed = True
    while changed:
        changed = False
        for pattern in range(np.uint64(len(hops.stop_start) - 1)):
            remaining = UNREACHED
            first, end = np.uint64(hops.stop_start[pattern]), np.uint64(hops.stop_start[pattern + ONE])
            for back in range(ZERO, end - first):
                place = end - ONE - back
                stop = np.uint64(hops.stops[place])
                remaining = min(remaining + hops.seconds[place], UNREACHED)
                if remaining < seconds[stop]:
                    seconds[stop] = remaining
                    changed = True
                remaining = seconds[stop]
        for tail in range(np.uint64(len(seconds))):
            for transfer in range(np.uint64(hops.transfer_start[tail]), np.uint64(hops.transfer_start[tail + ONE])):
                there = np.uint64(hops.transfer_stops[transfer])
                at = seconds[there] + hops.transfer_seconds[transfer]
                if at < seconds[tail]:
                    seconds[tail] = at
                    changed = True


@njit(nogil=True, cache=True)
def place_landmarks(hops: Hops, central: np.uint64, count: int) -> Landmarks:
    """Landmarks one after the other, each as far as can be from those before; the first as far from `central`."""
    stops = len(hops.transfer_start) - 1
    found = Landmarks(np.full((count, stops), UNREACHED, np.int32), np.full((count, stops), UNREACHED, np.int32))
    if stops == 0:
        return found
    nearest = np.full(stops, UNREACHED, np.int32)
    nearest[central] = 0
    spread_away(hops, nearest)
    for landmark in range(count):
        farthest = central
        for stop in range(np.uint64(stops)):
            if nearest[farthest] < nearest[stop] < UNREACHED:
                farthest = np.uint64(stop)
        found.towards[landmark, farthest] = 0
        spread_towards(hops, found.towards[landmark])
        found.away[landmark, farthest] = 0
        spread_away(hops, found.away[landmark])
        for stop in range(np.uint64(stops)):
            if landmark == 0 or found.away[landmark, stop] < nearest[stop]:
                nearest[stop] = found.away[landmark, stop]
    return found


@njit(nogil=True, cache=True)
def bound_remaining(landmarks: Landmarks, stops: U32, seconds: I32, remaining: I32) -> None:
    """Writes for every stop the seconds below which nobody gets to the destination, which is `seconds` from `stops`."""
    remaining[:] = 0
    for landmark in range(np.uint64(len(landmarks.towards))):
        towards, away = landmarks.towards[landmark], landmarks.away[landmark]
        beyond, before = np.int32(-UNREACHED), UNREACHED
        for i in range(len(stops)):
            stop = np.uint64(stops[i])
            beyond = max(beyond, towards[stop] - seconds[i])
            before = min(before, away[stop] + seconds[i])
        # This holds also for UNREACHED: who cannot get to the landmark gets to no end from which one can.
        for tail in range(np.uint64(len(remaining))):
            remaining[tail] = max(remaining[tail], towards[tail] - beyond, before - away[tail])
