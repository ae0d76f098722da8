"""Ways from many places at once, each with its own start and its own reach: rides on hired vehicles, and walks from
where these are left. Dijkstra (1959) with labels of time and metres, of which neither beats the other (Hansen 1980).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import METRES_PER_DEGREE, Graph
from transit.routing.kernels.ways import DETOUR, LEAP_M

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


class Labels(NamedTuple):
    """Ways to nodes: the seconds until then, the metres used of what the way may have, and whence it comes."""

    node: U32
    seconds: F64
    used_m: F64
    source: U32


class Pace(NamedTuple):
    """How fast one is, and how long (from the beginning of each way's own seconds) and how far one goes at most."""

    speed_mps: float
    most_m: float


class Spots(NamedTuple):
    """Places on edges, as Places has them, with the edge itself; `fraction` is along the stored geometry."""

    edge: U32
    tail: U32
    head: U32
    to_tail_m: F64
    to_head_m: F64
    geometry: U32
    fraction: F64
    offset_m: F64
    lat: F64
    lon: F64


class Lanes(NamedTuple):
    """The edges that may be ridden or walked, the edge back of each (or NONE), whether it runs against its geometry,
    and its metres.
    """

    is_open: U8
    twins: U32
    backward: U8
    metres: NDArray[np.float32]


@njit(cache=True)
def sink(heap: F64, of: U32, size: int, label: int, key: float) -> None:
    """Puts a label into a heap of so many."""
    at = size
    while at > 0 and heap[(at - 1) >> 1] > key:
        heap[at], of[at] = heap[(at - 1) >> 1], of[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at], of[at] = key, label


@njit(cache=True)
def pull(heap: F64, of: U32, size: int) -> int:
    """Takes the label with the least key out of a heap of so many."""
    least, last, label = int(of[0]), heap[size - 1], of[size - 1]
    at, under = 0, 1
    while under < size - 1:
        if under + 1 < size - 1 and heap[under + 1] < heap[under]:
            under += 1
        if heap[under] >= last:
            break
        heap[at], of[at] = heap[under], of[under]
        at, under = under, 2 * under + 1
    heap[at], of[at] = last, label
    return least


@njit(cache=True)
def spread_from(graph: Graph, is_open: U8, seeds: Labels, pace: Pace, least: F64) -> Labels:
    """The ways from seeds to every node within reach that no other way to the node beats in both seconds and metres;
    by seconds. `least` is N infinities, and so it is again afterwards.
    """
    start, heads, metres = graph.edge_start, graph.edge_head, graph.edge_metres
    room, count, waiting, done = max(1024, 2 * len(seeds.node)), 0, 0, 0
    node, seconds, used, source = np.empty(room, np.uint32), np.empty(room), np.empty(room), np.empty(room, np.uint32)
    heap, of, settled = np.empty(room), np.empty(room, np.uint32), np.empty(room, np.uint32)
    for i in range(len(seeds.node)):
        if seeds.used_m[i] <= pace.most_m:
            node[count], seconds[count] = seeds.node[i], seeds.seconds[i]
            used[count], source[count] = seeds.used_m[i], seeds.source[i]
            sink(heap, of, waiting, count, seconds[count])
            count, waiting = count + 1, waiting + 1
    while waiting > 0:
        label = pull(heap, of, waiting)
        waiting -= 1
        here = np.int64(node[label])
        if used[label] >= least[here]:
            continue
        least[here] = used[label]
        settled[done] = label
        done += 1
        first, end = np.int64(start[here]), np.int64(start[here + 1])
        while count + end - first > room:
            wider = 2 * room
            node, source = widened(node, wider), widened(source, wider)
            of, settled = widened(of, wider), widened(settled, wider)
            seconds, used, heap = lengthened(seconds, wider), lengthened(used, wider), lengthened(heap, wider)
            room = wider
        for edge in range(first, end):
            gone = used[label] + metres[edge]
            there = np.int64(heads[edge])
            if is_open[edge] == 0 or gone > pace.most_m or gone >= least[there]:
                continue
            node[count], used[count], source[count] = there, gone, source[label]
            seconds[count] = seconds[label] + metres[edge] / pace.speed_mps
            sink(heap, of, waiting, count, seconds[count])
            count, waiting = count + 1, waiting + 1
    kept = settled[:done]
    for i in range(done):
        least[np.int64(node[kept[i]])] = np.inf
    return Labels(node[kept], seconds[kept], used[kept], source[kept])


@njit(cache=True)
def widened(values: U32, room: int) -> U32:
    """The same with more room."""
    wider = np.empty(room, np.uint32)
    wider[: len(values)] = values
    return wider


@njit(cache=True)
def lengthened(values: F64, room: int) -> F64:
    """The same with more room."""
    wider = np.empty(room)
    wider[: len(values)] = values
    return wider


@njit(cache=True)
def out_of(spots: Spots, starts: Labels, lanes: Lanes, speed_mps: float) -> Labels:
    """The ways from places to the nodes at the ends of their edges. The nodes of `starts` are positions in `spots`."""
    room, count = 2 * len(starts.node), 0
    found = Labels(np.empty(room, np.uint32), np.empty(room), np.empty(room), np.empty(room, np.uint32))
    for i in range(len(starts.node)):
        spot = np.int64(starts.node[i])
        edge = np.int64(spots.edge[spot])
        back = np.int64(lanes.twins[edge])
        for ahead in range(2):
            if ahead == 1:
                may, to, metres = lanes.is_open[edge] != 0, spots.head[spot], spots.to_head_m[spot]
            else:
                may = back < len(lanes.is_open) and lanes.is_open[back] != 0
                to, metres = spots.tail[spot], spots.to_tail_m[spot]
            if may:
                metres += spots.offset_m[spot]
                found.node[count], found.source[count] = to, starts.source[i]
                found.seconds[count] = starts.seconds[i] + metres / speed_mps
                found.used_m[count] = starts.used_m[i] + metres
                count += 1
    return Labels(found.node[:count], found.seconds[:count], found.used_m[:count], found.source[:count])


@njit(cache=True)
def into(spots: Spots, most_m: F64, by_node: Labels, lanes: Lanes, speed_mps: float) -> tuple[F64, U32]:
    """By place, the least seconds of a way into it that uses no more metres than it may, and whence that way comes;
    infinite where there is none. `by_node` are labels in the order of their nodes.
    """
    seconds, source = np.full(len(spots.edge), np.inf), np.zeros(len(spots.edge), np.uint32)
    for spot in range(len(spots.edge)):
        edge = np.int64(spots.edge[spot])
        back = np.int64(lanes.twins[edge])
        for ahead in range(2):
            if ahead == 1:
                may, at, metres = lanes.is_open[edge] != 0, spots.tail[spot], spots.to_tail_m[spot]
            else:
                may = back < len(lanes.is_open) and lanes.is_open[back] != 0
                at, metres = spots.head[spot], spots.to_head_m[spot]
            if not may:
                continue
            metres += spots.offset_m[spot]
            label = np.searchsorted(by_node.node, at)
            while label < len(by_node.node) and by_node.node[label] == at:
                total = by_node.seconds[label] + metres / speed_mps
                if by_node.used_m[label] + metres <= most_m[spot] and total < seconds[spot]:
                    seconds[spot], source[spot] = total, by_node.source[label]
                label += 1
    return seconds, source


@njit(cache=True)
def beside(
    spots: Spots, most_m: F64, begun: tuple[Spots, Labels], lanes: Lanes, pace: tuple[float, bool],
    best: tuple[F64, U32],
) -> None:  # fmt: skip
    """Shortens the ways into places by those from places on the same edge, which pass no node; on foot (the second of
    `pace`) also by those straight to a place that is nearer than both are to the street.
    """
    (starts, labels), (speed_mps, on_foot), (seconds, source) = begun, pace, best
    for i in range(len(labels.node)):
        start = np.int64(labels.node[i])
        for spot in range(len(spots.edge)):
            metres = np.inf
            away_m = starts.offset_m[start] + spots.offset_m[spot]
            if starts.geometry[start] == spots.geometry[spot]:
                edge = np.int64(starts.edge[start])
                follows = (spots.fraction[spot] >= starts.fraction[start]) != (lanes.backward[edge] == 1)
                taken = edge if follows else np.int64(lanes.twins[edge])
                if spots.fraction[spot] == starts.fraction[start]:
                    metres = away_m
                elif taken < len(lanes.is_open) and lanes.is_open[taken] != 0:
                    metres = abs(spots.fraction[spot] - starts.fraction[start]) * lanes.metres[edge] + away_m
            north = spots.lat[spot] - starts.lat[start]
            if on_foot and abs(north) * METRES_PER_DEGREE <= away_m:
                east = (spots.lon[spot] - starts.lon[start]) * np.cos(np.radians(starts.lat[start]))
                across = DETOUR * METRES_PER_DEGREE * np.hypot(east, north)
                if across <= min(LEAP_M, away_m):
                    metres = across
            total = labels.seconds[i] + metres / speed_mps
            if labels.used_m[i] + metres <= most_m[spot] and total < seconds[spot]:
                seconds[spot], source[spot] = total, labels.source[i]
