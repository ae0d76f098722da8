"""Ways of an extract → the streets that one drives on, beside those for walking and cycling (`streets`).

They are a graph of their own: what cars alone use is not in the way of a walk, and what nobody drives on not in the way
of a drive.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from transit.feeds.osm import Extract, Ways
from transit.feeds.ragged import gather, offsets
from transit.feeds.turns import Point, Turn
from transit.network.streets import none, of_extract
from transit.routing.kernels.dijkstra import twins
from transit.routing.streets import DRIVE, NO_NODE, U32, Carriageways, Streets

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
_SECOND = 1 << 60
"""Greater than the number of any vertex."""


def carriageways_of(extract: Extract, walks: Streets, stop_lon: F64, stop_lat: F64) -> Carriageways:
    """The graph of an extract for cars and mopeds, with the stops linked to it."""
    ways = _driven(extract)
    # A way's speed stands where its kind does, so that only stretches that are driven alike are joined.
    found = of_extract(Extract(ways, extract.names), stop_lon, stop_lat, DRIVE) if ways.name else none(len(stop_lon))
    kinds = np.zeros(len(found.edge_kind), np.uint8)
    turns = _forbidden(extract.turns, found)
    return Carriageways(replace(found, edge_kind=kinds), found.edge_kind.copy(), _walked(found, walks), turns)


def _driven(extract: Extract) -> Ways:
    """The ways as vehicles use them. What stands in the way parts it: there each part has an end of its own."""
    ways = extract.ways
    if not any(ways.kmh):
        return Ways()
    start, kmh = np.asarray(ways.start, np.int64), np.frombuffer(bytes(ways.kmh), np.uint8)
    used = np.flatnonzero(kmh)
    counts = np.diff(start)[used]
    vertex, way = gather(start[:-1][used], counts), np.repeat(used, counts)
    ref = extract.node_ids()[vertex]
    closed = np.isin(ref, np.asarray(extract.closed, np.int64))
    inside = closed.copy()
    inside[offsets(counts)[:-1]] = inside[offsets(counts)[1:] - 1] = False
    at = np.repeat(np.arange(len(vertex)), 1 + inside)
    second = np.append(False, at[1:] == at[:-1])
    ref = np.where(closed[at], -1 - vertex[at] - second * _SECOND, ref[at])
    begins = np.flatnonzero(second | np.append(True, way[at][1:] != way[at][:-1]))
    number = way[at][begins].tolist()
    return Ways(
        start=array("q", [*begins.tolist(), len(at)]),
        ref=array("q", ref.tobytes()),
        lon=array("d", np.asarray(ways.lon)[vertex[at]].tobytes()),
        lat=array("d", np.asarray(ways.lat)[vertex[at]].tobytes()),
        forward=bytearray(ways.driven_forward[i] for i in number),
        backward=bytearray(ways.driven_backward[i] for i in number),
        name=[ways.name[i] for i in number],
        kind=bytearray(ways.kmh[i] for i in number),
    )


def _walked(driven: Streets, walks: Streets) -> NDArray[np.uint32]:
    """By node, the node for walking at the same place."""
    if not walks.nodes or not driven.nodes:
        return np.full(driven.nodes, NO_NODE)
    known, asked = (each.node_lon + 1j * each.node_lat for each in (walks, driven))
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], asked), len(order) - 1)
    return np.where(known[order[at]] == asked, order[at], int(NO_NODE)).astype(np.uint32)


def _forbidden(turns: list[Turn], driven: Streets) -> U32:
    """The turns that are forbidden, as `Carriageways` has them. A junction is known by its place, and a street there by
    its next vertex. Where only two streets meet that are alike there is no junction, and nothing is forbidden.
    """
    found: dict[tuple[int, int], int] = defaultdict(int)
    leaving = _leaving({turn.via for turn in turns}, driven)
    back = twins(driven.edge_geometry, len(driven.shape_start) - 1) if leaving else driven.edge_head
    for turn in turns:
        for streets in leaving.get(turn.via, ()):
            into = [int(back[edge]) for point, edge in streets if point == turn.before]
            on = [edge for point, edge in streets if point == turn.after]
            others = [edge for _, edge in streets if edge not in on] if on else []
            for pair in ((before, after) for before in into for after in (others if turn.is_only else on)):
                found[pair] |= turn.modes
    return np.array([(*pair, modes) for pair, modes in found.items()], np.uint32).reshape(-1, 3)


def _leaving(places: Iterable[Point], driven: Streets) -> dict[Point, list[list[tuple[Point, int]]]]:
    """By place, for each node there its edges with the next vertex of each."""
    wanted = np.array([lon + 1j * lat for lon, lat in places])
    found: dict[Point, list[list[tuple[Point, int]]]] = defaultdict(list)
    for node in np.flatnonzero(np.isin(driven.node_lon + 1j * driven.node_lat, wanted)).tolist():
        edges = range(int(driven.edge_start[node]), int(driven.edge_start[node + 1]))
        at = float(driven.node_lon[node]), float(driven.node_lat[node])
        found[at].append([(_next_vertex(driven, edge), edge) for edge in edges])
    return found


def _next_vertex(driven: Streets, edge: int) -> Point:
    geometry = int(driven.edge_geometry[edge])
    first, end = int(driven.shape_start[geometry]), int(driven.shape_start[geometry + 1])
    i = end - 2 if driven.edge_backward[edge] else first + 1
    return float(driven.shape_lon[i]), float(driven.shape_lat[i])
