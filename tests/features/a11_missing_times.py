"""Only some stops of a line have times; those between are estimated from the way."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.10 24.90 Harbour
stop B 60.12 24.90 Bridge
stop C 60.18 24.90 Church
stop M 60.20 24.90 Market
line 1 bus H 8:00 B - C - M 8:30
"""


def test_stops_between(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:B", "coast:M", "08:00") == ["08:06 Bus 1 Bridge–Market 08:30"]
    assert town.journeys("coast:H", "coast:C", "08:00") == ["08:00 Bus 1 Harbour–Church 08:24"]
