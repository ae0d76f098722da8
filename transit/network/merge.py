"""Several feeds → one set of tables: ids get the feed's name, indices are moved, equal service days are told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from transit.feeds.gtfs import Gtfs
from transit.feeds.ragged import offsets

I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]
NONE = -1


@dataclass(frozen=True)
class Feed:
    """A feed under the name that all its ids carry."""

    name: str
    gtfs: Gtfs

    def outside(self, ids: Iterable[str]) -> list[str]:
        """The ids as the outside knows them: `feed:id`."""
        return [f"{self.name}:{key}" for key in ids]


@dataclass(frozen=True)
class Merged:
    """The feeds with where each one's stops, routes, agencies, trips and shapes begin; one entry more for the end."""

    feeds: list[Feed]
    stop: list[int]
    route: list[int]
    agency: list[int]
    trip: list[int]
    shape: list[int]

    @classmethod
    def of(cls, feeds: list[Feed]) -> Merged:
        """Lay the feeds end to end."""
        return cls(
            feeds,
            _starts(len(feed.gtfs.stops.ids) for feed in feeds),
            _starts(len(feed.gtfs.routes.ids) for feed in feeds),
            _starts(len(feed.gtfs.agencies) for feed in feeds),
            _starts(len(feed.gtfs.trips.ids) for feed in feeds),
            _starts(len(feed.gtfs.shapes.index) for feed in feeds),
        )

    def column(self, columns: Iterable[NDArray[np.integer]], starts: list[int]) -> I64:
        """A column of indices of all feeds, moved to where the feeds' entries begin; NONE stays."""
        parts = [np.where(part >= 0, part + start, NONE) for part, start in zip(columns, starts, strict=False)]
        return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)

    @cached_property
    def event_stop(self) -> I64:
        """E: the stop of every event of all feeds."""
        return self.column((feed.gtfs.events.stop for feed in self.feeds), self.stop)

    @cached_property
    def trip_event(self) -> I64:
        """T + 1 offsets into the events of all feeds."""
        return offsets(np.concatenate([np.diff(feed.gtfs.trip_start) for feed in self.feeds]))

    @cached_property
    def trip_route(self) -> I64:
        """T: the route of every trip."""
        return self.column((feed.gtfs.trips.route for feed in self.feeds), self.route)

    @cached_property
    def trip_template(self) -> I64:
        """T: the first trip with the same `trip_id`, which is the trip itself unless it is a run of a frequency."""
        first: dict[tuple[str, str], int] = {}
        named = [(feed.name, key) for feed in self.feeds for key in feed.gtfs.trips.template]
        return np.array([first.setdefault(key, i) for i, key in enumerate(named)], np.int64)

    def transfers(self, name: str) -> I64:
        """A column of transfers.txt of all feeds."""
        columns = (getattr(feed.gtfs.transfers, name) for feed in self.feeds)
        indices = {"tail": self.stop, "head": self.stop, "route": self.route, "trip": self.trip}
        starts = indices.get(name.rpartition("_")[2])
        return np.concatenate(list(columns)) if starts is None else self.column(columns, starts)


@dataclass(frozen=True)
class Days:
    """The service days of a network: rows that differ in days or time zone, and which row each trip has."""

    trip_service: I64
    active: NDArray[np.uint8]
    timezone: I64
    timezones: tuple[str, ...]
    first_day: int
    services: tuple[I64, ...] = ()
    """By feed: the row of each of its services."""


def _starts(counts: Iterable[int]) -> list[int]:
    return list(accumulate(counts, initial=0))


def days_of(feeds: list[Feed], timezones: tuple[str, ...]) -> Days:
    """All services on one calendar."""
    used = [feed for feed in feeds if feed.gtfs.services.active.size]
    first = min((feed.gtfs.services.first_day for feed in used), default=1)
    last = max((feed.gtfs.services.first_day + feed.gtfs.services.active.shape[1] for feed in used), default=first)
    rows: dict[tuple[int, bytes], int] = {}
    trip_service, service_rows = [], []
    for feed in feeds:
        services = feed.gtfs.services
        zone = timezones.index(feed.gtfs.timezone)
        wide = np.zeros((services.active.shape[0], last - first), np.uint8)
        at = services.first_day - first
        if services.active.size:
            wide[:, at : at + services.active.shape[1]] = services.active
        row_of = np.array([rows.setdefault((zone, row.tobytes()), len(rows)) for row in wide], np.int64)
        trip_service.append(row_of[feed.gtfs.trips.service])
        service_rows.append(row_of)
    active = np.frombuffer(b"".join(row for _, row in rows), np.uint8).reshape(len(rows), last - first)
    zones = np.array([zone for zone, _ in rows], np.int64)
    return Days(np.concatenate(trip_service), active, zones, timezones, first, tuple(service_rows))


@dataclass(frozen=True)
class Calls:
    """What R runs do, one after the other: run r makes the calls `start[r]` … `start[r + 1]`. Times as in GTFS."""

    start: I64
    mode: U8
    """R: index into `list(Mode)`."""
    point: I64
    arrival: I32
    departure: I32
    pickup: U8
    drop_off: U8


def calls_of(merged: Merged, event_point: I64) -> Calls:
    """The calls of all trips; `event_point` says where each is."""
    events = {
        name: np.concatenate([getattr(feed.gtfs.events, name) for feed in merged.feeds])
        for name in ("arrival", "departure", "pickup", "drop_off")
    }
    modes = np.concatenate([feed.gtfs.routes.mode for feed in merged.feeds])
    return Calls(merged.trip_event, modes[merged.trip_route], event_point, **events)


@dataclass(frozen=True)
class Sequences:
    """Runs that call at the same points in the same way: which sequence each run has, and each sequence once."""

    run: I64
    start: I64
    stops: I64
    pickup: U8
    drop_off: U8
    mode: U8


def sequences_of(calls: Calls) -> Sequences:
    """Find the sequences."""
    found: dict[tuple[int, bytes, bytes, bytes], int] = {}
    run: list[int] = []
    starts = calls.start.tolist()
    for mode, low, high in zip(calls.mode.tolist(), starts[:-1], starts[1:], strict=True):
        ridden = (calls.point[low:high], calls.pickup[low:high], calls.drop_off[low:high])
        points, pickup, drop_off = (column.tobytes() for column in ridden)
        run.append(found.setdefault((mode, points, pickup, drop_off), len(found)))
    keys = list(found)
    return Sequences(
        run=np.array(run, np.int64),
        start=offsets(np.array([len(key[2]) for key in keys], np.int64)),
        stops=np.frombuffer(b"".join(key[1] for key in keys), np.int64),
        pickup=np.frombuffer(b"".join(key[2] for key in keys), np.uint8),
        drop_off=np.frombuffer(b"".join(key[3] for key in keys), np.uint8),
        mode=np.array([key[0] for key in keys], np.uint8),
    )


@dataclass(frozen=True)
class Numberings:
    """The `stop_sequence` values of trips, equal lists once."""

    trip: I64
    start: I64
    values: I32


def numberings_of(merged: Merged) -> Numberings:
    """Find the lists of `stop_sequence`."""
    values = np.concatenate([feed.gtfs.events.sequence for feed in merged.feeds]).astype(np.int32)
    found: dict[bytes, int] = {}
    starts = merged.trip_event.tolist()
    trip = [found.setdefault(values[low:high].tobytes(), len(found)) for low, high in pairwise(starts)]
    return Numberings(
        trip=np.array(trip, np.int64),
        start=offsets(np.array([len(key) // 4 for key in found], np.int64)),
        values=np.frombuffer(b"".join(found), np.int32),
    )
