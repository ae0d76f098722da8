"""A direct bus that takes its time, and a quicker way with a change: both are offered, where each has its point."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.15 24.90 Harbour
stop M 60.19 24.95 Market
stop A 60.30 24.96 Airport
line 9 bus H 8:00 A 9:10
line 1 bus H 8:00 M 8:10
line R rail M 8:15 A 8:40
"""
DIRECT = "08:00 Bus 9 Harbour–Airport 09:10"
QUICK = "08:00 Bus 1 Harbour–Market 08:10 > 08:15 Train R Market–Airport 08:40"


def test_both(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "08:00") == [QUICK, DIRECT]
    assert town.journeys("coast:H", "coast:A", "09:10", arrive_by="true", window="3600") == [QUICK, DIRECT]
    assert town.journeys("coast:H", "coast:A", "09:00", arrive_by="true") == [QUICK]


@pytest.mark.parametrize("arrival", ["8:30", "8:40"])
def test_nobody_changes_for_nothing(town: Town, arrival: str) -> None:
    town.publish(coast=COAST.replace("A 9:10", f"A {arrival}"))
    direct = [f"08:00 Bus 9 Harbour–Airport 0{arrival}"]
    assert town.journeys("coast:H", "coast:A", "08:00") == direct
    assert town.journeys("coast:H", "coast:A", "08:40", arrive_by="true") == direct
    assert town.journeys("coast:H", "coast:A", "08:00", window="3600") == direct
