"""Areas within which nobody is driven, in formats that know from where to where alone: the ends are cut along them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from transit.ondemand.area_checks import shape_of
from transit.ondemand.rules import Ring, Rules
from transit.publishing.on_demand.ways import End

_DECIMALS: Final = 7
_SLIVER: Final = 1e-9
"""Square degrees: ten square metres, which are left by rounding."""
Ways = list[tuple[End, End]]
Parts = dict[bool, End]
"""What of an end lies inside (True) and outside."""


def without_excluded(ways: Ways, rules: Rules) -> Ways:
    """The same, less rides with both ends within one of the areas."""
    areas = [shape_of(each.rings) for each in rules.exclusions if each.rings]
    for number, area in enumerate(areas, 1):
        ways = [piece for way in ways for piece in _cut(way, area, number)]
    return ways


def _cut(way: tuple[End, End], area: BaseGeometry, number: int) -> Iterator[tuple[End, End]]:
    """The ends in pieces that do not overlap, as those of one trip may not."""
    parts = [_parts(end, area, number) for end in way]
    if not all(True in each for each in parts):
        yield way
        return
    for (one, origin), (other, destination) in product(parts[0].items(), parts[1].items()):
        if not (one and other):
            yield origin, destination


def _parts(end: End, area: BaseGeometry, number: int) -> Parts:
    if end.stops:
        inside = tuple(each for each in end.stops if area.covers(Point(each.lon, each.lat)))
        outside = tuple(each for each in end.stops if each not in inside)
        pieces = [(True, replace(end, stops=inside)), (False, replace(end, stops=outside))]
        found = {where: piece for where, piece in pieces if piece.stops}
    else:
        whole = shape_of(end.rings)
        shapes = [(True, whole.intersection(area)), (False, whole.difference(area))]
        found = {where: replace(end, rings=_rings(shape)) for where, shape in shapes if shape.area > _SLIVER}
    if len(found) < 2:
        return dict.fromkeys(found, end)
    return {
        where: replace(piece, code=f"{end.code}-{'in' if where else 'out'}{number}") for where, piece in found.items()
    }


def _rings(shape: BaseGeometry) -> tuple[Ring, ...]:
    parts: Sequence[BaseGeometry] = getattr(shape, "geoms", [shape])
    polygons = [each for each in parts if isinstance(each, Polygon)]
    borders = [border for each in polygons if each.area > _SLIVER for border in (each.exterior, *each.interiors)]
    return tuple(tuple((round(lon, _DECIMALS), round(lat, _DECIMALS)) for lon, lat in each.coords) for each in borders)
