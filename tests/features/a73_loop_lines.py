"""A ring calls at its first stop again, and a bus turns round in a village: the right one of two calls is meant."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

RING = """
stop H 60.10 24.90 Harbour
stop B 60.14 24.90 Bridge
stop C 60.14 25.00 Church
stop D 60.10 25.00 Dunes
line O bus H 8:00 B 8:10 C 8:20 H 8:30 D 8:40
line O bus H 9:00 B 9:10 C 9:20 H 9:30 D 9:40
"""


def test_the_second_call_is_nearer(town: Town) -> None:
    town.publish(ring=RING)
    assert town.journeys("ring:H", "ring:D", "07:55", window="3600") == ["08:30 Bus O Harbour–Dunes 08:40"]
    assert town.journeys("ring:H", "ring:D", "08:55", arrive_by="true") == ["08:30 Bus O Harbour–Dunes 08:40"]


def test_round_to_where_it_began(town: Town) -> None:
    town.publish(ring=RING)
    assert town.journeys("ring:C", "ring:H", "08:00") == ["08:20 Bus O Church–Harbour 08:30"]
    assert town.journeys("ring:B", "ring:H", "09:00", arrive_by="true") == ["08:10 Bus O Bridge–Harbour 08:30"]


def test_against_the_ring_the_next_round_is_taken(town: Town) -> None:
    town.publish(ring=RING)
    assert town.journeys("ring:C", "ring:B", "08:15") == [
        "08:20 Bus O Church–Harbour 08:30 > 09:00 Bus O Harbour–Bridge 09:10"
    ]


def test_a_bus_that_turns_round_is_left_where_it_comes_first(town: Town) -> None:
    town.publish(ring=RING.replace("line O", "line 2 bus D 7:00 C 7:10 B 7:20 C 7:30 H 7:40\nline O", 1))
    assert town.journeys("ring:D", "ring:C", "06:55") == ["07:00 Bus 2 Dunes–Church 07:10"]
    assert town.journeys("ring:C", "ring:H", "07:35", window="0") == ["08:20 Bus O Church–Harbour 08:30"]
    assert town.journeys("ring:C", "ring:H", "07:05", window="3600") == ["07:30 Bus 2 Church–Harbour 07:40"]
    assert town.journeys("ring:C", "ring:H", "07:45", arrive_by="true") == ["07:30 Bus 2 Church–Harbour 07:40"]
