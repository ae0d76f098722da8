"""From messages and a network to what runs otherwise: the arrays of an overlay.

A *live trip* is a trip on a day whose times, stops or existence a message gives; a *live run* is what the timetable
gets in place of a run of the schedule, or besides: one live trip, or those of a chain that are ridden in one seat.
"""

from __future__ import annotations

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


class Said(NamedTuple):
    """A message of a feed."""

    feed: str
    updates: TripUpdates


class Instance(NamedTuple):
    """A trip of the network on a day."""

    trip: int
    day: int


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

    @property
    def numbers(self) -> tuple[int, ...]:
        """All but the texts."""
        return self[:8]


class Run(NamedTuple):
    """One live run, of the live trips `parts`."""

    sequence: int
    begin: int
    day: int
    zone: int
    feed: int
    parts: tuple[int, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """All but the parts."""
        return self[:5]


@dataclass
class Built:
    """What comes of all messages."""

    sequences: Sequences
    trips: list[LiveTrip] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    off: list[tuple[int, int, int]] = field(default_factory=list)
    """Run of the schedule, day, feed."""
    cancelled: list[tuple[int, int, int]] = field(default_factory=list)
    """Trip, day, feed."""
    arrivals: list[NDArray[Any]] = field(default_factory=list)
    departures: list[NDArray[Any]] = field(default_factory=list)
    states: list[NDArray[Any]] = field(default_factory=list)
    events: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    """How often something was left out or mended, and why."""

    def put(self, arrivals: I64, departures: I64, states: NDArray[np.uint8]) -> int:
        """Keep some events; where they begin."""
        begin = self.events
        self.arrivals.append(arrivals)
        self.departures.append(departures)
        self.states.append(states)
        self.events += len(arrivals)
        return begin


def build(base: Base, messages: Iterable[Said], now_at: int) -> Built:
    """Everything that the messages say. Where several speak of one trip on one day, the first message counts; in it a
    cancellation stands above a change, and that above other stops.
    """
    built = Built(Sequences(base.network.schedule))
    instances: dict[Instance, int] = {}
    for number, said in enumerate(messages):
        _Message(base, said, number, now_at, built, instances).read()
    _Runs(base, built, instances).make()
    return built


@dataclass
class _Message:
    """Reads one message. `instances` has the live trip of a trip and day, or NOWHERE where it does not run."""

    base: Base
    said: Said
    number: int
    now_at: int
    built: Built
    instances: dict[Instance, int]

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
        for trip, day, relation in np.stack((meant.trip, meant.day, meant.relation))[:, rows].T.tolist():
            if self._claim(Instance(trip, day), NOWHERE) and relation == Relation.CANCELED:
                self.built.cancelled.append((trip, day, self.number))

    def _claim(self, instance: Instance, live: int) -> bool:
        """Whether nothing was said of a trip and day yet; then this holds."""
        if instance in self.instances:
            self.built.left_out["repeated"] += 1
            return False
        self.instances[instance] = live
        return True

    def _timed(self, meant: Meant, rows: I64, kind: Kind) -> None:
        """Live trips by the timetable's times and what was said of their stops."""
        base, updates, built = self.base, self.said.updates, self.built
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
        columns = rows, trip, day, zone, sequence, put + begin, route
        for row, *values in np.stack([column.astype(np.int64) for column in columns])[:, good == 1].T.tolist():
            self._add(kind, row, values)

    def _add(self, kind: Kind, row: int, values: list[int]) -> None:
        trip, day, zone, sequence, begin, route = values
        number = len(self.built.trips)
        if kind in IN_PLACE and not self._claim(Instance(trip, day), number):
            return
        updates = self.said.updates
        name = updates.text(updates.trips[row], NEW_TRIP_ID) if kind == Kind.DUPLICATED else ""
        live = LiveTrip(trip, day, zone, sequence, begin, kind, self.number, route, self._named(name))
        self.built.trips.append(live)

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
        number = len(built.trips)
        if kind == Kind.REPLACEMENT and not self._claim(Instance(own.trip, own.day), number):
            return
        built.left_out["time_mended"] += never_back(own.arrivals, own.departures)
        begin = built.put(own.arrivals, own.departures, np.ones(len(own.arrivals), np.uint8))
        sequence = built.sequences.number(own.sequence)
        name = "" if kind == Kind.REPLACEMENT else self._named(updates.text(updates.trips[row], TRIP_ID))
        trip = own.trip if kind == Kind.REPLACEMENT else -1
        headsign = updates.text(updates.trips[row], HEADSIGN) or own.headsign
        live = LiveTrip(
            trip, own.day, own.zone, sequence, begin, kind, self.number, own.route, name, headsign
        )  # fmt: skip
        built.trips.append(live)


@dataclass
class _Runs:
    """Makes runs of the live trips, and switches the schedule's off."""

    base: Base
    built: Built
    instances: dict[Instance, int]

    def make(self) -> None:
        schedule, feeds = self.base.network.schedule, self._feeds()
        chained: dict[tuple[int, int], int] = {}
        keys = list(self.instances)
        trips, days = np.array(keys, np.int64).reshape(-1, 2).T
        columns = days - schedule.first_day
        alone = schedule.service_active[schedule.trip_service[trips], columns] == 1
        for key, is_alone in zip(keys, alone.tolist(), strict=True):
            live, feed = self.instances[key], feeds.get(key, 0)
            if is_alone:
                self.built.off.append((*key, feed))
                if live != NOWHERE:
                    self._run((live,))
            for chain in self.base.chains_of.get(key.trip, ()):
                for day in self._chain_days(chain, key):
                    chained[chain, day] = feed
        pieces: dict[tuple[int, ...], None] = {}
        for (chain, day), feed in chained.items():
            self.built.off.append((len(self.base.network.trips.route) + chain, day, feed))
            pieces |= dict.fromkeys(self._pieces(chain, day, feed))
        for parts in pieces:
            self._run(parts)
        for number, live_trip in enumerate(self.built.trips):
            if live_trip.kind not in IN_PLACE:
                self._run((number,))

    def _feeds(self) -> dict[Instance, int]:
        found = {Instance(trip, day): feed for trip, day, feed in self.built.cancelled}
        return found | {Instance(live.trip, live.day): live.feed for live in self.built.trips if live.kind in IN_PLACE}

    def _chain_days(self, chain: int, instance: Instance) -> list[int]:
        """The days of a chain on which it has a trip on a day."""
        network = self.base.network
        start, end = network.chains.start[chain : chain + 2].tolist()
        service = int(network.schedule.trip_service[len(network.trips.route) + chain])
        active, found = network.schedule.service_active[service], []
        for i in range(start, end):
            column = instance.day - int(network.chains.shift[i]) - network.first_day
            if network.chains.trips[i] == instance.trip and 0 <= column < len(active) and active[column]:
                found.append(column + network.first_day)
        return found

    def _pieces(self, chain: int, day: int, feed: int) -> list[tuple[int, ...]]:
        """A chain's live trips in one seat: a trip that does not run breaks it in two."""
        chains = self.base.network.chains
        start, end = chains.start[chain : chain + 2].tolist()
        pieces: list[list[int]] = [[]]
        for trip, shift in zip(chains.trips[start:end].tolist(), chains.shift[start:end].tolist(), strict=True):
            live = self._live(Instance(trip, day + shift), feed)
            if live == NOWHERE:
                pieces.append([])
            else:
                pieces[-1].append(live)
        return [tuple(piece) for piece in pieces if piece]

    def _live(self, instance: Instance, feed: int) -> int:
        """The live trip of a trip and day; one as in the timetable where nothing is said of it."""
        if instance not in self.instances:
            base, schedule = self.base, self.base.network.schedule
            first = int(schedule.trip_event_start[instance.trip])
            events = slice(first, first + int(base.lengths[instance.trip]))
            arrivals, departures = (
                each[events].astype(np.int64) for each in (schedule.event_arrivals, schedule.event_departures)
            )
            begin = self.built.put(arrivals, departures, np.zeros(len(arrivals), np.uint8))
            self.instances[instance] = len(self.built.trips)
            self.built.trips.append(
                LiveTrip(
                    *instance,
                    int(base.zone[instance.trip]),
                    int(schedule.trip_sequence[instance.trip]),
                    begin,
                    Kind.CHANGED,
                    feed,
                    int(base.network.trips.route[instance.trip]),
                )
            )
        return self.instances[instance]

    def _run(self, parts: tuple[int, ...]) -> None:
        first = self.built.trips[parts[0]]
        sequence, begin = first.sequence, first.begin
        if len(parts) > 1:
            sequence, begin = self._joined([self.built.trips[part] for part in parts])
        self.built.runs.append(Run(sequence, begin, first.day, first.zone, first.feed, parts))

    def _joined(self, parts: list[LiveTrip]) -> tuple[int, int]:
        """The stops and times of trips that are ridden in one seat. One vehicle is never early for what it did late."""
        built, base = self.built, self.base
        day_at = base.day_at(np.array([part.zone for part in parts]), np.array([part.day for part in parts]))
        events = [self._events(part) for part in parts]
        arrivals, departures = (
            np.concatenate([each[i] + at - day_at[0] for each, at in zip(events, day_at, strict=True)]) for i in (0, 1)
        )
        built.left_out["time_mended"] += never_back(arrivals, departures)
        begin = built.put(arrivals, departures, np.concatenate([each[2] for each in events]))
        return built.sequences.number(built.sequences.joined([part.sequence for part in parts])), begin

    def _events(self, part: LiveTrip) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        end = part.begin + self.built.sequences.length(part.sequence)
        arrivals, departures, states = self._all_events()
        return arrivals[part.begin : end], departures[part.begin : end], states[part.begin : end]

    def _all_events(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        for column in (self.built.arrivals, self.built.departures, self.built.states):
            column[:] = [np.concatenate(column)]
        return self.built.arrivals[0], self.built.departures[0], self.built.states[0]
