"""Coast, bay, islands, river, woods and fields, before bending."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from shapely import LineString, Polygon, box
from shapely import Point as ShapelyPoint

from maas.sandbox.region.plane import Point, Scale, distance, spline

# Where the ferry from the town sails between harbour and island, in town radii: no rocks there.
SEA_LANE = ((0.12, -0.1), (0.3, -0.66), (1.02, -0.86))


@dataclass(frozen=True, slots=True)
class Terrain:
    """The ground. `islands[0]` is the inhabited one; `coast` runs west to east with the land on its left."""

    scale: Scale
    coast: tuple[Point, ...]
    land: Polygon
    islands: tuple[Polygon, ...]
    river_line: tuple[Point, ...]
    river: Polygon
    woods: tuple[Polygon, ...]
    fields: tuple[Polygon, ...]
    frame: tuple[float, float, float, float]

    def shore(self, x: float) -> float:
        """How far north the sea reaches at `x`."""
        west, east = next(
            ((a, b) for a, b in zip(self.coast, self.coast[1:], strict=False) if a[0] <= x <= b[0]),
            (self.coast[0], self.coast[1]),
        )
        return west[1] + (east[1] - west[1]) * (x - west[0]) / (east[0] - west[0])


def of_scale(scale: Scale, random: Random) -> Terrain:
    """The ground of a region of this size."""
    far = scale.town_m
    frame = (-3.5 * far, -2.0 * far, 3.2 * far, 2.6 * far)
    coast = _coast(far, frame, random)
    land = Polygon([*coast, (frame[2], frame[3] + far), (frame[0], frame[3] + far)])
    river_line = _river(scale, coast)
    river = LineString(river_line).buffer(11 + 5 * scale.size**0.3)
    middle = _island((1.3 * far, -1.36 * far), 0.42 * far, 0.6, random)
    skerries = [_skerry(far, random) for _ in range(12)]
    lane = LineString([(u * far, v * far) for u, v in (*SEA_LANE, (1.5, -1.2))])
    busy = (middle.buffer(0.1 * far), land.buffer(0.08 * far), lane.buffer(0.15 * far))
    islands = [middle]
    for skerry in skerries:
        if not any(skerry.intersects(area) for area in (*busy, *islands)):
            islands.append(skerry)
    woods, fields = _patches(far, land, random, 26, 0.30), _patches(far, land, random, 30, 0.2)
    return Terrain(scale, tuple(coast), land, tuple(islands), tuple(river_line), river, woods, fields, frame)


def _coast(far: float, frame: tuple[float, float, float, float], random: Random) -> list[Point]:
    """West to east: an open shore, the bay on which the town stands, a cape with the ferry port, an open shore."""
    ripples = [(a, w, random.uniform(0, 6.3)) for a, w in ((34, 760), (17, 310), (9, 140), (4, 83))]

    def shore(x: float) -> float:
        u = x / far
        rolling = -0.30 + 0.13 * math.sin(1.9 * u + 0.9) + 0.06 * math.sin(4.3 * u + 2.0)
        bay = 0.62 * math.exp(-(((u - 0.10) / 0.27) ** 2)) + 0.16 * math.exp(-(((u - 0.42) / 0.2) ** 2))
        cape = -0.36 * math.exp(-(((u - 1.75) / 0.34) ** 2)) - 0.2 * math.exp(-(((u + 0.85) / 0.3) ** 2))
        cove = 0.3 * math.exp(-(((u + 2.45) / 0.2) ** 2))
        small = sum(a * math.sin(2 * math.pi * x / w + p) for a, w, p in ripples)
        return far * (rolling + bay + cape + cove) + small

    step = 28 if far < 5000 else 60
    count = int((frame[2] - frame[0]) / step)
    xs = [frame[0] + (frame[2] - frame[0]) * k / count for k in range(count + 1)]
    return [(x, shore(x)) for x in xs]


def _river(scale: Scale, coast: list[Point]) -> list[Point]:
    """From the hills in the north into the head of the bay."""
    far = scale.town_m
    mouth = max((p for p in coast if -0.3 * far < p[0] < 0.5 * far), key=lambda p: p[1])
    bends = [(0.75, 2.75), (0.45, 2.1), (0.72, 1.55), (0.42, 1.1), (0.36, 0.75)]
    points = [(u * far, v * far) for u, v in bends]
    return spline([*points, (mouth[0] + 0.02 * far, mouth[1] + 0.08 * far), (mouth[0], mouth[1] - 40)], 60)


def _island(centre: Point, radius: float, flat: float, random: Random) -> Polygon:
    waves = [(random.uniform(0.04, 0.16), k, random.uniform(0, 6.3)) for k in (2, 3, 5, 8)]
    points = []
    for k in range(72):
        angle = 2 * math.pi * k / 72
        r = radius * (1 + sum(a * math.sin(n * angle + p) for a, n, p in waves))
        points.append((centre[0] + r * math.cos(angle), centre[1] + flat * r * math.sin(angle)))
    return Polygon(points)


def _skerry(far: float, random: Random) -> Polygon:
    centre = (random.uniform(-2.6, 2.7) * far, random.uniform(-1.7, -0.5) * far)
    return _island(centre, far * random.uniform(0.035, 0.1), random.uniform(0.5, 0.9), random)


def _patches(far: float, land: Polygon, random: Random, count: int, radius: float) -> tuple[Polygon, ...]:
    """Blobs in the country, outside the town and off the shore."""
    town = (0.0, 0.5 * far)
    inland = land.buffer(-0.06 * far).intersection(box(-3.4 * far, -far, 3.1 * far, 2.5 * far))
    result: list[Polygon] = []
    for _ in range(count * 3):
        centre = (random.uniform(-3.3, 3.0) * far, random.uniform(-0.3, 2.4) * far)
        blob = _island(centre, radius * far * random.uniform(0.5, 1.2), random.uniform(0.6, 1), random)
        if distance(centre, town) > 1.35 * far and inland.contains(ShapelyPoint(centre)) and len(result) < count:
            part = blob.intersection(inland)
            result += [part] if isinstance(part, Polygon) else []
    return tuple(result)
