"""Loops that lay the runs of a window out as FIFO patterns, and turn such a layout round."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray


class Events(NamedTuple):
    """The stop events of all trips, in seconds of their service day."""

    trip_start: NDArray[np.uint64]
    arrivals: NDArray[np.int32]
    departures: NDArray[np.int32]


class Runs(NamedTuple):
    """Trips on days, sorted by stop sequence and then first departure."""

    trip: NDArray[np.uint32]
    shift: NDArray[np.int32]
    """What to add to the trip's times."""
    stops: NDArray[np.uint32]
    """How many stops the trip has."""
    sequence: NDArray[np.uint32]


class Layout(NamedTuple):
    """Where the events of each pattern go: see Timetable."""

    trip_start: NDArray[np.uint32]
    event_start: NDArray[np.uint64]


@njit(nogil=True, cache=True)
def follows(events: Events, runs: Runs, later: int, earlier: int) -> bool:
    """Whether one run of a stop sequence is nowhere earlier than another."""
    a = np.int64(events.trip_start[runs.trip[later]])
    b = np.int64(events.trip_start[runs.trip[earlier]])
    ahead = runs.shift[later] - runs.shift[earlier]
    for i in range(np.int64(runs.stops[later])):
        if events.departures[a + i] + ahead < events.departures[b + i]:
            return False
        if events.arrivals[a + i] + ahead < events.arrivals[b + i]:
            return False
    return True


@njit(nogil=True, cache=True)
def split_lanes(events: Events, runs: Runs, pattern: NDArray[np.uint32], last: NDArray[np.uint32]) -> int:
    """Numbers patterns so that within one no run overtakes: each run joins the first lane whose last run it follows.

    Writes the pattern of each run; `last` is scratch of the same length. Returns how many patterns there are.
    """
    patterns = 0
    first_lane = 0
    for run in range(len(runs.trip)):
        if run == 0 or runs.sequence[run] != runs.sequence[run - 1]:
            first_lane = patterns
        lane = first_lane
        while lane < patterns and not follows(events, runs, run, int(last[lane])):
            lane += 1
        if lane == patterns:
            patterns += 1
        last[lane] = run
        pattern[run] = lane
    return patterns


@njit(nogil=True, cache=True)
def fill_events(
    events: Events,
    runs: Runs,
    layout: Layout,
    departures: NDArray[np.int32],
    arrivals: NDArray[np.int32],
) -> None:
    """Copies the shifted times into place: departures stop-major, arrivals trip-major. Runs are sorted by pattern."""
    for pattern in range(len(layout.trip_start) - 1):
        first = np.int64(layout.trip_start[pattern])
        trips = np.int64(layout.trip_start[pattern + 1]) - first
        target = np.int64(layout.event_start[pattern])
        for trip in range(trips):
            source = np.int64(events.trip_start[runs.trip[first + trip]])
            stops = np.int64(runs.stops[first + trip])
            shift = runs.shift[first + trip]
            for stop in range(stops):
                departures[target + stop * trips + trip] = events.departures[source + stop] + shift
                arrivals[target + trip * stops + stop] = events.arrivals[source + stop] + shift


@njit(nogil=True, cache=True)
def reverse_events(
    layout: Layout,
    departures: NDArray[np.int32],
    arrivals: NDArray[np.int32],
    reversed_departures: NDArray[np.int32],
    reversed_arrivals: NDArray[np.int32],
) -> None:
    """Turns time round: what was an arrival is a departure at the negated time; stops and trips in reverse order."""
    for pattern in range(len(layout.trip_start) - 1):
        trips = np.int64(layout.trip_start[pattern + 1]) - np.int64(layout.trip_start[pattern])
        start = np.int64(layout.event_start[pattern])
        stops = (np.int64(layout.event_start[pattern + 1]) - start) // trips
        for trip in range(trips):
            back_trip = trips - 1 - trip
            for stop in range(stops):
                back = stops - 1 - stop
                reversed_departures[start + back * trips + back_trip] = -arrivals[start + trip * stops + stop]
                reversed_arrivals[start + back_trip * stops + back] = -departures[start + stop * trips + trip]
