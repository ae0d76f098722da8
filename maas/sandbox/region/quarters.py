"""Quarters of a settlement: its ground cut into cells by the streets that carry traffic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import shapely
from shapely import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from maas.sandbox.region.names import NEW_QUARTER, OLD_TOWN, Name, Namer
from maas.sandbox.region.plane import Point, distance
from maas.sandbox.region.terrain import Terrain

SHORE_STRIP_M = 38.0


@dataclass(frozen=True, slots=True)
class Quarter:
    """One cell. `kind` is old, grid, suburb, village, industrial or park."""

    area: Polygon
    kind: str
    name: Name


@dataclass(frozen=True, slots=True)
class Rim:
    """A street along the edge of quarters. `kind`: arterial, ring, shore, bank or bridge."""

    line: tuple[Point, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """A town or a village, divided."""

    name: Name
    centre: Point
    radius_m: float
    quarters: tuple[Quarter, ...]
    rims: tuple[Rim, ...]


def divide(terrain: Terrain, name: Name, centre: Point, radius_m: float, random: Random, namer: Namer) -> Settlement:
    """The settlement around a centre: cells are smaller near the middle, the shore and the river are edges."""
    is_town = radius_m >= terrain.scale.town_m
    ground = terrain.islands[0] if terrain.islands[0].distance(shapely.Point(centre)) < 1 else terrain.land
    disc = _blob(centre, radius_m, random)
    dry = ground.buffer(-SHORE_STRIP_M).simplify(7).intersection(disc)
    dry = max(getattr(dry, "geoms", [dry]), key=lambda g: g.area)
    banks = terrain.river.buffer(14)
    seeds = _relaxed(_seeds(dry, centre, radius_m, random, is_town), dry)
    spokes = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=dry.envelope, only_edges=True).intersection(dry)
    dried = dry.difference(banks)
    mesh = shapely.unary_union([spokes, dried.boundary])
    lines = [line for line in getattr(mesh, "geoms", [mesh]) if line.length > 0.5]
    cells = [cell for cell in shapely.polygonize(lines).geoms if not banks.contains(cell.representative_point())]
    cells.sort(key=lambda c: (round(c.centroid.x), round(c.centroid.y)))
    rims = tuple(Rim(tuple(line.coords), _rim_kind(line, dry, disc, banks)) for line in lines)
    special = _special(cells, centre, terrain.scale.centre_m) if is_town else {}
    quarters = tuple(
        _quarter(cell, special.get(number), centre, is_town, terrain, random, namer)
        for number, cell in enumerate(cells)
    )
    return Settlement(name, centre, radius_m, quarters, rims)


def _blob(centre: Point, radius_m: float, random: Random) -> Polygon:
    """A disc with an uneven edge."""
    waves = [(random.uniform(0.02, 0.08), k, random.uniform(0, 6.3)) for k in (2, 3, 5)]
    angles = [2 * math.pi * k / 48 for k in range(48)]
    radii = [radius_m * (1 + sum(a * math.sin(n * t + p) for a, n, p in waves)) for t in angles]
    return Polygon(
        [(centre[0] + r * math.cos(t), centre[1] + r * math.sin(t)) for r, t in zip(radii, angles, strict=True)]
    )


def _seeds(dry: Polygon, centre: Point, radius_m: float, random: Random, is_town: bool) -> list[Point]:
    """Darts that keep a distance from each other which grows outwards."""
    west, south, east, north = dry.bounds
    shapely.prepare(dry)
    seeds: list[Point] = []
    near = _Grid(700.0)
    tries = int(60 * (east - west) * (north - south) / 250_000) + 40
    for _ in range(tries):
        dart = (random.uniform(west, east), random.uniform(south, north))
        outward = min(1.0, distance(dart, centre) / min(radius_m, 2600))
        gap = (250 + 220 * outward) if is_town else 230
        if all(distance(dart, s) > gap for s in near.around(dart)) and dry.contains(shapely.Point(dart)):
            seeds.append(dart)
            near.add(dart)
    return seeds


class _Grid:
    """Points by square, so that only neighbours are compared."""

    def __init__(self, side_m: float) -> None:
        self._side = side_m
        self._squares: dict[tuple[int, int], list[Point]] = {}

    def add(self, p: Point) -> None:
        self._squares.setdefault((int(p[0] // self._side), int(p[1] // self._side)), []).append(p)

    def around(self, p: Point) -> list[Point]:
        i, j = int(p[0] // self._side), int(p[1] // self._side)
        return [q for di in (-1, 0, 1) for dj in (-1, 0, 1) for q in self._squares.get((i + di, j + dj), [])]


def _relaxed(seeds: list[Point], dry: Polygon) -> list[Point]:
    """One step of Lloyd's relaxation: seeds move to the middle of their cell."""
    cells = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=dry.envelope).geoms
    middles = [cell.intersection(dry).centroid for cell in cells]
    return sorted((round(m.x, 3), round(m.y, 3)) for m in middles if not m.is_empty)


def _rim_kind(line: LineString, dry: Polygon, disc: Polygon, banks: BaseGeometry) -> str:
    middle = line.interpolate(0.5, normalized=True)
    if banks.boundary.distance(middle) < 1 and line.interpolate(0.3, normalized=True).distance(banks.boundary) < 1:
        return "bank"
    if banks.contains(middle):
        return "bridge"
    if disc.boundary.distance(middle) < 1:
        return "ring"
    return "shore" if dry.boundary.distance(middle) < 1 else "arterial"


def _special(cells: list[Polygon], centre: Point, centre_m: float) -> dict[int, str]:
    """Which cells are parks and which, at the edge of the town, hold works and warehouses."""
    result = dict.fromkeys(_parks(cells, centre), "park")
    middle = shapely.Point(centre)
    outer = [n for n, cell in enumerate(cells) if n not in result and cell.distance(middle) > 0.5 * centre_m]
    outer.sort(key=lambda n: -cells[n].centroid.x + 0.6 * cells[n].centroid.y)
    return result | dict.fromkeys(outer[:: max(6, len(outer) // max(1, len(cells) // 14))], "industrial")


def _parks(cells: list[Polygon], centre: Point) -> set[int]:
    """One cell in ten is a park: small ones, never two side by side."""
    chosen: set[int] = set()
    middle = shapely.Point(centre)
    for number in sorted(range(len(cells)), key=lambda n: cells[n].area):
        lone = all(cells[number].distance(cells[other]) > 50 for other in chosen)
        if cells[number].area > 30_000 and lone and cells[number].distance(middle) > 150:
            chosen.add(number)
        if len(chosen) * 10 >= len(cells):
            break
    return chosen


def _quarter(
    cell: Polygon, special: str | None, centre: Point, is_town: bool, terrain: Terrain, random: Random, namer: Namer
) -> Quarter:
    if not is_town:
        return Quarter(cell, "village", namer.district())
    middle = (cell.centroid.x, cell.centroid.y)
    far = distance(middle, centre) / terrain.scale.centre_m
    chance = random.random()
    if special:
        return Quarter(cell, special, namer.district())
    if far < 0.24:
        return Quarter(cell, "old", OLD_TOWN)
    if far < 0.62 and middle[0] < centre[0] + 80:
        return Quarter(cell, "grid", NEW_QUARTER)
    return Quarter(cell, "grid" if chance > 0.88 else "suburb", namer.district())
