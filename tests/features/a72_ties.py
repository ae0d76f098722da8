"""Two vehicles at the same time: one line of the answer each, and none twice."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

STOPS = """
stop H 60.15 24.90 Harbour
stop M 60.19 24.95 Market
stop A 60.30 24.96 Airport
"""


def test_two_buses_that_are_the_same_to_a_passenger(town: Town) -> None:
    town.publish(coast=STOPS + "line 1 bus H 8:00 M 8:10\nline 1 bus H 8:00 M 8:10\n")
    for wish in ({}, {"window": "3600"}, {"arrive_by": "true"}):
        at = "08:30" if "arrive_by" in wish else "07:55"
        assert town.journeys("coast:H", "coast:M", at, **wish) == ["08:00 Bus 1 Harbour–Market 08:10"]


def test_of_two_that_arrive_together_the_later(town: Town) -> None:
    town.publish(coast=STOPS + "line 1 bus H 8:00 M 8:30\nline 2 bus H 8:20 M 8:30\n")
    assert town.journeys("coast:H", "coast:M", "07:55", window="3600") == ["08:20 Bus 2 Harbour–Market 08:30"]
    assert town.journeys("coast:H", "coast:M", "08:30", arrive_by="true") == ["08:20 Bus 2 Harbour–Market 08:30"]


def test_of_two_that_leave_together_the_quicker(town: Town) -> None:
    town.publish(coast=STOPS + "line 1 bus H 8:00 M 8:30\nline 2 bus H 8:00 M 8:20\n")
    assert town.journeys("coast:H", "coast:M", "07:55") == ["08:00 Bus 2 Harbour–Market 08:20"]
    assert town.journeys("coast:H", "coast:M", "09:00", arrive_by="true", window="3600") == [
        "08:00 Bus 2 Harbour–Market 08:20"
    ]


def test_arriving_and_leaving_in_one_minute(town: Town) -> None:
    """A hop of no time: a timetable in minutes has them; a change still takes its minute."""
    town.publish(coast=STOPS + "line 1 bus H 8:00 M 8:00\nline 2 bus M 8:00 A 8:20\nline 2 bus M 8:01 A 8:21\n")
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:00 Bus 1 Harbour–Market 08:00"]
    assert town.journeys("coast:H", "coast:A", "08:00") == [
        "08:00 Bus 1 Harbour–Market 08:00 > 08:01 Bus 2 Market–Airport 08:21"
    ]
