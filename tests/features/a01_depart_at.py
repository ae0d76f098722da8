"""A resident says when to leave, and gets the next ride."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop A 60.300 24.960 Airport
every 15 until 20:00 line 1 bus H 8:06 M 8:15
every 30 until 20:00 line R rail M 8:20 A 8:50
"""


def test_the_next_ride(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:06 Bus 1 Harbour–Market 08:15"]
    assert town.journeys("coast:H", "coast:M", "08:07") == ["08:21 Bus 1 Harbour–Market 08:30"]


def test_a_change(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "08:00") == [
        "08:06 Bus 1 Harbour–Market 08:15 > 08:20 Train R Market–Airport 08:50"
    ]


def test_from_a_door(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("60.1510,24.9035", "coast:M", "08:00") == ["08:02 walk 4' > 08:06 Bus 1 Harbour–Market 08:15"]
