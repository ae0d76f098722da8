"""Stops along a line."""

from __future__ import annotations

import numpy as np
import pytest

from transit.network.tracks import placed


def at(line: list[tuple[float, float]], stops: list[tuple[float, float]]) -> list[float]:
    line_lon, line_lat = np.array(line).T
    lon, lat = np.array(stops).T
    return [round(float(value), 3) for value in placed(line_lon, line_lat, lon, lat)]


def test_between_points() -> None:
    assert at([(0, 0), (1, 0), (2, 0)], [(0, 0.1), (0.5, 0), (1.25, 0), (2, 0)]) == [0, 0.5, 1.25, 2]


def test_out_and_back_on_one_street() -> None:
    line = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 0.0), (0.0, 0.0)]
    stops = [(0.0, 0.0), (0.6, 0.0), (2.0, 0.0), (0.6, 0.0), (0.0, 0.0)]
    assert at(line, stops) == [0, 0.6, 2, 3.4, 4]


def test_a_ring_that_ends_where_it_begins() -> None:
    line = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
    assert at(line, [(0, 0), (1, 1), (0, 0)]) == [0, 2, 4]


@pytest.mark.parametrize("seed", range(20))
def test_never_backwards(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line, stops = rng.random((30, 2)), rng.random((12, 2))
    assert (np.diff(placed(line[:, 0], line[:, 1], stops[:, 0], stops[:, 1])) >= 0).all()
