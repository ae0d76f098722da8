"""From a place on the streets to many others in a vehicle, which keeps to one-way streets: one call.

Short, so it keeps the interpreter's lock (see `ways`).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import NODE, ZERO, Goal, Points, Scratch, spread
from transit.routing.kernels.walks import Gait, Land, ends_of
from transit.routing.kernels.ways import At, Places, along_one_street, can_use

U32 = NDArray[np.uint32]
F64 = NDArray[np.float64]


@njit(cache=True)
def driven(land: Land, places: Places, edges: U32, start: At, gait: Gait, scratch: Scratch) -> F64:
    """By place, the metres to it; infinite beyond the limit. `edges` are those that the places are on."""
    graph, roads = land
    mode, _, limit_m = gait
    nowhere = Goal(Points(np.empty(0, np.uint32), np.empty(0)), 0.0, 0.0, 0.0)
    tree, _ = spread(graph, ends_of(roads, start, mode, False), nowhere, mode, limit_m, scratch)
    row = scratch.row
    for i in range(len(tree.links)):
        row[np.uint64(tree.links[i, NODE])] = i + 1
    found = np.full(len(edges), np.inf)
    for i in range(len(edges)):
        edge = int(edges[i])
        tail, head = row[np.uint64(places.tails[i])], row[np.uint64(places.heads[i])]
        metres = np.inf
        if tail > ZERO and can_use(roads, edge, mode):
            metres = tree.metres[np.uint64(tail) - np.uint64(1)] + places.to_tail_m[i]
        if head > ZERO and can_use(roads, int(roads.twins[np.uint64(edge)]), mode):
            metres = min(metres, tree.metres[np.uint64(head) - np.uint64(1)] + places.to_head_m[i])
        along = places.fraction[i] if roads.shapes.backward[np.uint64(edge)] == 0 else 1.0 - places.fraction[i]
        there = At(places.lon[i], places.lat[i], edge, along, places.offset_m[i])
        metres = min(metres, along_one_street(roads, start, there, mode) + start.offset_m) + places.offset_m[i]
        if metres <= limit_m:
            found[i] = metres
    for i in range(len(tree.links)):
        row[np.uint64(tree.links[i, NODE])] = 0
    return found
