"""A second bus is offered where it gains something, and not for a minute."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop L 60.2255 24.950 Library
stop A 60.300 24.960 Airport
line 1 bus H 8:06 M 8:20 L 8:32
line 2 bus M 8:22 L 8:31
line 3 bus H 8:04 A 9:40
line R rail M 8:25 A 8:55
"""


def test_nobody_changes_for_a_minute(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:L", "08:00", window="7200") == ["08:06 Bus 1 Harbour–Library 08:32"]


def test_a_change_that_gains_a_lot_is_offered_beside_the_slow_ride(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "08:00", window="7200") == [
        "08:04 Bus 3 Harbour–Airport 09:40",
        "08:06 Bus 1 Harbour–Market 08:20 > 08:25 Train R Market–Airport 08:55",
    ]


def test_what_is_the_only_way_is_never_dropped(town: Town) -> None:
    town.publish(coast=COAST.replace("M 8:20 L 8:32", "M 8:20"))
    assert town.journeys("coast:H", "coast:L", "08:00", window="7200") == [
        "08:06 Bus 1 Harbour–Market 08:20 > 08:22 Bus 2 Market–Library 08:31"
    ]
