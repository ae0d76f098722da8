"""Pathways and levels: the ways inside stations, between platforms, boarding areas, entrances and what lies between.

GTFS Schedule, pathways.txt: a station that has pathways has all of them; what none joins cannot be walked between.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from transit.feeds.entities import NONE, Columns, Stops, inherited
from transit.feeds.notices import Notices

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

FILE = "pathways.txt"
ENTRANCE, NODE, BOARDING_AREA = 2, 3, 4
"""`location_type` of the locations that are neither stop (0) nor station (1)."""


class PathwayMode(IntEnum):
    """`pathway_mode`."""

    WALKWAY = 1
    STAIRS = 2
    MOVING_SIDEWALK = 3
    ESCALATOR = 4
    ELEVATOR = 5
    FARE_GATE = 6
    EXIT_GATE = 7


@dataclass(frozen=True)
class Locations:
    """Entrances, generic nodes and boarding areas; `lat` and `lon` are not-a-number where the feed does not say."""

    ids: list[str]
    name: list[str]
    kind: I64
    lat: F64
    lon: F64
    parent: I64
    """The station of an entrance or node, the platform of a boarding area: an index into the feed's stops."""
    wheelchair: NDArray[np.uint8]


@dataclass(frozen=True)
class Pathways:
    """Pathways between the feed's S stops (0 … S − 1) and its locations (from S on). Not-a-number: not said."""

    locations: Locations
    level: F64
    """`level_index` of all stops and locations."""
    tail: I64
    head: I64
    mode: I64
    both_ways: NDArray[np.bool_]
    length_m: F64
    traversal_s: F64
    stairs: F64
    slope: F64
    width_m: F64
    signs: list[tuple[str, str]]
    """`signposted_as` and `reversed_signposted_as`."""


def read_pathways(rows: Columns, pathways: Columns, levels: Columns, stops: Stops, notices: Notices) -> Pathways:
    """The pathways both of whose ends are there. `rows` are those of stops.txt, of all location types."""
    locations = _read_locations(rows, stops, notices)
    index = {key: i for i, key in enumerate([*stops.ids, *locations.ids])}
    ids, mode, lines = pathways.texts("pathway_id"), pathways.numbers("pathway_mode"), pathways.lines
    ends = {}
    sound = np.ones(pathways.rows, bool)
    for name in ("from_stop_id", "to_stop_id"):
        texts = pathways.texts(name)
        ends[name] = np.array([index.get(text, NONE) for text in texts], np.int64)
        lost = ends[name] == NONE
        notices.add("foreign_key_violation", FILE, name, [texts[i] for i in np.flatnonzero(lost)], lines=lines[lost])
        sound &= ~lost
    tail, head = ends["from_stop_id"], ends["to_stop_id"]
    station = np.append(stops.is_station, np.zeros(len(locations.ids) + 1, bool))
    both_ways = pathways.numbers("is_bidirectional", 0) == 1
    exit_both = both_ways & (mode == PathwayMode.EXIT_GATE)
    for code, field, bad in (
        ("unexpected_enum_value", "pathway_mode", ~np.isin(mode, list(PathwayMode))),
        ("pathway_to_wrong_location_type", "from_stop_id", sound & (station[tail] | station[head])),
        ("pathway_loop", "to_stop_id", sound & (tail == head)),
    ):
        notices.add(code, FILE, field, [ids[i] for i in np.flatnonzero(bad)], lines=lines[bad])
        sound &= ~bad
    gates = [ids[i] for i in np.flatnonzero(exit_both)]
    notices.warn("bidirectional_exit_gate", FILE, "is_bidirectional", gates, lines[exit_both])
    kept = np.flatnonzero(sound)
    signs = list(zip(pathways.texts("signposted_as"), pathways.texts("reversed_signposted_as"), strict=True))
    numbers = {name: _positive(pathways, name, notices)[kept] for name in ("length", "traversal_time", "min_width")}
    found = Pathways(
        locations,
        _levels(rows, levels, [*stops.ids, *locations.ids]),
        tail[kept],
        head[kept],
        mode[kept].astype(np.int64),
        (both_ways & ~exit_both)[kept],
        numbers["length"],
        numbers["traversal_time"],
        np.abs(pathways.numbers("stair_count"))[kept],
        np.abs(pathways.numbers("max_slope", 0))[kept],
        numbers["min_width"],
        [signs[i] for i in kept],
    )
    _note_unreachable(found, stops, notices)
    return found


def _read_locations(rows: Columns, stops: Stops, notices: Notices) -> Locations:
    """The locations that belong to a station or platform. An entrance must stand somewhere, the others need not."""
    file = "stops.txt"
    ids, parents, names = rows.texts("stop_id"), rows.texts("parent_station"), rows.texts("stop_name")
    kind, lines = rows.numbers("location_type", 0), rows.lines
    lat, lon = rows.numbers("stop_lat"), rows.numbers("stop_lon")
    placed = (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & ((np.abs(lat) >= 1) | (np.abs(lon) >= 1))
    index = {key: i for i, key in enumerate(stops.ids)}
    seen: set[str] = set()
    kept, parent = [], []
    for i in np.flatnonzero(np.isin(kind, (ENTRANCE, NODE, BOARDING_AREA))).tolist():
        owner, line = index.get(parents[i], NONE), int(lines[i])
        if not ids[i] or ids[i] in seen or ids[i] in index:
            continue  # noted when the stops were read
        if not parents[i]:
            notices.add("location_without_parent_station", file, "parent_station", [ids[i]], lines=[line])
        elif owner == NONE:
            notices.add("foreign_key_violation", file, "parent_station", [parents[i]], lines=[line])
        elif bool(stops.is_station[owner]) == (kind[i] == BOARDING_AREA):
            notices.add("wrong_parent_location_type", file, "parent_station", [ids[i]], lines=[line])
        elif kind[i] == ENTRANCE and not placed[i]:
            notices.add("stop_without_location", file, "stop_lat", [ids[i]], lines=[line])
        else:
            seen.add(ids[i])
            kept.append(i)
            parent.append(owner)
    at, owners = np.array(kept, np.int64), np.array(parent, np.int64)
    own = np.clip(rows.numbers("wheelchair_boarding", 0)[at], 0, 2).astype(np.uint8)
    return Locations(
        [ids[i] for i in kept],
        [names[i] for i in kept],
        kind[at].astype(np.int64),
        np.where(placed, lat, np.nan)[at],
        np.where(placed, lon, np.nan)[at],
        owners,
        inherited(own, np.where(kind[at] == ENTRANCE, owners, NONE), stops.wheelchair),
    )


def _positive(pathways: Columns, name: str, notices: Notices) -> F64:
    """A column of what cannot be less than nothing; where it is, it is not said."""
    values = pathways.numbers(name)
    notices.warn("number_out_of_range", FILE, name, values[values < 0], pathways.lines[values < 0])
    return np.where(values < 0, np.nan, values)


def _levels(rows: Columns, levels: Columns, ids: list[str]) -> F64:
    """`level_index` of stops and locations by their ids."""
    index = dict(zip(levels.texts("level_id"), levels.numbers("level_index").tolist(), strict=True))
    named = dict(zip(reversed(rows.texts("stop_id")), reversed(rows.texts("level_id")), strict=True))
    return np.array([index.get(named[key], np.nan) for key in ids], np.float64)


def _note_unreachable(found: Pathways, stops: Stops, notices: Notices) -> None:
    """A warning for every platform of a station with pathways to which they lead from no entrance."""
    if not len(found.tail):
        return
    locations, first = found.locations, len(stops.ids)
    graph: nx.DiGraph[int | str] = nx.DiGraph()
    graph.add_edges_from(zip(found.tail.tolist(), found.head.tolist(), strict=True))
    both = found.both_ways
    graph.add_edges_from(zip(found.head[both].tolist(), found.tail[both].tolist(), strict=True))
    for i in np.flatnonzero(locations.kind == BOARDING_AREA).tolist():
        graph.add_edge(first + i, int(locations.parent[i]))
    entrances = (first + np.flatnonzero(locations.kind == ENTRANCE)).tolist()
    graph.add_edges_from(("street", entrance) for entrance in entrances)
    reached = nx.descendants(graph, "street") if entrances else set(graph)
    owner = np.append(stops.parent, np.where(locations.kind == BOARDING_AREA, stops.parent[locations.parent], NONE))
    owner[first:] = np.where(locations.kind == BOARDING_AREA, owner[first:], locations.parent)
    mapped = {int(owner[end]) for end in (*found.tail.tolist(), *found.head.tolist())}
    platforms: dict[int, list[int]] = defaultdict(list)
    for stop in np.flatnonzero(stops.parent != NONE).tolist():
        platforms[int(stops.parent[stop])].append(stop)
    lost = [stops.ids[stop] for station in sorted(mapped) for stop in platforms[station] if stop not in reached]
    notices.warn("pathway_unreachable_location", FILE, "to_stop_id", lost)
