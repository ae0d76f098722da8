"""Rides on demand (GTFS-Flex): stop times with windows → rides from an area to an area, and how they are ordered.

Source: GTFS Schedule reference. Of an older draft its names of the window columns are read, and its single row for
travel inside one area; its `mean_duration_…` and `safe_duration_…` of stop times are not, as their unit is not told.
A trip of which some rows have times is a timetable that makes detours. Who gets on where it may go aside must be there
as the window opens; who gets off there is there as it closes; elsewhere the timetable holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

import polars as pl

from transit.feeds.booking_rules import read_rules
from transit.feeds.entities import Columns, Routes, Stops, TextColumns, wheelchairs
from transit.feeds.notices import Notices
from transit.feeds.stop_times import FILE, on_demand, seconds_in
from transit.feeds.tables import Tables
from transit.feeds.text import LINE
from transit.feeds.zones import Area, read_groups, read_zones
from transit.routing.booking import Rule

WINDOW = (
    ("start_pickup_drop_off_window", "start_pickup_dropoff_window"),
    ("end_pickup_drop_off_window", "end_pickup_dropoff_window"),
)
NOT_HERE = 1
"""pickup_type and drop_off_type of no pick-up, no drop-off."""
MAX_ROWS = 60
"""Of one trip."""
MAX_OFFSET_S = 86_400
MAX_DETOURS = 50_000
"""Rides of a feed."""


@dataclass(frozen=True)
class Ride:
    """Picked up in an area in a window, set down in an area in a window (seconds of the service day, both included).

    `origin` and `destination` are positions in `Flex.areas`, `rules` in `Flex.rules`, the others in the feed's tables.
    """

    trip_id: str
    route: int
    service: int
    headsign: str
    origin: int
    destination: int
    pickup: tuple[int, int]
    drop_off: tuple[int, int]
    rules: tuple[int, ...]
    """All of them hold."""
    safe_factor: float | None
    safe_offset_s: float | None
    """GTFS safe_duration_factor and …_offset; None: not said."""
    wheelchair: int = 0
    """`wheelchair_accessible`: 0 unknown, 1 yes, 2 no."""
    takes_s: int | None = None
    """Of a detour: how long one is on the way."""


@dataclass(frozen=True)
class Flex:
    """All rides on demand of a feed."""

    areas: list[Area] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    rides: list[Ride] = field(default_factory=list)


class _Row(NamedTuple):
    """One stop time with a window."""

    line: int
    area: int
    window: tuple[int, int]
    picks_up: bool
    sets_down: bool
    rules: tuple[str, str]


class _Trip(NamedTuple):
    """What trips.txt says."""

    route: int
    service: int
    headsign: str
    factor: float | None
    offset_s: float | None
    wheelchair: int


def read_flex(tables: Tables, stops: Stops, routes: Routes, services: dict[str, int], notices: Notices) -> Flex:
    """The rides whose trip, areas, windows and rules are all there."""
    which = on_demand(tables.stop_times)
    texts = {
        name: TextColumns(tables.texts.get(name))
        for name in ("location_groups", "location_group_stops", "booking_rules")
    }
    index = {stop: i for i, stop in enumerate(stops.ids)}
    zones = read_zones(tables.locations, notices)
    groups = read_groups(texts["location_groups"], texts["location_group_stops"], index, notices)
    rules = read_rules(texts["booking_rules"], services, notices)
    if which is None:
        return Flex()
    areas = _Areas({"location_id": zones, "location_group_id": groups, "stop_id": _stops(stops)})
    rows = _whole_trips(tables.stop_times, which, notices)
    trips = _trips(tables.rows("trips"), routes, services, notices)
    numbers = {key: i for i, key in enumerate(rules)}
    known = set(Columns(tables.rows("trips")).texts("trip_id"))
    rides: list[Ride] = []
    for trip_id, cells in groupby(rows.to_dicts(), key=lambda row: str(row["trip_id"] or "").strip()):
        if trip_id in trips:
            read = [_row(cell, areas, rules, notices) for cell in cells]
            rides += _rides(trip_id, trips[trip_id], read, numbers, notices)
        elif trip_id not in known:  # a trip that is in the feed but cannot run has its own notice
            notices.add("foreign_key_violation", FILE, "trip_id", [trip_id], lines=[int(next(cells)[LINE])])
    rides += _detours(_by_trip(tables.stop_times, which), trips, (areas, rules), numbers, notices)
    return Flex(areas.used, list(rules.values()), rides)


def _by_trip(rows: pl.DataFrame, which: pl.Expr) -> dict[str, list[tuple[dict[str, Any], bool]]]:
    """The rows of trips of which some have windows and some times, in order, and whether each has a window."""
    whole = rows.with_columns(which.alias("_windowed"))
    both = whole.group_by("trip_id").agg(pl.col("_windowed").sum().alias("n"), pl.len())
    mixed = both.filter((pl.col("n") > 0) & (pl.col("n") < pl.col("len")) & (pl.col("n") <= MAX_ROWS))
    sequence = pl.col("stop_sequence").str.strip_chars().cast(pl.Int32, strict=False)
    found = whole.filter(pl.col("trip_id").is_in(mixed["trip_id"].to_list())).sort(
        "trip_id", sequence, maintain_order=True
    )
    trips: dict[str, list[tuple[dict[str, Any], bool]]] = {}
    for cell in found.to_dicts():
        trips.setdefault(str(cell["trip_id"] or "").strip(), []).append((cell, bool(cell["_windowed"])))
    return trips


def _detours(
    mixed: dict[str, list[tuple[dict[str, Any], bool]]],
    trips: dict[str, _Trip],
    known: tuple[_Areas, dict[str, Rule]],
    numbers: dict[str, int],
    notices: Notices,
) -> list[Ride]:
    """The rides of timetables that make detours: those of which an end at least is where it may go aside."""
    found: list[Ride] = []
    for trip_id, cells in mixed.items():
        trip = trips.get(trip_id)
        if trip is None:
            continue
        rows = [(_row(cell, *known, notices) if aside else _timed(cell, known[0]), aside) for cell, aside in cells]
        sound = [(row, aside) for row, aside in rows if row is not None]
        for i, (a, leaves_aside) in enumerate(sound):
            for b, ends_aside in sound[i + 1 :] if a.picks_up else ():
                begin, end = a.window[0 if leaves_aside else 1], b.window[1 if ends_aside else 0]
                if b.sets_down and (leaves_aside or ends_aside) and begin < end and a.area != b.area:
                    used = [
                        key for key, aside in ((a.rules[0], leaves_aside), (b.rules[1], ends_aside)) if aside and key
                    ]
                    known_rules = tuple(dict.fromkeys(numbers[key] for key in used))
                    found.append(
                        Ride(trip_id, trip.route, trip.service, trip.headsign, a.area, b.area, (begin, begin),
                             (end, end), known_rules, None, None, trip.wheelchair, end - begin)
                    )  # fmt: skip
        if len(found) > MAX_DETOURS:
            notices.warn("on_demand_trip_not_read", FILE, "trip_id", [trip_id], [int(cells[0][0][LINE])])
            break
    return found[:MAX_DETOURS]


def _timed(cell: dict[str, Any], areas: _Areas) -> _Row | None:
    """One row with times, if it has a stop and both."""

    def text(name: str) -> str:
        return str(cell.get(name) or "").strip()

    area = areas.find("stop_id", text("stop_id"))
    arrival, departure = (seconds_in(text(name)) for name in ("arrival_time", "departure_time"))
    if area is None or arrival is None or departure is None:
        return None
    types = [text(f"{side}_type") or "0" for side in ("pickup", "drop_off")]
    return _Row(int(cell[LINE]), area, (arrival, departure), types[0] != "1", types[1] != "1", ("", ""))


class _Areas:
    """The areas by the columns that name them, and those in use in the order of their first use."""

    def __init__(self, known: dict[str, dict[str, Area]]) -> None:
        self.known = known
        self.used: list[Area] = []
        self._number: dict[tuple[str, str], int] = {}

    def find(self, column: str, key: str) -> int | None:
        """The position of an area in use."""
        area = self.known[column].get(key)
        if area is None:
            return None
        if (column, key) not in self._number:
            self._number[column, key] = len(self.used)
            self.used.append(area)
        return self._number[column, key]


def _stops(stops: Stops) -> dict[str, Area]:
    """Every stop as an area of one, every station as one of its stops."""
    inside: dict[int, list[int]] = {}
    for stop, parent in enumerate(stops.parent.tolist()):
        inside.setdefault(parent, []).append(stop)
    return {
        key: Area(stops.name[i], stops=(i, *(inside.get(i, ()) if stops.is_station[i] else ())))
        for i, key in enumerate(stops.ids)
    }


def _whole_trips(rows: pl.DataFrame, which: pl.Expr, notices: Notices) -> pl.DataFrame:
    """The rows of trips that run on demand from end to end, by trip and sequence."""
    windowed = rows.filter(which)
    timed = set(rows.filter(~which)["trip_id"].to_list())
    counts = windowed["trip_id"].value_counts()
    long = set(counts.filter(pl.col("count") > MAX_ROWS)["trip_id"].to_list())
    timed |= long
    mixed = windowed.filter(pl.col("trip_id").is_in(list(long))).unique("trip_id", keep="first", maintain_order=True)
    notices.warn("on_demand_trip_not_read", FILE, "trip_id", mixed["trip_id"].to_list(), mixed[LINE].to_list())
    durations = [name for name in ("mean_duration_factor", "safe_duration_factor") if name in windowed.columns]
    first = windowed[LINE].head(1).to_list()
    notices.warn("duration_of_older_draft", FILE, values=durations if first else [], lines=first * len(durations))
    sequence = pl.col("stop_sequence").str.strip_chars().cast(pl.Int32, strict=False)
    return windowed.filter(~pl.col("trip_id").is_in(list(timed))).sort("trip_id", sequence, maintain_order=True)


def _trips(frame: Any, routes: Routes, services: dict[str, int], notices: Notices) -> dict[str, _Trip]:
    """The trips whose route and service exist."""
    columns = Columns(frame)
    index = {route: i for i, route in enumerate(routes.ids)}
    names = ("trip_id", "route_id", "service_id", "trip_headsign")
    factors, offsets = (columns.numbers(f"safe_duration_{name}") for name in ("factor", "offset"))
    wrong = (factors <= 0) | (factors > 100) | (offsets < -MAX_OFFSET_S) | (offsets > MAX_OFFSET_S)
    ids = columns.texts("trip_id")
    wheelchair = wheelchairs(columns, "wheelchair_accessible", "trips.txt", Notices())  # noted with the other trips
    bad = [i for i in range(columns.rows) if wrong[i]]
    notices.warn("number_out_of_range", "trips.txt", "safe_duration_factor", [ids[i] for i in bad], columns.lines[bad])
    found: dict[str, _Trip] = {}
    for i, (key, route, service, headsign) in enumerate(zip(*(columns.texts(name) for name in names), strict=True)):
        if route in index and service in services and key not in found:
            said = [None if wrong[i] or value != value else float(value) for value in (factors[i], offsets[i])]
            found[key] = _Trip(index[route], services[service], headsign, said[0], said[1], int(wheelchair[i]))
    return found


def _row(cell: dict[str, Any], areas: _Areas, rules: dict[str, Rule], notices: Notices) -> _Row | None:
    """One row, if it can be used."""

    def text(name: str) -> str:
        return str(cell.get(name) or "").strip()

    line = int(cell[LINE])
    named = [(column, text(column)) for column in areas.known if text(column)]
    start, end = (next((text(name) for name in names if text(name)), "") for names in WINDOW)
    window = seconds_in(start), seconds_in(end)
    used = [text(f"{side}_booking_rule_id") for side in ("pickup", "drop_off")]
    area = areas.find(*named[0]) if len(named) == 1 else None
    if len(named) != 1:
        code = "forbidden_geography_id" if named else "missing_stop_id"
        notices.add(code, FILE, "location_id", [text("trip_id")], lines=[line])
    elif area is None:
        notices.add("foreign_key_violation", FILE, named[0][0], [named[0][1]], lines=[line])
    elif window[0] is None or window[1] is None or window[1] < window[0]:
        notices.add("invalid_pickup_drop_off_window", FILE, WINDOW[0][0], [f"{start} {end}"], lines=[line])
    else:
        unknown = [key for key in used if key and key not in rules]
        if unknown:
            notices.add("foreign_key_violation", FILE, "pickup_booking_rule_id", unknown[:1], lines=[line])
            return None
        types = [text(f"{side}_type") or "0" for side in ("pickup", "drop_off")]
        return _Row(
            line, area, (window[0], window[1]), types[0] != str(NOT_HERE), types[1] != str(NOT_HERE), (used[0], used[1])
        )
    return None


def _rides(trip_id: str, trip: _Trip, given: list[_Row | None], rules: dict[str, int], notices: Notices) -> list[Ride]:
    """A ride for every row where one is picked up and every later one where one is set down."""
    rows = [row for row in given if row is not None]
    pairs = [(a, b) for i, a in enumerate(rows) for b in rows[i + 1 :] if a.picks_up and b.sets_down]
    if len(given) == len(rows) == 1 and rows[0].picks_up and rows[0].sets_down:
        notices.warn("missing_stop_times_record", FILE, "trip_id", [trip_id], [rows[0].line])
        pairs = [(rows[0], rows[0])]
    elif not pairs:
        notices.add("unusable_trip", FILE, "trip_id", [trip_id], lines=[row.line for row in rows[:1]] or None)
    return [
        Ride(
            trip_id, trip.route, trip.service, trip.headsign, a.area, b.area, a.window, b.window,
            tuple(dict.fromkeys(rules[key] for key in (a.rules[0], b.rules[1]) if key)),
            trip.factor, trip.offset_s, trip.wheelchair,
        )
        for a, b in pairs
    ]  # fmt: skip
