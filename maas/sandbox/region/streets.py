"""The street network: junctions and the streets between them."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from maas.sandbox.region.names import Name
from maas.sandbox.region.plane import Point, bend_line, densify, distance, length

# How much longer a metre feels to a bus; streets that are absent carry none.
BUS_WEIGHT = {"primary": 1.0, "secondary": 1.05, "tertiary": 1.2, "unclassified": 1.3}
FOOT_ONLY = frozenset({"footway", "cycleway", "steps"})


@dataclass(slots=True, eq=False)
class Street:
    """A stretch between two junctions. `key` is equal for stretches of one named street."""

    start: int
    end: int
    line: list[Point]
    kind: str
    key: str
    is_bridge: bool = False
    name: Name | None = None
    length_m: float = field(init=False)

    def __post_init__(self) -> None:
        self.length_m = length(self.line)


@dataclass(slots=True)
class StreetNetwork:
    """Junctions by number and the stretches between them. Junctions closer than half a metre are one."""

    junctions: list[Point] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)
    _found: dict[tuple[int, int], int] = field(default_factory=dict)

    def junction(self, point: Point) -> int:
        """The number of the junction at a point, made if there is none."""
        square = (round(point[0] * 2), round(point[1] * 2))
        if square not in self._found:
            self._found[square] = len(self.junctions)
            self.junctions.append(point)
        return self._found[square]

    def add(self, line: list[Point], kind: str, key: str, is_bridge: bool = False) -> None:
        """A new stretch along a line; its ends become junctions."""
        start, end = self.junction(line[0]), self.junction(line[-1])
        if start != end:
            ends = [self.junctions[start], *line[1:-1], self.junctions[end]]
            self.streets.append(Street(start, end, ends, kind, key, is_bridge))

    def neighbours(self, kinds: Container[str] | None = None) -> dict[int, list[Street]]:
        """The stretches at each junction; only those of some kinds if any are given."""
        result: dict[int, list[Street]] = defaultdict(list)
        for street in self.streets:
            if kinds is not None and street.kind not in kinds:
                continue
            result[street.start].append(street)
            result[street.end].append(street)
        return result

    def keep_connected(self) -> None:
        """Drops what cannot be reached from the largest part of each landmass (parts under 30 stretches)."""
        roots = _components(len(self.junctions), ((s.start, s.end) for s in self.streets))
        sizes: dict[int, int] = defaultdict(int)
        for street in self.streets:
            sizes[roots[street.start]] += 1
        self.streets = [s for s in self.streets if sizes[roots[s.start]] >= 30]

    def bent(self) -> StreetNetwork:
        """The same network with its lines bent as the land bends them; long straight stretches get points to bend."""
        moved = StreetNetwork(bend_line(self.junctions))
        for s in self.streets:
            line = bend_line(densify(s.line, 70))
            moved.streets.append(Street(s.start, s.end, line, s.kind, s.key, s.is_bridge, s.name))
        return moved

    def bus_paths(self, start: int, weights: Mapping[str, float] = BUS_WEIGHT) -> BusPaths:
        """The best ways for a bus from a junction to all others."""
        return bus_paths(self.neighbours(weights), start, weights)


@dataclass(frozen=True, slots=True)
class BusPaths:
    """A tree of best ways."""

    start: int
    arrived_by: Mapping[int, tuple[float, Street | None]]

    def to(self, end: int) -> list[tuple[int, Street]] | None:
        """The way to a junction as (junction before, stretch), or None where no bus gets there."""
        if end not in self.arrived_by:
            return None
        way: list[tuple[int, Street]] = []
        while end != self.start:
            street = self.arrived_by[end][1]
            assert street is not None
            end = street.end if street.start == end else street.start
            way.append((end, street))
        return way[::-1]


def bus_paths(
    neighbours: Mapping[int, list[Street]],
    start: int,
    weights: Mapping[str, float] = BUS_WEIGHT,
    avoid: frozenset[Street] = frozenset(),
) -> BusPaths:
    """The best ways from a junction (Dijkstra); streets to avoid feel much longer."""
    best: dict[int, tuple[float, Street | None]] = {start: (0.0, None)}
    heap = [(0.0, start)]
    while heap:
        cost, at = heapq.heappop(heap)
        if cost > best[at][0]:
            continue
        for street in neighbours.get(at, []):
            to = street.end if street.start == at else street.start
            reached = cost + street.length_m * weights[street.kind] * (2.5 if street in avoid else 1)
            if reached < best.get(to, (math.inf, None))[0]:
                best[to] = (reached, street)
                heapq.heappush(heap, (reached, to))
    return BusPaths(start, best)


def _components(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in pairs:
        parent[root(a)] = root(b)
    return [root(i) for i in range(count)]


def chained(lines: list[list[Point]], straight_deg: float = 40.0) -> list[int]:
    """Numbers lines so that those which run straight into each other share a number: one street, one name."""
    ends: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    for i, line in enumerate(lines):
        for a, b in ((line[0], line[1]), (line[-1], line[-2])):
            ends[round(a[0]), round(a[1])].append((i, math.atan2(b[1] - a[1], b[0] - a[0])))
    pairs = []
    for meeting in ends.values():
        options = sorted(
            (abs(math.pi - abs((a - b + math.pi) % (2 * math.pi) - math.pi)), i, j)
            for n, (i, a) in enumerate(meeting)
            for j, b in meeting[n + 1 :]
        )
        used: set[int] = set()
        for turn, i, j in options:
            if turn < math.radians(straight_deg) and not {i, j} & used:
                pairs.append((i, j))
                used |= {i, j}
    return _components(len(lines), pairs)


def nearest_junction(network: StreetNetwork, point: Point, kinds: frozenset[str] | None = None) -> int:
    """The junction closest to a point, of streets of the given kinds if any are given."""
    usable = {n for s in network.streets if kinds is None or s.kind in kinds for n in (s.start, s.end)}
    return min(sorted(usable), key=lambda n: distance(network.junctions[n], point))
