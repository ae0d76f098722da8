"""A station is one place with several platforms."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.1000 24.9000 Harbour
station S 60.1900 24.9500 Central
stop S1 60.1900 24.9500 parent=S platform=1 Central
stop S2 60.1901 24.9505 parent=S platform=2 Central
stop A 60.3000 24.9600 Airport
line 1 bus H 8:00 S1 8:20
line R rail S2 8:20 A 8:50
line R rail S2 8:30 A 9:00
line X rail S1 8:25 A 8:55
"""


def test_the_station_means_all_its_platforms(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:S", "coast:A", "08:22") == ["08:25 Train X Central (1)–Airport 08:55"]
    assert town.journeys("coast:S", "coast:A", "08:27") == ["08:30 Train R Central (2)–Airport 09:00"]
    assert town.board("coast:S", "08:15") == [
        "08:20 Train R to A (2)",
        "08:25 Train X to A (1)",
        "08:30 Train R to A (2)",
    ]


def test_a_change_of_platform_takes_a_walk(town: Town) -> None:
    town.publish(coast=COAST.replace("line X rail S1 8:25 A 8:55", ""))
    assert town.journeys("coast:H", "coast:A", "07:50") == [
        "08:00 Bus 1 Harbour–Central (1) 08:20 > walk 1' > 08:30 Train R Central (2)–Airport 09:00"
    ]


def test_the_place_is_found_once(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.places("central") == ["station Central"]
