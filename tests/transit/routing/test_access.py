"""Ways on the ground are as short as those of the slow search, and their lines are as long as they say."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles.ways import metres_between
from tests.transit.routing.towns import SOUTH, STEP, WEST, Point, metres_of, streets_of, towns
from transit.routing.access import Ground, Spot, around, find_way, spot_at, spot_of_stop
from transit.routing.kernels.ways import DETOUR, LEAP_M
from transit.routing.streets import BICYCLE, NO_EDGE, WALK, Streets

MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PLACES = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(
    lambda xy: (SOUTH + xy[1] * STEP / 10, WEST + xy[0] * STEP / 10)
)
STOPS = (np.linspace(SOUTH, SOUTH + 0.005, 5), np.linspace(WEST, WEST + 0.005, 5))


def ground_of(streets: Streets) -> Ground:
    return Ground(*STOPS, streets)


@given(towns(), PLACES, PLACES, st.sampled_from((WALK, BICYCLE)), st.sampled_from((300.0, 5000.0)))
@MANY
def test_ways_are_shortest(
    streets: Streets, a: tuple[float, float], b: tuple[float, float], mode: int, limit_m: float
) -> None:
    ground = ground_of(streets)
    start, end = spot_at(ground, *a, mode), spot_at(ground, *b, mode)
    if start.link is None or end.link is None:
        return
    expected = metres_between(streets, mode, start, end)
    way = find_way(ground, start, end, mode, limit_m)
    if way is None:
        assert expected > limit_m * 0.999
        return
    assert way.metres == pytest.approx(expected, rel=1e-5, abs=0.01)
    assert way.polyline[0] == (start.lon, start.lat)
    assert way.polyline[-1] == (end.lon, end.lat)
    along = metres_of(list(way.polyline) or [(0, 0)])
    assert along * (1 if len(way.stretches.edge) else DETOUR) == pytest.approx(way.metres, rel=1e-3, abs=1.0)


@given(towns(), PLACES, st.sampled_from((200, 600, 4000)))
@MANY
def test_stops_around(streets: Streets, place: tuple[float, float], limit_s: int) -> None:
    ground = ground_of(streets)
    spot = spot_at(ground, *place)
    near = around(ground, spot, (), 1.25, limit_s)
    for stop in range(5):
        there = spot_of_stop(ground, stop)
        if spot.link and there.link:
            expected = metres_between(streets, WALK, spot, there)
        else:
            line = [(spot.lon, spot.lat), (there.lon, there.lat)]
            expected = DETOUR * metres_of(line) if line[0] != line[1] else 0.0
            if (spot.link or there.link) and expected > LEAP_M:
                expected = math.inf
        if math.isclose(expected, limit_s * 1.25, rel_tol=1e-3):
            continue
        assert (stop in near.seconds_of) == (expected < limit_s * 1.25)
        if stop in near.seconds_of:
            assert near.seconds_of[stop] == pytest.approx(expected / 1.25, rel=1e-3, abs=1.01)
            if spot.link and there.link and near.seconds_of[stop] > 0:
                assert near.way_to_stop(stop).metres == pytest.approx(expected, rel=1e-5, abs=0.01)


@given(towns(), PLACES)
@MANY
def test_a_place_meets_the_nearest_street(streets: Streets, place: tuple[float, float]) -> None:
    lat, lon = place
    spot = spot_at(ground_of(streets), lat, lon)
    scale = np.array([math.cos(math.radians(lat)), 1.0])
    nearest = math.inf
    for edge in range(len(streets.edge_head)):
        twin = np.flatnonzero(streets.edge_geometry == streets.edge_geometry[edge])
        if not (streets.edge_modes[twin] & WALK).any():
            continue
        g = streets.edge_geometry[edge]
        part = slice(streets.shape_start[g], streets.shape_start[g + 1])
        points = (np.column_stack((streets.shape_lon[part], streets.shape_lat[part])) - [lon, lat]) * scale * 111_194.9
        for p, q in pairwise(points):
            length = float((q - p) @ (q - p))
            share = min(max(float(-p @ (q - p)) / length, 0.0), 1.0) if length else 0.0
            nearest = min(nearest, float(np.hypot(*(p + share * (q - p)))))
    if spot.link is None:
        assert nearest >= 499
    else:
        assert spot.link.offset_m == pytest.approx(nearest, abs=0.01)


def test_one_way_streets_bind_bicycles_only() -> None:
    nodes = [(WEST, SOUTH), (WEST + STEP, SOUTH), (WEST + STEP, SOUTH + STEP)]
    both = WALK | BICYCLE
    lines: list[tuple[int, int, list[Point], int, int]] = [
        (0, 1, [], both, WALK),
        (1, 2, [], both, both),
        (2, 0, [], both, both),
    ]
    ground = ground_of(streets_of(nodes, lines, [(-1, 0, 0)] * 5))
    a, b = spot_at(ground, SOUTH, WEST + STEP * 0.2), spot_at(ground, SOUTH, WEST + STEP * 0.8)
    straight_on = find_way(ground, a, b, BICYCLE, 5000)
    against = find_way(ground, b, a, BICYCLE, 5000)
    on_foot = find_way(ground, b, a, WALK, 5000)
    assert straight_on
    assert against
    assert on_foot
    assert straight_on.metres == pytest.approx(on_foot.metres)
    assert against.metres > 3 * straight_on.metres
    assert ground.net.stop_edge[0] == NO_EDGE


def test_nobody_is_led_far_across_what_lies_off_the_streets() -> None:
    """Place and stop are 240 m apart and each far from the only street: beyond LEAP_M the way is by the street."""
    nodes = [(WEST, SOUTH), (WEST, SOUTH + 0.002)]
    ground = ground_of(streets_of(nodes, [(0, 1, [], WALK, WALK)], [(0, 0.0, 250.0)] * 5))
    near = around(ground, spot_at(ground, SOUTH + 0.0046, WEST + 0.0016), (), 1.25, 4000)
    there = spot_of_stop(ground, 2)
    across_m = DETOUR * metres_of([(WEST + 0.0016, SOUTH + 0.0046), (there.lon, there.lat)])
    assert LEAP_M < across_m < near.spot.link.offset_m + 250 if near.spot.link else False
    assert near.seconds_of[2] * 1.25 == pytest.approx(near.way_to_stop(2).metres, abs=2)
    assert near.seconds_of[2] * 1.25 > across_m + 100


def test_without_streets_ways_are_straight() -> None:
    ground = Ground(*STOPS)
    near = around(ground, spot_at(ground, SOUTH, WEST), (3,), 1.25, 600)
    assert near.seconds_of[0] == 0
    assert near.seconds_of[3] == 0
    assert near.way_to_stop(1).polyline == ((WEST, SOUTH), (float(STOPS[1][1]), float(STOPS[0][1])))
    assert find_way(ground, Spot(61.5, 23.7, None), Spot(61.6, 23.7, None), WALK, 1000) is None
