"""Ways of an extract → the street graph: junctions as nodes, what lies between them as shape.

Coordinates are projected to metres around the middle latitude (equirectangular), which is exact enough for the
lengths of streets and for finding the nearest one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from transit.feeds.barriers import Obstacle
from transit.feeds.osm import Extract
from transit.feeds.ragged import gather, offsets
from transit.routing.streets import (
    BICYCLE,
    DRIVE,
    FIT,
    MOPED,
    NO_EDGE,
    STAIRLESS,
    WALK,
    WAY_KINDS,
    WHEELCHAIR,
    Streets,
    WayKind,
)

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

EARTH_M = 6_371_008.8
MAX_LINK_M = 200.0
"""A stop farther from every street than this is not linked."""
MIN_COMPONENT = {WALK: 20, BICYCLE: 100, STAIRLESS: 20, WHEELCHAIR: 20, DRIVE: 100, MOPED: 100}
"""Islands of fewer junctions are mapping slips or courtyards; a search that starts there would go nowhere."""
ON_FOOT = (WALK, STAIRLESS, WHEELCHAIR)
_MEANS = {WALK: STAIRLESS | WHEELCHAIR | FIT, STAIRLESS: WHEELCHAIR | FIT, WHEELCHAIR: FIT}
"""What cannot be where the bit is not."""
_CELL_DEGREES = 0.0025
_MAX_CELLS = 4_000_000


@dataclass(frozen=True)
class _Chains:
    """Stretches of street between junctions, each a list of vertices of the extract."""

    start: I64
    """n + 1 offsets into vertex."""
    vertex: I64
    tail: I64
    head: I64
    forward: NDArray[np.uint8]
    backward: NDArray[np.uint8]
    name: I64
    kind: NDArray[np.uint8]

    def only(self, keep: NDArray[np.bool_], forward: NDArray[np.uint8], backward: NDArray[np.uint8]) -> _Chains:
        """Some of the chains, with other permissions."""
        counts = np.diff(self.start)[keep]
        vertex = self.vertex[gather(self.start[:-1][keep], counts)]
        ends = (self.tail[keep], self.head[keep])
        return _Chains(offsets(counts), vertex, *ends, forward[keep], backward[keep], self.name[keep], self.kind[keep])


def of_extract(extract: Extract, stop_lon: F64, stop_lat: F64, linked: int = WALK) -> Streets:
    """The graph of an extract with the stops linked to where a mode may go. Edge names are indices into
    `extract.names`.
    """
    if not extract.ways.ref:
        return none(len(stop_lon))
    lon, lat = np.asarray(extract.ways.lon, np.float64), np.asarray(extract.ways.lat, np.float64)
    chains = _largest(_contracted(extract))
    metres = _lengths(chains, lon, lat)
    node_vertex, tail, head = _numbered(chains, lon, lat)
    n = len(tail)
    order = np.argsort(np.concatenate((tail, head)), kind="stable")
    backward = order >= n
    geometry = order % n
    rank = np.empty(2 * n, np.int64)
    rank[order] = np.arange(2 * n)
    shape_lon, shape_lat = lon[chains.vertex], lat[chains.vertex]
    grid, cell_start, cell_edges = _grid(chains.start, shape_lon, shape_lat, rank[:n])
    usable = ((chains.forward | chains.backward) & linked) > 0
    link = _links(chains.start, shape_lon, shape_lat, usable, stop_lon, stop_lat)
    stop_edge = np.where(link[0] >= 0, rank[np.maximum(link[0], 0)], int(NO_EDGE))
    return Streets(
        node_lon=lon[node_vertex],
        node_lat=lat[node_vertex],
        edge_start=offsets(np.bincount(np.concatenate((tail, head)), minlength=len(node_vertex))).astype(np.uint32),
        edge_head=np.concatenate((head, tail))[order].astype(np.uint32),
        edge_metres=np.concatenate((metres, metres))[order].astype(np.float32),
        edge_modes=np.concatenate((chains.forward, chains.backward))[order],
        edge_geometry=geometry.astype(np.uint32),
        edge_backward=backward.astype(np.uint8),
        edge_name=np.concatenate((chains.name, chains.name))[order].astype(np.uint32),
        edge_kind=np.concatenate((chains.kind, chains.kind))[order],
        shape_start=chains.start.astype(np.uint32),
        shape_lon=shape_lon,
        shape_lat=shape_lat,
        cell_start=cell_start.astype(np.uint32),
        cell_edges=cell_edges.astype(np.uint32),
        grid=grid,
        stop_edge=stop_edge.astype(np.uint32),
        stop_fraction=link[1].astype(np.float32),
        stop_offset_m=link[2].astype(np.float32),
    )


def _numbered(chains: _Chains, lon: F64, lat: F64) -> tuple[I64, I64, I64]:
    """The junctions in an order in which neighbours stand together, as vertices; and the ends of the chains by it.

    The order is that of a Z curve (Morton 1966) over squares of some 8 m: a search around a place then reads a few
    stretches of memory instead of the whole graph.
    """
    nodes, ends = np.unique(np.concatenate((chains.tail, chains.head)), return_inverse=True)
    vertex = np.zeros(len(nodes), np.int64)
    vertex[ends] = np.concatenate((chains.vertex[chains.start[:-1]], chains.vertex[chains.start[1:] - 1]))
    curve = np.zeros(len(nodes), np.int64)
    for shift, degrees in enumerate((lon[vertex], lat[vertex])):
        square = ((degrees - degrees.min(initial=180.0)) * 1e4).astype(np.int64)
        for bit in range(22):
            curve |= (square >> bit & 1) << (2 * bit + shift)
    order = np.argsort(curve, kind="stable")
    rank = np.empty(len(nodes), np.int64)
    rank[order] = np.arange(len(nodes))
    tail, head = np.split(rank[ends], 2)
    return vertex[order], tail, head


def none(stops: int) -> Streets:
    """The graph of a network without streets, to which no stop is linked."""
    index, real, number = np.zeros(0, np.uint32), np.zeros(0), np.zeros(stops, np.float32)
    offset, bits = np.zeros(1, np.uint32), np.zeros(0, np.uint8)
    return Streets(
        real,
        real,
        offset,
        index,
        np.zeros(0, np.float32),
        bits,
        index,
        bits,
        index,
        bits,
        offset,
        real,
        real,
        np.zeros(2, np.uint32),
        index,
        np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0]),
        np.full(stops, NO_EDGE),
        number,
        number,
    )


def _contracted(extract: Extract) -> _Chains:
    """All usable ways, cut at junctions and joined where only two stretches of one kind meet."""
    ways = extract.ways
    forward = np.frombuffer(bytes(ways.forward), np.uint8)
    backward = np.frombuffer(bytes(ways.backward), np.uint8)
    way_start = np.asarray(ways.start, np.int64)
    usable = (forward | backward) > 0
    counts = np.diff(way_start)
    vertex = gather(way_start[:-1][usable], counts[usable])
    way = np.repeat(np.flatnonzero(usable), counts[usable])
    ids, node = np.unique(extract.node_ids()[vertex], return_inverse=True)
    junction = np.bincount(node, minlength=len(ids)) > 1
    way_ends = offsets(counts[usable])
    junction[node[way_ends[:-1]]] = True
    junction[node[way_ends[1:] - 1]] = True
    cut = np.flatnonzero(junction[node])
    inside = way[cut[:-1]] == way[cut[1:]]
    # A closed way ends where the next one may begin, on the same way number only if it is the same way.
    inside &= cut[1:] < way_ends[np.searchsorted(way_ends, cut[:-1], side="right")]
    first, last = cut[:-1][inside], cut[1:][inside]
    owner = way[first]
    ends = (vertex[first], vertex[last], node[first], node[last])
    names, kinds = np.asarray(ways.name, np.int64), np.frombuffer(bytes(ways.kind), np.uint8)
    shut = np.append(0, np.cumsum(_obstructed(ways.obstacles, ids, node, kinds[way])))
    open_ = np.where(shut[cut[1:] + 1] == shut[cut[:-1]], 0xFF, 0xFF & ~(WHEELCHAIR | FIT)).astype(np.uint8)[inside]
    segments = _Segments(*ends, forward[owner] & open_, backward[owner] & open_, names[owner], kinds[owner])
    return _chained(segments, len(ids))


def _obstructed(obstacles: dict[Obstacle, set[int]], ids: I64, node: I64, kind: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which vertices (of node `node`, on a way of `kind`) a wheelchair does not pass on that way.

    A gate stands in every way. A kerb is in the way of those who cross there; where no crossing is mapped, of those who
    walk there on a way of their own.
    """
    at = {each: np.isin(ids, np.fromiter(nodes, np.int64, len(nodes)))[node] for each, nodes in obstacles.items()}
    crosses = np.zeros(len(ids), bool)
    crosses[node[kind == WAY_KINDS.index(WayKind.CROSSING)]] = True
    streets = [WAY_KINDS.index(each) for each in (WayKind.STREET, WayKind.SERVICE, WayKind.TRACK)]
    walked = np.where(crosses[node], kind == WAY_KINDS.index(WayKind.CROSSING), ~np.isin(kind, streets))
    return np.asarray(at[Obstacle.GATE] | (at[Obstacle.KERB] & walked))


@dataclass(frozen=True)
class _Segments:
    """Stretches of single ways: first and last vertex (consecutive numbers between), end nodes, what they are."""

    first: I64
    last: I64
    tail: I64
    head: I64
    forward: NDArray[np.uint8]
    backward: NDArray[np.uint8]
    name: I64
    kind: NDArray[np.uint8]


def _partners(segments: _Segments, nodes: int) -> I64:
    """For the half 2s (leaving segment s's tail) and 2s + 1 (leaving its head): the half to go on with, or −1.

    Two halves are partners where they alone meet in a node and agree in permissions, name and kind.
    """
    n = len(segments.tail)
    at = np.empty(2 * n, np.int64)
    at[0::2], at[1::2] = segments.tail, segments.head
    kind = np.empty((2 * n, 4), np.int64)
    kind[0::2] = np.column_stack((segments.forward, segments.backward, segments.name, segments.kind))
    kind[1::2] = np.column_stack((segments.backward, segments.forward, segments.name, segments.kind))
    partner = np.full(2 * n, -1, np.int64)
    pair = np.bincount(at, minlength=nodes)[at] == 2
    halves = np.flatnonzero(pair)
    halves = halves[np.argsort(at[halves], kind="stable")]
    a, b = halves[0::2], halves[1::2]
    same = (kind[a ^ 1] == kind[b]).all(axis=1) & (a >> 1 != b >> 1)
    partner[a[same]], partner[b[same]] = b[same], a[same]
    return partner


def _chained(segments: _Segments, nodes: int) -> _Chains:
    """The segments joined through their partners, in the direction of the first."""
    partner = _partners(segments, nodes).tolist()
    seen = bytearray(len(segments.tail))
    pieces: list[int] = []
    lengths: list[int] = []
    # Chains that end somewhere first; what is left are rings, entered anywhere.
    starts = [half for half, other in enumerate(partner) if other < 0]
    for half in [*starts, *range(0, len(partner), 2)]:
        if seen[half >> 1]:
            continue
        begin = len(pieces)
        step = half
        while step >= 0 and not seen[step >> 1]:
            seen[step >> 1] = 1
            pieces.append(step)
            step = partner[step ^ 1]
        lengths.append(len(pieces) - begin)
    return _laid_out(segments, np.array(pieces, np.int64), np.array(lengths, np.int64))


def _laid_out(segments: _Segments, pieces: I64, lengths: I64) -> _Chains:
    """Chains from their pieces (halves), laid end to end; a shared vertex between two pieces is kept once."""
    start = offsets(lengths)
    segment, reverse = pieces >> 1, (pieces & 1).astype(bool)
    later = np.ones(len(pieces), np.int64)
    later[start[:-1]] = 0
    count = segments.last[segment] - segments.first[segment] + 1 - later
    step = np.where(reverse, -1, 1)
    begin = np.where(reverse, segments.last[segment], segments.first[segment]) + step * later
    within = gather(np.zeros(len(pieces), np.int64), count)
    vertex = np.repeat(begin, count) + within * np.repeat(step, count)
    piece_start = offsets(count)
    first, last = start[:-1], start[1:] - 1
    return _Chains(
        start=piece_start[start],
        vertex=vertex,
        tail=np.where(reverse[first], segments.head[segment[first]], segments.tail[segment[first]]),
        head=np.where(reverse[last], segments.tail[segment[last]], segments.head[segment[last]]),
        forward=np.where(reverse[first], segments.backward[segment[first]], segments.forward[segment[first]]),
        backward=np.where(reverse[first], segments.forward[segment[first]], segments.backward[segment[first]]),
        name=segments.name[segment[first]],
        kind=segments.kind[segment[first]],
    )


def _largest(chains: _Chains) -> _Chains:
    """The chains without the permissions that hold on islands only: weakly joined on foot, strongly in vehicles.

    Who is not to take the stairs, or not to meet what a wheelchair does not pass, may have islands of their own.
    """
    nodes = int(max(chains.tail.max(initial=0), chains.head.max(initial=0))) + 1
    forward, backward = chains.forward.copy(), chains.backward.copy()
    for bit, least in MIN_COMPONENT.items():
        there, back = (forward & bit) > 0, (backward & bit) > 0
        if not (there.any() or back.any()):
            continue
        tails = np.concatenate((chains.tail[there], chains.head[back]))
        heads = np.concatenate((chains.head[there], chains.tail[back]))
        graph = coo_array((np.ones(len(tails), np.uint8), (tails, heads)), shape=(nodes, nodes))
        _, label = connected_components(graph, connection="weak" if bit in ON_FOOT else "strong")
        sizes = np.bincount(label)
        large = (sizes >= least) | (sizes == sizes.max())
        inside = large[label[chains.tail]] & large[label[chains.head]]
        forward[~inside] &= ~np.uint8(bit | _MEANS.get(bit, 0))
        backward[~inside] &= ~np.uint8(bit | _MEANS.get(bit, 0))
    return chains.only((forward | backward) > 0, forward, backward)


def _lengths(chains: _Chains, lon: F64, lat: F64) -> F64:
    """The length of every chain in metres (haversine between vertices)."""
    y, x = np.radians(lat[chains.vertex]), np.radians(lon[chains.vertex])
    half = np.sin(np.diff(y) / 2) ** 2 + np.cos(y[:-1]) * np.cos(y[1:]) * np.sin(np.diff(x) / 2) ** 2
    steps = np.append(2 * EARTH_M * np.arcsin(np.sqrt(half)), 0.0)
    steps[chains.start[1:] - 1] = 0.0
    return np.asarray(np.add.reduceat(steps, chains.start[:-1]))


def _grid(start: I64, lon: F64, lat: F64, edge: I64) -> tuple[F64, I64, I64]:
    """The grid, its offsets and its edges, as `Streets` says."""
    west, south = lon.min(), lat.min()
    height = _CELL_DEGREES
    width = height / max(0.05, float(np.cos(np.radians((south + lat.max()) / 2))))
    area = ((lon.max() - west) / width + 1) * ((lat.max() - south) / height + 1)
    scale = max(1.0, float(np.sqrt(area / _MAX_CELLS)))
    width, height = width * scale, height * scale
    columns, rows = int((lon.max() - west) / width) + 1, int((lat.max() - south) / height) + 1

    def cell(values: F64, low: float, size: float) -> I64:
        return ((values - low) / size).astype(np.int64)

    first_column = cell(np.minimum.reduceat(lon, start[:-1]), west, width)
    last_column = cell(np.maximum.reduceat(lon, start[:-1]), west, width)
    first_row = cell(np.minimum.reduceat(lat, start[:-1]), south, height)
    last_row = cell(np.maximum.reduceat(lat, start[:-1]), south, height)
    across = last_column - first_column + 1
    touched = across * (last_row - first_row + 1)
    within = gather(np.zeros(len(edge), np.int64), touched)
    wide = np.repeat(across, touched)
    cells = (
        (np.repeat(first_row, touched) + within // wide) * columns + np.repeat(first_column, touched) + within % wide
    )
    order = np.argsort(cells, kind="stable")
    grid = np.array([west, south, width, height, columns, rows], np.float64)
    return grid, offsets(np.bincount(cells, minlength=columns * rows)), np.repeat(edge, touched)[order]


def _links(
    start: I64, lon: F64, lat: F64, walkable: NDArray[np.bool_], stop_lon: F64, stop_lat: F64
) -> tuple[I64, F64, F64]:
    """For every stop the nearest walkable chain (−1: none near), where on it (0 … 1), and how far off in metres."""
    nearest = np.full(len(stop_lon), -1, np.int64)
    fraction, distance = np.zeros(len(stop_lon)), np.zeros(len(stop_lon))
    chosen = np.flatnonzero(walkable)
    if not len(chosen) or not len(stop_lon):
        return nearest, fraction, distance
    scale_y = np.radians(1.0) * EARTH_M
    scale_x = scale_y * np.cos(np.radians((lat.min() + lat.max()) / 2))
    counts = np.diff(start)[chosen]
    points = gather(start[:-1][chosen], counts)
    line = np.repeat(np.arange(len(chosen)), counts)
    lines = np.asarray(
        shapely.linestrings(np.column_stack((lon[points] * scale_x, lat[points] * scale_y)), indices=line), object
    )
    stops = shapely.points(stop_lon * scale_x, stop_lat * scale_y)
    (which, found), gap = shapely.STRtree(lines).query_nearest(
        stops, max_distance=MAX_LINK_M, return_distance=True, all_matches=False
    )
    nearest[which] = chosen[found]
    distance[which] = gap
    fraction[which] = np.clip(shapely.line_locate_point(lines[found], stops[which], normalized=True), 0.0, 1.0)
    return nearest, fraction, distance
