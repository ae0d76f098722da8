"""frequencies.txt: trips given by their headway → one run per departure.

A run's id is its trip's id, "@" and its first departure, since GTFS tells the runs apart by `trip_id` and start time
(GTFS Realtime, TripDescriptor). Runs of `exact_times` 0 are expanded alike, since a journey needs a time to plan with,
but keep their headway: that is all that the operator promises of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transit.feeds.entities import Columns
from transit.feeds.notices import FeedError, Notices
from transit.feeds.ragged import gather, offsets
from transit.feeds.stop_times import MAX_TIME_S, Events

FILE = "frequencies.txt"
MAX_RUNS = 1_000_000


@dataclass(frozen=True)
class Runs:
    """Runs of trips: the trip, what its id ends with, and which events it has, moved by how many seconds.

    `headway` is 0 where the run keeps to its times, else the seconds between two such runs.
    """

    trip: NDArray[np.int64]
    suffix: list[str]
    headway: NDArray[np.int32]
    start: NDArray[np.int64]
    event: NDArray[np.int64]
    event_shift: NDArray[np.int32]


def expand(frame: Any, ids: list[str], events: Events, notices: Notices) -> Runs:
    """The runs of all trips with events. Raises FeedError where a feed would give more than MAX_RUNS."""
    starts = _departures(frame, {ids[trip]: int(trip) for trip in events.trip}, set(ids), notices)
    first = dict(zip(events.trip.tolist(), events.departure[events.start[:-1]].tolist(), strict=True))
    position, shift, suffix, headway = [], [], [], []
    for i, trip in enumerate(events.trip.tolist()):
        for departure, every_s in starts.get(trip, ((None, 0),)):
            position.append(i)
            shift.append(0 if departure is None else departure - first[trip])
            suffix.append("" if departure is None else f"@{clock_of(departure)}")
            headway.append(every_s)
    at = np.array(position, np.int64)
    counts = np.diff(events.start)[at]
    return Runs(
        trip=events.trip[at],
        suffix=suffix,
        headway=np.array(headway, np.int32),
        start=offsets(counts),
        event=gather(events.start[:-1][at], counts),
        event_shift=np.repeat(np.array(shift, np.int32), counts),
    )


def clock_of(seconds: int) -> str:
    """HH:MM:SS of seconds of a service day."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _departures(
    frame: Any, trips: dict[str, int], known: set[str], notices: Notices
) -> dict[int, list[tuple[int, int]]]:
    """The departures from the first stop by trip, each with its headway, which is 0 where the time is exact."""
    columns = Columns(frame)
    found: dict[int, dict[int, int]] = {}
    total = 0
    headways = columns.numbers("headway_secs", 0).astype(np.int64).tolist()
    kinds = columns.numbers("exact_times", 0)
    notices.warn("unexpected_enum_value", FILE, "exact_times", kinds[~np.isin(kinds, (0, 1))])
    texts = (columns.texts("trip_id"), columns.texts("start_time"), columns.texts("end_time"))
    spans: dict[str, list[range]] = {}
    rows = zip(columns.lines, *texts, headways, kinds.tolist(), strict=True)
    for line, trip_id, start_text, end_text, headway, kind in rows:
        start, end = _seconds(start_text), _seconds(end_text)
        if trip_id not in known:
            notices.add("foreign_key_violation", FILE, "trip_id", [trip_id], lines=[line])
        elif start is None or end is None:
            field, text = ("start_time", start_text) if start is None else ("end_time", end_text)
            notices.add("invalid_time", FILE, field, [text], lines=[line])
        elif headway <= 0:
            notices.add("number_out_of_range", FILE, "headway_secs", [f"{trip_id}: {headway}"], lines=[line])
        elif end <= start:
            notices.add("start_and_end_range_out_of_order", FILE, "end_time", [trip_id], lines=[line])
        elif any(_interleave(range(start, end, headway), other) for other in spans.get(trip_id, ())):
            notices.add("overlapping_frequency", FILE, "start_time", [trip_id], lines=[line])
        elif trip_id in trips:
            times = range(start, end, headway)
            if any(start < other.stop and other.start < end for other in spans.get(trip_id, ())):
                notices.warn("overlapping_frequency", FILE, "start_time", [trip_id], [line])
            spans.setdefault(trip_id, []).append(times)
            total += len(times)
            if total > MAX_RUNS:
                raise FeedError(
                    "frequencies.txt would expand to more than a million runs. Raise headway_secs.", "too_many_runs"
                )
            runs = found.setdefault(trips[trip_id], {})
            for time in times:
                runs.setdefault(time, 0 if kind == 1 else headway)
    return {trip: sorted(runs.items()) for trip, runs in found.items()}


def _interleave(one: range, other: range) -> bool:
    """Whether departures of two rows lie among each other: then nobody knows which of the two holds."""
    return one[0] <= other[-1] and other[0] <= one[-1]


def _seconds(text: str) -> int | None:
    """Seconds of H:MM:SS, or None."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    hour, minute, second = map(int, parts)
    time = hour * 3600 + minute * 60 + second
    return time if minute < 60 and second < 60 and time <= MAX_TIME_S else None
