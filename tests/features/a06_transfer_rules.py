"""What `transfers.txt` says of a change: not possible here (3), or only with so much time (2)."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop A 60.300 24.960 Airport
line 1 bus H 8:06 M 8:15
line R rail M 8:20 A 8:50
line R rail M 8:30 A 9:00
"""
RULE = """
[transfers.txt]
from_stop_id,to_stop_id,transfer_type,min_transfer_time
"""
BUS = "08:06 Bus 1 Harbour–Market 08:15"


def test_without_a_rule(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "08:00") == [f"{BUS} > 08:20 Train R Market–Airport 08:50"]


def test_ten_minutes_are_needed(town: Town) -> None:
    town.publish(coast=COAST + RULE + "M,M,2,600\n")
    assert town.journeys("coast:H", "coast:A", "08:00") == [f"{BUS} > 08:30 Train R Market–Airport 09:00"]


def test_no_change_is_possible(town: Town) -> None:
    town.publish(coast=COAST + RULE + "M,M,3,\n")
    assert town.journeys("coast:H", "coast:A", "08:00") == []
    assert town.journeys("coast:M", "coast:A", "08:00") == ["08:20 Train R Market–Airport 08:50"]
