"""A change between two stops, on foot along the streets."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

TOWN = """
stop H 60.1500 24.9000 Harbour
stop W 60.1900 24.9450 Market West
stop E 60.1900 24.9500 Market East
stop A 60.3000 24.9600 Airport
line 1 bus H 8:06 W 8:15
line R rail E 8:17 A 8:47
line R rail E 8:47 A 9:17
"""
STREETS = """
street residential 60.1900,24.9450 60.1900,24.9475 60.1900,24.9500 # Market Street
"""
DETOUR = """
street residential 60.1900,24.9450 60.1925,24.9475 60.1900,24.9500 # Hill Street
"""


def test_four_minutes_to_the_other_stop(town: Town) -> None:
    town.publish(STREETS, town=TOWN)
    assert town.journeys("town:H", "town:A", "08:00") == [
        "08:06 Bus 1 Harbour–Market West 08:15 > walk 4' > 08:47 Train R Market East–Airport 09:17"
    ]


def test_the_walk_is_in_time_for_a_later_train(town: Town) -> None:
    town.publish(STREETS, town=TOWN.replace("E 8:17 A 8:47", "E 8:19 A 8:49"))
    assert town.journeys("town:H", "town:A", "08:00") == [
        "08:06 Bus 1 Harbour–Market West 08:15 > walk 4' > 08:19 Train R Market East–Airport 08:49"
    ]


def test_the_way_round_the_hill_is_longer(town: Town) -> None:
    town.publish(DETOUR, town=TOWN.replace("E 8:17 A 8:47", "E 8:19 A 8:49"))
    (found,) = town.journeys("town:H", "town:A", "08:00")
    assert found.endswith("> walk 8' > 08:47 Train R Market East–Airport 09:17")
