"""Nobody waits for a vehicle that is no quicker than walking: all the way, the last part or the first."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

ROAD = """
stop H 60.1500 24.9000 Harbour
stop M 60.1900 24.9500 Market
stop L 60.1935 24.9500 Library
stop A 60.3000 24.9600 Airport
line 1 bus H 8:06 M 8:20
line 2 bus M 8:24 L 8:26
line 2 bus M 9:00 L 9:04
line 3 bus L 8:40 A 9:10
line 4 bus L 10:00 M 10:02
line 4 bus L 10:00 M 10:02
line 5 bus M 10:06 A 10:30
"""


def test_all_the_way(town: Town) -> None:
    """The walk takes seven minutes, as the bus at nine o'clock does; that at 8:24 takes two."""
    town.publish(coast=ROAD.replace("M 9:00 L 9:04", "M 9:00 L 9:07"))
    assert town.journeys("coast:M", "coast:L", "08:00", window="7200") == [
        "08:00 walk 7'",
        "08:24 Bus 2 Market–Library 08:26",
    ]


def test_the_last_part(town: Town) -> None:
    """Who gets off at 8:20 is at the library on foot at 8:27; bus 2 is there at 8:26."""
    town.publish(coast=ROAD)
    assert town.journeys("coast:H", "coast:L", "08:00", window="3600") == [
        "08:06 Bus 1 Harbour–Market 08:20 > walk 7' 08:27"
    ]


def test_the_last_part_where_the_ride_gains_minutes(town: Town) -> None:
    town.publish(coast=ROAD.replace("stop L 60.1935", "stop L 60.2010"))
    assert town.journeys("coast:H", "coast:L", "08:00", window="3600") == [
        "08:06 Bus 1 Harbour–Market 08:20 > 08:24 Bus 2 Market–Library 08:26",
        "08:06 Bus 1 Harbour–Market 08:20 > walk 22' 08:42",
    ]


def test_the_first_part(town: Town) -> None:
    """On foot one leaves the library at 9:59 to be at the market at 10:06; bus 4 leaves a minute later."""
    town.publish(coast=ROAD)
    assert town.journeys("coast:L", "coast:A", "09:50", window="3600") == [
        "09:59 walk 7' > 10:06 Bus 5 Market–Airport 10:30"
    ]


def test_walking_comes_first_where_it_is_best(town: Town) -> None:
    """Who walks now is there before any bus."""
    town.publish(coast=ROAD)
    assert town.journeys("coast:M", "coast:L", "08:40", window="7200") == [
        "08:40 walk 7'",
        "09:00 Bus 2 Market–Library 09:04",
    ]
    assert town.journeys("coast:M", "coast:L", "09:30", window="7200") == ["09:30 walk 7'"]


def test_walking_comes_last_where_a_bus_is_there_sooner(town: Town) -> None:
    town.publish(coast=ROAD)
    assert town.journeys("coast:M", "coast:L", "08:23", window="3600")[-1] == "08:23 walk 7'"
