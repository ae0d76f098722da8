"""What one call finds around both ends of a search is what is found one by one: place, stops, ways."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.transit.routing.test_access import MANY, PLACES, STOPS, ground_of
from tests.transit.routing.towns import SOUTH, STEP, WEST, towns
from transit.routing import access
from transit.routing.access import Ground, find_way, spot_at
from transit.routing.doors import Walker
from transit.routing.journey import Way
from transit.routing.streets import BICYCLE, WALK, Streets
from transit.routing.surroundings import LONG_ROWS, Place, surroundings

AWAY = st.sampled_from((0.0, 0.02))
"""Degrees of latitude that a place is moved: by the second it is off the streets."""


def check(ground: Ground, ends: tuple[Place, Place], walker: Walker, cycled_m: float, *, is_long: bool = False) -> None:
    """The same by one function after the other; `is_long`: where searches of late were long."""
    limit_m = walker.limit_s * walker.speed_mps
    ground.effort.note(32 * LONG_ROWS if is_long else 0)
    found = surroundings(ground, ends, walker, cycled_m)
    spots = spot_at(ground, *ends[0][:2]), spot_at(ground, *ends[1][:2])
    for near, spot, end in zip((found.origin, found.destination), spots, ends, strict=True):
        expected = access.around(ground, spot, end.chosen, walker.speed_mps, walker.limit_s)
        assert near.spot == spot
        assert near.seconds_of == expected.seconds_of
        assert near.metres.tolist() == expected.metres.tolist()
        for stop in near.seconds_of:
            same(near.way_to_stop(stop), expected.way_to_stop(stop))
    same(found.walk, find_way(ground, *spots, WALK, limit_m))
    riding = spot_at(ground, *ends[0][:2], BICYCLE), spot_at(ground, *ends[1][:2], BICYCLE)
    same(found.bicycle, find_way(ground, *riding, BICYCLE, cycled_m) if cycled_m else None)


def same(way: Way | None, expected: Way | None) -> None:
    """A tree and a goal find ways of one length; of two as long they may take either."""
    assert (way is None) == (expected is None)
    if way is not None and expected is not None:
        assert np.isclose(way.metres, expected.metres, rtol=1e-6, atol=0.01)
        assert way.polyline[:1] + way.polyline[-1:] == expected.polyline[:1] + expected.polyline[-1:]


@given(
    towns(),
    PLACES,
    PLACES,
    AWAY,
    st.sampled_from((60, 600)),
    st.sampled_from((0.0, 3000.0)),
    st.booleans(),
    st.booleans(),
)
@MANY
def test_both_ends_at_once(
    streets: Streets,
    start: tuple[float, float],
    end: tuple[float, float],
    away: float,
    limit_s: int,
    cycled_m: float,
    is_chosen: bool,
    is_long: bool,
) -> None:
    ends = Place(*start, (3,) if is_chosen else ()), Place(end[0] + away, end[1])
    check(ground_of(streets), ends, Walker(1.25, limit_s), cycled_m, is_long=is_long)


def test_without_streets() -> None:
    ends = Place(SOUTH, WEST), Place(SOUTH, WEST + STEP, (2,))
    check(Ground(*STOPS), ends, Walker(1.25, 600), 3000.0)
