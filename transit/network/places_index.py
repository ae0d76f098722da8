"""Writes `places.sqlite`, the index that `places` searches."""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from transit.feeds.osm import Extract, Names, OsmPlace
from transit.network import naming
from transit.network.groups import NAMESAKES_M
from transit.network.merge import Merged
from transit.network.places import fold, tokens
from transit.routing.streets import NO_EDGE, Streets

_SCHEMA = """
create table place (
    id integer primary key, kind text not null, name text not null, secondary text not null, lat real not null,
    lon real not null, stop_id text, importance real not null, names text not null, folded text not null
);
create virtual table words using fts5 (
    name, context, content='', prefix='1 2 3', tokenize='unicode61 remove_diacritics 0'
);
create virtual table parts using fts5 (name, content='', detail='full', tokenize='trigram');
"""
_SETTLEMENT = {"city": 0.95, "town": 0.8, "borough": 0.7, "suburb": 0.65, "village": 0.6, "quarter": 0.55}
_LANDMARKS = frozenset(
    [
        "hospital",
        "university",
        "station",
        "airport",
        "theatre",
        "museum",
        "library",
        "townhall",
        "attraction",
        "stadium",
        "castle",
        "ferry_terminal",
        "bus_station",
        "college",
        "cinema",
        "hotel",
        "mall",
        "park",
        "aerodrome",
        "place_of_worship",
        "school",
        "zoo",
    ]
)
_REACH = {"city": 12_000.0, "town": 6_000.0, "village": 2_500.0, "suburb": 2_500.0}
"""How far from its middle in metres a settlement still gives things their whereabouts."""
_STREET_CELL = (0.012, 0.018)
"""Degrees of lat and lon: stretches of one name in touching cells are one street."""


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    names: Names
    secondary: Names
    lat: float
    lon: float
    importance: float
    stop_id: str | None = None


def write(path: Path, merged: Merged, group: NDArray[np.int64], extract: Extract, streets: Streets) -> None:
    """Write the index of all places of a network. `group` is equal for the stops of one place."""
    towns = _Towns(extract.places)
    entries = [
        *_stops(merged, group, extract, streets, towns),
        *_streets(extract, towns),
        *_osm_places(extract, towns),
    ]
    entries = _without_doubles(entries)
    entries.sort(key=lambda entry: -entry.importance)
    connection = sqlite3.connect(path)
    try:
        connection.execute("pragma synchronous=off")
        connection.executescript(_SCHEMA)
        with connection:
            connection.executemany("insert into place values (?,?,?,?,?,?,?,?,?,?)", _rows(entries))
            connection.executemany("insert into words (rowid, name, context) values (?,?,?)", _words(entries))
            connection.executemany("insert into parts (rowid, name) values (?,?)", _parts(entries))
            connection.execute("insert into words (words) values ('optimize')")
    finally:
        connection.close()


def _rows(entries: Iterable[_Entry]) -> Iterator[tuple[object, ...]]:
    for i, entry in enumerate(entries, 1):
        others = {
            "name": {code: text for code, text in entry.names.items() if code},
            "secondary": {code: text for code, text in entry.secondary.items() if code},
        }
        folded = "\n".join(dict.fromkeys(fold(text) for text in entry.names.values()))
        yield (
            i,
            entry.kind,
            entry.names[""],
            entry.secondary.get("", ""),
            entry.lat,
            entry.lon,
            entry.stop_id,
            entry.importance,
            json.dumps(others, ensure_ascii=False) if others["name"] or others["secondary"] else "",
            folded,
        )


def _words(entries: Iterable[_Entry]) -> Iterator[tuple[int, str, str]]:
    for i, entry in enumerate(entries, 1):
        texts = [" ".join(tokens(fold(" ".join(names.values())))) for names in (entry.names, entry.secondary)]
        yield i, texts[0], texts[1]


def _parts(entries: Iterable[_Entry]) -> Iterator[tuple[int, str]]:
    for i, entry in enumerate(entries, 1):
        if entry.kind != "address":
            yield i, fold(" ".join(entry.names.values()))


class _Towns:
    """Which settlement a point belongs to: the nearest whose reach it is in, as a share of that reach."""

    def __init__(self, places: list[OsmPlace]) -> None:
        self._places = [place for place in places if place.kind == "settlement" and place.category in _REACH]
        self._tree = cKDTree([_metres(place.lat, place.lon) for place in self._places]) if self._places else None

    def of(self, lat: float, lon: float) -> Names:
        """The names of the settlement, or nothing."""
        if self._tree is None:
            return {}
        distances, found = self._tree.query(_metres(lat, lon), k=min(6, len(self._places)))
        best: tuple[float, Names] = (1.0, {})
        for distance, i in zip(np.atleast_1d(distances), np.atleast_1d(found), strict=True):
            share = float(distance) / _REACH[self._places[int(i)].category]
            if share < best[0]:
                best = (share, self._places[int(i)].names)
        return best[1]


def _metres(lat: float, lon: float) -> tuple[float, float, float]:
    """A point on the sphere, so that the nearest in space is the nearest on the ground."""
    y, x = np.radians(lat), np.radians(lon)
    return (6_371_000 * np.cos(y) * np.cos(x), 6_371_000 * np.cos(y) * np.sin(x), 6_371_000 * np.sin(y))


def _stops(
    merged: Merged, group: NDArray[np.int64], extract: Extract, streets: Streets, towns: _Towns
) -> Iterator[_Entry]:
    """One entry for every group of stops, under its station or its busiest stop."""
    tables = [feed.gtfs.stops for feed in merged.feeds]
    lon, lat = np.concatenate([t.lon for t in tables]), np.concatenate([t.lat for t in tables])
    ids = [key for feed in merged.feeds for key in feed.outside(feed.gtfs.stops.ids)]
    names = [name or key for t in tables for key, name in zip(t.ids, t.name, strict=True)]
    station = np.concatenate([t.is_station for t in tables])
    calls = np.zeros(len(ids), np.int64)
    for feed, first in zip(merged.feeds, merged.stop, strict=False):
        calls[first : first + len(feed.gtfs.stops.ids)] = np.bincount(
            feed.gtfs.events.stop, minlength=len(feed.gtfs.stops.ids)
        )
    others = naming.joined(
        naming.translated(f.gtfs.translations, "stops", "stop_name", f.gtfs.stops.ids, f.gtfs.stops.name, first)
        for f, first in zip(merged.feeds, merged.stop, strict=False)
    )
    busiest = max(1, int(calls.max(initial=0)))
    for members in _grouped(group):
        total = int(calls[members].sum())
        if not total:
            continue
        head = int(members[np.argmax(calls[members] + station[members] * (busiest + 1))])
        spoken = {"": names[head], **{code: texts[head] for code, texts in others.items() if head in texts}}
        importance = 0.6 + 0.4 * min(1.0, float(np.log1p(total) / np.log1p(busiest * 4)))
        where = towns.of(float(lat[head]), float(lon[head])) or _street_at(extract, streets, members)
        kind = "station" if station[head] else "stop"
        yield _Entry(kind, spoken, where, float(lat[head]), float(lon[head]), importance, ids[head])


def _grouped(group: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The members of every group."""
    order = np.argsort(group, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else []


def _street_at(extract: Extract, streets: Streets, stops: NDArray[np.int64]) -> Names:
    """The street that one of the stops stands on."""
    for stop in stops.tolist():
        if streets.stop_edge[stop] != NO_EDGE:
            names = extract.names[int(streets.edge_name[streets.stop_edge[stop]])]
            if names:
                return names
    return {}


def _streets(extract: Extract, towns: _Towns) -> Iterator[_Entry]:
    """One entry for every street: stretches of one name that lie together."""
    ways = extract.ways
    cells: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, (begin, end) in enumerate(pairwise(ways.start)):
        if ways.name[i] and ways.forward[i] | ways.backward[i]:
            middle = (begin + end) // 2
            cell = (int(ways.lat[middle] // _STREET_CELL[0]), int(ways.lon[middle] // _STREET_CELL[1]))
            cells[ways.name[i]][cell].append(middle)
    for name, places in cells.items():
        for points in _clusters(places):
            middle = points[len(points) // 2]
            lat, lon = ways.lat[middle], ways.lon[middle]
            importance = 0.35 + 0.1 * min(1.0, len(points) / 30)
            yield _Entry("street", extract.names[name], towns.of(lat, lon), lat, lon, importance)


def _clusters(cells: dict[tuple[int, int], list[int]]) -> Iterator[list[int]]:
    """The points of cells that touch each other."""
    left = set(cells)
    while left:
        todo, points = [left.pop()], []
        while todo:
            row, column = todo.pop()
            points += cells[row, column]
            around = {(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= around
            todo += around
        yield sorted(points)


def _osm_places(extract: Extract, towns: _Towns) -> Iterator[_Entry]:
    """Settlements, points of interest and addresses; one address stands once."""
    street_names = {names[""]: names for names in extract.names if names}
    town_names = {place.names[""]: place.names for place in extract.places if place.kind == "settlement"}
    seen: set[tuple[str, str, str]] = set()
    for place in extract.places:
        if place.kind == "settlement":
            importance = _SETTLEMENT.get(place.category, 0.5) + min(0.05, place.population / 2e7)
            yield _Entry("settlement", place.names, {}, place.lat, place.lon, importance)
            continue
        town = town_names.get(place.town, {"": place.town}) if place.town else towns.of(place.lat, place.lon)
        address = _address(place, street_names)
        if place.kind == "address":
            key = (fold(place.names[""]), town.get("", ""), f"{place.lat:.2f} {place.lon:.2f}")
            if key not in seen:
                seen.add(key)
                yield _Entry("address", address, town, place.lat, place.lon, 0.2)
        else:
            importance = 0.5 if place.category in _LANDMARKS else 0.3
            yield _Entry("poi", place.names, address or town, place.lat, place.lon, importance)


def _address(place: OsmPlace, street_names: dict[str, Names]) -> Names:
    """Street and number, in every language in which the street has a name."""
    if not place.street:
        return {}
    names = {**street_names.get(place.street, {}), "": place.street}
    return {code: f"{street} {place.number}".strip() for code, street in names.items()}


def _without_doubles(entries: list[_Entry]) -> list[_Entry]:
    """The entries without the points of interest that are stops themselves: of one name, and close by."""
    stops: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for entry in entries:
        if entry.stop_id is not None:
            stops[fold(entry.names[""])].append(_metres(entry.lat, entry.lon))

    def is_stop(entry: _Entry) -> bool:
        here = _metres(entry.lat, entry.lon)
        return any(math.dist(here, stop) <= NAMESAKES_M for stop in stops.get(fold(entry.names[""]), ()))

    return [entry for entry in entries if entry.kind != "poi" or not is_stop(entry)]
