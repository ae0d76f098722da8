"""Tiny feeds and streets written as text in a test, imported by the real importers.

    stop A 60.000 24.000 Asema             a stop: id, lat, lon, name; `zone=B`, `parent=S`, `platform=2` may follow
    station S 60.0 24.0 Keskusta           a station; likewise `entrance`, `node`, `area` (boarding area), with parent=
    line 1 bus A 8:00 B 8:10 C 8:20        a trip: route, type, then stops with departures ("8:10/8:12" stays a while,
                                           "-" has no time); trips are `1-0`, `1-1` … in the order of their lines
    line 1 bus block=b wheelchair=2 A 8:00 …  the same with a block_id, and that it takes no wheelchairs; so stops
    every 10 until 12:00 line 1 bus A …    the same trip repeated every 10 minutes
    [transfers.txt]                        any table as it stands, up to the next empty line

agency.txt (one agency `ag`, Europe/Helsinki) and calendar.txt (every day of 2026 and 2027, service `daily`) are there
unless the text brings its own.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import osmium

from tests.published import once
from transit.feeds.imports import import_feed, import_streets
from transit.models import Network
from transit.network.publish import publish_network

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
MODES = {"tram": 0, "metro": 1, "rail": 2, "bus": 3, "ferry": 4, "coach": 200}
LOCATIONS = ("stop", "station", "entrance", "node", "area")
DEFAULTS = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone,agency_lang\n"
    "ag,Agency,https://agency.example,Europe/Helsinki,fi\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "daily,1,1,1,1,1,1,1,20260101,20271231\n",
}


def tables_of(text: str) -> dict[str, str]:
    """The GTFS tables that a text means."""
    tables, lines = _sections(text)
    stops, routes, trips, times = _Table(), _Table(), _Table(), _Table()
    counts: dict[str, int] = {}
    for line in lines:
        words = line.split()
        if words[0] in LOCATIONS:
            stops.add(_stop(words))
        else:
            _line(words, counts, (routes, trips, times))
    written = {"stops.txt": stops, "routes.txt": routes, "trips.txt": trips, "stop_times.txt": times}
    made = {name: table.text() for name, table in written.items() if table.rows}
    default = dict(DEFAULTS)
    if "calendar_dates.txt" in tables:
        del default["calendar.txt"]
    return {**default, **made, **tables}


def write_zip(path: Path, tables: Mapping[str, str | bytes]) -> Path:
    """A zip of tables; the same tables give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in tables.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return path


def write_feed(path: Path, text: str) -> Path:
    """The zip of a feed written as text."""
    return write_zip(path, tables_of(text))


def write_streets(path: Path, text: str) -> Path:
    """An extract from lines `street <highway> [key=value …] lat,lon lat,lon … [# name]`; equal points are one node.

    `node lat,lon key=value … [# name]` is a node with tags, `area key=value … lat,lon … [# name]` a closed way,
    `turn restriction=… lat,lon lat,lon lat,lon` a relation: from the street with the first two points to that with the
    last two.
    """
    nodes: dict[tuple[float, float], int] = {}
    tagged: dict[int, dict[str, str]] = {}
    ways: list[tuple[list[int], dict[str, str]]] = []
    turns: list[tuple[list[int], dict[str, str]]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        head, _, name = line.partition(" # ")
        kind, *words = head.split()
        tags = dict(word.split("=", 1) for word in words if "=" in word)
        points = [_point(word) for word in words if re.fullmatch(r"-?[\d.]+,-?[\d.]+", word)]
        refs = [nodes.setdefault(point, len(nodes) + 1) for point in points]
        if name:
            tags["name"] = name
        if kind == "node":
            tagged[refs[0]] = tags
        elif kind == "turn":
            turns.append((refs, {"type": "restriction", **tags}))
        elif kind == "area":
            ways.append(([*refs, refs[0]], tags))
        else:
            ways.append((refs, {"highway": words[0], **tags}))
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for (lat, lon), number in nodes.items():
            writer.add_node(osmium.osm.mutable.Node(id=number, location=(lon, lat), tags=tagged.get(number, {})))
        for number, (refs, tags) in enumerate(ways, 1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))
        for number, (refs, tags) in enumerate(turns, 1):
            start, end = (_way_with(ways, pair) for pair in (refs[:2], refs[1:]))
            members = [("w", start, "from"), ("n", refs[1], "via"), ("w", end, "to")]
            writer.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=tags))
    return path


def _way_with(ways: list[tuple[list[int], dict[str, str]]], pair: list[int]) -> int:
    """The number of the way in which two nodes follow each other, in either direction."""
    return next(
        number
        for number, (refs, _) in enumerate(ways, 1)
        if pair in map(list, pairwise(refs)) or pair[::-1] in map(list, pairwise(refs))
    )


def publish(folder: Path, feeds: Mapping[str, str], streets: str = "", now: datetime = NOW) -> Network:
    """Import feeds (text by name) and streets, and publish them as the network that answers."""

    def published() -> Network:
        for name, text in feeds.items():
            import_feed(str(write_feed(folder / f"{name}.zip", text)), name, now)
        if streets:
            import_streets(str(write_streets(folder / "streets.osm.pbf", streets)), "streets", now)
        return publish_network("test", now)

    return once((tuple(feeds.items()), streets, now), published)


class _Table:
    """Rows with any columns."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []

    def add(self, row: dict[str, str]) -> None:
        if row not in self.rows:
            self.rows.append(row)

    def text(self) -> str:
        columns = list(dict.fromkeys(name for row in self.rows for name in row))
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()


def _sections(text: str) -> tuple[dict[str, str], list[str]]:
    """The tables written out, and the lines of the short form."""
    tables: dict[str, list[str]] = {}
    lines: list[str] = []
    current: list[str] | None = None
    for line in (line.strip() for line in text.splitlines()):
        if match := re.fullmatch(r"\[(\w+\.(?:txt|geojson))\]", line):
            current = tables.setdefault(match[1], [])
        elif not line:
            current = None
        elif current is not None:
            current.append(line)
        else:
            lines.append(line)
    return {name: "\n".join(rows) + "\n" for name, rows in tables.items()}, lines


def _stop(words: list[str]) -> dict[str, str]:
    more = dict(word.split("=", 1) for word in words[4:] if "=" in word)
    name = " ".join(word for word in words[4:] if "=" not in word)
    row = {"stop_id": words[1], "stop_lat": words[2], "stop_lon": words[3], "stop_name": name or words[1]}
    row["location_type"] = str(LOCATIONS.index(words[0]))
    row["zone_id"] = more.get("zone", "")
    row["parent_station"] = more.get("parent", "")
    row["platform_code"] = more.get("platform", "")
    row["wheelchair_boarding"] = more.get("wheelchair", "")
    return row


def _line(words: list[str], counts: dict[str, int], tables: tuple[_Table, _Table, _Table]) -> None:
    routes, trips, times = tables
    every_s, until_s = 0, 0
    if words[0] == "every":
        every_s, until_s = int(words[1]) * 60, _seconds(words[3])
        words = words[4:]
    _, route, mode, *calls = words
    more = dict(word.split("=", 1) for word in calls if "=" in word)
    calls = [word for word in calls if "=" not in word]
    routes.add({"route_id": route, "agency_id": "ag", "route_short_name": route, "route_type": str(MODES[mode])})
    pairs = list(zip(calls[::2], calls[1::2], strict=True))
    shift_s = 0
    while not shift_s or _seconds(pairs[0][1]) + shift_s <= until_s:
        trip = f"{route}-{counts.get(route, 0)}"
        counts[route] = counts.get(route, 0) + 1
        trips.add(
            {
                "route_id": route,
                "service_id": "daily",
                "trip_id": trip,
                "trip_headsign": pairs[-1][0],
                "block_id": more.get("block", ""),
                "wheelchair_accessible": more.get("wheelchair", ""),
            }
        )
        for i, (stop, text) in enumerate(pairs, 1):
            arrival, _, departure = text.partition("/")
            first, last = _clock(arrival, shift_s), _clock(departure or arrival, shift_s)
            row = {"trip_id": trip, "arrival_time": first, "departure_time": last, "stop_id": stop}
            times.add({**row, "stop_sequence": str(i)})
        if not every_s:
            return
        shift_s += every_s


def _point(word: str) -> tuple[float, float]:
    lat, lon = word.split(",")
    return float(lat), float(lon)


def _seconds(text: str) -> int:
    parts: Iterable[str] = (text.rsplit("/", maxsplit=1)[-1] + ":0").split(":")
    hour, minute, second, *_ = (int(part) for part in parts)
    return hour * 3600 + minute * 60 + second


def _clock(text: str, shift_s: int) -> str:
    if text == "-":
        return ""
    at = _seconds(text) + shift_s
    return f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"
