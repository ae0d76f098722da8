"""A service day is longer than a day: 25:10 is ten past one of the next morning."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line N bus H 25:10 M 25:25
line 1 bus H 6:00 M 6:15

[calendar.txt]
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,0,0,0,0,1,0,0,20261127,20261127
"""


def test_friday_night_is_saturday_morning(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:M", "00:30", day="2026-11-28") == ["01:10 Bus N Harbour–Market 01:25"]
    assert town.journeys("coast:H", "coast:M", "23:50", day="2026-11-27") == ["01:10 Bus N Harbour–Market 01:25"]


def test_not_the_night_before(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:M", "00:30", day="2026-11-27") == ["06:00 Bus 1 Harbour–Market 06:15"]
