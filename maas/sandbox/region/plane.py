"""The flat plane in metres on which the region is drawn, its scale, and its place on the globe."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import shapely

Point: TypeAlias = tuple[float, float]
Floats: TypeAlias = npt.NDArray[np.float64]
Geometry = TypeVar("Geometry", bound=shapely.Geometry)

# Open sea south of Åland: the region hides no real town.
ORIGIN_LAT = 59.35
ORIGIN_LON = 20.55
METRES_PER_DEGREE = 111_320.0

# Amplitude and wave lengths of the bends: their slope stays below 1, so that nothing folds over.
_BENDS = ((38.0, 1150.0, 0.7), (14.0, 430.0, 2.1))


@dataclass(frozen=True, slots=True)
class Scale:
    """What a size means: `town_m` is the radius of the town, `centre_m` that of things which grow more slowly."""

    size: int

    def __post_init__(self) -> None:
        if not 1 <= self.size <= 100:
            raise ValueError(f"size is 1 … 100, not {self.size}")

    @property
    def town_m(self) -> float:
        """The radius of the town."""
        return 1600.0 * math.sqrt(self.size)

    @property
    def centre_m(self) -> float:
        """The radius of what grows slowly with the town."""
        return 1600.0 * math.pow(self.size, 0.2)


def to_wgs84(point: Point) -> Point:
    """Longitude and latitude of a point of the plane."""
    x, y = point
    lat = ORIGIN_LAT + y / METRES_PER_DEGREE
    lon = ORIGIN_LON + x / (METRES_PER_DEGREE * math.cos(math.radians(ORIGIN_LAT)))
    return round(lon, 7), round(lat, 7)


def bend_all(points: Floats) -> Floats:
    """The plane with its straight lines bent, as land bends them; the middle of the town stays nearly straight."""
    x, y = points[:, 0], points[:, 1]
    calm = 1 - 0.85 * np.exp(-((x / 900) ** 2) - ((y - 800) / 900) ** 2)
    dx = sum(a * np.sin(2 * np.pi * (y + 0.35 * x) / w + p) for a, w, p in _BENDS)
    dy = sum(a * np.sin(2 * np.pi * (x - 0.25 * y) / w + 1.3 * p) for a, w, p in _BENDS)
    return np.column_stack([x + calm * dx, y + calm * dy])


def bend_line(line: list[Point]) -> list[Point]:
    """A polyline, bent."""
    return [(round(float(x), 2), round(float(y), 2)) for x, y in bend_all(np.array(line))]


def bend_shape(shape: Geometry) -> Geometry:
    """A geometry, bent."""
    return shapely.transform(shape, bend_all)


def distance(a: Point, b: Point) -> float:
    """Metres between two points."""
    return math.hypot(b[0] - a[0], b[1] - a[1])


def length(line: list[Point]) -> float:
    """Metres along a polyline."""
    return sum(distance(a, b) for a, b in itertools.pairwise(line))


def densify(line: list[Point], step_m: float) -> list[Point]:
    """The same polyline with points at most `step_m` apart."""
    result = [line[0]]
    for a, b in itertools.pairwise(line):
        parts = max(1, math.ceil(distance(a, b) / step_m))
        result += [(a[0] + (b[0] - a[0]) * k / parts, a[1] + (b[1] - a[1]) * k / parts) for k in range(1, parts + 1)]
    return result


def spline(points: list[Point], step_m: float) -> list[Point]:
    """A smooth curve through points (Catmull-Rom), sampled about every `step_m`."""
    padded = [points[0], *points, points[-1]]
    result = [points[0]]
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts = max(2, math.ceil(distance(p1, p2) / step_m))
        result += [_catmull_rom(p0, p1, p2, p3, k / parts) for k in range(1, parts + 1)]
    return result


def _catmull_rom(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    def one(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)

    return one(p0[0], p1[0], p2[0], p3[0]), one(p0[1], p1[1], p2[1], p3[1])
