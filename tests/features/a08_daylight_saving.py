"""The nights in which Helsinki changes its clocks: a ride of one hour takes one hour."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line N bus H 26:30 M 27:30
line 1 bus H 7:00 M 8:00
"""


def test_in_spring_an_hour_is_missing(town: Town) -> None:
    town.publish(coast=COAST)
    (found,) = town.plan("coast:H", "coast:M", "02:00", day="2027-03-28")
    assert (found["start_at"], found["end_at"]) == ("2027-03-28T02:30:00+02:00", "2027-03-28T04:30:00+03:00")
    assert found["duration_s"] == 3600


def test_in_autumn_an_hour_comes_twice(town: Town) -> None:
    town.publish(coast=COAST)
    (found,) = town.plan("coast:H", "coast:M", "02:00", day="2027-10-31")
    assert (found["start_at"], found["end_at"]) == ("2027-10-31T02:30:00+03:00", "2027-10-31T03:30:00+03:00")
    (after,) = town.plan("coast:H", "coast:M", "03:59:00+02:00", day="2027-10-31")
    assert after["start_at"] == "2027-10-31T07:00:00+02:00"


def test_the_morning_keeps_to_the_clocks(town: Town) -> None:
    town.publish(coast=COAST)
    for day in ("2027-03-27", "2027-03-28", "2027-10-31"):
        assert town.journeys("coast:H", "coast:M", "06:00", day=day) == ["07:00 Bus 1 Harbour–Market 08:00"]
