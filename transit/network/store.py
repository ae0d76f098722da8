"""A built network, memory-mapped: everything a journey says about stops, trips, routes, streets and fares.

Only here and in `journeys` do outside ids (`feed:id`) and indices meet. Opening reads no table; nothing is copied.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from transit.network.fares import read_fares
from transit.network.flex import FlexTable, read_flex
from transit.network.folder import Reader
from transit.network.parks import read_parks
from transit.network.publishers import Publishers, read_publishers
from transit.network.stations import Decision, read_decisions
from transit.network.strings import Ids, Strings
from transit.network.texts import Texts, read_texts
from transit.routing.kernels.ways import part_of
from transit.routing.query import Mode
from transit.routing.streets import Carriageways, Doors, Streets
from transit.routing.timetable import LIMITED, Schedule, Transfers

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]
NONE = 0xFFFFFFFF
T = TypeVar("T")
MODES = tuple(Mode)


@dataclass(frozen=True)
class StopTable:
    """S stops and stations of all feeds, and after them the points that stand for some of them again (`points`)."""

    ids: Ids
    name: Texts
    code: Strings
    platform: Strings
    zone: Strings
    """Fare zones, `feed:zone`; "" where a stop has none."""
    lat: F64
    lon: F64
    parent: I32
    """The station of a stop, or −1."""
    station: U8
    """1 where the stop is a station."""
    wheelchair: U8
    """GTFS wheelchair_boarding: 0 unknown, 1 possible, 2 not."""
    timezone: U8
    """Index into `Schedule.timezones`."""
    original: U32
    """The stop of a point; of a stop itself."""
    member_start: U32
    """S + 1 offsets into member_stops: the stops of a station; for a stop without one, its namesakes close by."""
    member_stops: U32


@dataclass(frozen=True)
class RouteTable:
    """Routes of all feeds."""

    ids: Ids
    short_name: Texts
    long_name: Texts
    colour: Strings
    """Six hex digits, or ""."""
    text_colour: Strings
    url: Strings
    agency: U32
    mode: U8
    """Index into `list(Mode)`."""


@dataclass(frozen=True)
class AgencyTable:
    """Agencies of all feeds. An agency without an id is `feed:`."""

    ids: Ids
    name: Texts
    url: Strings
    fare_url: Strings
    phone: Strings


@dataclass(frozen=True)
class TripTable:
    """T trips. A run of a frequency is `feed:trip@HH:MM:SS` after its first departure; `template` is `feed:trip`."""

    ids: Ids
    route: U32
    service: U32
    """Index into `Schedule.service_active`: when the trip runs, be it alone or in a chain."""
    headsign: U32
    """Index into Network.headsigns."""
    numbering: U32
    """Which list of `stop_sequence` values the trip has."""
    track: U32
    """Which track the trip follows, or NONE."""
    notes: U32
    """What GTFS-JP says of it: see `Publishers.notes`."""
    headway: I32
    """Seconds between the runs of a frequency that keep no exact times, else 0."""
    wheelchair: U8
    """GTFS wheelchair_accessible: 0 unknown, 1 possible, 2 not."""


@dataclass(frozen=True)
class ChainTable:
    """Trips ridden in one seat: run T + c of the schedule is the trips `trips[start[c]:start[c + 1]]`.

    `shift` is how many days after the first each runs.
    """

    start: U32
    trips: U32
    shift: U8


class Run(NamedTuple):
    """A trip on a service day (`date.toordinal`), from one position of its stops to a later one."""

    trip: int
    day: int
    board: int
    alight: int


@dataclass(frozen=True)
class TrackTable:
    """Where on a shape the stops of a sequence lie: point 3.5 is half way between the points 3 and 4."""

    start: U32
    at: F64
    shape: U32
    shape_start: U32
    shape_lon: F64
    shape_lat: F64


class Network:
    """One network. Immutable, shared by all threads."""

    def __init__(self, folder: Path) -> None:
        """Map the folder. Raises FileNotFoundError where it is none."""
        reader = Reader(folder)
        self.folder = folder
        self.digest = str(reader.facts["digest"])
        self.feeds: tuple[str, ...] = tuple(reader.facts["feeds"])
        self.bounds: tuple[float, float, float, float] = tuple(reader.facts["bounds"])
        """West, south, east, north of all stops and streets."""
        self.schedule = Schedule(
            **_arrays(reader, Schedule, "schedule", {"first_day", "timezones", *LIMITED}),
            first_day=int(reader.facts["first_day"]),
            timezones=tuple(reader.facts["timezones"]),
            step_free=_transfers(reader, "step_free"),
            wheelchair=_transfers(reader, "wheelchair"),
        )
        self.streets = Streets(**_arrays(reader, Streets, "streets", set()))
        self.carriageways = Carriageways(
            Streets(**_arrays(reader, Streets, "driven", set())),
            reader.array("driven.edge_kmh"),
            reader.array("driven.walk_node"),
            reader.array("driven.turns"),
        )
        self.doors = Doors(**_arrays(reader, Doors, "doors", set()))
        self.entrances = reader.strings("entrances.name")
        """By `Doors.entrance`."""
        self._signs: dict[tuple[bool, int, int], str] = {
            (free, tail, head): text for free, tail, head, text in reader.facts["signs"]
        }
        self.stops = _table(reader, StopTable, "stops")
        self.routes = _table(reader, RouteTable, "routes")
        self.agencies = _table(reader, AgencyTable, "agencies")
        self.trips = _table(reader, TripTable, "trips")
        self.chains = _table(reader, ChainTable, "chains")
        self.tracks = _table(reader, TrackTable, "tracks")
        self.headsigns = read_texts(reader, "headsigns")
        self.street_names = read_texts(reader, "street_names")
        """By `Streets.edge_name`; number 0 is the empty name."""
        self.parks = read_parks(reader)
        self.fares = read_fares(reader)
        self.basemap: tuple[str, ...] = tuple(reader.facts["basemap"])
        """The layers of the map: `basemap/<layer>.pmtiles` in the folder."""
        self._numbering_start: U32 = reader.array("numbering.start")
        self._numbering: I32 = reader.array("numbering.values")
        # Memory views give single numbers three times as fast as arrays do, and hold on to the interpreter's lock.
        self._original, self._called = self.stops.original.data, self.schedule.sequence_stops.data
        self._sequence_start, self._sequence = self.schedule.sequence_start.data, self.schedule.trip_sequence.data

    @cached_property
    def publishers(self) -> Publishers:
        """Who stands behind the feeds."""
        return read_publishers(self.folder)

    @cached_property
    def flex(self) -> FlexTable:
        """Rides on demand."""
        return read_flex(self.folder, self.schedule, self.routes.mode)

    @cached_property
    def shared_stations(self) -> tuple[Decision, ...]:
        """What was decided about the stations that feeds share."""
        return read_decisions(self.folder)

    @property
    def first_day(self) -> int:
        """Ordinal of the first day with service data."""
        return self.schedule.first_day

    @property
    def last_day(self) -> int:
        """Ordinal of the last day with service data."""
        return self.schedule.first_day + int(self.schedule.service_active.shape[1]) - 1

    def find_stop(self, stop_id: str) -> int | None:
        """The index of `feed:stop`."""
        return self.stops.ids.find(stop_id)

    def find_trip(self, trip_id: str) -> int | None:
        """The index of `feed:trip`, or of one run of a frequency."""
        return self.trips.ids.find(trip_id)

    def find_route(self, route_id: str) -> int | None:
        """The index of `feed:route`."""
        return self.routes.ids.find(route_id)

    def stop_id(self, stop: int) -> str:
        """`feed:stop`."""
        return self.stops.ids.texts[stop]

    def trip_id(self, trip: int) -> str:
        """`feed:trip`, with `@HH:MM:SS` for a run of a frequency."""
        return self.trips.ids.texts[trip]

    def feed_of(self, outside_id: str) -> str:
        """The feed of an outside id."""
        return outside_id.split(":", 1)[0]

    def stop_timezone(self, stop: int) -> str:
        """The IANA name of the time zone in which times at a stop are shown."""
        return self.schedule.timezones[int(self.stops.timezone[stop])]

    def members(self, stop: int) -> NDArray[np.int64]:
        """The stops that a choice of this stop means: itself, and the stops of a station or the namesakes close by."""
        start, end = int(self.stops.member_start[stop]), int(self.stops.member_start[stop + 1])
        return np.append(stop, self.stops.member_stops[start:end].astype(np.int64))

    def trip_stops(self, trip: int) -> list[int]:
        """The stops that a trip calls at, in order."""
        original = self._original
        return [original[stop] for stop in self._called[self.first_call(trip) : self.first_call(trip, 1)]]

    def first_call(self, trip: int, after: int = 0) -> int:
        """Where in the arrays `sequence_…` of the schedule the calls of a trip begin, or so many sequences later."""
        return self._sequence_start[self._sequence[trip] + after]

    def stop_at(self, trip: int, position: int) -> int:
        """The stop of a call of a trip."""
        return self._original[self._called[self.first_call(trip) + position]]

    def stop_sequence(self, trip: int) -> I32:
        """The GTFS `stop_sequence` of every call of a trip."""
        number = int(self.trips.numbering[trip])
        return self._numbering[int(self._numbering_start[number]) : int(self._numbering_start[number + 1])]

    @property
    def numberings(self) -> tuple[U32, I32]:
        """Every list of `stop_sequence` values, by `TripTable.numbering`: offsets and values."""
        return self._numbering_start, self._numbering

    def find_headway(self, trip: int) -> int | None:
        """The seconds between a run and the next, where that is all that is promised; None: it keeps its times."""
        return int(self.trips.headway[trip]) or None

    def signs(self, start: int, end: int, *, step_free: bool) -> str:
        """What to follow inside a station from a stop or entrance to another; entrance e is −1 − e."""
        if not self._signs:
            return ""
        tail, head = (at if at < 0 else self._original[at] for at in (start, end))
        return self._signs.get((step_free, tail, head), "")

    def find_call(self, trip: int, stop_sequence: int) -> int | None:
        """The position of the call with a GTFS `stop_sequence`."""
        values = self.stop_sequence(trip)
        at = int(np.searchsorted(values, stop_sequence))
        return at if at < len(values) and values[at] == stop_sequence else None

    def runs_on(self, trip: int, day: int) -> bool:
        """Whether a trip runs on a day."""
        active = self.schedule.service_active[int(self.trips.service[trip])]
        return 0 <= day - self.first_day < len(active) and bool(active[day - self.first_day])

    def ridden(self, run: Run) -> list[Run]:
        """A ride in a run of the schedule as rides in trips: one, or of a chain those that are ridden in one seat."""
        chain = run.trip - len(self.trips.route)
        if chain < 0:
            return [run]
        start, end = self.chains.start[chain : chain + 2].tolist()
        parts, first = [], 0
        for trip, shift in zip(
            self.chains.trips[start:end].tolist(), self.chains.shift[start:end].tolist(), strict=True
        ):
            last = first + len(self.trip_stops(trip)) - 1
            if run.board < last and run.alight > first:
                board, alight = max(run.board, first) - first, min(run.alight, last) - first
                parts.append(Run(trip, run.day + shift, board, alight))
            first = last + 1
        return parts

    def is_one_ride(self, first: Run, second: Run) -> bool:
        """Whether one may stay seated from the end of a ride in one trip to the ride in the next."""
        trips, active = self.chains.trips, self.schedule.service_active
        for at in np.flatnonzero((trips[:-1] == first.trip) & (trips[1:] == second.trip)).tolist():
            chain = int(np.searchsorted(self.chains.start, at, side="right")) - 1
            shift, later = self.chains.shift[at : at + 2].tolist()
            column = first.day - shift - self.first_day
            service = int(self.schedule.trip_service[len(self.trips.route) + chain])
            is_inside = at + 1 < self.chains.start[chain + 1] and 0 <= column < active.shape[1]
            if is_inside and second.day - first.day == later - shift and active[service, column]:
                return True
        return False

    def mode(self, route: int) -> Mode:
        """What runs on a route."""
        return MODES[int(self.routes.mode[route])]

    def find_shape(self, trip: int, start: int, end: int) -> F64 | None:
        """The line (lon, lat) that a trip follows from one call to a later one, where the feed has a shape."""
        track = int(self.trips.track[trip])
        if track == NONE:
            return None
        begin, tracks = int(self.tracks.start[track]), self.tracks
        zero = int(tracks.shape_start[int(tracks.shape[track])])
        line: F64 = part_of(tracks.shape_lon, tracks.shape_lat, zero, tracks.at[begin + start], tracks.at[begin + end])
        return line


def open_network(folder: Path) -> Network:
    """Open the network in a folder. Raises FileNotFoundError."""
    return Network(folder)


def _arrays(reader: Reader, kind: type, name: str, others: set[str]) -> dict[str, NDArray[Any]]:
    """The arrays that the fields of a dataclass name."""
    return {field.name: reader.array(f"{name}.{field.name}") for field in fields(kind) if field.name not in others}


def _transfers(reader: Reader, name: str) -> Transfers | None:
    """The transfers of those who cannot make all, where they are told apart."""
    if not reader.facts[name]:
        return None
    return Transfers(*(reader.array(f"{name}.{column}") for column in Transfers._fields))


def _table(reader: Reader, kind: type[T], name: str) -> T:
    """A table, each column by the type of its field."""
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        column = f"{name}.{field.name}"
        if field.type == "Ids":
            values[field.name] = Ids(reader.strings(column), reader.array(f"{column}.order"))
        elif field.type == "Strings":
            values[field.name] = reader.strings(column)
        elif field.type == "Texts":
            values[field.name] = read_texts(reader, column)
        else:
            values[field.name] = reader.array(column)
    return kind(**values)
