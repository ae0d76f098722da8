"""Platforms behind doors: as near as the nearest of their doors, and no nearer."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transit.routing.test_access import PLACES, STOPS
from tests.transit.routing.towns import towns
from transit.routing import access
from transit.routing.access import Ground, spot_at
from transit.routing.doors import Walker, through_doors
from transit.routing.streets import NO_EDGE, NO_WAY, Doors, Streets

SECONDS = st.sampled_from((int(NO_WAY), 0, 40, 300))
DOOR = st.tuples(st.integers(0, 2), st.integers(0, 1), SECONDS, SECONDS, SECONDS, SECONDS)
"""Platform, entrance, and seconds inwards and outwards, for everybody and without steps."""
Rows = list[tuple[int, int, int, int, int, int]]


def doors_of(streets: Streets | None, rows: Rows) -> Doors:
    """The two entrances stand where the stops 3 and 4 stand."""
    unlinked = (np.full(5, NO_EDGE), np.zeros(5, np.float32), np.zeros(5, np.float32))
    links = (streets.stop_edge, streets.stop_fraction, streets.stop_offset_m) if streets else unlinked
    columns = np.array(rows, np.int64).reshape(-1, 6).T
    component = np.full(5, -1, np.int32)
    component[columns[0]] = 0
    lat, lon = STOPS
    where = slice(3, 5)
    return Doors(
        component,
        lon[where].copy(),
        lat[where].copy(),
        links[0][where].copy(),
        links[1][where].copy(),
        links[2][where].copy(),
        *(column.astype(np.uint32) for column in columns[:2]),
        *(column.astype(np.int32) for column in columns[2:]),
    )


@given(towns(), PLACES, st.lists(DOOR, max_size=6), st.booleans(), st.booleans(), st.sampled_from((1.25, 0.5)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_nearest_door(
    streets: Streets, place: tuple[float, float], rows: Rows, leaving: bool, step_free: bool, speed: float
) -> None:
    plain = Ground(*STOPS, streets)
    ground = replace(plain, doors=doors_of(streets, rows))
    limit_s = 900
    spot = spot_at(plain, *place)
    direct = access.around(plain, spot, (), speed, limit_s).seconds_of
    walker = Walker(speed, limit_s, leaving, step_free)
    found = through_doors(access.around(ground, spot, (), speed, limit_s), (), walker)
    expected = {stop: seconds for stop, seconds in direct.items() if stop not in {row[0] for row in rows}}
    pace = max(1.0, 1.25 / speed)
    for platform, entrance, *ways in rows:
        inside = ways[2 * step_free + leaving]
        if inside >= 0 and entrance + 3 in direct:
            seconds = direct[entrance + 3] + math.ceil(inside * pace)
            if seconds <= limit_s:
                expected[platform] = min(seconds, expected.get(platform, seconds))
    assert found.seconds_of == expected
    for platform in expected:
        if found.entrance_of(platform) is not None:
            way = found.way_to_stop(platform)
            assert way.polyline[-1] == (STOPS[1][platform], STOPS[0][platform])
            assert found.is_step_free(platform) is not None
            if step_free:
                assert found.is_step_free(platform)


def test_a_chosen_platform_is_the_place_itself() -> None:
    ground = Ground(*STOPS, None, doors=doors_of(None, [(3, 0, 500, 500, 500, 500)]))
    spot = spot_at(ground, float(STOPS[0][3]), float(STOPS[1][3]))
    chosen = through_doors(access.around(ground, spot, (3,), 1.25, 600), (3,), Walker(1.25, 600))
    assert chosen.seconds_of[3] == 0
    assert chosen.way_to_stop(3).polyline == ()
    alone = through_doors(access.around(ground, spot, (), 1.25, 600), (), Walker(1.25, 600))
    assert alone.seconds_of[3] == 500, "to the door right there, and 500 seconds down"
