"""From messages and a network to what runs otherwise: the arrays of an overlay.

A *live trip* is a trip on a day whose times, stops or existence a message gives; a *live run* is what the timetable
gets in place of a run of the schedule, or besides: one live trip, or those of a chain that are ridden in one seat.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.feeds.trip_updates import Relation, TripUpdates
from transit.network.overlay_base import Base, prefix_of
from transit.network.overlay_matching import NOT_A_DAY, OFF, OWN_STOPS, RUNNING, Meant, meant_by
from transit.network.overlay_own import Own, own_stops
from transit.network.overlay_sequences import Sequences
from transit.routing.kernels.live import JOB_COLUMNS, NOWHERE, SKIPPED, Calls, Wire, apply_updates, never_back
from transit.routing.kernels.wire import (
    ASSIGNED,
    DELAY,
    DROP_OFF,
    FIRST_STOP,
    HEADSIGN,
    LAST_STOP,
    MISSING,
    NEW_TRIP_ID,
    PICKUP,
    TRIP_ID,
)

I64 = NDArray[np.int64]


class Kind(IntEnum):
    """How a live trip stands to the timetable."""

    CHANGED = 0
    ADDED = 1
    REPLACEMENT = 2
    DUPLICATED = 3


IN_PLACE = (Kind.CHANGED, Kind.REPLACEMENT)
DAYS = 1 << 22
"""More than there are ordinals of days."""


class Said(NamedTuple):
    """A message of a feed."""

    feed: str
    updates: TripUpdates


class LiveTrip(NamedTuple):
    """One live trip. `trip` is −1 where it is none of the network; `begin` is where its events begin.

    `name` and `headsign` are the trip's own, "" where they are those of the network's trip.
    """

    trip: int
    day: int
    zone: int
    sequence: int
    begin: int
    kind: int
    feed: int
    route: int
    name: str = ""
    headsign: str = ""


@dataclass
class Built:
    """What comes of all messages. Tables are lists of parts, each an array of rows."""

    sequences: Sequences
    trips: list[I64] = field(default_factory=list)
    """Live trips by the fields of `LiveTrip` up to `route`."""
    count: int = 0
    names: dict[int, str] = field(default_factory=dict)
    """The own ids and headsigns of live trips that have such."""
    headsigns: dict[int, str] = field(default_factory=dict)
    runs: list[I64] = field(default_factory=list)
    """Live runs: sequence, where the events begin, day, zone, message."""
    parts: list[I64] = field(default_factory=list)
    """The live trips of each run, in the order of the runs."""
    part_counts: list[I64] = field(default_factory=list)
    off: list[I64] = field(default_factory=list)
    """Run of the schedule, day, message."""
    cancelled: list[I64] = field(default_factory=list)
    """Trip, day, message."""
    arrivals: list[NDArray[Any]] = field(default_factory=list)
    departures: list[NDArray[Any]] = field(default_factory=list)
    states: list[NDArray[Any]] = field(default_factory=list)
    events: int = 0
    event_begins: list[int] = field(default_factory=list)
    trip_begins: list[int] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """How often something was left out or mended, and why."""

    def put(self, arrivals: I64, departures: I64, states: NDArray[np.uint8]) -> int:
        """Keep some events; where they begin."""
        begin = self.events
        self.event_begins.append(begin)
        self.arrivals.append(arrivals)
        self.departures.append(departures)
        self.states.append(states)
        self.events += len(arrivals)
        return begin

    def add(self, rows: I64) -> I64:
        """Keep some live trips; their numbers."""
        numbers = np.arange(self.count, self.count + len(rows))
        self.trip_begins.append(self.count)
        self.trips.append(rows)
        self.count += len(rows)
        return numbers

    def trip(self, number: int) -> I64:
        """The row of a live trip."""
        part = bisect_right(self.trip_begins, number) - 1
        row: I64 = self.trips[part][number - self.trip_begins[part]]
        return row

    def events_at(self, begin: int, count: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Arrivals, departures and states of events that were put together; views."""
        part = bisect_right(self.event_begins, begin) - 1
        events = slice(begin - self.event_begins[part], begin - self.event_begins[part] + count)
        return self.arrivals[part][events], self.departures[part][events], self.states[part][events]

    def run(self, rows: I64, parts: I64, counts: I64) -> None:
        """Keep some runs, each with so many of the live trips `parts`."""
        self.runs.append(rows)
        self.parts.append(parts)
        self.part_counts.append(counts)


def key_of(trip: Any, day: Any) -> Any:
    """A trip of the network and a day as one number; of arrays, an array."""
    return trip * DAYS + day


def joined(parts: list[I64], columns: int) -> I64:
    """The parts of a table as one."""
    return np.concatenate([np.empty((0, columns), np.int64), *parts])


def read(base: Base, messages: Iterable[Said], now_at: int) -> tuple[Built, dict[int, int]]:
    """The live trips of all messages, and which of them stands for a trip of the network on a day (`key_of`); NOWHERE
    where that does not run.

    Where several messages speak of one trip on one day, the first counts; in it a cancellation stands above a change,
    and that above other stops.
    """
    built, instances = Built(Sequences(base.network.schedule)), dict[int, int]()
    for number, said in enumerate(messages):
        _Message(base, said, number, now_at, built, instances).read()
    return built, instances


@dataclass
class _Message:
    """Reads one message. `instances` has the live trip of each trip and day (`key_of`) of which something was said, or
    NOWHERE where it does not run.
    """

    base: Base
    said: Said
    number: int
    now_at: int
    built: Built
    instances: dict[int, int]

    def read(self) -> None:
        base, updates = self.base, self.said.updates
        meant = meant_by(base, self.said.feed, updates, self.now_at)
        kinds = {name: np.isin(meant.relation, name) for name in (RUNNING, OFF, OWN_STOPS)}
        duplicated = meant.relation == Relation.DUPLICATED
        scheduled = kinds[RUNNING] | kinds[OFF]
        self.built.left_out["unknown_trip"] += int(((scheduled | duplicated) & (meant.trip < 0)).sum())
        known = np.flatnonzero((scheduled | duplicated) & (meant.trip >= 0))
        runs = np.zeros(len(meant.trip), bool)
        runs[known] = base.runs_on(meant.trip[known], meant.day[known])
        self.built.left_out["not_running"] += int((scheduled & (meant.trip >= 0) & ~runs).sum())
        self._off(meant, np.flatnonzero(kinds[OFF] & runs))
        self._timed(meant, np.flatnonzero(kinds[RUNNING] & runs), Kind.CHANGED)
        self._timed(meant, np.flatnonzero(duplicated & (meant.trip >= 0) & (meant.day != NOT_A_DAY)), Kind.DUPLICATED)
        self._own(meant, np.flatnonzero(kinds[OWN_STOPS]))

    def _off(self, meant: Meant, rows: I64) -> None:
        rows = self._first_said(meant, rows)
        self.instances |= dict.fromkeys(key_of(meant.trip[rows], meant.day[rows]).tolist(), NOWHERE)
        rows = rows[meant.relation[rows] == Relation.CANCELED]
        self.built.cancelled.append(np.stack((meant.trip[rows], meant.day[rows], np.full(len(rows), self.number)), 1))

    def _first_said(self, meant: Meant, rows: I64) -> I64:
        """The rows that are the first to speak of a trip and day."""
        keys, at = np.unique(key_of(meant.trip[rows], meant.day[rows]), return_index=True)
        known = np.fromiter(self.instances, np.int64, len(self.instances))
        first = np.sort(at[~np.isin(keys, known)])
        self.built.left_out["repeated"] += len(rows) - len(first)
        return rows[first]

    def _timed(self, meant: Meant, rows: I64, kind: Kind) -> None:
        """Live trips by the timetable's times and what was said of their stops."""
        base, updates, built = self.base, self.said.updates, self.built
        rows = self._first_said(meant, rows) if kind in IN_PLACE else rows
        trip, day = meant.trip[rows], meant.day[rows]
        lengths = base.lengths[trip]
        put = np.cumsum(lengths) - lengths
        jobs = np.empty((len(rows), JOB_COLUMNS), np.int64)
        jobs.T[:] = (
            trip, *updates.trips[rows][:, [FIRST_STOP, LAST_STOP]].T, base.day_at(base.zone[trip], day),
            meant.shift[rows], updates.trips[rows, DELAY], put,
        )  # fmt: skip
        total = int(lengths.sum())
        calls = Calls(
            np.empty(total, np.int64), np.empty(total, np.int64), np.zeros(total, np.uint8),
            np.full(total, NOWHERE, np.int64),
        )  # fmt: skip
        good = np.zeros(len(rows), np.uint8)
        wire = Wire(updates.data, updates.stops, prefix_of(self.said.feed))
        lost, raised = apply_updates(base.timed, base.stop_ids, wire, jobs, calls, good)
        built.left_out += Counter(unknown_stop=lost, time_mended=raised, absurd_time=int((good == 0).sum()))
        begin = built.put(calls.arrivals, calls.departures, calls.states)
        sequence = base.network.schedule.trip_sequence[trip].astype(np.int64)
        self._changed_stops(calls, trip, put, lengths, sequence)
        route, zone = base.network.trips.route[trip], base.zone[trip]
        columns = (
            trip, day, zone, sequence, put + begin, np.full(len(rows), kind), np.full(len(rows), self.number), route,
        )  # fmt: skip
        numbers = built.add(np.stack([column.astype(np.int64) for column in columns], 1)[good == 1])
        if kind in IN_PLACE:
            self.instances |= zip(key_of(trip, day)[good == 1].tolist(), numbers.tolist(), strict=True)
        else:
            names = (self._named(updates.text(updates.trips[row], NEW_TRIP_ID)) for row in rows[good == 1].tolist())
            built.names |= zip(numbers.tolist(), names, strict=True)

    def _named(self, name: str) -> str:
        """The outside id of a trip that is none of the network; never one that is."""
        outside = f"{self.said.feed}:{name}" if name else ""
        return outside if not outside or self.base.network.find_trip(outside) is None else f"{outside}+"

    def _changed_stops(self, calls: Calls, trip: I64, put: I64, lengths: I64, sequence: I64) -> None:
        """Gives sequences of their own to trips that skip stops, or stop elsewhere or otherwise."""
        stops, base = self.said.updates.stops, self.base
        spoken = calls.rows != NOWHERE
        rows = calls.rows[spoken]
        touched = (calls.states & SKIPPED) != 0
        touched[spoken] |= (stops[rows][:, [ASSIGNED, PICKUP, DROP_OFF]] != MISSING).any(axis=1)
        at = np.flatnonzero(touched)
        if not len(at):
            return
        assigned = np.full((len(at), 2), MISSING)
        assigned[calls.rows[at] != NOWHERE] = stops[calls.rows[at][calls.rows[at] != NOWHERE], ASSIGNED : ASSIGNED + 2]
        there = base.find(base.stop_ids, self.said.feed, self.said.updates.data, assigned)
        owner = np.searchsorted(put, at, side="right") - 1
        for job in np.unique(owner).tolist():
            mine = np.flatnonzero(owner == job)
            change = self.built.sequences.copy_of(int(sequence[job]))
            for call, stop in zip(at[mine].tolist(), there[mine].tolist(), strict=True):
                row, position = int(calls.rows[call]), call - int(put[job])
                change.stop_at(position, stop)
                change.use(position, *(stops[row, [PICKUP, DROP_OFF]].tolist() if row != NOWHERE else (MISSING,) * 2))
                if calls.states[call] & SKIPPED:
                    change.skip(position)
            sequence[job] = self.built.sequences.number(change)

    def _own(self, meant: Meant, rows: I64) -> None:
        """Live trips with stops and times of their own."""
        base, updates, built = self.base, self.said.updates, self.built
        for row in rows.tolist():
            own = own_stops(base, self.said.feed, updates, meant, row)
            if own is None:
                built.left_out["unusable_trip"] += 1
                continue
            self._add_own(row, own, int(meant.relation[row]))

    def _add_own(self, row: int, own: Own, relation: int) -> None:
        built, updates = self.built, self.said.updates
        kind = Kind.REPLACEMENT if relation == Relation.REPLACEMENT else Kind.ADDED
        key = key_of(own.trip, own.day)
        if kind == Kind.REPLACEMENT and key in self.instances:
            built.left_out["repeated"] += 1
            return
        built.left_out["time_mended"] += never_back(own.arrivals, own.departures)
        begin = built.put(own.arrivals, own.departures, np.ones(len(own.arrivals), np.uint8))
        sequence = built.sequences.number(own.sequence)
        trip = own.trip if kind == Kind.REPLACEMENT else -1
        row_of = trip, own.day, own.zone, sequence, begin, kind, self.number, own.route
        number = int(built.add(np.array([row_of], np.int64))[0])
        built.headsigns[number] = updates.text(updates.trips[row], HEADSIGN) or own.headsign
        if kind == Kind.REPLACEMENT:
            self.instances[key] = number
        else:
            built.names[number] = self._named(updates.text(updates.trips[row], TRIP_ID))
