"""What a trip update means for the times of a trip. Source: GTFS Realtime Reference, "StopTimeUpdate"; and its guide to
trip updates, "Stop Time Updates": what is said of a stop holds for the stops after it until something else is said.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.wire import (
    ARRIVAL_DELAY,
    DEPARTURE_DELAY,
    MISSING,
    SEQUENCE,
    STOP_ID,
    STOP_RELATION,
)

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

SKIPPED_STOP, NO_DATA = 1, 2
"""StopTimeUpdate.ScheduleRelationship."""
LIVE, SKIPPED = 1, 2
"""Bits of the state of a call: its times are of now; the vehicle does not stop."""
ABSURD_S = 86400
"""Nobody is told of a delay of more than a day: such a trip is left as it was."""
NOWHERE = -1

# Columns of jobs: the trip, its first row and the one after its last, the Unix second at which its service day begins,
# how much later than the timetable the trip as such was set (a duplicate), its delay as a whole, and where it is put.
TRIP, FIRST_ROW, LAST_ROW, DAY_AT, SHIFT, TRIP_DELAY, PUT = range(7)
JOB_COLUMNS = 7


class Texts(NamedTuple):
    """Many texts as one block of bytes with offsets, and their order by bytes."""

    start: NDArray[np.uint64]
    block: U8
    order: U32


class Timed(NamedTuple):
    """The timetable: the stops and events of every trip, and its `stop_sequence` values."""

    trip_sequence: U32
    sequence_start: U32
    sequence_stops: U32
    trip_event_start: NDArray[np.uint64]
    arrivals: I32
    departures: I32
    trip_numbering: U32
    numbering_start: U32
    numbering: I32


class Calls(NamedTuple):
    """What comes out, for every call of every job: seconds of the service day, bits of the state, and the row that
    speaks of the call, or NOWHERE.
    """

    arrivals: I64
    departures: I64
    states: U8
    rows: I64


@njit(nogil=True, cache=True)
def compare(texts: Texts, which: np.int64, prefix: U8, data: U8, begin: int, length: int) -> int:
    """Whether a text comes before (−1), is (0) or comes after (1) the prefix followed by the bytes at a place."""
    low = np.int64(texts.start[which])
    size = np.int64(texts.start[which + 1]) - low
    whole = len(prefix) + length
    for i in range(whole):
        if i == size:
            break
        mine = texts.block[low + i]
        other = prefix[i] if i < len(prefix) else data[begin + i - len(prefix)]
        if mine != other:
            return -1 if mine < other else 1
    return 0 if size == whole else -1 if size < whole else 1


@njit(nogil=True, cache=True)
def find_texts(texts: Texts, prefix: U8, data: U8, spans: I64, found: I64) -> None:
    """For every span (begin, length) of the bytes the number of the text that is the prefix and the span, or NOWHERE.

    Of equal texts it is the first in order.
    """
    for i in range(len(spans)):
        begin, length = spans[i, 0], spans[i, 1]
        found[i] = NOWHERE
        if begin == MISSING:
            continue
        low, high = 0, len(texts.order)
        while low < high:
            middle = (low + high) // 2
            if compare(texts, np.int64(texts.order[middle]), prefix, data, begin, length) < 0:
                low = middle + 1
            else:
                high = middle
        if low < len(texts.order) and compare(texts, np.int64(texts.order[low]), prefix, data, begin, length) == 0:
            found[i] = texts.order[low]


@njit(nogil=True, cache=True)
def numbered(timed: Timed, trip: int, sequence: int) -> int:
    """The position of the call of a trip with a `stop_sequence`, or NOWHERE."""
    numbering = timed.trip_numbering[trip]
    first, end = np.int64(timed.numbering_start[numbering]), np.int64(timed.numbering_start[numbering + 1])
    low, high = first, end
    while low < high:
        middle = (low + high) // 2
        if timed.numbering[middle] < sequence:
            low = middle + 1
        else:
            high = middle
    if low == end or timed.numbering[low] != sequence:
        return NOWHERE
    position: int = np.int64(low) - first  # type: ignore[assignment]
    return position


@njit(nogil=True, cache=True)
def place_rows(timed: Timed, names: Texts, prefix: U8, data: U8, job: I64, stops: I64, rows: I64) -> int:
    """Writes for the calls of a trip the rows that speak of them; returns how many rows speak of none.

    `stop_sequence` tells the call. Where it is not given, is none of the trip, or has another stop than the row, it is
    the next call at the row's stop, so that a loop line's second call is found after the first.
    """
    trip, lost, following = job[TRIP], 0, 0
    first = np.int64(timed.sequence_start[timed.trip_sequence[trip]])
    for row in range(job[FIRST_ROW], job[LAST_ROW]):
        position = NOWHERE
        if stops[row, SEQUENCE] != MISSING:
            position = numbered(timed, trip, stops[row, SEQUENCE])
        begin, length = stops[row, STOP_ID], stops[row, STOP_ID + 1]
        if begin != MISSING and (
            position == NOWHERE
            or compare(names, np.int64(timed.sequence_stops[first + position]), prefix, data, begin, length) != 0
        ):
            named = following
            while (
                named < len(rows)
                and compare(names, np.int64(timed.sequence_stops[first + named]), prefix, data, begin, length) != 0
            ):
                named += 1
            if named < len(rows):
                position = named
        if position == NOWHERE:
            lost += 1
            continue
        rows[position] = row
        following = position + 1
    return lost


@njit(nogil=True, cache=True)
def said(stops: I64, row: int, column: int, planned: int, since: int) -> int:
    """The second of an event that a row gives by its time, or by its delay; MISSING where it gives neither."""
    at = MISSING
    if stops[row, column + 1] != MISSING:
        at = stops[row, column + 1] - since
    elif stops[row, column] != MISSING:
        at = planned + stops[row, column]
    return at


@njit(nogil=True, cache=True)
def time_calls(timed: Timed, job: I64, stops: I64, calls: Calls) -> bool:
    """Writes the times and states of the calls of one trip, whose rows are placed; whether they are believable.

    A delay is carried on until a stop of which something else is said; a stop that is skipped changes nothing. From a
    stop without data on, the timetable holds. What was said of no stop up to here is over: it is no later than what
    comes. Times that would go back are raised to those before.
    """
    event = np.int64(timed.trip_event_start[job[TRIP]])
    delay, known = np.int64(0), False
    if job[TRIP_DELAY] != MISSING:
        delay, known = job[TRIP_DELAY], True
    count, first_known = len(calls.rows), NOWHERE
    for i in range(count):
        planned_arrival = np.int64(timed.arrivals[event + i]) + job[SHIFT]
        planned_departure = np.int64(timed.departures[event + i]) + job[SHIFT]
        arrival, departure = planned_arrival + delay, planned_departure + delay
        row = calls.rows[i]
        if row != NOWHERE and stops[row, STOP_RELATION] == SKIPPED_STOP:
            calls.states[i] |= SKIPPED
        elif row != NOWHERE and stops[row, STOP_RELATION] == NO_DATA:
            delay, known = np.int64(0), False
            arrival, departure = planned_arrival, planned_departure
        elif row != NOWHERE:
            arrives = said(stops, row, ARRIVAL_DELAY, planned_arrival, job[DAY_AT])
            departs = said(stops, row, DEPARTURE_DELAY, planned_departure, job[DAY_AT])
            if departs == MISSING and arrives != MISSING:
                departs = max(planned_departure + arrives - planned_arrival, arrives)
            elif arrives == MISSING and departs != MISSING:
                arrives = min(arrival if known else planned_arrival + departs - planned_departure, departs)
            if departs != MISSING:
                arrival, departure = arrives, departs
                delay, known = departs - planned_departure, True
        if known:
            calls.states[i] |= LIVE
            if first_known == NOWHERE:
                first_known = i
        calls.arrivals[i], calls.departures[i] = arrival, departure
        if abs(arrival - planned_arrival) > ABSURD_S or abs(departure - planned_departure) > ABSURD_S:
            return False
    for i in range(first_known):
        calls.arrivals[i] = min(calls.arrivals[i], calls.arrivals[first_known])
        calls.departures[i] = min(calls.departures[i], calls.arrivals[first_known])
    return True


@njit(nogil=True, cache=True)
def never_back(arrivals: I64, departures: I64) -> int:
    """Raises times that are before those before them; returns how many."""
    raised, latest = 0, arrivals[0]
    for i in range(len(arrivals)):
        if arrivals[i] < latest:
            arrivals[i] = latest
            raised += 1
        latest = arrivals[i]
        if departures[i] < latest:
            departures[i] = latest
            raised += 1
        latest = departures[i]
    return raised


class Wire(NamedTuple):
    """A message's bytes, its rows of stops, and the prefix of the ids in it."""

    data: U8
    stops: I64
    prefix: U8


@njit(nogil=True, cache=True)
def apply_updates(timed: Timed, names: Texts, wire: Wire, jobs: I64, calls: Calls, good: U8) -> tuple[int, int]:
    """All jobs: the times of the calls, put one trip after the other, and which trips are good.

    Returns how many rows speak of no call, and how many times were raised.
    """
    lost, raised = 0, 0
    for j in range(len(jobs)):
        sequence = timed.trip_sequence[jobs[j, TRIP]]
        put = jobs[j, PUT]
        end = put + np.int64(timed.sequence_start[sequence + 1]) - np.int64(timed.sequence_start[sequence])
        mine = Calls(calls.arrivals[put:end], calls.departures[put:end], calls.states[put:end], calls.rows[put:end])
        lost += place_rows(timed, names, wire.prefix, wire.data, jobs[j], wire.stops, mine.rows)
        good[j] = time_calls(timed, jobs[j], wire.stops, mine)
        if good[j]:
            raised += never_back(mine.arrivals, mine.departures)
    return lost, raised
