"""The places of a network: stops, streets, settlements, points of interest and addresses, with what they matter."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from transit.feeds.osm import Extract, Names, OsmPlace, address_name, is_language
from transit.network import naming
from transit.network.groups import NAMESAKES_M
from transit.network.merge import Merged
from transit.network.spelling import fold
from transit.routing.streets import NO_EDGE, Streets

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
_LANGUAGES = ("en", "fi", "sv", "ja")
_REACH = {"city": 12_000.0, "town": 6_000.0, "village": 2_500.0, "suburb": 2_500.0}
"""How far from its middle in metres a settlement still gives things their whereabouts."""
_STREET_CELL = (0.012, 0.018)
"""Degrees of lat and lon: stretches of one name in touching cells are one street."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place. `names` are what it is called, `secondary` is what is shown for where it is; `town` is known besides."""

    kind: str
    names: Names
    secondary: Names
    lat: float
    lon: float
    importance: float
    stop_id: str | None = None
    town: Names = field(default_factory=dict)


def entries_of(merged: Merged, group: NDArray[np.int64], extract: Extract, streets: Streets) -> list[Entry]:
    """All places of a network, the most important first. `group` is equal for the stops of one place."""
    spoken = _Spoken(extract)
    towns = _Towns(
        [replace(place, names=spoken.of(place.names)) for place in extract.places if place.kind == "settlement"]
    )
    entries = [
        *_stops(merged, group, extract, streets, towns),
        *_streets(extract, towns),
        *_osm_places(extract, towns, spoken),
    ]
    return sorted(_without_doubles(entries), key=lambda entry: -entry.importance)


class _Spoken:
    """The languages of a region: those of the site, and those in which one street in a hundred has a name.

    The names of a city in all the languages of the world, once for every address, would be most of the index.
    """

    def __init__(self, extract: Extract) -> None:
        found = Counter(code for names in extract.names for code in names)
        self._codes = {code for code, count in found.items() if count * 100 > len(extract.names) and is_language(code)}
        self._codes |= {"", *_LANGUAGES}

    def of(self, names: Names) -> Names:
        """The names in these languages."""
        return {code: text for code, text in names.items() if code in self._codes}


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
) -> Iterator[Entry]:
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
        yield Entry(kind, spoken, where, float(lat[head]), float(lon[head]), importance, ids[head])


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


def _streets(extract: Extract, towns: _Towns) -> Iterator[Entry]:
    """One entry for every street: stretches of one name that lie together."""
    ways = extract.ways
    cells: dict[str, dict[tuple[int, int], list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for i, (begin, end) in enumerate(pairwise(ways.start)):
        if ways.name[i] and ways.forward[i] | ways.backward[i]:
            middle = (begin + end) // 2
            cell = (int(ways.lat[middle] // _STREET_CELL[0]), int(ways.lon[middle] // _STREET_CELL[1]))
            cells[extract.names[ways.name[i]][""]][cell].append((middle, ways.name[i]))
    for places in cells.values():
        for points in _clusters(places):
            middle = points[len(points) // 2][0]
            names = {
                code: text for number in {name for _, name in points} for code, text in extract.names[number].items()
            }
            lat, lon = ways.lat[middle], ways.lon[middle]
            importance = 0.35 + 0.1 * min(1.0, len(points) / 30)
            yield Entry("street", names, towns.of(lat, lon), lat, lon, importance)


def _clusters(cells: dict[tuple[int, int], list[tuple[int, int]]]) -> Iterator[list[tuple[int, int]]]:
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


def _osm_places(extract: Extract, towns: _Towns, spoken: _Spoken) -> Iterator[Entry]:
    """Settlements, points of interest and addresses; one address stands once."""
    street_names = {names[""]: spoken.of(names) for names in extract.names if names}
    town_names = {place.names[""]: spoken.of(place.names) for place in extract.places if place.kind == "settlement"}
    seen: set[tuple[str, str, str]] = set()
    for place in extract.places:
        if place.kind == "settlement":
            importance = _SETTLEMENT.get(place.category, 0.5) + min(0.05, place.population / 2e7)
            yield Entry("settlement", place.names, {}, place.lat, place.lon, importance)
            continue
        town = town_names.get(place.town, {"": place.town}) if place.town else towns.of(place.lat, place.lon)
        address = _address(place, street_names)
        if place.kind == "address":
            key = (fold(place.names[""]), town.get("", ""), f"{place.lat:.2f} {place.lon:.2f}")
            if key not in seen:
                seen.add(key)
                yield Entry("address", address, town, place.lat, place.lon, 0.2)
        else:
            importance = 0.5 if place.category in _LANDMARKS else 0.3
            yield Entry("poi", place.names, address or town, place.lat, place.lon, importance, town=town)


def _address(place: OsmPlace, street_names: dict[str, Names]) -> Names:
    """Street and number, in every language in which the street has a name."""
    if not place.street:
        return {}
    names = {**street_names.get(place.street, {}), "": place.street}
    return {code: address_name(street, place.number) for code, street in names.items()}


def _without_doubles(entries: list[Entry]) -> list[Entry]:
    """The entries without the points of interest that are stops themselves: of one name, and close by."""
    stops: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for entry in entries:
        if entry.stop_id is not None:
            stops[fold(entry.names[""])].append(_metres(entry.lat, entry.lon))

    def is_stop(entry: Entry) -> bool:
        here = _metres(entry.lat, entry.lon)
        return any(math.dist(here, stop) <= NAMESAKES_M for stop in stops.get(fold(entry.names[""]), ()))

    return [entry for entry in entries if entry.kind != "poi" or not is_stop(entry)]
