"""A resident has to be there by a time, and leaves as late as that allows."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop A 60.300 24.960 Airport
every 15 until 20:00 line 1 bus H 8:06 M 8:15
every 30 until 20:00 line R rail M 8:20 A 8:50
"""


def test_the_last_ride_that_is_in_time(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:M", "09:00", arrive_by="true") == ["08:51 Bus 1 Harbour–Market 09:00"]
    assert town.journeys("coast:H", "coast:M", "08:59", arrive_by="true") == ["08:36 Bus 1 Harbour–Market 08:45"]


def test_no_time_is_lost_at_the_change(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "10:00", arrive_by="true") == [
        "09:06 Bus 1 Harbour–Market 09:15 > 09:20 Train R Market–Airport 09:50"
    ]


def test_two_hours_before(town: Town) -> None:
    town.publish(coast=COAST)
    found = town.journeys("coast:M", "coast:A", "10:00", arrive_by="true", window="7200")
    assert found == [
        "08:20 Train R Market–Airport 08:50",
        "08:50 Train R Market–Airport 09:20",
        "09:20 Train R Market–Airport 09:50",
    ]
