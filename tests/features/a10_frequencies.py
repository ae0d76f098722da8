"""Some lines have no timetable, only a headway (`frequencies.txt`)."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

METRO = """
stop C 60.170 24.940 Centre
stop E 60.190 25.030 East
line M metro C 0:00 E 0:12

[frequencies.txt]
trip_id,start_time,end_time,headway_secs,exact_times
M-0,06:00:00,09:00:00,300,1
M-0,09:00:00,24:00:00,600,1
"""


def test_every_five_minutes_then_every_ten(town: Town) -> None:
    town.publish(metro=METRO)
    assert town.journeys("metro:C", "metro:E", "08:01") == ["08:05 Metro M Centre–East 08:17"]
    assert town.board("metro:C", "08:51") == ["08:55 Metro M to E", "09:00 Metro M to E", "09:10 Metro M to E"]


def test_between_the_last_and_the_first(town: Town) -> None:
    town.publish(metro=METRO)
    assert town.journeys("metro:C", "metro:E", "04:00") == ["06:00 Metro M Centre–East 06:12"]
    assert town.journeys("metro:C", "metro:E", "06:00", arrive_by="true") == ["23:50 Metro M Centre–East 00:02"]
