"""How long the ways inside stations take, for everybody and without steps, by Dijkstra over the pathways.

What a pathway takes is its `traversal_time`, else its length at walking pace, else what `default_s` says of its mode.
A platform with boarding areas begins and ends at any of them, but one does not leap between them across it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from transit.feeds.pathways import BOARDING_AREA, ENTRANCE, PathwayMode, Pathways
from transit.network.merge import Feed, Merged
from transit.network.streets import EARTH_M
from transit.routing.access import WALK_MPS
from transit.routing.kernels.ways import DETOUR
from transit.routing.streets import MAX_SLOPE, MIN_WIDTH_M, NO_WAY

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Vertex = int | tuple[str, int]
Ends = tuple[bool, int, int]
"""Whether without steps, from where and to where: a stop, or entrance e as −1 − e."""

STAIR_S = 0.8
"""One step of a flight of stairs."""
LEVEL_S = {PathwayMode.STAIRS: 20.0, PathwayMode.ESCALATOR: 25.0, PathwayMode.ELEVATOR: 15.0}
"""One level up or down; where levels are not said, one."""
WAIT_S = {PathwayMode.ELEVATOR: 45.0, PathwayMode.FARE_GATE: 5.0, PathwayMode.EXIT_GATE: 5.0}
"""Until the lift is there or the gate is open."""
NEARBY_S = 15.0
"""A walkway of which not even the ends are placed."""


@dataclass(frozen=True)
class Inside:
    """Stations from the inside. Stops are numbered in the network, entrances from 0; NO_WAY: not without steps."""

    component: I64
    """By stop; −1 where no pathway leads to it."""
    tail: I64
    head: I64
    seconds: I64
    step_free_s: I64
    """Between two platforms."""
    entrance_name: list[str]
    lon: F64
    lat: F64
    stop: I64
    entrance: I64
    inward_s: I64
    outward_s: I64
    step_free_inward_s: I64
    step_free_outward_s: I64
    """Of every platform and entrance between which there is some way."""
    signs: dict[Ends, str]
    """What to follow between two platforms, or a platform and an entrance, where something is signposted."""


def inside_of(merged: Merged) -> Inside:
    """The inside of all stations of all feeds. Entrances that lead nowhere are left out."""
    component = np.full(merged.stop[-1], -1, np.int64)
    between: list[I64] = []
    doors: list[I64] = []
    places: list[tuple[str, float, float]] = []
    signs: dict[Ends, str] = {}
    webs = 0
    for feed, first in zip(merged.feeds, merged.stop, strict=False):
        for web in _webs(feed):
            component[first + np.array(web.platforms, np.int64)] = webs
            webs += 1
            between.append(np.array(list(web.between()), np.int64).reshape(-1, 4) + np.array([first, first, 0, 0]))
            found = list(web.doors())
            number = {entrance: len(places) + i for i, entrance in enumerate(dict.fromkeys(row[1] for row in found))}
            places += [web.place(entrance) for entrance in number]
            names: dict[Vertex, int] = {("in", platform): first + platform for platform in web.platforms}
            names |= {("out", platform): first + platform for platform in web.platforms}
            names |= {entrance: -1 - i for entrance, i in number.items()}
            signs |= {(free, names[a], names[b]): text for free, a, b, text in web.signs() if a in names and b in names}
            rows = [(first + stop, number[entrance], *seconds) for stop, entrance, *seconds in found]
            doors.append(np.array(rows, np.int64).reshape(-1, 6))
    titles, lon, lat = zip(*places, strict=True) if places else ((), (), ())
    tail, head, seconds, step_free_s = np.concatenate([np.zeros((0, 4), np.int64), *between]).T
    stop, entrance, *ways = np.concatenate([np.zeros((0, 6), np.int64), *doors]).T
    inward, outward, step_free_inward, step_free_outward = ways
    return Inside(
        component, tail, head, seconds, step_free_s, list(titles), np.array(lon, np.float64), np.array(lat, np.float64),
        stop, entrance, inward, outward, step_free_inward, step_free_outward, signs,
    )  # fmt: skip


def default_s(mode: int, stairs: float, levels: float, metres: float) -> float:
    """What a pathway takes of which neither time nor length is said; not-a-number is not known.

    `levels` are those between its ends, `metres` the straight line between them.
    """
    climbed = max(1.0, levels) if np.isfinite(levels) else 1.0
    if mode == PathwayMode.STAIRS and stairs > 0:
        return STAIR_S * stairs
    if mode in (PathwayMode.WALKWAY, PathwayMode.MOVING_SIDEWALK):
        return metres * DETOUR / WALK_MPS if np.isfinite(metres) else NEARBY_S
    kind = PathwayMode(mode)
    return WAIT_S.get(kind, 0.0) + LEVEL_S.get(kind, 0.0) * climbed


def is_step_free(mode: int, stairs: float, slope: float, width_m: float) -> bool:
    """Whether a pathway has no steps, is nowhere too steep and nowhere too narrow. What is not said is no obstacle.

    GTFS has it so: an empty slope is none, and a width is to be given where it is small.
    """
    steps = mode in (PathwayMode.STAIRS, PathwayMode.ESCALATOR) or stairs > 0
    return not steps and not slope > MAX_SLOPE and not width_m < MIN_WIDTH_M


@dataclass(frozen=True)
class _Web:
    """Pathways that hang together; besides their ends, platform p has the vertices ("in", p) and ("out", p)."""

    feed: Feed
    everybody: nx.DiGraph[Vertex]
    step_free: nx.DiGraph[Vertex]
    platforms: list[int]
    entrances: list[int]

    def between(self) -> Iterator[tuple[int, int, int, int]]:
        """From platform, to platform, seconds, seconds without steps."""
        for tail in self.platforms:
            found, free = (_seconds(graph, ("out", tail)) for graph in (self.everybody, self.step_free))
            for head in self.platforms:
                if head != tail and ("in", head) in found:
                    yield tail, head, found["in", head], free.get(("in", head), int(NO_WAY))

    def doors(self) -> Iterator[tuple[int, int, int, int, int, int]]:
        """Platform, entrance, and the seconds inwards, outwards, inwards without steps, outwards without steps."""
        graphs = (self.everybody, self.step_free)
        inward = [[_seconds(graph, entrance) for entrance in self.entrances] for graph in graphs]
        for platform in self.platforms:
            outward = [_seconds(graph, ("out", platform)) for graph in graphs]
            for i, entrance in enumerate(self.entrances):
                ways = [inward[kind][i].get(("in", platform), int(NO_WAY)) for kind in (0, 1)]
                back = [outward[kind].get(entrance, int(NO_WAY)) for kind in (0, 1)]
                if ways[0] >= 0 or back[0] >= 0:
                    yield platform, entrance, ways[0], back[0], ways[1], back[1]

    def signs(self) -> Iterator[tuple[bool, Vertex, Vertex, str]]:
        """Whether without steps, from a platform or entrance, to a platform or entrance, what to follow."""
        starts: list[Vertex] = [*(("out", platform) for platform in self.platforms), *self.entrances]
        ends: set[Vertex] = {*(("in", platform) for platform in self.platforms), *self.entrances}
        for free, graph in enumerate((self.everybody, self.step_free)):
            if not any(data["sign"] for _, _, data in graph.edges(data=True)):
                continue
            for start in starts:
                ways = nx.single_source_dijkstra_path(graph, start, weight="seconds") if start in graph else {}
                for end in ends & ways.keys():
                    said = [str(graph.edges[step]["sign"]) for step in pairwise(ways[end])]
                    if any(said):
                        yield bool(free), start, end, ", ".join(dict.fromkeys(filter(None, said)))

    def place(self, entrance: int) -> tuple[str, float, float]:
        """The name, longitude and latitude of an entrance."""
        locations = self.feed.gtfs.pathways.locations
        at = entrance - len(self.feed.gtfs.stops.ids)
        return locations.name[at], float(locations.lon[at]), float(locations.lat[at])


def _seconds(graph: nx.DiGraph[Vertex], source: Vertex) -> dict[Vertex, int]:
    """Whole seconds to every vertex that can be reached."""
    if source not in graph:
        return {}
    lengths = nx.single_source_dijkstra_path_length(graph, source, weight="seconds")
    return {vertex: int(np.ceil(length)) for vertex, length in lengths.items()}


def _webs(feed: Feed) -> Iterator[_Web]:
    """The webs of pathways of a feed."""
    pathways, stops = feed.gtfs.pathways, feed.gtfs.stops
    everybody, step_free = _graphs(feed, pathways)
    first = len(stops.ids)
    for vertices in nx.weakly_connected_components(everybody):
        platforms = sorted(vertex[1] for vertex in vertices if isinstance(vertex, tuple) and vertex[0] == "out")
        numbers = sorted(vertex - first for vertex in vertices if isinstance(vertex, int))
        entrances = [first + i for i in numbers if i >= 0 and pathways.locations.kind[i] == ENTRANCE]
        yield _Web(feed, everybody, step_free, platforms, entrances)


def _graphs(feed: Feed, pathways: Pathways) -> tuple[nx.DiGraph[Vertex], nx.DiGraph[Vertex]]:
    """Everybody's graph, and the one without steps; of parallel pathways the quickest."""
    stops, locations = feed.gtfs.stops, pathways.locations
    first = len(stops.ids)
    lon, lat = np.append(stops.lon, locations.lon), np.append(stops.lat, locations.lat)
    wheelchair = np.append(stops.wheelchair, locations.wheelchair)
    graphs: tuple[nx.DiGraph[Vertex], nx.DiGraph[Vertex]] = (nx.DiGraph(), nx.DiGraph())
    touched: set[int] = set()
    for i, (tail, head) in enumerate(zip(pathways.tail.tolist(), pathways.head.tolist(), strict=True)):
        mode, stairs = int(pathways.mode[i]), float(pathways.stairs[i])
        seconds = float(pathways.traversal_s[i])
        if not np.isfinite(seconds):
            seconds = float(pathways.length_m[i]) / WALK_MPS
        if not np.isfinite(seconds):
            levels = abs(float(pathways.level[tail] - pathways.level[head]))
            seconds = default_s(mode, stairs, levels, _metres(lon, lat, tail, head))
        free = is_step_free(mode, stairs, float(pathways.slope[i]), float(pathways.width_m[i]))
        # wheelchair_boarding 2: "no accessible path", which stands above what the pathways would allow.
        free = free and 2 not in (wheelchair[tail], wheelchair[head])
        ends = [(tail, head), (head, tail)] if pathways.both_ways[i] else [(tail, head)]
        for graph in graphs if free else graphs[:1]:
            for (a, b), sign in zip(ends, pathways.signs[i], strict=False):
                if seconds < graph.get_edge_data(a, b, {"seconds": np.inf})["seconds"]:
                    graph.add_edge(a, b, seconds=seconds, sign=sign)
        touched.update((tail, head))
    for vertex in sorted(touched):
        # A platform is left and entered at itself, or at its boarding areas.
        platform = vertex
        if vertex >= first:
            if locations.kind[vertex - first] != BOARDING_AREA:
                continue
            platform = int(locations.parent[vertex - first])
        for graph in graphs[:1] if wheelchair[platform] == 2 else graphs:
            graph.add_edge(("out", platform), vertex, seconds=0.0, sign="")
            graph.add_edge(vertex, ("in", platform), seconds=0.0, sign="")
    return graphs


def _metres(lon: F64, lat: F64, a: int, b: int) -> float:
    """The straight line between two places in metres; not-a-number where one is not placed."""
    east = (lon[a] - lon[b]) * np.cos(np.radians(lat[a]))
    return float(np.radians(np.hypot(east, lat[a] - lat[b])) * EARTH_M)
