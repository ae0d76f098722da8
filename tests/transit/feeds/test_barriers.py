"""What keeps a wheelchair from a way, or from one point of it."""

from __future__ import annotations

import pytest

from transit.feeds.barriers import Obstacle, obstacle, passable
from transit.routing.streets import FIT, STAIRLESS, WHEELCHAIR

OPEN = STAIRLESS | WHEELCHAIR


@pytest.mark.parametrize(
    ("tags", "bits"),
    [
        ("highway=residential", OPEN),
        ("highway=footway wheelchair=yes", OPEN | FIT),
        ("highway=footway wheelchair=designated surface=sand", OPEN | FIT),
        ("highway=footway wheelchair=limited", OPEN),
        ("highway=footway wheelchair=no", STAIRLESS),
        ("highway=steps", 0),
        ("highway=steps conveying=yes", 0),
        ("highway=steps ramp:wheelchair=yes", OPEN),
        ("highway=steps ramp:wheelchair=yes wheelchair=no", STAIRLESS),
        ("highway=steps ramp:stroller=yes", STAIRLESS),
        ("highway=steps wheelchair=yes", OPEN | FIT),
        ("highway=path smoothness=intermediate surface=compacted", OPEN),
        ("highway=path smoothness=bad", STAIRLESS),
        ("highway=path surface=sand", STAIRLESS),
        ("highway=track tracktype=grade3", OPEN),
        ("highway=track tracktype=grade4", STAIRLESS),
        ("highway=path incline=8%", OPEN),
        ("highway=path incline=-8.5%", STAIRLESS),
        ("highway=path incline=5°", STAIRLESS),
        ("highway=path incline=4°", OPEN),
        ("highway=path incline=up", OPEN),
        ("highway=path width=0.8", OPEN),
        ("highway=path width=70cm", STAIRLESS),
        ("highway=path width=narrow", OPEN),
        ("highway=footway footway=crossing kerb=raised", STAIRLESS),
        ("highway=footway footway=crossing kerb=raised kerb:height=2cm", OPEN),
        ("highway=footway footway=crossing kerb=lowered kerb:height=0.1", STAIRLESS),
    ],
)
def test_ways(tags: str, bits: int) -> None:
    assert passable(dict(tag.split("=", 1) for tag in tags.split())) == bits


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("barrier=kerb kerb=raised", Obstacle.KERB),
        ("barrier=kerb kerb=lowered", None),
        ("barrier=kerb", None),
        ("barrier=kerb wheelchair=no", Obstacle.KERB),
        ("barrier=kerb kerb=raised wheelchair=yes", None),
        ("highway=crossing kerb:left=flush kerb:right=raised", Obstacle.KERB),
        ("highway=crossing wheelchair=no", Obstacle.KERB),
        ("highway=bus_stop wheelchair=no", None),
        ("barrier=stile", Obstacle.GATE),
        ("barrier=bollard", None),
        ("barrier=cycle_barrier wheelchair=no", Obstacle.GATE),
        ("barrier=kissing_gate wheelchair=yes", None),
    ],
)
def test_points(tags: str, expected: Obstacle | None) -> None:
    assert obstacle(dict(tag.split("=", 1) for tag in tags.split())) == expected
