"""The outline of a field has its grid points inside exactly where they are, and is what GeoJSON allows."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import MultiPolygon, Point, Polygon

from transit.accessibility.contours import geometry, polygons

INF = float("inf")


@pytest.mark.parametrize("seed", range(40))
def test_inside_is_inside(seed: int) -> None:
    chooser = np.random.default_rng(seed)
    field = np.full((9, 11), INF)
    field[1:-1, 1:-1] = chooser.choice((0.0, 5.0, 10.0, 10.1, 20.0, INF), (7, 9))
    found = polygons(field, 10.0)
    shape = MultiPolygon([Polygon(rings[0], rings[1:]) for rings in found])
    assert shape.is_valid
    for row, column in np.ndindex(field.shape):
        assert shape.contains(Point(column, row)) == bool(field[row, column] <= 10.0)
    for rings in found:
        assert Polygon(rings[0]).exterior.is_ccw
        assert not any(Polygon(hole).exterior.is_ccw for hole in rings[1:])


def test_an_island_in_a_lake_and_half_way_to_nowhere() -> None:
    field = np.full((9, 9), INF)
    field[1:-1, 1:-1] = 1.0
    field[2:-2, 2:-2] = 9.0
    field[4, 4] = 5.0
    island, lake = sorted(polygons(field, 7.0), key=len)
    assert len(island) == 1
    assert len(lake) == 2
    # Between the 5 of the island and the 9 around it, 7 is in the middle; towards nowhere it is half way.
    assert (4.5, 4) in island[0]
    assert min(x for x, _ in lake[0]) == 0.5


def test_on_the_ground() -> None:
    field = np.full((3, 3), INF)
    field[1, 1] = 0.0
    shape = geometry(polygons(field, 1.0), (10.0, 50.0), (0.1, 0.2))
    assert shape["type"] == "MultiPolygon"
    assert set(shape["coordinates"][0][0]) == {(10.05, 50.2), (10.1, 50.1), (10.15, 50.2), (10.1, 50.3)}
