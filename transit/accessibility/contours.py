"""The outline of where a field on a grid is at most some value: marching squares (Lorensen, Cline 1987, in the plane).

Between the middles of two squares, one inside and one outside, the outline is where the value in between, taken as
rising evenly, is the limit. Where the outside one was not reached at all it is half way. Two opposite corners that are
inside are not joined. Rings have the inside on their left, as GeoJSON wants it (RFC 7946, section 3.1.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Point = tuple[float, float]
Ring = list[Point]
_Edge = tuple[int, int, bool]
"""The stretch from a grid point (row, column) to the next one in its row, or (True) in its column."""

_SOUTH, _EAST, _NORTH, _WEST = range(4)
_WAYS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((_SOUTH, _WEST),), 2: ((_EAST, _SOUTH),), 3: ((_EAST, _WEST),), 4: ((_NORTH, _EAST),),
    5: ((_SOUTH, _WEST), (_NORTH, _EAST)), 6: ((_NORTH, _SOUTH),), 7: ((_NORTH, _WEST),), 8: ((_WEST, _NORTH),),
    9: ((_SOUTH, _NORTH),), 10: ((_EAST, _SOUTH), (_WEST, _NORTH)), 11: ((_EAST, _NORTH),), 12: ((_WEST, _EAST),),
    13: ((_SOUTH, _EAST),), 14: ((_WEST, _SOUTH),),
}  # fmt: skip
"""By corners that are inside (1 south-west, 2 south-east, 4 north-east, 8 north-west), the sides from which to which
the outline crosses, inside on its left."""


def polygons(field: F64, limit: float) -> list[list[Ring]]:
    """The area as polygons, each an outer ring and its holes, in grid units: (column, row) of a middle is whole.

    `field` is infinite where there is nothing; its outermost rows and columns must be outside.
    """
    rings = list(_rings(field, limit))
    outer = [(ring, [ring]) for ring in rings if _area(ring) > 0]
    for hole in rings:
        if _area(hole) < 0:
            around = [(ring, polygon) for ring, polygon in outer if _contains(ring, hole[0])]
            # Of those around a hole, the smallest is its own: an island in a lake has its own ponds.
            min(around, key=lambda pair: _area(pair[0]))[1].append(hole)
    return [polygon for _, polygon in outer]


def geometry(found: list[list[Ring]], origin: Point, step: Point) -> dict[str, Any]:
    """Polygons as GeoJSON: `origin` is the (lon, lat) of grid point (0, 0), `step` of one unit."""
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [[(round(origin[0] + x * step[0], 6), round(origin[1] + y * step[1], 6)) for x, y in ring] for ring in each]
            for each in found
        ],
    }


def _rings(field: F64, limit: float) -> Iterator[Ring]:
    """The closed lines between inside and outside; the first point of each stands again at its end."""
    inside = field <= limit
    corners = inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]
    onward: dict[_Edge, _Edge] = {}
    for row, column in np.argwhere((corners > 0) & (corners < 15)).tolist():
        sides: tuple[_Edge, ...] = (
            (row, column, False), (row, column + 1, True), (row + 1, column, False), (row, column, True)
        )  # fmt: skip
        for start, end in _WAYS[int(corners[row, column])]:
            onward[sides[start]] = sides[end]
    while onward:
        first, edge = next(iter(onward.items()))
        del onward[first]
        ring = [_crossing(field, limit, first)]
        while edge != first:
            ring.append(_crossing(field, limit, edge))
            edge = onward.pop(edge)
        yield [*ring, ring[0]]


def _crossing(field: F64, limit: float, edge: _Edge) -> Point:
    """Where the outline crosses a stretch."""
    row, column, up = edge
    low, high = float(field[row, column]), float(field[row + up, column + (not up)])
    share = (limit - low) / (high - low) if np.isfinite(low) and np.isfinite(high) else 0.5
    # Never on a grid point itself, where outlines of two sides would touch.
    share = min(max(share, 0.001), 0.999)
    return (column, row + share) if up else (column + share, row)


def _area(ring: Ring) -> float:
    """Twice the area, positive where the ring runs against the clock."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def _contains(ring: Ring, point: Point) -> bool:
    """Whether a point that is not on a ring is in it: a ray to the east crosses it an odd number of times."""
    x, y = point
    crossings = (
        (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) for a, b in pairwise(ring)
    )
    return sum(crossings) % 2 == 1
