"""Several feeds → one set of tables: ids get the feed's name, indices are moved, equal service days are told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from transit.feeds.gtfs import Gtfs
from transit.feeds.ragged import offsets

I64 = NDArray[np.int64]
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


@dataclass(frozen=True)
class Days:
    """The service days of a network: rows that differ in days or time zone, and which row each trip has."""

    trip_service: I64
    active: NDArray[np.uint8]
    timezone: I64
    timezones: tuple[str, ...]
    first_day: int


def _starts(counts: Iterable[int]) -> list[int]:
    return list(accumulate(counts, initial=0))


def days_of(feeds: list[Feed], timezones: tuple[str, ...]) -> Days:
    """All services on one calendar."""
    used = [feed for feed in feeds if feed.gtfs.services.active.size]
    first = min((feed.gtfs.services.first_day for feed in used), default=1)
    last = max((feed.gtfs.services.first_day + feed.gtfs.services.active.shape[1] for feed in used), default=first)
    rows: dict[tuple[int, bytes], int] = {}
    trip_service = []
    for feed in feeds:
        services = feed.gtfs.services
        zone = timezones.index(feed.gtfs.timezone)
        wide = np.zeros((services.active.shape[0], last - first), np.uint8)
        at = services.first_day - first
        if services.active.size:
            wide[:, at : at + services.active.shape[1]] = services.active
        row_of = np.array([rows.setdefault((zone, row.tobytes()), len(rows)) for row in wide], np.int64)
        trip_service.append(row_of[feed.gtfs.trips.service])
    active = np.frombuffer(b"".join(row for _, row in rows), np.uint8).reshape(len(rows), last - first)
    zones = np.array([zone for zone, _ in rows], np.int64)
    return Days(np.concatenate(trip_service), active, zones, timezones, first)


@dataclass(frozen=True)
class Sequences:
    """The stop sequences of all trips, each once, and each trip's; the same for its `stop_sequence` values."""

    trip: I64
    start: I64
    stops: I64
    pickup: NDArray[np.uint8]
    drop_off: NDArray[np.uint8]
    mode: NDArray[np.uint8]
    trip_numbering: I64
    numbering_start: I64
    numbering: NDArray[np.int32]


def sequences_of(merged: Merged) -> Sequences:
    """Find the trips that call at the same stops in the same way."""
    found: dict[tuple[int, bytes, bytes, bytes], int] = {}
    numberings: dict[bytes, int] = {}
    trip: list[int] = []
    trip_numbering: list[int] = []
    for feed, first_stop in zip(merged.feeds, merged.stop, strict=False):
        events, starts = feed.gtfs.events, feed.gtfs.trip_start.tolist()
        stops = events.stop + first_stop
        modes = feed.gtfs.routes.mode[feed.gtfs.trips.route].tolist()
        for mode, start, end in zip(modes, starts[:-1], starts[1:], strict=True):
            key = (
                mode,
                stops[start:end].tobytes(),
                events.pickup[start:end].tobytes(),
                events.drop_off[start:end].tobytes(),
            )
            trip.append(found.setdefault(key, len(found)))
            number = events.sequence[start:end].tobytes()
            trip_numbering.append(numberings.setdefault(number, len(numberings)))
    keys = list(found)
    return Sequences(
        trip=np.array(trip, np.int64),
        start=offsets(np.array([len(key[2]) for key in keys], np.int64)),
        stops=np.frombuffer(b"".join(key[1] for key in keys), np.int64),
        pickup=np.frombuffer(b"".join(key[2] for key in keys), np.uint8),
        drop_off=np.frombuffer(b"".join(key[3] for key in keys), np.uint8),
        mode=np.array([key[0] for key in keys], np.uint8),
        trip_numbering=np.array(trip_numbering, np.int64),
        numbering_start=offsets(np.array([len(key) // 4 for key in numberings], np.int64)),
        numbering=np.frombuffer(b"".join(numberings), np.int32),
    )
