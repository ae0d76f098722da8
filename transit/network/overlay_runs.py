"""From live trips to live runs: what the timetable gets, and what of the schedule does not run as such."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transit.network.overlay_base import Base
from transit.network.overlay_building import DAYS, IN_PLACE, Built, Kind, Said, joined, key_of, read
from transit.routing.kernels.live import NOWHERE, never_back

I64 = NDArray[np.int64]
_SEQUENCE, _BEGIN, _FEED = 3, 4, 6
_OF_RUN = [_SEQUENCE, _BEGIN, 1, 2, _FEED]
"""What a run of one live trip has of it."""


def build(base: Base, messages: Iterable[Said], now_at: int) -> Built:
    """Everything that the messages say."""
    built, instances = read(base, messages, now_at)
    _Runs(base, built, instances).make()
    return built


@dataclass
class _Runs:
    """Makes the runs. `instances` is as `read` gives it."""

    base: Base
    built: Built
    instances: dict[int, int]

    def make(self) -> None:
        schedule, trips = self.base.network.schedule, joined(self.built.trips, 8)
        keys = np.fromiter(self.instances.keys(), np.int64, len(self.instances))
        lives = np.fromiter(self.instances.values(), np.int64, len(self.instances))
        feeds = self._feeds(keys, lives, trips)
        trip, day = keys // DAYS, keys % DAYS
        alone = schedule.service_active[schedule.trip_service[trip], day - schedule.first_day] == 1
        self.built.off.append(np.stack((trip, day, feeds), 1)[alone])
        others = np.flatnonzero(~np.isin(trips[:, 5], IN_PLACE))
        numbers = np.concatenate((lives[alone & (lives != NOWHERE)], others))
        self.built.run(trips[numbers][:, _OF_RUN], numbers, np.ones(len(numbers), np.int64))
        in_chains = np.isin(trip, np.fromiter(self.base.chains_of, np.int64, len(self.base.chains_of)))
        self._chained(np.stack((trip, day, feeds), 1)[in_chains].tolist())

    def _feeds(self, keys: I64, lives: I64, trips: I64) -> I64:
        """The message that speaks of each trip and day. What is deleted for good counts as the first message's."""
        feeds = np.where(lives == NOWHERE, 0, trips[lives, _FEED] if len(trips) else 0)
        cancelled = joined(self.built.cancelled, 3)
        by_key = dict(zip(key_of(cancelled[:, 0], cancelled[:, 1]).tolist(), cancelled[:, 2].tolist(), strict=True))
        for at in np.flatnonzero(lives == NOWHERE).tolist():
            feeds[at] = by_key.get(int(keys[at]), 0)
        return feeds

    def _chained(self, rows: list[list[int]]) -> None:
        """The chains in which a trip runs otherwise."""
        chained: dict[tuple[int, int], int] = {}
        for trip, day, feed in rows:
            for chain in self.base.chains_of[trip]:
                for first in self._chain_days(chain, trip, day):
                    chained[chain, first] = feed
        pieces: dict[tuple[int, ...], None] = {}
        for (chain, day), feed in chained.items():
            self.built.off.append(np.array([[len(self.base.network.trips.route) + chain, day, feed]]))
            pieces |= dict.fromkeys(self._pieces(chain, day, feed))
        for parts in pieces:
            self._run(parts)

    def _chain_days(self, chain: int, trip: int, day: int) -> list[int]:
        """The days of a chain on which it has a trip on a day."""
        network = self.base.network
        start, end = network.chains.start[chain : chain + 2].tolist()
        service = int(network.schedule.trip_service[len(network.trips.route) + chain])
        active, found = network.schedule.service_active[service], []
        for i in range(start, end):
            column = day - int(network.chains.shift[i]) - network.first_day
            if network.chains.trips[i] == trip and 0 <= column < len(active) and active[column]:
                found.append(column + network.first_day)
        return found

    def _pieces(self, chain: int, day: int, feed: int) -> list[tuple[int, ...]]:
        """A chain's live trips in one seat: a trip that does not run breaks it in two."""
        chains = self.base.network.chains
        start, end = chains.start[chain : chain + 2].tolist()
        pieces: list[list[int]] = [[]]
        for trip, shift in zip(chains.trips[start:end].tolist(), chains.shift[start:end].tolist(), strict=True):
            live = self._live(trip, day + shift, feed)
            if live == NOWHERE:
                pieces.append([])
            else:
                pieces[-1].append(live)
        return [tuple(piece) for piece in pieces if piece]

    def _live(self, trip: int, day: int, feed: int) -> int:
        """The live trip of a trip and day; one as in the timetable where nothing is said of it."""
        key = key_of(trip, day)
        if key not in self.instances:
            base, schedule = self.base, self.base.network.schedule
            first = int(schedule.trip_event_start[trip])
            events = slice(first, first + int(base.lengths[trip]))
            arrivals, departures = (
                each[events].astype(np.int64) for each in (schedule.event_arrivals, schedule.event_departures)
            )
            begin = self.built.put(arrivals, departures, np.zeros(len(arrivals), np.uint8))
            sequence, route = int(schedule.trip_sequence[trip]), int(base.network.trips.route[trip])
            row = trip, day, int(base.zone[trip]), sequence, begin, Kind.CHANGED, feed, route
            self.instances[key] = int(self.built.add(np.array([row], np.int64))[0])
        return self.instances[key]

    def _run(self, parts: tuple[int, ...]) -> None:
        rows = np.stack([self.built.trip(part) for part in parts])
        row = rows[0, _OF_RUN]
        if len(parts) > 1:
            row[:2] = self._seated(rows)
        self.built.run(row[None], np.array(parts, np.int64), np.array([len(parts)]))

    def _seated(self, rows: I64) -> tuple[int, int]:
        """The stops and times of trips that are ridden in one seat. One vehicle is never early for what it did late:
        the later trips have what was raised too.
        """
        built = self.built
        shifts = self.base.day_at(rows[:, 2].astype(np.uint32), rows[:, 1])
        shifts -= shifts[0]
        events = [built.events_at(int(row[_BEGIN]), built.sequences.length(int(row[_SEQUENCE]))) for row in rows]
        arrivals, departures = (
            np.concatenate([each[i] + shift for each, shift in zip(events, shifts, strict=True)]) for i in (0, 1)
        )
        built.left_out["time_mended"] += never_back(arrivals, departures)
        end = 0
        for each, shift in zip(events, shifts, strict=True):
            first, end = end, end + len(each[0])
            each[0][:], each[1][:] = arrivals[first:end] - shift, departures[first:end] - shift
        begin = built.put(arrivals, departures, np.concatenate([each[2] for each in events]))
        return built.sequences.number(built.sequences.joined(rows[:, _SEQUENCE].tolist())), begin
