"""The local streets inside one quarter: a lattice, bent and thinned according to the quarter's kind."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from random import Random

import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from maas.sandbox.region.plane import Point, distance
from maas.sandbox.region.quarters import Quarter


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a kind of quarter is laid out: block sides in metres, sway of its streets, share of stretches kept."""

    long_m: float
    short_m: float
    sway_m: float
    jitter: float
    keep_long: float
    keep_short: float
    kind: str


PATTERNS = {
    "old": Pattern(64, 54, 4, 0.26, 0.92, 0.86, "residential"),
    "grid": Pattern(98, 68, 0, 0.0, 1.0, 1.0, "residential"),
    "suburb": Pattern(148, 74, 17, 0.05, 0.97, 0.66, "residential"),
    "village": Pattern(100, 72, 9, 0.12, 0.95, 0.7, "residential"),
    "industrial": Pattern(185, 150, 0, 0.03, 0.95, 0.8, "service"),
    "park": Pattern(120, 105, 22, 0.2, 0.85, 0.7, "footway"),
}
GRID_ANGLE = 0.21


@dataclass(frozen=True, slots=True)
class Lane:
    """One local stretch; `meets_rim` tells which of its ends lies on the quarter's edge."""

    line: tuple[Point, Point]
    kind: str
    key: str
    meets_rim: tuple[bool, bool]


def lanes(quarter: Quarter, number: int, railway: BaseGeometry, random: Random) -> list[Lane]:
    """The local streets of a quarter. `railway` is not crossed."""
    pattern = PATTERNS[quarter.kind]
    lattice = _Lattice(quarter, number, pattern, random)
    inner = quarter.area.buffer(-min(pattern.short_m, pattern.long_m) * 0.24)
    shapely.prepare(inner)
    inside = {ij for ij in lattice.cells() if inner.contains(shapely.Point(lattice.at(*ij)))}
    result: list[Lane] = []
    for i, j in sorted(inside):
        for di, dj in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            other = (i + di, j + dj)
            if other in inside and di + dj < 0:
                continue
            keep = pattern.keep_long if di else pattern.keep_short
            if random.random() > keep:
                continue
            lane = _lane(lattice, (i, j), other, other in inside, bool(di), random)
            if lane and not railway.intersects(LineString(lane.line)):
                result.append(lane)
    return result


def _lane(
    lattice: _Lattice, ij: tuple[int, int], other: tuple[int, int], both: bool, is_long: bool, random: Random
) -> Lane | None:
    a, b, area = lattice.at(*ij), lattice.at(*other), lattice.quarter.area
    kind = _lane_kind(lattice.quarter.kind, is_long, random)
    key = lattice.key(ij, is_long)
    line = LineString([a, b])
    if both:
        return Lane((a, b), kind, key, (False, False)) if area.contains(line) else None
    if area.contains(line):
        line = LineString([a, (2 * b[0] - a[0], 2 * b[1] - a[1])])
    crossing = area.exterior.intersection(line)
    points = [g for g in getattr(crossing, "geoms", [crossing]) if g.geom_type == "Point"]
    if not points:
        return None
    rim = min(((p.x, p.y) for p in points), key=lambda p: distance(a, p))
    return Lane((a, rim), kind, key, (False, True))


def _lane_kind(quarter_kind: str, is_long: bool, random: Random) -> str:
    """Old towns climb: some of their short lanes are steps or alleys."""
    if quarter_kind == "old" and not is_long:
        return random.choices(["residential", "steps", "footway"], [8, 1.2, 1])[0]
    if quarter_kind == "suburb" and not is_long:
        return random.choices(["residential", "footway"], [5, 1])[0]
    return PATTERNS[quarter_kind].kind


class _Lattice:
    """Where the crossings of a quarter's local streets lie."""

    def __init__(self, quarter: Quarter, number: int, pattern: Pattern, random: Random) -> None:
        self.quarter, self._pattern, self._random = quarter, pattern, random
        is_grid = quarter.kind == "grid"
        self._label = "grid" if is_grid else f"quarter {number}"
        # The grid quarter has one origin, so that its streets run on across the edges of cells.
        self._origin = (0.0, 0.0) if is_grid else (quarter.area.centroid.x, quarter.area.centroid.y)
        self._angle = GRID_ANGLE if is_grid else _longest_side(quarter.area) + random.uniform(-0.12, 0.12)
        self._phase = (random.uniform(0, 6.3), random.uniform(0, 6.3))
        self._moved: dict[tuple[int, int], Point] = {}

    def key(self, ij: tuple[int, int], is_long: bool) -> str:
        """What all stretches of one street have in common."""
        return f"{self._label} along {ij[1]}" if is_long else f"{self._label} across {ij[0]}"

    def cells(self) -> list[tuple[int, int]]:
        """All lattice positions that may lie in the quarter."""
        ox, oy = self._origin
        cos, sin = math.cos(self._angle), math.sin(self._angle)
        corners = [
            ((x - ox) * cos + (y - oy) * sin, (y - oy) * cos - (x - ox) * sin)
            for x, y in self.quarter.area.exterior.coords
        ]
        columns = [u / self._pattern.long_m for u, _ in corners]
        rows = [v / self._pattern.short_m for _, v in corners]
        return [
            (i, j)
            for i in range(math.floor(min(columns)) - 1, math.ceil(max(columns)) + 2)
            for j in range(math.floor(min(rows)) - 1, math.ceil(max(rows)) + 2)
        ]

    def at(self, i: int, j: int) -> Point:
        """The place of a crossing."""
        if (i, j) not in self._moved:
            self._moved[i, j] = self._place(i, j)
        return self._moved[i, j]

    def _place(self, i: int, j: int) -> Point:
        p = self._pattern
        u, v = i * p.long_m, j * p.short_m
        u += p.sway_m * math.sin(v / 75 + self._phase[0]) + p.jitter * p.long_m * self._random.uniform(-1, 1)
        v += p.sway_m * math.sin(u / 95 + self._phase[1]) + p.jitter * p.short_m * self._random.uniform(-1, 1)
        cos, sin = math.cos(self._angle), math.sin(self._angle)
        return (self._origin[0] + u * cos - v * sin, self._origin[1] + u * sin + v * cos)


def _longest_side(area: Polygon) -> float:
    """The direction of a quarter's longest side."""
    ring = [(x, y) for x, y in area.exterior.simplify(25).coords]
    a, b = max(itertools.pairwise(ring), key=lambda side: distance(*side))
    return math.atan2(b[1] - a[1], b[0] - a[0])
