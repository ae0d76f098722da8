"""A line by headway beside lines by timetable: over midnight, with two headways at once, and not quite exact."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

METRO = """
stop C 60.170 24.940 Centre
stop E 60.190 25.030 East
stop V 60.250 25.100 Village
line M metro C 0:00 E 0:12
line 5 bus E 23:40 V 23:55
line 5 bus E 25:03 V 25:18

[frequencies.txt]
trip_id,start_time,end_time,headway_secs,exact_times
M-0,23:00:00,25:00:00,420,1
"""


def test_the_last_that_reaches_the_bus(town: Town) -> None:
    """23:00, 23:07 … 23:28 is there at 23:40, a minute too late."""
    town.publish(metro=METRO)
    ride = ["23:21 Metro M Centre–East 23:33 > 23:40 Bus 5 East–Village 23:55"]
    assert town.journeys("metro:C", "metro:V", "23:57", arrive_by="true") == ride
    assert town.journeys("metro:C", "metro:V", "23:15") == ride
    assert town.journeys("metro:C", "metro:V", "23:22") == [
        "23:28 Metro M Centre–East 23:40 > 01:03 Bus 5 East–Village 01:18"
    ]


def test_over_midnight(town: Town) -> None:
    town.publish(metro=METRO)
    assert town.journeys("metro:C", "metro:E", "23:58") == ["00:03 Metro M Centre–East 00:15"]
    late = town.journeys("metro:C", "metro:V", "01:30", day="2026-11-25", arrive_by="true")
    assert late == ["00:45 Metro M Centre–East 00:57 > 01:03 Bus 5 East–Village 01:18"]


def test_the_end_of_a_headway_is_not_run(town: Town) -> None:
    town.publish(metro=METRO.replace("23:00:00,25:00:00,420", "20:00:00,21:00:00,600"))
    assert town.journeys("metro:C", "metro:E", "20:45", window="3600") == ["20:50 Metro M Centre–East 21:02"]


@pytest.mark.parametrize("exact", ["0", "1", ""])
def test_two_headways_at_once_are_one_departure_where_they_meet(town: Town, exact: str) -> None:
    rows = f"M-0,20:00:00,20:31:00,600,{exact}\nM-1,20:00:00,20:31:00,900,{exact}\n"
    feed = METRO.replace("line M metro C 0:00 E 0:12", "line M metro C 0:00 E 0:12\nline M metro C 1:00 E 1:12")
    town.publish(metro=feed.replace("M-0,23:00:00,25:00:00,420,1\n", rows))
    assert town.journeys("metro:C", "metro:E", "19:55", window="3600") == [
        "20:00 Metro M Centre–East 20:12",
        "20:10 Metro M Centre–East 20:22",
        "20:15 Metro M Centre–East 20:27",
        "20:20 Metro M Centre–East 20:32",
        "20:30 Metro M Centre–East 20:42",
    ]
