"""Bus, train and boat: where one of them is missed, the next one of each that still fits."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop V 60.10 24.60 Village
stop H 60.15 24.90 Harbour
stop M 60.19 24.95 Market
stop I 60.05 25.05 Island
line 1 bus V 8:00 H 8:20
line 1 bus V 8:30 H 8:50
line 1 bus V 9:00 H 9:20
line R rail H 8:25 M 8:40
line R rail H 8:51 M 9:06
line R rail H 9:21 M 9:36
line F ferry M 9:10 I 9:50
line F ferry M 11:10 I 11:50
"""
SECOND = "08:30 Bus 1 Village–Harbour 08:50 > 08:51 Train R Harbour–Market 09:06 > 09:10 Ferry F Market–Island 09:50"
THIRD = "09:00 Bus 1 Village–Harbour 09:20 > 09:21 Train R Harbour–Market 09:36 > 11:10 Ferry F Market–Island 11:50"


def test_leaving(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:V", "coast:I", "08:01") == [SECOND]
    assert town.journeys("coast:V", "coast:I", "08:31") == [THIRD]
    assert town.journeys("coast:V", "coast:I", "09:01", window="3600") == []


def test_nobody_leaves_for_a_boat_that_the_next_bus_reaches(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:V", "coast:I", "07:55", window="3600") == [SECOND]


def test_arriving_nobody_leaves_too_early(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:V", "coast:I", "09:50", arrive_by="true") == [SECOND]
    assert town.journeys("coast:V", "coast:I", "12:00", arrive_by="true") == [THIRD]
    assert town.journeys("coast:V", "coast:I", "09:49", arrive_by="true", window="3600") == []


def test_a_minute_is_needed_for_each_change(town: Town) -> None:
    town.publish(coast=COAST.replace("H 8:51 M 9:06", "H 8:50 M 9:05"))
    (found,) = town.journeys("coast:V", "coast:I", "07:55", window="3600")
    assert found.startswith("08:00 Bus 1 Village–Harbour 08:20 > ")
    assert found.endswith(" > 09:10 Ferry F Market–Island 09:50")
