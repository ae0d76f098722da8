"""Days on which nothing runs: the answer is empty, not an error."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

WEEKDAYS = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line 1 bus H 8:06 M 8:15

[calendar.txt]
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,0,0,20261101,20261231

[calendar_dates.txt]
service_id,date,exception_type
daily,20261206,1
daily,20261225,2
"""


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        ("2026-11-27", True),  # a Friday
        ("2026-11-28", False),  # a Saturday
        ("2026-12-06", True),  # a Sunday, added
        ("2026-12-25", False),  # a Friday, taken out
        ("2027-01-04", False),  # after the last day of the feed
        ("2031-01-06", False),
    ],
)
def test_days(town: Town, day: str, runs: bool) -> None:
    town.publish(weekdays=WEEKDAYS)
    found = town.journeys("weekdays:H", "weekdays:M", "08:00", day=day)
    assert found == (["08:06 Bus 1 Harbour–Market 08:15"] if runs else [])


def test_the_next_day_is_offered_where_it_is_near(town: Town) -> None:
    town.publish(weekdays=WEEKDAYS)
    (found,) = town.plan("weekdays:H", "weekdays:M", "08:00", day="2026-12-05")
    assert found["start_at"] == "2026-12-06T08:06:00+02:00"


def test_one_can_still_walk(town: Town) -> None:
    town.publish(weekdays=WEEKDAYS)
    assert town.journeys("weekdays:H", "60.1510,24.9035", "08:00", day="2026-11-28") == ["08:00 walk 4'"]
