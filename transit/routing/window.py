"""From the schedule of all days to the timetable of one window of time, and that timetable turned round."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.lanes import Events, Layout, Runs, fill_events, reverse_events, split_lanes
from transit.routing.live import NOTHING_OFF, Off
from transit.routing.timetable import U8, U32, Schedule, Timetable

I64 = NDArray[np.int64]
DAY_S = 86400
NO_PICKUP = 1
NO_DROP_OFF = 1


@lru_cache(maxsize=4096)
def service_day_start(ordinal: int, timezone: str) -> int:
    """Unix second of noon − 12 h of a date in a time zone: second 0 of its service day (GTFS, "Time")."""
    noon = datetime.combine(date.fromordinal(ordinal), time(12), ZoneInfo(timezone))
    return int(noon.timestamp()) - DAY_S // 2


def assemble(schedule: Schedule, from_at: int, until_at: int, off: Off = NOTHING_OFF) -> Timetable:
    """The timetable of every trip that runs at some moment of [from_at, until_at], Unix seconds; second 0 is from_at.
    What is `off` is left out.

    Each trip of each service day is placed by the Unix second at which that day starts in the time zone of its feed,
    so that trips after midnight, daylight-saving nights and feeds of several zones line up.
    """
    runs, days = _runs(schedule, from_at, until_at, off)
    events = Events(schedule.trip_event_start, schedule.event_arrivals, schedule.event_departures)
    pattern = np.empty(len(runs.trip), np.uint32)
    patterns = split_lanes(events, runs, pattern, np.empty_like(pattern))
    order = np.argsort(pattern, kind="stable")
    runs = Runs(runs.trip[order], runs.shift[order], runs.stops[order], runs.sequence[order])
    days, pattern = days[order], pattern[order]
    trip_start = np.searchsorted(pattern, np.arange(patterns + 1)).astype(np.uint32)
    sequence = runs.sequence[trip_start[:-1]] if patterns else np.empty(0, np.uint32)
    source = _ranges(schedule.sequence_start[sequence], _counts(schedule.sequence_start)[sequence])
    stop_start = _offsets(_counts(schedule.sequence_start)[sequence])
    event_start = _offsets(_counts(stop_start) * _counts(trip_start)).astype(np.uint64)
    departures = np.empty(int(event_start[-1]), np.int32)
    arrivals = np.empty_like(departures)
    fill_events(events, runs, Layout(trip_start, event_start), departures, arrivals)
    boardable = (schedule.sequence_pickup[source] != NO_PICKUP).astype(np.uint8)
    alightable = (schedule.sequence_drop_off[source] != NO_DROP_OFF).astype(np.uint8)
    boardable[stop_start[1:].astype(np.int64) - 1] = 0
    alightable[stop_start[:-1]] = 0
    stops = len(schedule.transfer_start) - 1
    pattern_stops = schedule.sequence_stops[source]
    return Timetable(
        from_at,
        stop_start,
        pattern_stops,
        boardable,
        alightable,
        trip_start,
        event_start,
        schedule.sequence_mode[sequence],
        departures,
        arrivals,
        runs.trip,
        days,
        *_boardings(stop_start, pattern_stops, boardable, stops),
        np.asarray(schedule.transfer_start),
        np.asarray(schedule.transfer_stops),
        np.asarray(schedule.transfer_seconds),
    )


def reverse(timetable: Timetable) -> Timetable:
    """The timetable seen backwards: seconds *before* `base_at`, so that arriving by a time is leaving at its negation.

    Trip t of a pattern with trips a … b is trip a + b − t here, position i of n stops is n − 1 − i.
    """
    departures = np.empty_like(timetable.departures)
    arrivals = np.empty_like(timetable.arrivals)
    layout = Layout(timetable.pattern_trip_start, timetable.pattern_event_start)
    reverse_events(layout, timetable.departures, timetable.arrivals, departures, arrivals)
    starts = timetable.pattern_stop_start
    stop_order = _backwards(starts)
    trip_order = _backwards(timetable.pattern_trip_start)
    pattern_stops = timetable.pattern_stops[stop_order]
    boardable = timetable.alightable[stop_order]
    return Timetable(
        timetable.base_at,
        starts,
        pattern_stops,
        boardable,
        timetable.boardable[stop_order],
        timetable.pattern_trip_start,
        timetable.pattern_event_start,
        timetable.pattern_mode,
        departures,
        arrivals,
        timetable.trip_source[trip_order],
        timetable.trip_day[trip_order],
        *_boardings(starts, pattern_stops, boardable, timetable.stops),
        *_transfers_backwards(timetable),
    )


def _runs(schedule: Schedule, from_at: int, until_at: int, off: Off) -> tuple[Runs, NDArray[np.int32]]:
    """The trips on days that touch the window, sorted by stop sequence and first departure; and their days."""
    lengths = _counts(schedule.sequence_start)[schedule.trip_sequence]
    starts = schedule.trip_event_start[: len(lengths)].astype(np.int64)
    first = schedule.event_departures[starts]
    last = schedule.event_arrivals[starts + lengths - 1]
    lookback = int(last.max(initial=0)) // DAY_S + 1
    found: list[tuple[I64, I64, I64]] = []
    for day in range(_ordinal(from_at) - lookback - 1, _ordinal(until_at) + 2):
        if not 0 <= day - schedule.first_day < schedule.service_active.shape[1]:
            continue
        starts_at = np.array([service_day_start(day, zone) for zone in schedule.timezones], np.int64)
        shift_of_service = (starts_at - from_at)[schedule.service_timezone]
        active = schedule.service_active[:, day - schedule.first_day] == 1
        trips = np.flatnonzero(active[schedule.trip_service])
        shift = shift_of_service[schedule.trip_service[trips]]
        inside = (last[trips] + shift >= 0) & (first[trips] + shift <= until_at - from_at)
        inside &= ~off.holds(trips, day)
        found.append((trips[inside], shift[inside], np.full(int(inside.sum()), day, np.int64)))
    trips, shifts, days = (
        (np.concatenate(part) for part in zip(*found, strict=True)) if found else (np.empty(0, np.int64),) * 3
    )
    order = np.lexsort((last[trips] + shifts, first[trips] + shifts, schedule.trip_sequence[trips]))
    trips = trips[order]
    runs = Runs(
        trips.astype(np.uint32),
        shifts[order].astype(np.int32),
        lengths[trips].astype(np.uint32),
        schedule.trip_sequence[trips].astype(np.uint32),
    )
    return runs, days[order].astype(np.int32)


def _ordinal(at: int) -> int:
    """The day (UTC) of a Unix second, as `date.toordinal`."""
    return at // DAY_S + date(1970, 1, 1).toordinal()


def _boardings(stop_start: U32, pattern_stops: U32, boardable: U8, stops: int) -> tuple[U32, U32, U32]:
    """For each stop the patterns and positions where one may board."""
    places = np.flatnonzero(boardable)
    lengths = _counts(stop_start)
    pattern = np.repeat(np.arange(len(lengths)), lengths)[places]
    order = np.argsort(pattern_stops[places], kind="stable")
    start = _offsets(np.bincount(pattern_stops[places], minlength=stops))
    pattern = pattern[order]
    positions = places[order] - stop_start[pattern]
    return start, pattern.astype(np.uint32), positions.astype(np.uint32)


def _transfers_backwards(timetable: Timetable) -> tuple[U32, U32, NDArray[np.int32]]:
    """The transfers from the other end, again sorted by stop and then seconds."""
    tails = np.repeat(np.arange(timetable.stops), _counts(timetable.transfer_start))
    heads, seconds = timetable.transfer_stops, timetable.transfer_seconds
    order = np.lexsort((tails, seconds, heads))
    start = _offsets(np.bincount(heads, minlength=timetable.stops))
    return start, tails[order].astype(np.uint32), seconds[order]


def _offsets(counts: NDArray[np.integer]) -> U32:
    """0 and the running sums of counts."""
    total = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
    if total[-1] >= 1 << 32:
        raise OverflowError("more entries than an index of 32 bits can tell apart")
    return total.astype(np.uint32)


def _counts(offsets: U32) -> I64:
    """How many entries each offset has: the reverse of `_offsets`."""
    ends = offsets.astype(np.int64)
    return ends[1:] - ends[:-1]


def _ranges(starts: NDArray[np.integer], counts: NDArray[np.integer]) -> I64:
    """start, start + 1, … for each start, as many as its count, one after the other."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts.astype(np.int64) - ends + counts, counts) + np.arange(total)


def _backwards(starts: U32) -> I64:
    """For each position of a CSR array the position mirrored inside its group."""
    firsts, counts = starts[:-1].astype(np.int64), _counts(starts)
    return np.repeat(firsts + firsts + counts - 1, counts) - np.arange(int(starts[-1]))
