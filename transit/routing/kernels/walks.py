"""From a place on the streets to the stops around it, and to another place: each one call; all of a search in one.

What is short keeps the interpreter's lock (see `ways`): two threads that let it go there did less together. What is
around both ends of a search is found in 0.1 ms or in 1, depending on how dense the streets are, so there are two of it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import Goal, Graph, Grid, Points, Scratch, Tree, nearest_edge, spread
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
U8 = NDArray[np.uint8]

SNAP_M = 500.0
"""Nobody is led to a street further away than this; beyond, the place counts as off the streets."""


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


class Net(NamedTuple):
    """The streets, how a place is put on them, by edge whether it or its twin may be used, and the stops."""

    land: Land
    grid: Grid
    on_foot: U8
    by_bicycle: U8
    links: StopLinks


class Side(NamedTuple):
    """One end of a search: a place, and the stops that are the place itself."""

    lon: float
    lat: float
    chosen: U32


class Near(NamedTuple):
    """What is around a place: where it meets the streets, the tree of ways from it, and the stops within a walk with
    the seconds to them rounded up and the metres. Where it meets none (edge −1), the rest is empty.
    """

    at: At
    tree: Tree
    stops: U32
    seconds: I32
    metres: F64


class Line(NamedTuple):
    """A way between two places on the streets; of no points where there is none."""

    start: At
    end: At
    points: F64
    stretches: Stretches


BareAt = tuple[float, float, int, float, float]
BareNear = tuple[BareAt, tuple[F64, U32], tuple[U32, I32], F64]
BareLine = tuple[BareAt, BareAt, F64, tuple[U32, F64, F64, F64]]
"""At, Near and Line without names."""


@njit(cache=True)
def snap(grid: Grid, backward: U8, usable: U8, lon: float, lat: float) -> At:
    """A coordinate on the nearest edge that may be used; edge −1 where none is near."""
    for radius in (SNAP_M / 5, SNAP_M):
        edge, fraction, away = nearest_edge(grid, usable, lon, lat, radius)
        if edge >= 0:
            return At(lon, lat, edge, 1.0 - fraction if backward[edge] == 1 else fraction, away)
    return At(lon, lat, -1, 0.0, 0.0)


@njit(cache=True)
def ends_of(roads: Roads, at: At, mode: np.uint8, entering: bool) -> Points:
    """The ends of the edge that a place is on, as ways out of the place or into it."""
    nodes, metres, count = np.empty(2, np.uint32), np.empty(2), 0
    length = np.float64(roads.shapes.metres[at.edge])
    back = int(roads.twins[at.edge])
    forward, backward = can_use(roads, at.edge, mode), can_use(roads, back, mode)
    # An edge and the one back may end at nodes of their own (see `turns`).
    if backward if entering else forward:
        nodes[count] = roads.tails[back] if entering else roads.heads[at.edge]
        metres[count] = (1.0 - at.fraction) * length + at.offset_m
        count += 1
    if forward if entering else backward:
        nodes[count] = roads.tails[at.edge] if entering else roads.heads[back]
        metres[count] = at.fraction * length + at.offset_m
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
def lead(land: Land, start: At, end: At, share: float, gait: Gait, scratch: Scratch) -> tuple[F64, Stretches, int]:
    """The line and the stretches of the shortest way from a place to another; a line of no points where there is none.
    And how many rows the tree has.

    `share` is how much of the straight line no way undercuts.
    """
    graph, roads = land
    mode, _, limit_m = gait
    goal = Goal(ends_of(roads, end, mode, True), end.lon, end.lat, share)
    tree, entered = spread(graph, ends_of(roads, start, mode, False), goal, mode, limit_m, scratch)
    if entered < 0 and roads.shapes.geometry[start.edge] != roads.shapes.geometry[end.edge]:
        points, stretches = np.empty((0, 2)), Stretches(np.empty(0, np.uint32), np.empty(0), np.empty(0), np.empty(0))
    else:
        points, stretches = way_in(roads, tree, start, end, mode)
    return points, stretches, len(tree.links)


@njit(cache=True)
def surround(net: Net, side: Side, gait: Gait, scratch: Scratch) -> Near:
    """What is around one end of a search."""
    at = snap(net.grid, net.land.roads.shapes.backward, net.on_foot, side.lon, side.lat)
    if at.edge < 0:
        nothing = Tree(np.empty(0), np.empty((0, 6), np.uint32))
        return Near(at, nothing, np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0))
    tree, stops, seconds, metres = reach(net.land, net.links, at, side.chosen, gait, scratch)
    return Near(at, tree, stops, seconds, metres)


@njit(cache=True)
def bare_near(near: Near) -> BareNear:
    """The same without names: the class of what has names is looked up whenever it leaves a kernel."""
    return bare_at(near.at), (near.tree.metres, near.tree.links), (near.stops, near.seconds), near.metres


@njit(cache=True)
def bare_line(line: Line) -> BareLine:
    """As `bare_near`."""
    edge, metres, begin, end = line.stretches
    return bare_at(line.start), bare_at(line.end), line.points, (edge, metres, begin, end)


@njit(cache=True)
def bare_at(at: At) -> BareAt:
    """As `bare_near`."""
    return at.lon, at.lat, at.edge, at.fraction, at.offset_m


@njit(cache=True)
def survey(
    net: Net, sides: tuple[Side, Side], gaits: tuple[Gait, Gait], share: float, scratch: Scratch
) -> tuple[BareNear, BareNear, BareLine, BareLine, int]:
    """What is around both ends of a search, and the ways between them on foot and by bicycle (limit 0: none asked for).
    And how many rows all trees have.

    All that a search does on the streets before it looks for vehicles.
    """
    (start, end), (on_foot, by_bicycle), roads = sides, gaits, net.land.roads
    origin, destination = surround(net, start, on_foot, scratch), surround(net, end, on_foot, scratch)
    rows = len(origin.tree.links) + len(destination.tree.links)
    nothing = np.empty((0, 2)), Stretches(np.empty(0, np.uint32), np.empty(0), np.empty(0), np.empty(0))
    points, stretches = nothing
    if origin.at.edge >= 0 and destination.at.edge >= 0:
        points, stretches = way_in(roads, origin.tree, origin.at, destination.at, on_foot.mode)
    walk = Line(origin.at, destination.at, points, stretches)
    points, stretches = nothing
    here, there = At(start.lon, start.lat, -1, 0.0, 0.0), At(end.lon, end.lat, -1, 0.0, 0.0)
    if by_bicycle.limit_m > 0.0:
        here = snap(net.grid, roads.shapes.backward, net.by_bicycle, start.lon, start.lat)
        there = snap(net.grid, roads.shapes.backward, net.by_bicycle, end.lon, end.lat)
        if here.edge >= 0 and there.edge >= 0:
            points, stretches, ridden = lead(net.land, here, there, share, by_bicycle, scratch)
            rows += ridden
    ridden_way = bare_line(Line(here, there, points, stretches))
    return bare_near(origin), bare_near(destination), bare_line(walk), ridden_way, rows


@njit(nogil=True, cache=True)
def long_survey(
    net: Net, sides: tuple[Side, Side], gaits: tuple[Gait, Gait], share: float, scratch: Scratch
) -> tuple[BareNear, BareNear, BareLine, BareLine, int]:
    """`survey` without the interpreter's lock."""
    return survey(net, sides, gaits, share, scratch)
