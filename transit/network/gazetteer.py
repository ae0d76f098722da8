"""The places of a network: stops, streets, settlements, points of interest and addresses, with what they matter."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from transit.feeds.osm import Extract, Names, OsmPlace, address_name, is_language
from transit.network import naming
from transit.network.groups import NAMESAKES_M
from transit.network.merge import Merged
from transit.network.spelling import fold
from transit.network.streets import EARTH_M
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
_TOWNS = frozenset(["city", "town", "village"])
_NEXT_STOP_M = 1000.0
"""A stop further away does not tell streets of one name apart."""
_STREET_CELL = (0.012, 0.018)
"""Degrees of lat and lon: stretches of one name in touching cells are one street."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place: what it is called, `secondary`: where it is, as people are shown, and `besides` where else."""

    kind: str
    names: Names
    secondary: Names
    lat: float
    lon: float
    importance: float
    stop_id: str | None = None
    besides: Names = field(default_factory=dict)

    def at(self, secondary: Names, besides: Names) -> Entry:
        """The same elsewhere (`dataclasses.replace` takes several times as long)."""
        where = (self.lat, self.lon, self.importance, self.stop_id)
        return Entry(self.kind, self.names, secondary, *where, besides)


def entries_of(merged: Merged, group: NDArray[np.int64], extract: Extract, streets: Streets) -> list[Entry]:
    """All places of a network, the most important first. `group` is equal for the stops of one place."""
    spoken = _Spoken(extract)
    stops = list(_stops(merged, group, extract, streets))
    others = _without_doubles([*_streets(extract), *_osm_places(extract, spoken)], stops)
    entries = _located([*stops, *others], extract, spoken)
    return sorted(entries, key=lambda entry: -entry.importance)


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


def _located(entries: list[Entry], extract: Extract, spoken: _Spoken) -> list[Entry]:
    """The entries with the settlement that each is in, and with the town or city around that.

    Streets that are in none are told apart by the next stop.
    """
    places = [replace(p, names=spoken.of(p.names)) for p in extract.places if p.kind == "settlement"]
    stops = [entry for entry in entries if entry.stop_id is not None]
    points = _metres([entry.lat for entry in entries], [entry.lon for entry in entries])
    settlements = _around(points, [(p.lat, p.lon, _REACH[p.category], p.names) for p in places if p.category in _REACH])
    towns = _around(points, [(p.lat, p.lon, _REACH[p.category], p.names) for p in places if p.category in _TOWNS])
    next_stops = _around(points, [(stop.lat, stop.lon, _NEXT_STOP_M, stop.names) for stop in stops])
    found = []
    for entry, settlement, town, stop in zip(entries, settlements, towns, next_stops, strict=True):
        if entry.kind == "settlement":
            found.append(entry)
        elif entry.kind in ("poi", "address"):
            known = entry.secondary or settlement
            found.append(entry.at(known, {} if town is known else town))
        else:
            known = settlement or entry.secondary or (stop if entry.kind == "street" else {})
            found.append(entry.at(known, {} if town is known else town))
    return found


def _around(points: NDArray[np.float64], places: list[tuple[float, float, float, Names]]) -> list[Names]:
    """For every point the nearest of some places (lat, lon, reach in metres, names), as a share of their reach."""
    if not places or not len(points):
        return [{} for _ in points]
    lat, lon, reach, names = zip(*places, strict=True)
    distance, nearest = cKDTree(_metres(lat, lon)).query(points, k=min(6, len(places)))
    distance, nearest = distance.reshape(len(points), -1), nearest.reshape(len(points), -1)
    share = distance / np.array(reach)[nearest]
    best = share.argmin(axis=1)
    rows = np.arange(len(points))
    within = share[rows, best] < 1.0
    return [names[i] if inside else {} for i, inside in zip(nearest[rows, best].tolist(), within.tolist(), strict=True)]


def _metres(lat: ArrayLike, lon: ArrayLike) -> NDArray[np.float64]:
    """Points on the sphere, so that the nearest in space is the nearest on the ground: (…, 3)."""
    y, x = np.radians(lat), np.radians(lon)
    return EARTH_M * np.stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)), axis=-1)


def _stops(merged: Merged, group: NDArray[np.int64], extract: Extract, streets: Streets) -> Iterator[Entry]:
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
        besides = dict.fromkeys(names[member] for member in members.tolist() if names[member] != names[head])
        if besides:
            spoken["alt_name"] = ";".join(besides)
        importance = 0.6 + 0.4 * min(1.0, float(np.log1p(total) / np.log1p(busiest * 4)))
        kind = "station" if station[head] else "stop"
        street = _street_at(extract, streets, members)
        yield Entry(kind, spoken, street, float(lat[head]), float(lon[head]), importance, ids[head])


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


def _streets(extract: Extract) -> Iterator[Entry]:
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
            yield Entry("street", names, {}, lat, lon, importance)


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


def _osm_places(extract: Extract, spoken: _Spoken) -> Iterator[Entry]:
    """Settlements, points of interest and addresses; one address stands once."""
    street_names = {names[""]: spoken.of(names) for names in extract.names if names}
    town_names = {place.names[""]: spoken.of(place.names) for place in extract.places if place.kind == "settlement"}
    seen: set[tuple[str, str, str]] = set()
    for place in extract.places:
        if place.kind == "settlement":
            importance = _SETTLEMENT.get(place.category, 0.5) + min(0.05, place.population / 2e7)
            yield Entry("settlement", place.names, {}, place.lat, place.lon, importance)
            continue
        town = town_names.get(place.town, {"": place.town}) if place.town else {}
        address = _address(place, street_names)
        if place.kind == "address":
            key = (fold(place.names[""]), town.get("", ""), f"{place.lat:.2f} {place.lon:.2f}")
            if key not in seen:
                seen.add(key)
                yield Entry("address", address, town, place.lat, place.lon, 0.2)
        else:
            importance = 0.5 if place.category in _LANDMARKS else 0.3
            yield Entry("poi", place.names, address or town, place.lat, place.lon, importance)


def _address(place: OsmPlace, street_names: dict[str, Names]) -> Names:
    """Street and number, in every language in which the street has a name."""
    if not place.street:
        return {}
    names = {**street_names.get(place.street, {}), "": place.street}
    return {code: address_name(street, place.number) for code, street in names.items()}


def _without_doubles(entries: list[Entry], stops: list[Entry]) -> Iterator[Entry]:
    """The entries without the points of interest that are stops themselves: of one name, and close by."""
    known: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for stop in stops:
        known[fold(stop.names[""])].append(_metres(stop.lat, stop.lon))
    for entry in entries:
        namesakes = known.get(fold(entry.names[""]), []) if entry.kind == "poi" else []
        here = _metres(entry.lat, entry.lon) if namesakes else None
        if not any(math.dist(here, stop) <= NAMESAKES_M for stop in namesakes if here is not None):
            yield entry
