"""From many places on the streets to many others in a vehicle: the time of each way, and the metres of that way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import EDGE, NODE, NONE, ONE, PARENT, ZERO, Goal, Points, Scratch, Tree, spread
from transit.routing.kernels.walks import Gait, Land, ends_of
from transit.routing.kernels.ways import At, Places, along_one_street, can_use

I32 = NDArray[np.int32]
U32 = NDArray[np.uint32]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


NO_WAY = np.int32(1 << 29)
ROUNDING = 1e-6
"""Sums in another order differ by less."""


class Course(NamedTuple):
    """Streets as metres at some top speed, so that the shortest way is the quickest; by edge its true metres; places
    on them, and the edge of each.
    """

    land: Land
    true_m: F32
    places: Places
    edges: U32


@njit(nogil=True, cache=True)
def place_at(course: Course, i: int) -> At:
    """A place as one meets the streets."""
    places, edge = course.places, int(course.edges[i])
    is_forward = course.land.roads.shapes.backward[np.uint64(edge)] == 0
    along = places.fraction[i] if is_forward else 1.0 - places.fraction[i]
    return At(places.lon[i], places.lat[i], edge, along, places.offset_m[i])


@njit(nogil=True, cache=True)
def true_metres(course: Course, tree: Tree, start: At) -> F64:
    """By row of a tree that grows from a start, the metres of the way."""
    links, true_m = tree.links, course.true_m
    share = true_m[start.edge] / max(np.float64(course.land.roads.shapes.metres[start.edge]), 1e-9)
    found, is_missing = np.full(len(links), -1.0), True
    while is_missing:
        is_missing = False
        for row in range(len(links)):
            parent = links[row, PARENT]
            if found[row] >= 0.0:
                continue
            if parent == NONE:
                # From the start to an end of its edge.
                found[row] = (tree.metres[row] - start.offset_m) * share + start.offset_m
            elif found[np.uint64(parent)] >= 0.0:
                found[row] = found[np.uint64(parent)] + true_m[np.uint64(links[row, EDGE])]
            else:
                # A row comes before its parent where a shorter way to it was found late.
                is_missing = True
    return found


@njit(nogil=True, cache=True)
def ways_from(course: Course, start: At, gait: Gait, scratch: Scratch) -> tuple[F64, F64]:
    """By place, the metres at top speed from a start, infinite beyond the limit, and the true metres of that way."""
    (graph, roads), true_m, places, edges = course
    mode, _, limit_m = gait
    nowhere = Goal(Points(np.empty(0, np.uint32), np.empty(0)), 0.0, 0.0, 0.0)
    tree, _ = spread(graph, ends_of(roads, start, mode, False), nowhere, mode, limit_m, scratch)
    along_tree, row = true_metres(course, tree, start), scratch.row
    for i in range(len(tree.links)):
        row[np.uint64(tree.links[i, NODE])] = i + 1
    found, true = np.full(len(edges), np.inf), np.full(len(edges), np.inf)
    for i in range(len(edges)):
        edge, offset_m = int(edges[i]), places.offset_m[i]
        share = true_m[edge] / max(np.float64(roads.shapes.metres[edge]), 1e-9)
        tail, head = row[np.uint64(places.tails[i])], row[np.uint64(places.heads[i])]
        metres, way_m = np.inf, np.inf
        if tail > ZERO and can_use(roads, edge, mode):
            metres = tree.metres[np.uint64(tail) - ONE] + places.to_tail_m[i]
            way_m = along_tree[np.uint64(tail) - ONE] + places.to_tail_m[i] * share
        if head > ZERO and can_use(roads, int(roads.twins[np.uint64(edge)]), mode):
            by_head_m = tree.metres[np.uint64(head) - ONE] + places.to_head_m[i]
            if by_head_m < metres:
                metres, way_m = by_head_m, along_tree[np.uint64(head) - ONE] + places.to_head_m[i] * share
        along = along_one_street(roads, start, place_at(course, i), mode)
        if along + start.offset_m < metres:
            metres, way_m = along + start.offset_m, along * share + start.offset_m
        if metres + offset_m <= limit_m:
            found[i], true[i] = metres + offset_m, way_m + offset_m
    for i in range(len(tree.links)):
        row[np.uint64(tree.links[i, NODE])] = 0
    return found, true


@njit(nogil=True, cache=True)
def fill(course: Course, gait: Gait, scratch: Scratch, seconds: I32, metres: I32) -> None:
    """From every place to every place, in whole seconds and metres rounded up; NO_WAY beyond the limit.

    The speed of the gait is that at which the metres at top speed are driven.
    """
    for i in range(len(course.edges)):
        timed, true = ways_from(course, place_at(course, i), gait, scratch)
        for j in range(len(timed)):
            if timed[j] == np.inf:
                seconds[i, j] = metres[i, j] = NO_WAY
            else:
                seconds[i, j] = np.ceil(timed[j] / gait.speed_mps - ROUNDING)
                metres[i, j] = np.ceil(true[j] - ROUNDING)
        seconds[i, i] = metres[i, i] = 0


@njit(nogil=True, cache=True)
def close(seconds: I32, metres: I32) -> int:
    """Makes triangles hold (Floyd 1962, Warshall 1962); returns how many ways became quicker.

    Shortest ways obey them but for turns that are forbidden, which one who stops between may make up for by a U-turn.
    """
    quicker = 0
    for k in range(len(seconds)):
        onward = seconds[k]
        for i in range(len(seconds)):
            first, row = seconds[i, k], seconds[i]
            gain = 0
            for j in range(len(row)):
                gain = max(gain, row[j] - first - onward[j])
            if gain > 0:
                for j in range(len(row)):
                    if first + onward[j] < row[j]:
                        row[j], metres[i, j] = first + onward[j], metres[i, k] + metres[k, j]
                        quicker += 1
    return quicker
