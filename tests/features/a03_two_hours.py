"""Every departure of the next two hours that is worth leaving for, in order."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop A 60.300 24.960 Airport
every 30 until 12:00 line 1 bus H 8:06 M 8:15
every 60 until 12:00 line R rail M 8:50 A 9:20
"""


def test_all_departures(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:M", "08:00", window="7200") == [
        "08:06 Bus 1 Harbour–Market 08:15",
        "08:36 Bus 1 Harbour–Market 08:45",
        "09:06 Bus 1 Harbour–Market 09:15",
        "09:36 Bus 1 Harbour–Market 09:45",
    ]


def test_nobody_leaves_earlier_only_to_wait(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "08:00", window="7200") == [
        "08:36 Bus 1 Harbour–Market 08:45 > 08:50 Train R Market–Airport 09:20",
        "09:36 Bus 1 Harbour–Market 09:45 > 09:50 Train R Market–Airport 10:20",
    ]
