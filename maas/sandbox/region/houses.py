"""Buildings along the streets, and their house numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from random import Random

import shapely
from shapely import LineString, Polygon, STRtree

from maas.sandbox.region.names import Name
from maas.sandbox.region.plane import Point, bend_shape
from maas.sandbox.region.quarters import Quarter
from maas.sandbox.region.streets import Street, StreetNetwork


@dataclass(frozen=True, slots=True)
class House:
    """One building with the address of its door."""

    outline: Polygon
    door: Point
    street: Name
    number: str
    kind: str


# By kind of quarter: metres between doors, width, depth, from the middle of the street to the front, OSM building.
_PLOTS = {
    "old": (17.0, 14.0, 11.0, 6.5, "apartments"),
    "grid": (25.0, 20.0, 14.0, 9.0, "apartments"),
    "suburb": (27.0, 11.0, 9.0, 11.0, "detached"),
    "village": (34.0, 10.0, 8.5, 10.0, "house"),
    "industrial": (75.0, 52.0, 34.0, 14.0, "industrial"),
}
_FRONTS = frozenset({"residential", "tertiary", "secondary", "primary", "service"})


def along(network: StreetNetwork, quarters: list[Quarter], obstacles: list[LineString], random: Random) -> list[House]:
    """Houses on both sides of every named street of a quarter; none stands on a street, a rail or another house."""
    areas = [bend_shape(quarter.area) for quarter in quarters]
    tree = STRtree(areas)
    plots: list[House] = []
    for key, streets in _by_key(network).items():
        for side in (-1, 1):
            number = 1 if side < 0 else 2
            for street in streets:
                middle = shapely.Point(street.line[len(street.line) // 2])
                inside = tree.query(middle, predicate="dwithin", distance=3)
                if len(inside):
                    kind = quarters[int(inside.min())].kind
                    row = _row(street, side, number, kind, random) if kind in _PLOTS else []
                    number += 2 * max(1, len(row))
                    plots += row
        assert key
    return _apart(plots, [LineString(s.line) for s in network.streets] + obstacles)


def _by_key(network: StreetNetwork) -> dict[str, list[Street]]:
    """The stretches of each street in the order in which one walks along it."""
    found: dict[str, list[Street]] = defaultdict(list)
    for street in network.streets:
        if street.name and street.kind in _FRONTS:
            found[street.key].append(street)
    for streets in found.values():
        xs = [s.line[0][0] for s in streets]
        ys = [s.line[0][1] for s in streets]
        axis = 0 if max(xs) - min(xs) > max(ys) - min(ys) else 1
        streets.sort(key=lambda s: s.line[0][axis] + s.line[-1][axis])
    return found


def _row(street: Street, side: int, first: int, kind: str, random: Random) -> list[House]:
    """The houses along one side of a stretch. Side −1 is the left one."""
    gap, width, depth, front, building = _PLOTS[kind]
    line = LineString(street.line)
    count = int((line.length - gap * 0.8) // gap)
    offset = (line.length - count * gap) / 2
    houses = []
    for k in range(count):
        at = offset + gap * (k + 0.5)
        a, b = line.interpolate(at - 2), line.interpolate(at + 2)
        angle = math.atan2(b.y - a.y, b.x - a.x)
        size = (width * random.uniform(0.8, 1.0), depth * random.uniform(0.75, 1.15))
        outline, door = _footprint(line.interpolate(at), angle, side, front + random.uniform(0, 1.5), size)
        assert street.name is not None
        houses.append(House(outline, door, street.name, str(first + 2 * k), building))
    return houses


def _footprint(
    at: shapely.Point, angle: float, side: int, front: float, size: tuple[float, float]
) -> tuple[Polygon, Point]:
    along, out = (math.cos(angle), math.sin(angle)), (math.sin(angle) * side, -math.cos(angle) * side)

    def place(u: float, v: float) -> Point:
        return (at.x + along[0] * u + out[0] * v, at.y + along[1] * u + out[1] * v)

    half, depth = size[0] / 2, size[1]
    corners = [place(-half, front), place(half, front), place(half, front + depth), place(-half, front + depth)]
    return Polygon(corners), place(0, front)


def _apart(plots: list[House], lines: list[LineString]) -> list[House]:
    outlines = [house.outline for house in plots]
    on_street = set(STRtree(lines).query(outlines, predicate="dwithin", distance=3.5)[0].tolist())
    clashes: dict[int, list[int]] = defaultdict(list)
    for a, b in STRtree(outlines).query(outlines, predicate="dwithin", distance=1.5).T.tolist():
        if b < a:
            clashes[a].append(b)
    kept: set[int] = set()
    for number in range(len(plots)):
        if number not in on_street and not kept.intersection(clashes[number]):
            kept.add(number)
    return [plots[number] for number in sorted(kept)]
