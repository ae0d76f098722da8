"""Where one drives, and how fast, by the tags of a way."""

import pytest

from transit.feeds.driving import driving, is_closed
from transit.routing.streets import DRIVE, MOPED

BOTH = DRIVE | MOPED


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("highway=residential", (BOTH, BOTH, 30)),
        ("highway=residential oneway=yes maxspeed=40", (BOTH, 0, 40)),
        ("highway=residential oneway=-1", (0, BOTH, 30)),
        ("highway=tertiary junction=roundabout", (BOTH, 0, 50)),
        ("highway=tertiary junction=roundabout oneway=no", (BOTH, BOTH, 50)),
        ("highway=tertiary oneway=reversible", (0, 0, 50)),
        ("highway=motorway", (DRIVE, 0, 110)),
        ("highway=motorway maxspeed=none", (DRIVE, 0, 130)),
        ("highway=motorway_link oneway=yes maxspeed=40", (DRIVE, 0, 40)),
        ("highway=primary maxspeed=100", (DRIVE, DRIVE, 100)),
        ("highway=primary motorroad=yes maxspeed=50", (DRIVE, DRIVE, 50)),
        ("highway=secondary maxspeed:forward=80 maxspeed:backward=60", (BOTH, BOTH, 60)),
        ("highway=unclassified maxspeed=30_mph", (BOTH, BOTH, 48)),
        ("highway=unclassified maxspeed=DE:rural", (DRIVE, DRIVE, 80)),
        ("highway=unclassified maxspeed=DE:zone:20", (BOTH, BOTH, 20)),
        ("highway=unclassified maxspeed=signals", (BOTH, BOTH, 50)),
        ("highway=service access=private", (0, 0, 0)),
        ("highway=service access=no motor_vehicle=destination", (BOTH, BOTH, 15)),
        ("highway=service motor_vehicle=no motorcar=yes", (DRIVE, DRIVE, 15)),
        ("highway=service motorcar=no", (MOPED, MOPED, 15)),
        ("highway=residential bus=yes access=no", (0, 0, 0)),
        ("highway=footway", (0, 0, 0)),
        ("highway=footway access=yes", (0, 0, 0)),
        ("highway=cycleway moped=yes", (MOPED, MOPED, 15)),
        ("highway=track", (0, 0, 0)),
        ("highway=track motor_vehicle=yes", (BOTH, BOTH, 15)),
        ("highway=service area:highway=service", (0, 0, 0)),
    ],
)
def test_a_way(tags: str, expected: tuple[int, int, int]) -> None:
    assert driving({key: value.replace("_mph", " mph") for key, value in _pairs(tags)}) == expected


@pytest.mark.parametrize(
    ("tags", "closed"),
    [
        ("barrier=bollard", True),
        ("barrier=bollard motor_vehicle=yes", False),
        ("barrier=gate", False),
        ("barrier=gate access=private", True),
        ("barrier=lift_gate motor_vehicle=no", True),
        ("barrier=kerb", False),
    ],
)
def test_a_barrier(tags: str, closed: bool) -> None:
    assert is_closed(dict(_pairs(tags))) is closed


def _pairs(tags: str) -> list[tuple[str, str]]:
    return [(word.partition("=")[0], word.partition("=")[2]) for word in tags.split()]
