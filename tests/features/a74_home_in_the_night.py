"""The way home after midnight, asked for by when one wants to be there: one night is two days of the calendar."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

NIGHT = """
stop H 60.15 24.90 Harbour
stop M 60.19 24.95 Market
stop V 60.30 24.96 Village
line 1 bus H 23:40 M 23:55
line N bus M 24:10 V 24:40
line N bus M 26:10 V 26:40
line N bus M 0:20 V 0:50
line 2 bus H 6:00 M 6:15
"""


def test_leaving_before_midnight(town: Town) -> None:
    town.publish(night=NIGHT)
    assert town.journeys("night:H", "night:V", "23:30") == [
        "23:40 Bus 1 Harbour–Market 23:55 > 00:10 Bus N Market–Village 00:40"
    ]


def test_arriving_after_midnight(town: Town) -> None:
    town.publish(night=NIGHT)
    home = ["23:40 Bus 1 Harbour–Market 23:55 > 00:10 Bus N Market–Village 00:40"]
    assert town.journeys("night:H", "night:V", "00:45", day="2026-11-25", arrive_by="true") == home
    assert town.journeys("night:H", "night:V", "00:55", day="2026-11-25", arrive_by="true", window="3600") == home


def test_trips_of_both_days_in_order(town: Town) -> None:
    """24:10 and 26:10 belong to Tuesday, 0:20 to Wednesday."""
    town.publish(night=NIGHT)
    assert town.journeys("night:M", "night:V", "23:50", window="10800") == [
        "00:10 Bus N Market–Village 00:40",
        "00:20 Bus N Market–Village 00:50",
        "02:10 Bus N Market–Village 02:40",
    ]
    assert town.board("night:M", "23:50") == ["00:10 Bus N to V", "00:20 Bus N to V", "02:10 Bus N to V"]
