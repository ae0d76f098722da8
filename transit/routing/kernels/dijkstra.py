"""Shortest ways on the street graph (Dijkstra 1959; with a goal A*: Hart, Nilsson, Raphael 1968); the nearest edge.

These take some 20 µs each, several in a row before the search over vehicles, so they keep the interpreter's lock: who
lets it go waits until the other thread has written out its whole answer, and the search that could have run meanwhile
does not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

U32 = NDArray[np.uint32]
F64 = NDArray[np.float64]

NONE = np.uint32(0xFFFFFFFF)
ZERO = np.uint64(0)
ONE = np.uint64(1)
METRES_PER_DEGREE = 111_194.9
"""Of latitude, on a sphere of 6,371 km."""
WIDTH_M = 32.0
"""Of a bucket of the queue. Streets are longer on average, so that hardly a node waits twice."""
NODE, EDGE, PARENT, BUCKET, AFTER, BEFORE = range(6)
BUCKETS = 4096
"""Of the queue; they are wider than WIDTH_M where the limit is further than these reach."""


class Graph(NamedTuple):
    """The arrays of Streets that a search reads."""

    edge_start: U32
    edge_head: U32
    edge_metres: NDArray[np.float32]
    edge_modes: NDArray[np.uint8]
    node_lon: F64
    node_lat: F64


class Points(NamedTuple):
    """Nodes at one end of a way and the metres between them and that end."""

    nodes: U32
    metres: F64


class Goal(NamedTuple):
    """Where to: its nodes, its coordinate, and the share of the straight line that no way undercuts (0: no goal)."""

    ends: Points
    lon: float
    lat: float
    share: float


class Tree(NamedTuple):
    """Ways from a place: a row for each node reached, with its metres and its links.

    The links are NODE, the node; EDGE, the edge before it, or NONE; PARENT, the row before it, or NONE; the other
    columns are those of the search that is over.
    """

    metres: F64
    links: U32


class Scratch(NamedTuple):
    """What a search works on, kept between searches: room for the rows of a tree, and the queue.

    Nothing here is as long to clean as the graph is large: `row` is zero and `first` NONE between searches. Beside the
    links of the tree stand BUCKET, in which the row waits, or NONE; AFTER and BEFORE, its neighbours there, or NONE.
    """

    row: U32
    """N: the row (+ 1) of each node in the tree, 0 where it was not reached."""
    metres: F64
    links: U32
    first: U32
    """By bucket: a row that waits there, or NONE."""


class Grid(NamedTuple):
    """The grid of Streets and the geometry that it leads to."""

    cell_start: U32
    cell_edges: U32
    box: F64
    edge_geometry: U32
    shape_start: U32
    shape_lon: F64
    shape_lat: F64


def scratch_for(nodes: int) -> Scratch:
    """Clean scratch for graphs of so many nodes."""
    # A street that returns to where it began gives a place on it two seeds at one node, each with a row.
    rows = nodes + 1
    row, first = np.zeros(nodes, np.uint32), np.full(BUCKETS, NONE, np.uint32)
    return Scratch(row, np.empty(rows), np.empty((rows, 6), np.uint32), first)


@njit(nogil=True, cache=True)
def ahead(lon: float, lat: float, goal_lon: float, goal_lat: float, share: float) -> float:
    """Metres that no way from a coordinate to the goal undercuts; 0 without a goal."""
    east = (lon - goal_lon) * np.cos(np.radians(goal_lat))
    return float(np.hypot(east, lat - goal_lat) * METRES_PER_DEGREE * share)


@njit(cache=True)
def spread(
    graph: Graph, seeds: Points, goal: Goal, mode: np.uint8, limit_m: float, scratch: Scratch
) -> tuple[Tree, int]:
    """Grows the tree of shortest ways for one mode from the seeds as far as the limit, or until the goal is certain.

    Returns the tree, and which of the goal's ends the best way enters, −1 where none is reached. Nodes wait in buckets
    a few metres wide (Dial 1969), in no order within one: a node whose way becomes shorter waits again, so that the
    ways are as short as those of an exact queue.
    """
    # Locals, and the queue written out: an array taken from a tuple or handed to a function inside the loop has its
    # references counted, which costs more than all the rest.
    edge_start, edge_head, edge_metres, edge_modes, node_lon, node_lat = graph
    (goal_nodes, goal_metres), goal_lon, goal_lat, share = goal
    row_of, row_metres, links, first = scratch
    per_metre = 1.0 / max(WIDTH_M, limit_m / (BUCKETS - 2))
    rows = current = ZERO
    best, entered = limit_m, -1
    last = np.uint64(best * per_metre)
    for i in range(len(seeds.nodes)):
        node = np.uint64(seeds.nodes[i])
        key = seeds.metres[i]
        if share > 0.0:
            key += ahead(node_lon[node], node_lat[node], goal_lon, goal_lat, share)
        row = np.uint64(row_of[node])
        if key > limit_m or (row > ZERO and row_metres[row - ONE] <= seeds.metres[i]):
            continue
        row_metres[rows] = seeds.metres[i]
        links[rows, NODE], links[rows, EDGE], links[rows, PARENT] = node, NONE, NONE
        bucket = np.uint64(key * per_metre)
        links[rows, BUCKET], links[rows, AFTER], links[rows, BEFORE] = bucket, first[bucket], NONE
        if first[bucket] != NONE:
            links[np.uint64(first[bucket]), BEFORE] = rows
        first[bucket] = rows
        rows += ONE
        row_of[node] = rows
    while current <= last:
        if first[current] == NONE:
            current += ONE
            continue
        parent = np.uint64(first[current])
        below = links[parent, AFTER]
        first[current], links[parent, BUCKET] = below, NONE
        if below != NONE:
            links[np.uint64(below), BEFORE] = NONE
        node, so_far = np.uint64(links[parent, NODE]), row_metres[parent]
        for i in range(len(goal_nodes)):
            if goal_nodes[i] == node and so_far + goal_metres[i] <= best:
                best, entered = so_far + goal_metres[i], i
                last = np.uint64(best * per_metre)
        for edge in range(np.uint64(edge_start[node]), np.uint64(edge_start[node + ONE])):
            metres = so_far + edge_metres[edge]
            if edge_modes[edge] & mode == 0 or metres > best:
                continue
            head = np.uint64(edge_head[edge])
            row = np.uint64(row_of[head])
            if row == ZERO:
                row = rows
                rows += ONE
                row_of[head], links[row, NODE], links[row, BUCKET] = rows, head, NONE
            else:
                row -= ONE
                if metres >= row_metres[row]:
                    continue
            row_metres[row], links[row, EDGE], links[row, PARENT] = metres, edge, parent
            key = metres
            if share > 0.0:
                key += ahead(node_lon[head], node_lat[head], goal_lon, goal_lat, share)
                if key > best:
                    continue
            bucket = max(current, np.uint64(key * per_metre))
            if links[row, BUCKET] == bucket:
                continue
            if links[row, BUCKET] != NONE:
                below, above = links[row, AFTER], links[row, BEFORE]
                if above == NONE:
                    first[np.uint64(links[row, BUCKET])] = below
                else:
                    links[np.uint64(above), AFTER] = below
                if below != NONE:
                    links[np.uint64(below), BEFORE] = above
            below = first[bucket]
            if below != NONE:
                links[np.uint64(below), BEFORE] = row
            links[row, BUCKET], links[row, AFTER], links[row, BEFORE] = bucket, below, NONE
            first[bucket] = row
    for left in range(current, np.uint64(limit_m * per_metre) + ONE):
        first[left] = NONE
    for reached in links[:rows, NODE]:
        row_of[np.uint64(reached)] = 0
    return Tree(row_metres[:rows].copy(), links[:rows].copy()), entered


@njit(cache=True)
def metres_by_node(tree: Tree, nodes: U32, row: U32) -> F64:
    """Metres to each of some nodes, infinite where the tree does not reach. `row` is that of a clean scratch."""
    nodes_of = tree.links[:, NODE]
    for i in range(len(nodes_of)):
        row[np.uint64(nodes_of[i])] = i + 1
    found = np.full(len(nodes), np.inf)
    for i in range(len(nodes)):
        at = np.uint64(row[np.uint64(nodes[i])])
        if at > ZERO:
            found[i] = tree.metres[at - ONE]
    for i in range(len(nodes_of)):
        row[np.uint64(nodes_of[i])] = 0
    return found


@njit(cache=True)
def nearest_edge(
    grid: Grid, usable: NDArray[np.uint8], lon: float, lat: float, radius_m: float
) -> tuple[int, float, float]:
    """The usable edge nearest to a coordinate: (edge, fraction of its geometry, metres away); edge −1 if none is near.

    The fraction is along the stored geometry, whichever way the edge runs.
    """
    # Locals, as in `spread`.
    cell_start, cell_edges, box, edge_geometry, shape_start, shape_lon, shape_lat = grid
    per_lat = METRES_PER_DEGREE
    per_lon = METRES_PER_DEGREE * np.cos(np.radians(lat))
    columns, rows = int(box[4]), int(box[5])
    west = max(int(np.floor((lon - radius_m / per_lon - box[0]) / box[2])), 0)
    east = min(int(np.floor((lon + radius_m / per_lon - box[0]) / box[2])), columns - 1)
    south = max(int(np.floor((lat - radius_m / per_lat - box[1]) / box[3])), 0)
    north = min(int(np.floor((lat + radius_m / per_lat - box[1]) / box[3])), rows - 1)
    best = radius_m
    best_edge = -1
    best_fraction = 0.0
    for row in range(south, north + 1):
        for cell in range(row * columns + west, row * columns + east + 1):
            for entry in range(cell_start[cell], cell_start[cell + 1]):
                edge = cell_edges[entry]
                if usable[edge] == 0:
                    continue
                geometry = edge_geometry[edge]
                begin, end = np.int64(shape_start[geometry]), np.int64(shape_start[geometry + 1]) - 1
                # Most are further away, which squares say without a root; a little room makes up for their rounding.
                enough, is_near = best * best * (1 + 1e-6) + 1e-6, False
                for i in range(begin, end):
                    x, y = (shape_lon[i] - lon) * per_lon, (shape_lat[i] - lat) * per_lat
                    dx = (shape_lon[i + 1] - shape_lon[i]) * per_lon
                    dy = (shape_lat[i + 1] - shape_lat[i]) * per_lat
                    squares = dx * dx + dy * dy
                    share = min(max(-(x * dx + y * dy) / squares, 0.0), 1.0) if squares > 0 else 0.0
                    x, y = x + share * dx, y + share * dy
                    if x * x + y * y < enough:
                        is_near = True
                        break
                if not is_near:
                    continue
                along = 0.0
                here = -1.0
                for i in range(begin, end):
                    x = (shape_lon[i] - lon) * per_lon
                    y = (shape_lat[i] - lat) * per_lat
                    dx = (shape_lon[i + 1] - shape_lon[i]) * per_lon
                    dy = (shape_lat[i + 1] - shape_lat[i]) * per_lat
                    length = np.hypot(dx, dy)
                    share = 0.0
                    if length > 0:
                        share = min(max(-(x * dx + y * dy) / (length * length), 0.0), 1.0)
                    away = np.hypot(x + share * dx, y + share * dy)
                    if away < best:
                        best = away
                        best_edge = int(edge)
                        here = along + share * length
                    along += length
                if here >= 0:
                    best_fraction = here / along if along > 0 else 0.0
    return best_edge, best_fraction, best


@njit(nogil=True, cache=True)
def twins(edge_geometry: U32, geometries: int) -> U32:
    """For each edge the edge that runs the other way along the same geometry, or NONE, as for what has no geometry."""
    first = np.full(geometries, NONE, np.uint32)
    twin = np.full(len(edge_geometry), NONE, np.uint32)
    for edge in range(len(edge_geometry)):
        geometry = edge_geometry[edge]
        if geometry == NONE:
            continue
        if first[geometry] == NONE:
            first[geometry] = edge
        else:
            twin[edge] = first[geometry]
            twin[first[geometry]] = edge
    return twin
