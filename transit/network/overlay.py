"""What runs otherwise than the timetable of one network says, memory-mapped. Made by the worker, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.network.folder import Reader, Writer
from transit.network.overlay_building import IN_PLACE, Built, Kind, LiveTrip, joined
from transit.network.strings import pack
from transit.routing.kernels.live import LIVE, SKIPPED
from transit.routing.live import Live, Off
from transit.routing.timetable import Schedule

I64 = NDArray[np.int64]


class Source(NamedTuple):
    """A message that is in the overlay: whose it is, the feed that it speaks of, and the time that it states."""

    interface: str
    feed: str
    sha256: str
    header_at: int


class Call(NamedTuple):
    """A live trip at a stop, in seconds of its service day."""

    stop: int
    arrival_s: int
    departure_s: int
    is_live: bool
    is_skipped: bool


class Part(NamedTuple):
    """A ride in one live trip, from one position of its stops to a later one."""

    live: int
    board: int
    alight: int


class Overlay:
    """One overlay. Immutable, shared by all threads. Live trips are numbered from 0, live runs too."""

    def __init__(self, folder: Path) -> None:
        """Map the folder. Raises OSError, KeyError or ValueError where it is none."""
        reader = Reader(folder)
        self.folder = folder
        self.digest = str(reader.facts["digest"])
        """Of the network that it belongs to."""
        self.sources = tuple(Source(*row) for row in reader.facts["sources"])
        self.left_out: dict[str, int] = reader.facts["left_out"]
        """How much was left out or mended, by reason."""
        self.trips: I64 = reader.array("trips")
        self.runs: I64 = reader.array("runs")
        self._off: I64 = reader.array("off")
        self._cancelled: I64 = reader.array("cancelled")
        self._part_start: I64 = reader.array("parts.start")
        self._parts: I64 = reader.array("parts")
        self._names, self._headsigns = reader.strings("names"), reader.strings("headsigns")
        self._arrivals, self._departures = reader.array("arrivals"), reader.array("departures")
        self._states = reader.array("states")
        self._sequences = {
            name: reader.array(f"sequences.{name}") for name in ("start", "stops", "pickup", "drop_off", "mode")
        }

    def live(self, dropped: Collection[int] = ()) -> Live:
        """What the timetable gets, without the messages (by number) that count for nothing any more."""
        off, runs = (
            rows[~np.isin(rows[:, column], list(dropped))] for rows, column in ((self._off, 2), (self.runs, 4))
        )
        sequences = self._sequences
        return Live(
            Off(off[:, 0].astype(np.uint32), off[:, 1].astype(np.int32)),
            sequences["start"],
            sequences["stops"],
            sequences["pickup"],
            sequences["drop_off"],
            sequences["mode"],
            runs[:, 0].astype(np.uint32),
            runs[:, 1].astype(np.uint64),
            self._arrivals,
            self._departures,
            runs[:, 2].astype(np.int32),
            runs[:, 3].astype(np.uint32),
        )

    def usable(self, dropped: Collection[int] = ()) -> I64:
        """The numbers of the runs of `live`, in its order."""
        return np.flatnonzero(~np.isin(self.runs[:, 4], list(dropped)))

    def trip(self, live: int) -> LiveTrip:
        """A live trip."""
        return LiveTrip(*self.trips[live].tolist())._replace(name=self._names[live], headsign=self._headsigns[live])

    def calls(self, schedule: Schedule, live: int) -> list[Call]:
        """The stops of a live trip with its times."""
        trip = self.trip(live)
        stops = self.stops(schedule, trip.sequence)[0]
        events = slice(trip.begin, trip.begin + len(stops))
        states = self._states[events]
        columns = self._arrivals[events], self._departures[events], states & LIVE != 0, states & SKIPPED != 0
        return list(map(Call, stops.tolist(), *(column.tolist() for column in columns)))

    def stops(
        self, schedule: Schedule, sequence: int
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint8]]:
        """The stops, pickup_type and drop_off_type of a sequence, be it the schedule's or one of these."""
        beyond = sequence - len(schedule.sequence_mode)
        if beyond < 0:
            s = schedule
            calls = slice(*s.sequence_start[sequence : sequence + 2].tolist())
            return s.sequence_stops[calls], s.sequence_pickup[calls], s.sequence_drop_off[calls]
        calls = slice(*self._sequences["start"][beyond : beyond + 2].tolist())
        own = self._sequences
        return own["stops"][calls], own["pickup"][calls], own["drop_off"][calls]

    def ridden(self, schedule: Schedule, run: int, board: int, alight: int) -> list[Part]:
        """A ride in a live run as rides in live trips: one, or those that are ridden in one seat."""
        start, end = self._part_start[run : run + 2].tolist()
        parts, first = [], 0
        for live in self._parts[start:end].tolist():
            last = first + len(self.stops(schedule, int(self.trips[live, 3]))[0]) - 1
            if board < last and alight > first:
                parts.append(Part(live, max(board, first) - first, min(alight, last) - first))
            first = last + 1
        return parts

    def find(self, trip: int, day: int) -> int | None:
        """The live trip in place of a trip of the network on a day."""
        return self._in_place.get((trip, day))

    def find_named(self, trip_id: str, day: int) -> int | None:
        """A live trip that is none of the network's, by its outside id."""
        return self._named.get((trip_id, day))

    def any_of(self, runs: I64, trips: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """For each of some runs whether one of its live trips is one of the network's that are in `trips`."""
        own = self.trips[self._parts, 0]
        hit = np.where(own < 0, False, trips[own]) if len(trips) else np.zeros(len(own), bool)
        sums = np.append(0, np.cumsum(hit))
        return np.asarray(sums[self._part_start[runs + 1]] > sums[self._part_start[runs]])

    def spoken_of(self) -> I64:
        """The trips of the network, each with a day, of which something is said."""
        return np.concatenate((self.trips[np.isin(self.trips[:, 5], IN_PLACE)][:, :2], self._cancelled[:, :2]))

    def cancelled(self, dropped: Collection[int] = ()) -> frozenset[tuple[int, int]]:
        """The trips of the network, each with a day, that are cancelled; without some messages."""
        return frozenset((trip, day) for trip, day, source in self._cancelled.tolist() if source not in dropped)

    @cached_property
    def _in_place(self) -> dict[tuple[int, int], int]:
        numbers = np.flatnonzero(np.isin(self.trips[:, 5], IN_PLACE))
        return dict(zip(map(tuple, self.trips[numbers, :2].tolist()), numbers.tolist(), strict=True))

    @cached_property
    def _named(self) -> dict[tuple[str, int], int]:
        numbers = np.flatnonzero(~np.isin(self.trips[:, 5], IN_PLACE)).tolist()
        return {(self._names[number], int(self.trips[number, 1])): number for number in numbers}

    def source_of(self, live: int) -> Source:
        """The message that a live trip is from."""
        return self.sources[int(self.trips[live, 6])]


def said_at(source: Source) -> datetime:
    """When what a message says was so."""
    return datetime.fromtimestamp(source.header_at, UTC)


def write_overlay(folder: Path, digest: str, sources: Iterable[Source], built: Built) -> Path:
    """Write an overlay of the network with a digest into a folder that is not there yet."""
    writer = Writer(folder)
    for name, columns in (("trips", 8), ("runs", 5), ("off", 3), ("cancelled", 3)):
        writer.array(name, joined(getattr(built, name), columns))
    writer.array("parts.start", np.cumsum(np.concatenate(([0], *built.part_counts)), dtype=np.int64))
    writer.array("parts", np.concatenate((np.empty(0, np.int64), *built.parts)))
    for name, texts in (("names", built.names), ("headsigns", built.headsigns)):
        writer.strings(name, pack(map(texts.get, range(built.count), repeat(""))))
    for name, kind in (("arrivals", np.int32), ("departures", np.int32), ("states", np.uint8)):
        writer.array(name, np.concatenate((np.empty(0, kind), *getattr(built, name))).astype(kind))
    own = built.sequences.own
    writer.array("sequences.start", np.cumsum([0, *(len(each.stops) for each in own)], dtype=np.uint32))
    for i, (name, dtype) in enumerate((("stops", np.uint32), ("pickup", np.uint8), ("drop_off", np.uint8))):
        writer.array(f"sequences.{name}", np.concatenate([np.empty(0, dtype), *(each[i] for each in own)]))
    writer.array("sequences.mode", np.array([each.mode for each in own], np.uint8))
    writer.note("digest", digest)
    writer.note("sources", list(sources))
    writer.note("left_out", dict(+built.left_out))
    return writer.finish(durable=False)


__all__ = ["Call", "Kind", "LiveTrip", "Overlay", "Part", "Source", "said_at", "write_overlay"]
