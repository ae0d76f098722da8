"""Shortest ways on the street graph (Dijkstra 1959; with a goal A*: Hart, Nilsson, Raphael 1968); the nearest edge."""

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
    """Ways from a place: metres to each node (infinite where not reached), and the edge and node before it.

    `heap`, `keys` and `place` are the queue: a binary heap with the place (+ 1) of each node in it.
    """

    metres: F64
    parent_edge: U32
    parent_node: U32
    heap: U32
    keys: F64
    place: U32


class Grid(NamedTuple):
    """The grid of Streets and the geometry that it leads to."""

    cell_start: U32
    cell_edges: U32
    box: F64
    edge_geometry: U32
    shape_start: U32
    shape_lon: F64
    shape_lat: F64


@njit(nogil=True, cache=True)
def rise(tree: Tree, node: np.uint64, key: np.float64, place: np.uint64) -> None:
    """Puts a node in at a place of the heap or above it."""
    while place > ZERO:
        above = (place - ONE) >> ONE
        if tree.keys[above] <= key:
            break
        tree.heap[place] = tree.heap[above]
        tree.keys[place] = tree.keys[above]
        tree.place[np.uint64(tree.heap[place])] = place + ONE
        place = above
    tree.heap[place] = node
    tree.keys[place] = key
    tree.place[node] = place + ONE


@njit(nogil=True, cache=True)
def sink(tree: Tree, count: np.uint64) -> None:
    """Takes the top off a heap of count + 1 nodes: the last one goes down from there."""
    node = np.uint64(tree.heap[count])
    key = tree.keys[count]
    place = ZERO
    while True:
        below = place + place + ONE
        if below >= count:
            break
        if below + ONE < count and tree.keys[below + ONE] < tree.keys[below]:
            below += ONE
        if tree.keys[below] >= key:
            break
        tree.heap[place] = tree.heap[below]
        tree.keys[place] = tree.keys[below]
        tree.place[np.uint64(tree.heap[place])] = place + ONE
        place = below
    if count > ZERO:
        tree.heap[place] = node
        tree.keys[place] = key
        tree.place[node] = place + ONE


@njit(nogil=True, cache=True)
def ahead(graph: Graph, goal: Goal, node: np.uint64) -> float:
    """Metres that no way from a node to the goal undercuts; 0 without a goal."""
    if goal.share == 0.0:
        return 0.0
    east = (graph.node_lon[node] - goal.lon) * np.cos(np.radians(goal.lat))
    return float(np.hypot(east, graph.node_lat[node] - goal.lat) * METRES_PER_DEGREE * goal.share)


@njit(nogil=True, cache=True)
def spread(graph: Graph, seeds: Points, goal: Goal, mode: np.uint8, limit_m: float, tree: Tree) -> int:
    """Grows the tree of shortest ways for one mode from the seeds as far as the limit, or until the goal is certain.

    `tree.metres` is infinite and `tree.place` zero at first. Returns which of the goal's ends the best way enters, −1
    where none is reached.
    """
    count = ZERO
    best = limit_m
    entered = -1
    for i in range(len(seeds.nodes)):
        node = np.uint64(seeds.nodes[i])
        if seeds.metres[i] < tree.metres[node] and seeds.metres[i] <= limit_m:
            tree.metres[node] = seeds.metres[i]
            tree.parent_edge[node] = NONE
            tree.parent_node[node] = NONE
            key = seeds.metres[i] + ahead(graph, goal, node)
            place = count
            if tree.place[node] > 0:
                place = np.uint64(tree.place[node]) - ONE
            else:
                count += ONE
            rise(tree, node, key, place)
    while count > ZERO and tree.keys[0] <= best:
        node = np.uint64(tree.heap[0])
        tree.place[node] = 0
        count -= ONE
        sink(tree, count)
        so_far = tree.metres[node]
        for i in range(len(goal.ends.nodes)):
            if goal.ends.nodes[i] == node and so_far + goal.ends.metres[i] <= best:
                best = so_far + goal.ends.metres[i]
                entered = i
        for edge in range(np.uint64(graph.edge_start[node]), np.uint64(graph.edge_start[node + ONE])):
            if graph.edge_modes[edge] & mode == 0:
                continue
            head = np.uint64(graph.edge_head[edge])
            metres = so_far + graph.edge_metres[edge]
            if metres >= tree.metres[head] or metres > best:
                continue
            tree.metres[head] = metres
            tree.parent_edge[head] = edge
            tree.parent_node[head] = node
            key = metres + ahead(graph, goal, head)
            place = count
            if tree.place[head] > 0:
                place = np.uint64(tree.place[head]) - ONE
            else:
                count += ONE
            rise(tree, head, key, place)
    return entered


@njit(nogil=True, cache=True)
def nearest_edge(
    grid: Grid, usable: NDArray[np.uint8], lon: float, lat: float, radius_m: float
) -> tuple[int, float, float]:
    """The usable edge nearest to a coordinate: (edge, fraction of its geometry, metres away); edge −1 if none is near.

    The fraction is along the stored geometry, whichever way the edge runs.
    """
    per_lat = METRES_PER_DEGREE
    per_lon = METRES_PER_DEGREE * np.cos(np.radians(lat))
    columns, rows = int(grid.box[4]), int(grid.box[5])
    west = max(int(np.floor((lon - radius_m / per_lon - grid.box[0]) / grid.box[2])), 0)
    east = min(int(np.floor((lon + radius_m / per_lon - grid.box[0]) / grid.box[2])), columns - 1)
    south = max(int(np.floor((lat - radius_m / per_lat - grid.box[1]) / grid.box[3])), 0)
    north = min(int(np.floor((lat + radius_m / per_lat - grid.box[1]) / grid.box[3])), rows - 1)
    best = radius_m
    best_edge = -1
    best_fraction = 0.0
    for row in range(south, north + 1):
        for cell in range(row * columns + west, row * columns + east + 1):
            for entry in range(grid.cell_start[cell], grid.cell_start[cell + 1]):
                edge = grid.cell_edges[entry]
                if usable[edge] == 0:
                    continue
                geometry = grid.edge_geometry[edge]
                along = 0.0
                here = -1.0
                for i in range(np.int64(grid.shape_start[geometry]), np.int64(grid.shape_start[geometry + 1]) - 1):
                    x = (grid.shape_lon[i] - lon) * per_lon
                    y = (grid.shape_lat[i] - lat) * per_lat
                    dx = (grid.shape_lon[i + 1] - grid.shape_lon[i]) * per_lon
                    dy = (grid.shape_lat[i + 1] - grid.shape_lat[i]) * per_lat
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
    """For each edge the edge that runs the other way along the same geometry, or NONE."""
    first = np.full(geometries, NONE, np.uint32)
    twin = np.full(len(edge_geometry), NONE, np.uint32)
    for edge in range(len(edge_geometry)):
        geometry = edge_geometry[edge]
        if first[geometry] == NONE:
            first[geometry] = edge
        else:
            twin[edge] = first[geometry]
            twin[first[geometry]] = edge
    return twin
