"""A network made ready for laying messages over it: the arrays that the kernels read, made once for each network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from transit.network.store import Network
from transit.network.strings import Ids
from transit.routing.kernels.live import Texts, Timed, find_texts
from transit.routing.window import service_day_start

I64 = NDArray[np.int64]


@dataclass(frozen=True)
class Base:
    """A network for the kernels of `routing.kernels.live`."""

    network: Network

    @cached_property
    def timed(self) -> Timed:
        """The timetable."""
        schedule, network = self.network.schedule, self.network
        return Timed(
            schedule.trip_sequence,
            schedule.sequence_start,
            schedule.sequence_stops,
            schedule.trip_event_start,
            schedule.event_arrivals,
            schedule.event_departures,
            network.trips.numbering,
            *network.numberings,
        )

    @cached_property
    def trip_ids(self) -> Texts:
        """The ids of trips."""
        return _texts(self.network.trips.ids)

    @cached_property
    def route_ids(self) -> Texts:
        """The ids of routes."""
        return _texts(self.network.routes.ids)

    @cached_property
    def stop_ids(self) -> Texts:
        """The ids of stops."""
        return _texts(self.network.stops.ids)

    def find(self, texts: Texts, feed: str, data: NDArray[np.uint8], spans: I64) -> I64:
        """The numbers of the ids at some places (begin, length) of a message of a feed; −1 of those that are none."""
        found = np.empty(len(spans), np.int64)
        find_texts(texts, prefix_of(feed), data, np.ascontiguousarray(spans), found)
        return found

    @cached_property
    def first_s(self) -> I64:
        """When each trip leaves its first stop."""
        return self.network.schedule.event_departures[self._begins].astype(np.int64)

    @cached_property
    def last_s(self) -> I64:
        """When each trip reaches its last stop."""
        last: I64 = self._begins + self.lengths - 1
        return self.network.schedule.event_arrivals[last].astype(np.int64)

    @cached_property
    def lengths(self) -> I64:
        """How many stops each trip has; chains too."""
        counts = np.diff(self.network.schedule.sequence_start.astype(np.int64)).astype(np.int64)
        return counts[self.network.schedule.trip_sequence]

    @cached_property
    def _begins(self) -> I64:
        return self.network.schedule.trip_event_start[: len(self.lengths)].astype(np.int64)

    @cached_property
    def zone(self) -> NDArray[np.uint32]:
        """Index into Schedule.timezones of each trip's days."""
        return self.network.schedule.service_timezone[self.network.trips.service]

    def runs_on(self, trips: I64, days: I64) -> NDArray[np.bool_]:
        """Whether trips run on days, alone or in a chain."""
        active = self.network.schedule.service_active
        columns = days - self.network.first_day
        inside = (columns >= 0) & (columns < active.shape[1])
        runs: NDArray[np.bool_] = inside & (
            active[self.network.trips.service[trips], np.where(inside, columns, 0)] == 1
        )
        return runs

    def day_at(self, zone: NDArray[np.uint32], days: I64) -> I64:
        """The Unix seconds at which days begin."""
        pairs, back = np.unique(np.stack((zone.astype(np.int64), days)), axis=1, return_inverse=True)
        zones = self.network.schedule.timezones
        starts = [service_day_start(day, zones[number]) for number, day in zip(*pairs.tolist(), strict=True)]
        return np.array(starts, np.int64)[back.reshape(-1)]

    @cached_property
    def chains_of(self) -> dict[int, list[int]]:
        """The chains that a trip is in."""
        found: dict[int, list[int]] = {}
        start = self.network.chains.start.tolist()
        for chain in range(len(start) - 1):
            for trip in self.network.chains.trips[start[chain] : start[chain + 1]].tolist():
                found.setdefault(trip, []).append(chain)
        return found


def prefix_of(feed: str) -> NDArray[np.uint8]:
    """What the ids of a feed begin with."""
    return np.frombuffer(f"{feed}:".encode(), np.uint8)


def _texts(ids: Ids) -> Texts:
    return Texts(*ids.texts.arrays, ids.order)
