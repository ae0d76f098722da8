"""Stops along a line."""

from __future__ import annotations

import numpy as np
import pytest

from transit.network.tracks import find_stated, placed


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


OUT_AND_BACK = [(24.00, 60.0), (24.01, 60.0), (24.02, 60.0), (24.01, 60.0), (24.00, 60.0)]


def stated(along: list[float], stops: list[tuple[float, float]], travelled: list[float]) -> list[float] | None:
    line_lon, line_lat = np.array(OUT_AND_BACK).T
    lon, lat = np.array(stops).T
    found = find_stated(line_lon, line_lat, np.array(along), lon, lat, np.array(travelled))
    return None if found is None else [round(float(value), 3) for value in found]


def test_stated_distances_tell_out_from_back() -> None:
    stops = [(24.0, 60.0), (24.01, 60.0005)]
    assert at(OUT_AND_BACK, stops) == [0, 1], "by place alone the stop is passed on the way out"
    assert stated([0, 1, 2, 3, 4], stops, [0, 3]) == [0, 3]
    assert stated([0, 0.5, 1.0, 1.5, 2.0], stops, [0, 1.5]) == [0, 3], "in any unit"


@pytest.mark.parametrize(
    ("along", "travelled"),
    [
        ([0, 1, 2, 3, 4], [0, float("nan")]),
        ([0, 1, float("nan"), 3, 4], [0, 3]),
        ([0, 1, 2, 1, 4], [0, 3]),
        ([0, 1, 2, 3, 4], [3, 0]),
        ([0, 0, 0, 0, 0], [0, 0]),
        ([0, 557, 1113, 1670, 2226], [0, 1.67]),  # metres and kilometres
        ([0, 1, 2, 3, 4], [0, 2.5]),  # 270 m off
    ],
)
def test_distances_that_are_not_sound(along: list[float], travelled: list[float]) -> None:
    assert stated(along, [(24.0, 60.0), (24.01, 60.0005)], travelled) is None
