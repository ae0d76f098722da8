"""What a tree of shortest ways says: the edges to one of its rows, their line on the ground, metres to many places.

All of these are short, so they keep the interpreter's lock: to let it go and to wait for it again takes longer than
what another thread could do meanwhile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.dijkstra import EDGE, METRES_PER_DEGREE, NODE, NONE, ONE, PARENT, ZERO, Tree
from transit.routing.kernels.raptor import Ends

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
    """The edges as they lie on the ground: by edge its length, its geometry, and whether it runs against that; by
    geometry (G + 1 offsets) its points.
    """

    metres: NDArray[np.float32]
    geometry: U32
    backward: NDArray[np.uint8]
    start: U32
    lon: F64
    lat: F64


class Stretch(NamedTuple):
    """A part of one edge: the metres on it, and from where to where on its stored geometry, as fractions of that."""

    edge: int
    metres: float
    begin: float
    end: float

    def backwards(self) -> Stretch:
        """The same from the other end."""
        return Stretch(self.edge, self.metres, self.end, self.begin)


class Stretches(NamedTuple):
    """Parts of edges that follow each other, each as a Stretch has it."""

    edge: U32
    metres: F64
    begin: F64
    end: F64

    def backwards(self) -> Stretches:
        """The same from the other end."""
        return Stretches(self.edge[::-1], self.metres[::-1], self.end[::-1], self.begin[::-1])

    def then(self, others: Stretches) -> Stretches:
        """These, then others."""
        return Stretches(
            np.concatenate((self.edge, others.edge)),
            np.concatenate((self.metres, others.metres)),
            np.concatenate((self.begin, others.begin)),
            np.concatenate((self.end, others.end)),
        )


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
    """Places on the streets, by place: its number, the ends of its edge and the metres to them, and what Here says."""

    number: U32
    tails: U32
    heads: U32
    to_tail_m: F64
    to_head_m: F64
    geometry: U32
    fraction: F64
    offset_m: F64
    lat: F64
    lon: F64


class Alone(NamedTuple):
    """Places that the streets do not reach, by their numbers."""

    number: U32
    lat: F64
    lon: F64


@njit(cache=True)
def find_row(links: U32, node: int) -> int:
    """The row of a node in a tree, −1 where the tree does not reach it. Of two rows of a seed the later is shorter."""
    for row in range(len(links) - 1, -1, -1):
        if links[row, NODE] == node:
            return row
    return -1


@njit(cache=True)
def root_of(links: U32, row: int) -> int:
    """The node from which a tree reaches a row."""
    at = np.uint64(row)
    while links[at, EDGE] != NONE:
        at = np.uint64(links[at, PARENT])
    return int(links[at, NODE])


@njit(cache=True)
def trace(shapes: Shapes, links: U32, row: int, first: Stretch, last: Stretch) -> Stretches:
    """A stretch to a seed of a tree, the edges from there to one of its rows, and a stretch from there."""
    count, at = np.uint64(2), np.uint64(row)
    while links[at, EDGE] != NONE:
        count, at = count + ONE, np.uint64(links[at, PARENT])
    found = Stretches(np.empty(count, np.uint32), np.empty(count), np.empty(count), np.empty(count))
    i, at = count - ONE, np.uint64(row)
    found.edge[i], found.metres[i], found.begin[i], found.end[i] = last
    while i > ONE:
        i -= ONE
        edge = np.uint64(links[at, EDGE])
        against = 1.0 if shapes.backward[edge] == 1 else 0.0
        found.edge[i], found.metres[i] = edge, shapes.metres[edge]
        found.begin[i], found.end[i] = against, 1.0 - against
        at = np.uint64(links[at, PARENT])
    found.edge[ZERO], found.metres[ZERO], found.begin[ZERO], found.end[ZERO] = first
    return found


@njit(cache=True)
def draw(shapes: Shapes, stretches: Stretches) -> tuple[F64, U32]:
    """The points (lon, lat) of stretches, both ends of each included, and the offsets at which each begins (n + 1).

    Where on a line a fraction is, is measured on the plane at the line's first point.
    """
    count = len(stretches.edge)
    room = np.int64(2 * count)
    for i in range(count):
        geometry = np.uint64(shapes.geometry[np.uint64(stretches.edge[i])])
        room += np.int64(shapes.start[geometry + ONE]) - np.int64(shapes.start[geometry])
    points, start = np.empty((room, 2)), np.empty(count + 1, np.uint32)
    along = np.empty(room)
    size = ZERO
    for i in range(count):
        start[i] = size
        geometry = np.uint64(shapes.geometry[np.uint64(stretches.edge[i])])
        first, length = np.uint64(shapes.start[geometry]), np.uint64(shapes.start[geometry + ONE])
        length -= first
        low, high = min(stretches.begin[i], stretches.end[i]), max(stretches.begin[i], stretches.end[i])
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
        if stretches.begin[i] > stretches.end[i]:
            left, right = begun, size - ONE
            while left < right:
                for axis in range(2):
                    points[left, axis], points[right, axis] = points[right, axis], points[left, axis]
                left, right = left + ONE, right - ONE
    start[count] = size
    return points[:size], start


@njit(cache=True)
def line_of(shapes: Shapes, stretches: Stretches, start: tuple[float, float], end: tuple[float, float]) -> F64:
    """The line (lon, lat) from a place over stretches to a place, without repeated points."""
    points, _ = draw(shapes, stretches)
    line = np.empty((len(points) + 2, 2))
    line[0, 0], line[0, 1] = start
    size = ONE
    for i in range(len(points) + 1):
        lon, lat = (points[i, 0], points[i, 1]) if i < len(points) else end
        if lon != line[size - ONE, 0] or lat != line[size - ONE, 1]:
            line[size, 0], line[size, 1] = lon, lat
            size += ONE
    return line[:size]


@njit(cache=True)
def length_of(line: F64) -> float:
    """Metres along a line (lon, lat)."""
    metres = 0.0
    for i in range(len(line) - 1):
        east = (line[i + 1, 0] - line[i, 0]) * np.cos(np.radians(line[i, 1]))
        metres += np.hypot(east, line[i + 1, 1] - line[i, 1])
    return metres * METRES_PER_DEGREE


@njit(cache=True)
def to_a_metre(line: F64) -> F64:
    """A line (lon, lat) to five decimals of a degree, without points that fall together."""
    found = np.empty_like(line)
    size = ZERO
    for i in range(len(line)):
        # The quotient of two whole numbers is the double that the decimal fraction is read as.
        lon, lat = np.rint(line[i, 0] * 1e5) / 1e5, np.rint(line[i, 1] * 1e5) / 1e5
        if size == ZERO or lon != found[size - ONE, 0] or lat != found[size - ONE, 1]:
            found[size, 0], found[size, 1] = lon, lat
            size += ONE
    return found[:size]


@njit(cache=True)
def metres_to_places(tree: Tree, row: U32, at: Places, alone: Alone, here: Here) -> F64:
    """By number, the metres from a place on the streets: along them (infinite beyond the tree), or straight where two
    are nearer to each other than to the street, or where the streets do not reach. `row` is that of a clean scratch.
    """
    for i in range(len(tree.links)):
        row[np.uint64(tree.links[i, NODE])] = i + 1
    per_lon = np.cos(np.radians(here.lat))
    found = np.empty(len(at.number) + len(alone.number))
    for i in range(len(at.number)):
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
        found[np.uint64(at.number[i])] = metres
    for i in range(len(alone.number)):
        east, north = (alone.lon[i] - here.lon) * per_lon, alone.lat[i] - here.lat
        across_m = DETOUR * METRES_PER_DEGREE * np.hypot(east, north)
        found[np.uint64(alone.number[i])] = across_m if across_m <= LEAP_M else np.inf
    for i in range(len(tree.links)):
        row[np.uint64(tree.links[i, NODE])] = 0
    return found


@njit(cache=True)
def within(metres: F64, limit_m: float, speed_mps: float) -> tuple[U32, NDArray[np.int32], F64]:
    """The places within a limit: their numbers, the seconds to them rounded up, the metres."""
    count = ZERO
    for i in range(len(metres)):
        if metres[i] <= limit_m:
            count += ONE
    numbers, seconds, near = np.empty(count, np.uint32), np.empty(count, np.int32), np.empty(count)
    count = ZERO
    for i in range(len(metres)):
        if metres[i] <= limit_m:
            numbers[count], seconds[count], near[count] = i, np.ceil(metres[i] / speed_mps), metres[i]
            count += ONE
    return numbers, seconds, near


@njit(cache=True)
def by_stop(ends: Ends, stops: int) -> F64:
    """By stop, the seconds between it and an end; infinite where one cannot walk."""
    seconds = np.full(stops, np.inf)
    for i in range(len(ends.stops)):
        seconds[np.uint64(ends.stops[i])] = ends.seconds[i]
    return seconds
