"""Agencies, stops, routes, trips and transfers: rows → columns whose references hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from transit.feeds.modes import find_mode
from transit.feeds.notices import Notices
from transit.feeds.text import LINE
from transit.routing.query import Mode

NONE = -1
MAX_TRANSFER_S = 86_400
_MODES = {mode: i for i, mode in enumerate(Mode)}


class Columns:
    """The cells of a pandas frame as plain lists; a table or column that is absent is empty."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.rows = 0 if frame is None else len(frame)

    @property
    def lines(self) -> NDArray[np.int64]:
        """The line of the file in which each row begins."""
        if self._frame is not None and self._frame.index.name == LINE:
            return np.asarray(self._frame.index.to_numpy(), np.int64)
        return np.arange(2, self.rows + 2)

    def has(self, name: str) -> bool:
        """Whether the table has the column."""
        return self._frame is not None and name in self._frame.columns

    def texts(self, name: str) -> list[str]:
        """The column as text without spaces around it; missing is ""."""
        if not self.has(name):
            return [""] * self.rows
        return [str(cell).strip() for cell in self._frame[name].astype("string").fillna("").tolist()]

    def numbers(self, name: str, missing: float = float("nan")) -> NDArray[np.float64]:
        """The column as numbers."""
        if not self.has(name):
            return np.full(self.rows, missing)
        values = self._frame[name].astype("Float64").fillna(missing).to_numpy(dtype=np.float64, na_value=missing)
        return np.asarray(values, np.float64)


class TextColumns(Columns):
    """The same over a polars frame of text; a cell that is no number is missing."""

    @property
    def lines(self) -> NDArray[np.int64]:
        """The line of the file in which each row begins."""
        return np.zeros(0, np.int64) if self._frame is None else self._frame[LINE].to_numpy().astype(np.int64)

    def texts(self, name: str) -> list[str]:
        """The column as text without spaces around it; missing is ""."""
        if not self.has(name):
            return [""] * self.rows
        return [str(cell).strip() for cell in self._frame[name].fill_null("").to_list()]

    def numbers(self, name: str, missing: float = float("nan")) -> NDArray[np.float64]:
        """The column as numbers."""
        return np.array([_number(text, missing) for text in self.texts(name)], np.float64)


def _number(text: str, missing: float) -> float:
    """The number that a text is, if it is a finite one."""
    try:
        number = float(text)
    except ValueError:
        return missing
    return number if abs(number) < 1e300 else missing


@dataclass(frozen=True)
class Agency:
    """One agency. `id` is "" where a feed of a single agency gives none."""

    id: str
    name: str
    url: str
    fare_url: str
    phone: str
    timezone: str


@dataclass(frozen=True)
class Stops:
    """Stops and stations (location_type 0 and 1). `parent` is the index of the station, or NONE."""

    ids: list[str]
    name: list[str]
    code: list[str]
    platform: list[str]
    zone: list[str]
    timezone: list[str]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    parent: NDArray[np.int64]
    is_station: NDArray[np.bool_]
    wheelchair: NDArray[np.uint8]


@dataclass(frozen=True)
class Routes:
    """Routes. `agency` is an index into the feed's agencies, `mode` one into `list(Mode)`."""

    ids: list[str]
    agency: NDArray[np.int64]
    mode: NDArray[np.uint8]
    short_name: list[str]
    long_name: list[str]
    colour: list[str]
    text_colour: list[str]
    url: list[str]


@dataclass(frozen=True)
class Trips:
    """Trips. Indices into routes, services and shapes (NONE: no shape)."""

    ids: list[str]
    route: NDArray[np.int64]
    service: NDArray[np.int64]
    shape: NDArray[np.int64]
    headsign: list[str]
    template: list[str]
    """The `trip_id` of the feed, which the runs of a frequency share."""
    block: list[str]
    """`block_id`: the trips that one vehicle runs one after the other; "" where the feed does not say."""
    headway: NDArray[np.int32]
    """Seconds between the runs of a frequency that keep no exact times, else 0."""
    wheelchair: NDArray[np.uint8]
    """`wheelchair_accessible`: 0 unknown, 1 at least one can ride, 2 none can."""


@dataclass(frozen=True)
class Transfers:
    """transfers.txt. `kind`: 0 recommended, 1 timed, 2 takes `seconds`, 3 impossible, 4 in-seat, 5 in-seat not allowed.

    Kinds 0 to 3 are between two stops or stations, `tail` and `head`; where a route or a trip is named, for it alone.
    Kinds 4 and 5 are between two trips. All are indices; NONE: not named. A trip stands for all with its template.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    kind: NDArray[np.int64]
    seconds: NDArray[np.int64]
    from_route: NDArray[np.int64]
    to_route: NDArray[np.int64]
    from_trip: NDArray[np.int64]
    to_trip: NDArray[np.int64]


def read_agencies(frame: Any, notices: Notices) -> list[Agency]:
    """The agencies, each id once."""
    columns = Columns(frame)
    cells = {name: columns.texts(name) for name in ("agency_id", "agency_name")}
    cells |= {name: web_addresses(columns, name, "agency.txt", notices) for name in ("agency_url", "agency_fare_url")}
    cells |= {name: columns.texts(name) for name in ("agency_phone", "agency_timezone")}
    agencies: dict[str, Agency] = {}
    for line, row in zip(columns.lines, zip(*cells.values(), strict=True), strict=True):
        if row[0] in agencies:
            notices.add("duplicate_key", "agency.txt", "agency_id", [row[0]], lines=[line])
        else:
            agencies[row[0]] = Agency(*row)
    return list(agencies.values())


def read_stops(frame: Any, notices: Notices) -> Stops:
    """The stops and stations that stand somewhere on earth."""
    columns = Columns(frame)
    ids = columns.texts("stop_id")
    kind = columns.numbers("location_type", 0)
    odd = ~np.isin(kind, range(5))
    notices.warn("unexpected_enum_value", "stops.txt", "location_type", np.array(ids)[odd], columns.lines[odd])
    lat, lon = columns.numbers("stop_lat"), columns.numbers("stop_lon")
    usable = (
        np.isin(kind, (0, 1))
        & _unique(ids, columns.lines, "stops.txt", "stop_id", notices)
        & _placed(columns, kind, lat, lon, notices)
    )
    rows = np.flatnonzero(usable)
    index = {ids[row]: i for i, row in enumerate(rows.tolist())}
    parents = columns.texts("parent_station")
    orphans = [row for row in rows.tolist() if parents[row] and parents[row] not in index]
    found = [parents[row] for row in orphans]
    notices.add("foreign_key_violation", "stops.txt", "parent_station", found, lines=columns.lines[orphans])
    parent = np.array([index.get(parents[row], NONE) if kind[row] == 0 else NONE for row in rows.tolist()], np.int64)
    station = kind[rows] == 1
    wrong = (parent != NONE) & ~station[parent]
    unfit = rows[wrong]
    notices.warn(
        "wrong_parent_location_type", "stops.txt", "parent_station", [ids[row] for row in unfit], columns.lines[unfit]
    )
    zones = _timezones(columns, notices)
    parent = np.where(wrong, NONE, parent)
    wheelchair = wheelchairs(columns, "wheelchair_boarding", "stops.txt", notices)[rows]

    def pick(name: str) -> list[str]:
        texts = columns.texts(name)
        return [texts[row] for row in rows.tolist()]

    return Stops(
        ids=[ids[row] for row in rows.tolist()],
        name=pick("stop_name"),
        code=pick("stop_code"),
        platform=pick("platform_code"),
        zone=pick("zone_id"),
        timezone=[zones[row] for row in rows.tolist()],
        lat=lat[rows],
        lon=lon[rows],
        parent=parent,
        is_station=station,
        wheelchair=inherited(wheelchair, parent, wheelchair),
    )


def wheelchairs(columns: Columns, name: str, file: str, notices: Notices) -> NDArray[np.uint8]:
    """A column that says whether wheelchairs are taken: 0 unknown, 1 yes, 2 no; anything else is unknown."""
    values = columns.numbers(name, 0)
    odd = ~np.isin(values, (0, 1, 2))
    notices.warn("unexpected_enum_value", file, name, values[odd], columns.lines[odd])
    return np.where(odd, 0, values).astype(np.uint8)


def inherited(own: NDArray[np.uint8], parent: NDArray[np.int64], stations: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`wheelchair_boarding`, where it is not said that of the station.

    GTFS Schedule, stops.txt: a platform or entrance is as its station unless it says otherwise.
    """
    unsaid = (own == 0) & (parent != NONE)
    found = own.copy()
    found[unsaid] = stations[parent[unsaid]]
    return found


def _timezones(columns: Columns, notices: Notices) -> list[str]:
    """The time zones of the stops; a name that the time zone database does not have is none."""
    zones = columns.texts("stop_timezone")
    known = {zone: not zone or is_timezone(zone) for zone in set(zones)}
    wrong = [i for i, zone in enumerate(zones) if not known[zone]]
    notices.warn("invalid_timezone", "stops.txt", "stop_timezone", [zones[i] for i in wrong], columns.lines[wrong])
    return [zone if known[zone] else "" for zone in zones]


def is_timezone(name: str) -> bool:
    """Whether the time zone database has the name."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return bool(name)


def _placed(
    columns: Columns,
    kind: NDArray[np.float64],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    notices: Notices,
) -> NDArray[np.bool_]:
    """Which rows have a coordinate that a stop can have."""
    names = np.array(columns.texts("stop_id"), dtype=object)
    needed = np.isin(kind, (0, 1))
    absent = ~(np.isfinite(lat) & np.isfinite(lon))
    outside = ~absent & ((np.abs(lat) > 90) | (np.abs(lon) > 180))
    origin = ~absent & (np.abs(lat) < 1) & (np.abs(lon) < 1)
    pole = ~absent & ~outside & (np.abs(lat) > 89)
    for code, bad in (
        ("stop_without_location", absent),
        ("number_out_of_range", outside),
        ("point_near_origin", origin),
        ("point_near_pole", pole),
    ):
        notices.add(code, "stops.txt", "stop_lat", names[bad & needed], lines=columns.lines[bad & needed])
    return ~(absent | outside | origin | pole)


def _unique(ids: Sequence[str], lines: NDArray[np.int64], file: str, field: str, notices: Notices) -> NDArray[np.bool_]:
    """Which rows are the first with their id; rows without one are none."""
    seen: set[str] = set()
    keep = np.zeros(len(ids), bool)
    repeated = []
    for i, key in enumerate(ids):
        if key and key not in seen:
            seen.add(key)
            keep[i] = True
        elif key:
            repeated.append(i)
    notices.add("duplicate_key", file, field, [ids[i] for i in repeated], lines=lines[repeated])
    blank = [i for i, key in enumerate(ids) if not key]
    notices.add("missing_required_field", file, field, [""] * len(blank), lines=lines[blank])
    return keep


def read_routes(frame: Any, agencies: list[Agency], notices: Notices) -> Routes:
    """The routes whose type is known and whose agency exists."""
    columns, file = Columns(frame), "routes.txt"
    ids, owners = columns.texts("route_id"), columns.texts("agency_id")
    index = {agency.id: i for i, agency in enumerate(agencies)}
    only = 0 if len(agencies) == 1 else None
    keep = _unique(ids, columns.lines, file, "route_id", notices)
    kinds = columns.numbers("route_type")
    agency = np.full(len(ids), NONE, np.int64)
    mode = np.zeros(len(ids), np.uint8)
    for i in np.flatnonzero(keep).tolist():
        owner = index.get(owners[i], None if owners[i] else only)
        found = find_mode(int(kinds[i])) if np.isfinite(kinds[i]) else None
        if owner is None:
            code = "foreign_key_violation" if owners[i] else "missing_required_field"
            notices.add(code, file, "agency_id", [owners[i] or ids[i]], lines=[columns.lines[i]])
        if found is None:
            text = f"{ids[i]}: {kinds[i]:g}"
            notices.add("unexpected_enum_value", file, "route_type", [text], lines=[columns.lines[i]])
        if owner is None or found is None:
            keep[i] = False
        else:
            agency[i], mode[i] = owner, _MODES[found]
    rows = np.flatnonzero(keep)

    def pick(name: str) -> list[str]:
        texts = columns.texts(name)
        return [texts[row] for row in rows.tolist()]

    return Routes(
        ids=[ids[row] for row in rows.tolist()],
        agency=agency[rows],
        mode=mode[rows],
        short_name=pick("route_short_name"),
        long_name=pick("route_long_name"),
        colour=[_colour(text) for text in pick("route_color")],
        text_colour=[_colour(text) for text in pick("route_text_color")],
        url=web_addresses(columns, "route_url", file, notices, rows),
    )


def web_addresses(
    columns: Columns, name: str, file: str, notices: Notices, rows: NDArray[np.int64] | None = None
) -> list[str]:
    """A column of web addresses at some rows (default: all). Others, which a link would run as a script, are none."""
    texts = columns.texts(name)
    at = range(len(texts)) if rows is None else rows.tolist()
    bad = [i for i in at if texts[i] and not texts[i].lower().startswith(("http://", "https://"))]
    notices.warn("invalid_url", file, name, [texts[i] for i in bad], columns.lines[bad])
    refused = set(bad)
    return ["" if i in refused else texts[i] for i in at]


def _colour(text: str) -> str:
    """Six hex digits, or nothing."""
    text = text.removeprefix("#").lower()
    return text if len(text) == 6 and all(digit in "0123456789abcdef" for digit in text) else ""


def read_trips(
    frame: Any, routes: Routes, services: dict[str, int], shapes: dict[str, int], notices: Notices
) -> tuple[Trips, set[str]]:
    """The trips whose route and service exist, and all trip ids that the table gives."""
    columns, file = Columns(frame), "trips.txt"
    ids = columns.texts("trip_id")
    keep = _unique(ids, columns.lines, file, "trip_id", notices)
    route_index = {route: i for i, route in enumerate(routes.ids)}
    links = {}
    for name, index in (("route_id", route_index), ("service_id", services)):
        texts = columns.texts(name)
        links[name] = np.array([index.get(text, NONE) for text in texts], np.int64)
        lost = np.flatnonzero(keep & (links[name] == NONE)).tolist()
        notices.add("foreign_key_violation", file, name, [texts[i] for i in lost], lines=columns.lines[lost])
    keep &= (links["route_id"] != NONE) & (links["service_id"] != NONE)
    rows = np.flatnonzero(keep)
    lines = columns.texts("shape_id")
    unknown = [i for i in rows.tolist() if lines[i] and lines[i] not in shapes]
    notices.warn("foreign_key_violation", file, "shape_id", [lines[i] for i in unknown], columns.lines[unknown])
    headsigns, blocks = columns.texts("trip_headsign"), columns.texts("block_id")
    kept = [ids[row] for row in rows.tolist()]
    trips = Trips(
        ids=kept,
        route=links["route_id"][rows],
        service=links["service_id"][rows],
        shape=np.array([shapes.get(lines[row], NONE) for row in rows.tolist()], np.int64),
        headsign=[headsigns[row] for row in rows.tolist()],
        template=kept,
        block=[blocks[row] for row in rows.tolist()],
        headway=np.zeros(len(kept), np.int32),
        wheelchair=wheelchairs(columns, "wheelchair_accessible", file, notices)[rows],
    )
    return trips, set(ids)


def with_headsigns(trips: Trips, headsigns: dict[int, str]) -> Trips:
    """The trips with some headsigns filled in, by index."""
    return replace(trips, headsign=[headsigns.get(i, text) for i, text in enumerate(trips.headsign)])


def taken(trips: Trips, rows: NDArray[np.int64], suffix: list[str], headway: NDArray[np.int32]) -> Trips:
    """The trips at some rows, in their order, the suffix of each added to its id, with their headways."""
    picks = rows.tolist()
    return Trips(
        ids=[trips.ids[row] + end for row, end in zip(picks, suffix, strict=True)],
        route=trips.route[rows],
        service=trips.service[rows],
        shape=trips.shape[rows],
        headsign=[trips.headsign[row] for row in picks],
        template=[trips.ids[row] for row in picks],
        block=[trips.block[row] for row in picks],
        headway=headway,
        wheelchair=trips.wheelchair[rows],
    )


def read_transfers(
    frame: Any, stops: Stops, routes: Routes, trips: Trips, known_trips: set[str], notices: Notices
) -> Transfers:
    """The transfers whose stops, routes and trips are all there. `known_trips` are all ids that trips.txt gives."""
    columns, file = Columns(frame), "transfers.txt"
    kind = columns.numbers("transfer_type", 0)
    seconds = columns.numbers("min_transfer_time", 0)
    negative = (seconds < 0) | (seconds > MAX_TRANSFER_S)
    odd = ~np.isin(kind, range(6))
    notices.warn("unexpected_enum_value", file, "transfer_type", kind[odd], columns.lines[odd])
    notices.add("number_out_of_range", file, "min_transfer_time", seconds[negative], lines=columns.lines[negative])
    sound = np.isin(kind, range(6)) & ~negative
    indices = {
        "stop": {stop: i for i, stop in enumerate(stops.ids)},
        "route": {route: i for i, route in enumerate(routes.ids)},
        "trip": {trip: i for i, trip in reversed(list(enumerate(trips.template)))},
    }
    found = {}
    for name in (f"{side}_{what}_id" for what in indices for side in ("from", "to")):
        texts, index = columns.texts(name), indices[name.split("_")[1]]
        found[name] = np.array([index.get(text, NONE) for text in texts], np.int64)
        lost = np.flatnonzero(np.array([bool(text) for text in texts], bool) & (found[name] == NONE))
        # A trip that is in the feed but cannot run has its own notice.
        unknown = [i for i in lost.tolist() if "trip" not in name or texts[i] not in known_trips]
        notices.add("foreign_key_violation", file, name, [texts[i] for i in unknown], lines=columns.lines[unknown])
        sound[lost] = False
    in_seat = kind >= 4
    between = {False: ("from_stop_id", "to_stop_id"), True: ("from_trip_id", "to_trip_id")}
    for seated, needed in between.items():
        for name in needed:
            bare = sound & (in_seat == seated) & (found[name] == NONE)
            notices.add("missing_required_field", file, name, [""] * int(bare.sum()), lines=columns.lines[bare])
            sound &= ~bare
    rows = np.flatnonzero(sound)
    names = [f"{side}_{what}_id" for what in indices for side in ("from", "to")]
    tail, head, *others = (found[name][rows] for name in names)
    return Transfers(tail, head, kind[rows].astype(np.int64), seconds[rows].astype(np.int64), *others)
