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


class Roads(NamedTuple):
    """By edge: its ends, the edge back (or NONE), the modes that may use it; and how the edges lie."""

    tails: U32
    heads: U32
    twins: U32
    modes: NDArray[np.uint8]
    shapes: Shapes


class At(NamedTuple):
    """A place and the point of an edge where it meets the streets: `fraction` from tail to head, `offset_m` away."""

    lon: float
    lat: float
    edge: int
    fraction: float
    offset_m: float


class Places(NamedTuple):
    """Places on the streets, by place: its number, the nodes from which one comes along its edge and against it and the
    metres from them, and what Here says.
    """

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
    """A stretch to a seed of a tree, the edges from there to one of its rows, and a stretch from there. What has no
    geometry is left out.
    """
    count, at = np.uint64(2), np.uint64(row)
    while links[at, EDGE] != NONE:
        if shapes.geometry[np.uint64(links[at, EDGE])] != NONE:
            count += ONE
        at = np.uint64(links[at, PARENT])
    found = Stretches(np.empty(count, np.uint32), np.empty(count), np.empty(count), np.empty(count))
    i, at = count - ONE, np.uint64(row)
    found.edge[i], found.metres[i], found.begin[i], found.end[i] = last
    while i > ONE:
        edge = np.uint64(links[at, EDGE])
        if shapes.geometry[edge] == NONE:
            at = np.uint64(links[at, PARENT])
            continue
        i -= ONE
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
def can_use(roads: Roads, edge: int, mode: np.uint8) -> bool:
    """Whether a mode may use an edge; NONE is none."""
    return edge != NONE and roads.modes[np.uint64(edge)] & mode != 0


@njit(cache=True)
def stored_fraction(roads: Roads, at: At) -> float:
    """Where on the stored geometry a place is, whichever way its edge runs."""
    return 1.0 - at.fraction if roads.shapes.backward[at.edge] == 1 else at.fraction


@njit(cache=True)
def end_piece(roads: Roads, at: At, to_head: bool) -> Stretch:
    """From a place on an edge to one end of that edge."""
    to_stored_end = to_head != (roads.shapes.backward[at.edge] == 1)
    share = 1.0 - at.fraction if to_head else at.fraction
    metres = share * np.float64(roads.shapes.metres[at.edge])
    return Stretch(at.edge, metres, stored_fraction(roads, at), 1.0 if to_stored_end else 0.0)


@njit(cache=True)
def best_end(roads: Roads, tree: Tree, end: At, mode: np.uint8) -> tuple[float, int, bool]:
    """The shortest way of a tree into a place: metres, the row it comes from (−1: none), whether by the head."""
    best, best_row, best_by_head = np.inf, -1, False
    length = np.float64(roads.shapes.metres[end.edge])
    back = int(roads.twins[end.edge])
    forward, backward = can_use(roads, end.edge, mode), can_use(roads, back, mode)
    for side in range(2):
        by_head = side == 1
        if not (backward if by_head else forward):
            continue
        row = find_row(tree.links, int(roads.tails[back] if by_head else roads.tails[end.edge]))
        if row < 0:
            continue
        into = (1.0 - end.fraction if by_head else end.fraction) * length + end.offset_m
        metres = tree.metres[row] + into
        if metres < best or (metres == best and row < best_row):
            best, best_row, best_by_head = metres, row, by_head
    return best, best_row, best_by_head


@njit(cache=True)
def leaves_by_head(roads: Roads, start: At, root: int, mode: np.uint8) -> bool:
    """Whether the shorter way from a place to a node at an end of its edge leads over the head."""
    back = int(roads.twins[start.edge])
    forward, backward = can_use(roads, start.edge, mode), can_use(roads, back, mode)
    over_head = forward and roads.heads[start.edge] == root
    over_tail = backward and roads.heads[back] == root
    if over_head and over_tail:
        length = np.float64(roads.shapes.metres[start.edge])
        return bool((1.0 - start.fraction) * length + start.offset_m < start.fraction * length + start.offset_m)
    return over_head


@njit(cache=True)
def along_one_street(roads: Roads, start: At, end: At, mode: np.uint8) -> float:
    """Metres between two places of one stretch of street; infinite elsewhere, and where a one-way rule forbids it."""
    shapes = roads.shapes
    if shapes.geometry[start.edge] != shapes.geometry[end.edge]:
        return np.inf
    here, there = stored_fraction(roads, start), stored_fraction(roads, end)
    follows = (there >= here) != (shapes.backward[start.edge] == 1)
    if here != there and not can_use(roads, start.edge if follows else int(roads.twins[start.edge]), mode):
        return np.inf
    return abs(here - there) * np.float64(shapes.metres[start.edge])


@njit(cache=True)
def way_in(roads: Roads, tree: Tree, start: At, end: At, mode: np.uint8) -> tuple[F64, Stretches]:
    """The line and the stretches of the way to a place that a tree reaches; a line of no points where it does not."""
    metres, row, by_head = best_end(roads, tree, end, mode)
    along = along_one_street(roads, start, end, mode)
    if along != np.inf and along + start.offset_m + end.offset_m <= metres:
        found = Stretches(np.empty(1, np.uint32), np.empty(1), np.empty(1), np.empty(1))
        found.edge[0], found.metres[0] = start.edge, along
        found.begin[0], found.end[0] = stored_fraction(roads, start), stored_fraction(roads, end)
    elif row < 0:
        return np.empty((0, 2)), Stretches(np.empty(0, np.uint32), np.empty(0), np.empty(0), np.empty(0))
    else:
        out = end_piece(roads, start, leaves_by_head(roads, start, root_of(tree.links, row), mode))
        edge, last_m, at, node_at = end_piece(roads, end, by_head)
        found = trace(roads.shapes, tree.links, row, out, Stretch(edge, last_m, node_at, at))
    return line_of(roads.shapes, found, (start.lon, start.lat), (end.lon, end.lat)), found


@njit(cache=True)
def part_of(lon: F64, lat: F64, zero: int, begin: float, end: float) -> F64:
    """The points (lon, lat) of a line from one place on it to a later one; point 3.5 is half way between 3 and 4,
    point 0 the one at `zero`.
    """
    low, high = int(np.floor(begin)), int(np.ceil(end))
    found = np.empty((max(high - low - 1, 0) + 2, 2))
    for i in range(1, len(found) - 1):
        found[i, 0], found[i, 1] = lon[zero + low + i], lat[zero + low + i]
    for which in range(2):
        place = begin if which == 0 else end
        row = which * (len(found) - 1)
        point = int(np.floor(place))
        share, at = place - point, zero + point
        found[row, 0], found[row, 1] = lon[at], lat[at]
        if share != 0.0:
            found[row, 0] += share * (lon[at + 1] - lon[at])
            found[row, 1] += share * (lat[at + 1] - lat[at])
    return found


@njit(cache=True)
def through(lon: F64, lat: F64, places: U32) -> F64:
    """The line (lon, lat) from place to place."""
    found = np.empty((len(places), 2))
    for i in range(len(places)):
        found[i, 0], found[i, 1] = lon[np.uint64(places[i])], lat[np.uint64(places[i])]
    return found


@njit(cache=True)
def length_of(line: F64) -> float:
    """Metres along a line (lon, lat)."""
    metres = 0.0
    for i in range(len(line) - 1):
        east = (line[i + 1, 0] - line[i, 0]) * np.cos(np.radians(line[i, 1]))
        metres += np.hypot(east, line[i + 1, 1] - line[i, 1])
    return metres * METRES_PER_DEGREE


@njit(cache=True)
def length_through(lon: F64, lat: F64, places: U32, first: int, last: int) -> float:
    """Metres of the line through the places from one position to another: see `through`."""
    return length_of(through(lon, lat, places[first : last + 1]))


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
