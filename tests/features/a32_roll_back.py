"""A timetable turns out to be wrong: one command, and the one before it answers again."""

import pytest
from django.core.management import CommandError, call_command

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line 1 bus H 8:06 M 8:15
"""
RIGHT, WRONG = ["08:06 Bus 1 Harbour–Market 08:15"], ["08:09 Bus 1 Harbour–Market 08:15"]


def test_back_and_forth(town: Town) -> None:
    town.publish(coast=COAST)
    town.publish(coast=COAST.replace("8:06", "8:09"))
    assert town.journeys("coast:H", "coast:M", "08:00") == WRONG
    call_command("rollback_network")
    town.wait_for_pointer()
    assert town.journeys("coast:H", "coast:M", "08:00") == RIGHT
    with pytest.raises(CommandError, match="no earlier network"):
        call_command("rollback_network")
    call_command("publish_network", "coast")
    town.wait_for_pointer()
    assert town.journeys("coast:H", "coast:M", "08:00") == WRONG
