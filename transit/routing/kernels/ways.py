"""What a tree of shortest ways says: the edges to one of its rows, their line on the ground, metres to many places."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import EDGE, METRES_PER_DEGREE, NONE, ONE, PARENT, ZERO, Tree

U32 = NDArray[np.uint32]
F64 = NDArray[np.float64]

DETOUR = 1.3
"""How much longer than the straight line a way on foot is in a street grid: between 4/π (every direction equally
likely) and √2 (the worst)."""

LEAP_M = 300.0
"""From a place that the streets reach to one that they do not, nobody is led further than this in a straight line:
there may be water, a fence or a railway between.
"""


class Shapes(NamedTuple):
    """The stored geometries of the edges."""

    start: U32
    """G + 1 offsets."""
    lon: F64
    lat: F64


class Pieces(NamedTuple):
    """Parts of stored geometries that follow each other: from a fraction of each to another, either way round."""

    geometry: U32
    begin: F64
    end: F64


class Here(NamedTuple):
    """A place on the streets: the geometry that it is on, where on it, the length of that, and metres from there to
    the place itself.
    """

    geometry: int
    fraction: float
    metres: float
    offset_m: float
    lat: float
    lon: float


class Places(NamedTuple):
    """Places on the streets, by place: the ends of its edge and the metres to them, and what Here says of one."""

    tails: U32
    heads: U32
    to_tail_m: F64
    to_head_m: F64
    geometry: U32
    fraction: F64
    offset_m: F64
    lat: F64
    lon: F64


@njit(nogil=True, cache=True)
def edges_to(links: U32, row: np.uint64) -> U32:
    """The edges from a seed of a tree to one of its rows, in order."""
    count, at = ZERO, row
    while links[at, EDGE] != NONE:
        count, at = count + ONE, np.uint64(links[at, PARENT])
    edges, at = np.empty(count, np.uint32), row
    while count > ZERO:
        count -= ONE
        edges[count], at = links[at, EDGE], np.uint64(links[at, PARENT])
    return edges


@njit(nogil=True, cache=True)
def draw(shapes: Shapes, pieces: Pieces) -> tuple[F64, U32]:
    """The points (lon, lat) of pieces, both ends of each included, and by piece the offset of its first; n + 1.

    Where on a line a fraction is, is measured on the plane at the line's first point.
    """
    count = len(pieces.geometry)
    room = np.int64(2 * count)
    for i in range(count):
        geometry = np.uint64(pieces.geometry[i])
        room += np.int64(shapes.start[geometry + ONE]) - np.int64(shapes.start[geometry])
    points, start = np.empty((room, 2)), np.empty(count + 1, np.uint32)
    along = np.empty(room)
    size = ZERO
    for i in range(count):
        start[i] = size
        geometry = np.uint64(pieces.geometry[i])
        first, length = np.uint64(shapes.start[geometry]), np.uint64(shapes.start[geometry + ONE])
        length -= first
        low, high = min(pieces.begin[i], pieces.end[i]), max(pieces.begin[i], pieces.end[i])
        begun = np.uint64(size)
        if low == 0.0 and high == 1.0:
            for each in range(length):
                points[size, 0], points[size, 1] = shapes.lon[first + each], shapes.lat[first + each]
                size += ONE
        else:
            scale = np.cos(np.radians(shapes.lat[first]))
            along[0] = 0.0
            for to in range(ONE, length):
                east = (shapes.lon[first + to] - shapes.lon[first + to - ONE]) * scale
                north = shapes.lat[first + to] - shapes.lat[first + to - ONE]
                along[to] = along[to - ONE] + np.hypot(east, north)
            low, high = low * along[length - ONE], high * along[length - ONE]
            for end in range(2):
                at = low if end == 0 else high
                k = ONE
                while k + ONE < length and along[k] < at:
                    k += ONE
                step = along[k] - along[k - ONE]
                share = (at - along[k - ONE]) / step if step > 0.0 else 0.0
                a, b = first + k - ONE, first + k
                points[size, 0] = shapes.lon[a] + share * (shapes.lon[b] - shapes.lon[a])
                points[size, 1] = shapes.lat[a] + share * (shapes.lat[b] - shapes.lat[a])
                size += ONE
                if end == 0:
                    for inner in range(length):
                        if low < along[inner] < high:
                            points[size, 0], points[size, 1] = shapes.lon[first + inner], shapes.lat[first + inner]
                            size += ONE
        if pieces.begin[i] > pieces.end[i]:
            left, right = begun, size - ONE
            while left < right:
                for axis in range(2):
                    points[left, axis], points[right, axis] = points[right, axis], points[left, axis]
                left, right = left + ONE, right - ONE
    start[count] = size
    return points[:size], start


@njit(nogil=True, cache=True)
def line_of(shapes: Shapes, pieces: Pieces, start: tuple[float, float], end: tuple[float, float]) -> F64:
    """The line (lon, lat) from a place over pieces to a place, without repeated points."""
    points, _ = draw(shapes, pieces)
    line = np.empty((len(points) + 2, 2))
    line[0, 0], line[0, 1] = start
    size = ONE
    for i in range(len(points) + 1):
        lon, lat = (points[i, 0], points[i, 1]) if i < len(points) else end
        if lon != line[size - ONE, 0] or lat != line[size - ONE, 1]:
            line[size, 0], line[size, 1] = lon, lat
            size += ONE
    return line[:size]


@njit(nogil=True, cache=True)
def metres_to_places(tree: Tree, row: U32, at: Places, here: Here) -> F64:
    """Metres from a place on the streets to others: along the streets (infinite beyond the tree), or straight where
    two are nearer to each other than to the street. `row` is that of a clean scratch.
    """
    nodes = tree.links[:, 0]
    for i in range(len(nodes)):
        row[np.uint64(nodes[i])] = i + 1
    per_lon = np.cos(np.radians(here.lat))
    found = np.empty(len(at.tails))
    for i in range(len(found)):
        metres = np.inf
        tail, head = np.uint64(row[np.uint64(at.tails[i])]), np.uint64(row[np.uint64(at.heads[i])])
        if tail > ZERO:
            metres = tree.metres[tail - ONE] + at.to_tail_m[i]
        if head > ZERO:
            metres = min(metres, tree.metres[head - ONE] + at.to_head_m[i])
        metres += at.offset_m[i]
        away_m = here.offset_m + at.offset_m[i]
        if at.geometry[i] == here.geometry:
            metres = min(metres, abs(at.fraction[i] - here.fraction) * here.metres + away_m)
        north = at.lat[i] - here.lat
        if abs(north) * METRES_PER_DEGREE <= away_m:
            across_m = DETOUR * METRES_PER_DEGREE * np.hypot((at.lon[i] - here.lon) * per_lon, north)
            if across_m <= min(LEAP_M, away_m):
                metres = across_m
        found[i] = metres
    for i in range(len(nodes)):
        row[np.uint64(nodes[i])] = 0
    return found
