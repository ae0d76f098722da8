"""From a place on the streets to the stops around it, and to another place: each one call.

Short, so it keeps the interpreter's lock (see `ways`): two threads that let it go here did less together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import Goal, Graph, Points, Scratch, Tree, spread
from transit.routing.kernels.ways import (
    Alone,
    At,
    Here,
    Places,
    Roads,
    Stretches,
    can_use,
    metres_to_places,
    stored_fraction,
    way_in,
    within,
)

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
F64 = NDArray[np.float64]


class Land(NamedTuple):
    """The streets as they are searched and as they are drawn."""

    graph: Graph
    roads: Roads


class StopLinks(NamedTuple):
    """The stops that stand on the streets, with where, and those that the streets do not reach."""

    on_streets: Places
    alone: Alone


class Gait(NamedTuple):
    """Which edges one may use, how fast one is, and how far one goes."""

    mode: np.uint8
    speed_mps: float
    limit_m: float


@njit(cache=True)
def ends_of(roads: Roads, at: At, mode: np.uint8, entering: bool) -> Points:
    """The ends of the edge that a place is on, as ways out of the place or into it."""
    nodes, metres, count = np.empty(2, np.uint32), np.empty(2), 0
    length = np.float64(roads.shapes.metres[at.edge])
    forward, backward = can_use(roads, at.edge, mode), can_use(roads, int(roads.twins[at.edge]), mode)
    if backward if entering else forward:
        nodes[count], metres[count] = roads.heads[at.edge], (1.0 - at.fraction) * length + at.offset_m
        count += 1
    if forward if entering else backward:
        nodes[count], metres[count] = roads.tails[at.edge], at.fraction * length + at.offset_m
        count += 1
    return Points(nodes[:count], metres[:count])


@njit(cache=True)
def reach(
    land: Land, links: StopLinks, start: At, chosen: U32, gait: Gait, scratch: Scratch
) -> tuple[Tree, U32, I32, F64]:
    """The tree of ways from a place, and the stops within a walk: their numbers, the seconds to them rounded up, the
    metres. `chosen` stops are the place itself.
    """
    graph, roads = land
    mode, speed_mps, limit_m = gait
    nowhere = Goal(Points(np.empty(0, np.uint32), np.empty(0)), 0.0, 0.0, 0.0)
    tree, _ = spread(graph, ends_of(roads, start, mode, False), nowhere, mode, limit_m, scratch)
    shapes = roads.shapes
    length, geometry = np.float64(shapes.metres[start.edge]), int(shapes.geometry[start.edge])
    here = Here(geometry, stored_fraction(roads, start), length, start.offset_m, start.lat, start.lon)
    metres = metres_to_places(tree, scratch.row, links.on_streets, links.alone, here)
    for i in range(len(chosen)):
        metres[np.uint64(chosen[i])] = 0.0
    numbers, seconds, near = within(metres, limit_m, speed_mps)
    return tree, numbers, seconds, near


@njit(cache=True)
def lead(land: Land, start: At, end: At, share: float, gait: Gait, scratch: Scratch) -> tuple[F64, Stretches]:
    """The line and the stretches of the shortest way from a place to another; a line of no points where there is none.

    `share` is how much of the straight line no way undercuts.
    """
    graph, roads = land
    mode, _, limit_m = gait
    goal = Goal(ends_of(roads, end, mode, True), end.lon, end.lat, share)
    tree, entered = spread(graph, ends_of(roads, start, mode, False), goal, mode, limit_m, scratch)
    if entered < 0 and roads.shapes.geometry[start.edge] != roads.shapes.geometry[end.edge]:
        return np.empty((0, 2)), Stretches(np.empty(0, np.uint32), np.empty(0), np.empty(0), np.empty(0))
    return way_in(roads, tree, start, end, mode)
