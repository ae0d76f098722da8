"""nigiri, the engine of MOTIS, asked about a schedule of ours under the same rules (development only).

What nigiri does with a feed is not what ours does, so both get what they read alike; `test_nigiri.py` shows each of
these properties on a feed of a few lines:

- It counts in whole minutes and drops the seconds of arrivals and departures: `in_minutes` does so for our engine.
- A change at a stop takes the minutes of `transfers.txt`, else two, and cannot be forbidden: every stop gets its own.
- A walk between stops takes at least as long as the change at either end, links stops beyond the one named (walks are
  closed transitively) and is made symmetric: the walks given to both are closed and symmetric already.
- A journey may begin and end with such a walk, but nothing is said of vehicles where one can walk all the way: our
  engine gets the stops one can walk to as ends of the journey, and is not asked between stops linked on foot.
- It links stops that are close or share a name, stretches walks by the distance, merges duplicate trips: stops of the
  feed are far apart, have names of their own, and the options are off.
- It has frequencies and calendars of its own: they are taken over as trips and dates.
- All of a feed is in the time zone of its first agency, as GTFS has it: only schedules of one zone are written.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pynigiri
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from transit.routing.timetable import Schedule

I64 = NDArray[np.int64]
WALK_MINUTES = 4
"""Longer ways between stops are left out: closed transitively, they would link a whole city."""
LONGEST_MINUTES = 240
"""No closed walk is longer."""


def in_minutes(schedule: Schedule, days: range) -> Schedule:
    """A schedule as nigiri reads it: of some days (ordinals), in whole minutes, with walks that are closed."""
    first = max(days.start - schedule.first_day, 0)
    last = max(days.stop - schedule.first_day, first)
    start, stops, seconds = _closed(schedule)
    return replace(
        schedule,
        event_arrivals=schedule.event_arrivals // 60 * 60,
        event_departures=schedule.event_departures // 60 * 60,
        service_active=np.ascontiguousarray(schedule.service_active[:, first:last]),
        first_day=schedule.first_day + first,
        transfer_start=start,
        transfer_stops=stops,
        transfer_seconds=seconds,
    )


def _closed(schedule: Schedule) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32]]:
    """A minute or more to change at each stop, and all walks that short ones make up, in both directions."""
    count = len(schedule.transfer_start) - 1
    tail = _tails(schedule)
    head, minutes = schedule.transfer_stops.astype(np.int64), -(-schedule.transfer_seconds.astype(np.int64) // 60)
    change = np.ones(count, np.int64)
    own = tail == head
    change[tail[own]] = np.maximum(minutes[own], 1)
    short = ~own & (minutes <= WALK_MINUTES)
    tail, head, minutes = tail[short], head[short], minutes[short]
    minutes = np.maximum(minutes, np.maximum(change[tail], change[head]))
    shortest: dict[tuple[int, int], int] = {}
    for a, b, each in zip([*tail, *head], [*head, *tail], [*minutes, *minutes], strict=True):
        shortest[int(a), int(b)] = min(int(each), shortest.get((int(a), int(b)), LONGEST_MINUTES))
    pairs = np.array(list(shortest), np.int64).reshape(-1, 2)
    graph = coo_array((np.array(list(shortest.values()), float), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    far = dijkstra(graph.tocsr(), limit=LONGEST_MINUTES)
    np.fill_diagonal(far, change)
    tail, head = np.nonzero(np.isfinite(far))
    order = np.lexsort((head, far[tail, head], tail))
    start = np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=count))))
    seconds = (far[tail, head] * 60).astype(np.int32)
    return start.astype(np.uint32), head[order].astype(np.uint32), seconds[order]


def _tails(schedule: Schedule) -> I64:
    """The stop at which each transfer begins."""
    starts = schedule.transfer_start.astype(np.int64)
    return np.repeat(np.arange(len(starts) - 1), starts[1:] - starts[:-1])


def write_feed(path: Path, schedule: Schedule, seconds_of: Schedule) -> None:
    """A schedule as a feed; `seconds_of` has the times of its events in full, for nigiri to round."""
    stops = range(len(schedule.transfer_start) - 1)
    (zone,) = set(schedule.service_timezone.tolist())
    trips = np.flatnonzero(schedule.service_active[schedule.trip_service].any(axis=1)).tolist()
    service_of = schedule.trip_service.tolist()
    dates = [
        (service, f"{date.fromordinal(schedule.first_day + day):%Y%m%d}", 1)
        for service, day in np.argwhere(schedule.service_active).tolist()
    ]
    heads, seconds = schedule.transfer_stops.tolist(), schedule.transfer_seconds.tolist()
    changes = zip(_tails(schedule).tolist(), heads, seconds, strict=True)
    tables: dict[str, tuple[str, Iterable[tuple[object, ...]]]] = {
        "agency": (
            "agency_id,agency_name,agency_url,agency_timezone",
            [("ag", "Agency", "https://agency.example", schedule.timezones[zone])],
        ),
        "routes": ("route_id,agency_id,route_short_name,route_type", [("line", "ag", "1", 3)]),
        "stops": (
            "stop_id,stop_name,stop_lat,stop_lon",
            ((i, f"stop {i}", 3 + i // 300 * 0.5, 3 + i % 300 * 0.5) for i in stops),
        ),
        "calendar_dates": ("service_id,date,exception_type", dates),
        "trips": (
            "trip_id,service_id,route_id",
            ((trip, service_of[trip], "line") for trip in trips),
        ),
        "stop_times": (
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type",
            _calls(seconds_of, trips),
        ),
        "transfers": (
            "from_stop_id,to_stop_id,transfer_type,min_transfer_time",
            ((start, end, 2, seconds) for start, end, seconds in changes),
        ),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, (columns, rows) in tables.items():
            archive.writestr(f"{name}.txt", "\n".join([columns, *(",".join(map(str, row)) for row in rows), ""]))


def _calls(schedule: Schedule, trips: Iterable[int]) -> Iterable[tuple[object, ...]]:
    """The rows of stop_times.txt."""
    for trip in trips:
        sequence = int(schedule.trip_sequence[trip])
        low, high = schedule.sequence_start[sequence : sequence + 2].tolist()
        first = int(schedule.trip_event_start[trip])
        columns = (
            map(_clock, schedule.event_arrivals[first : first + high - low].tolist()),
            map(_clock, schedule.event_departures[first : first + high - low].tolist()),
            schedule.sequence_stops[low:high].tolist(),
            range(high - low),
            schedule.sequence_pickup[low:high].tolist(),
            schedule.sequence_drop_off[low:high].tolist(),
        )
        for call in zip(*columns, strict=True):
            yield (trip, *call)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True)
class Nigiri:
    """nigiri on a feed whose stops are called by their numbers."""

    timetable: pynigiri.Timetable

    @classmethod
    def of_feed(cls, path: Path, days: range) -> Nigiri:
        """Load a feed with nothing added to what it says; two more days are kept for trips that end after midnight."""
        source = pynigiri.TimetableSource("feed", str(path))
        source.loader_config.link_stop_distance = 0
        options = pynigiri.FinalizeOptions()
        options.adjust_footpaths = options.merge_dupes_inter_src = options.merge_dupes_intra_src = False
        options.max_footpath_length = LONGEST_MINUTES
        first, last = date.fromordinal(days.start), date.fromordinal(days.stop) + timedelta(days=2)
        return cls(pynigiri.load_timetable([source], f"{first}", f"{last}", options))

    @classmethod
    def of_schedule(cls, path: Path, schedule: Schedule, seconds_of: Schedule) -> Nigiri:
        """On a schedule of ours, written to a file."""
        write_feed(path, schedule, seconds_of)
        days = range(schedule.first_day, schedule.first_day + schedule.service_active.shape[1])
        return cls.of_feed(path, days)

    def journeys(self, start: str, end: str, leave_at: int, vehicles: int) -> set[tuple[int, int]]:
        """The Pareto set of (arrival, vehicles) of those who leave one stop at a Unix minute."""
        query = pynigiri.Query()
        query.start_time = leave_at
        query.start = [pynigiri.Offset(self.timetable.find_location(start), 0, 0)]
        query.destination = [pynigiri.Offset(self.timetable.find_location(end), 0, 0)]
        query.max_transfers = vehicles - 1
        query.use_start_footpaths = True
        return {(found.arrival_time(), found.transfers + 1) for found in pynigiri.route(self.timetable, query)}
