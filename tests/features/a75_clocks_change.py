"""In the nights in which clocks change, asked for by the time of arrival, and with a change in the odd hour."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop A 60.300 24.960 Airport
line N bus H 25:40 M 26:40
line T rail M 26:50 A 27:50
"""
SPRING, AUTUMN = "2027-03-28", "2027-10-31"


def times(town: Town, at: str, day: str, **wishes: str) -> list[tuple[str, str]]:
    found = town.plan("coast:H", "coast:A", at, day=day, **wishes)
    assert all(each["duration_s"] == 130 * 60 for each in found)
    return [(each["start_at"], each["end_at"]) for each in found]


def test_spring(town: Town) -> None:
    """Saturday's bus of 25:40 leaves at 01:40; half past three does not exist before four does."""
    town.publish(coast=COAST)
    ride = [(f"{SPRING}T01:40:00+02:00", f"{SPRING}T04:50:00+03:00")]
    assert times(town, "01:00", SPRING)[:1] == ride
    assert times(town, "04:50", SPRING, arrive_by="true") == ride
    assert ride[0] not in times(town, "04:49", SPRING, arrive_by="true")


def test_autumn(town: Town) -> None:
    """The train of 27:50 arrives at ten to four, an hour before ten to four comes again."""
    town.publish(coast=COAST)
    ride = [(f"{AUTUMN}T01:40:00+03:00", f"{AUTUMN}T03:50:00+03:00")]
    assert times(town, "01:00", AUTUMN)[:1] == ride
    assert times(town, "03:50:00+03:00", AUTUMN, arrive_by="true") == ride
    assert times(town, "03:00:00+02:00", AUTUMN, arrive_by="true") == ride
    assert ride[0] not in times(town, "03:49:00+03:00", AUTUMN, arrive_by="true")


def test_the_day_of_the_change_itself(town: Town) -> None:
    """Times of a day count from twelve hours before noon: after such a night its 1:40 is an hour off the clocks."""
    town.publish(coast=COAST.replace("H 25:40 M 26:40", "H 1:40 M 2:40").replace("M 26:50 A 27:50", "M 2:50 A 3:50"))
    assert times(town, "00:30", SPRING)[:1] == [(f"{SPRING}T00:40:00+02:00", f"{SPRING}T02:50:00+02:00")]
    assert times(town, "01:00", AUTUMN)[:1] == [(f"{AUTUMN}T02:40:00+03:00", f"{AUTUMN}T03:50:00+02:00")]
