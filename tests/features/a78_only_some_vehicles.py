"""Somebody who does not like trams, or boats: the way without them, not the way with them crossed out."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.15 24.90 Harbour
stop M 60.19 24.95 Market
stop A 60.30 24.96 Airport
line 4 tram H 8:00 M 8:10
line 1 bus H 8:00 M 8:25
line R rail M 8:15 A 8:40
line R rail M 8:45 A 9:10
line X bus M 8:30 A 9:20
"""
ALL = "08:00 Tram 4 Harbour–Market 08:10 > 08:15 Train R Market–Airport 08:40"
NO_TRAM = "08:00 Bus 1 Harbour–Market 08:25 > 08:45 Train R Market–Airport 09:10"
BUSES = "08:00 Bus 1 Harbour–Market 08:25 > 08:30 Bus X Market–Airport 09:20"


@pytest.mark.parametrize(("modes", "expected"), [("tram,bus,rail", ALL), ("bus,rail", NO_TRAM), ("bus", BUSES)])
def test_the_best_of_what_is_liked(town: Town, modes: str, expected: str) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "08:00", modes=modes) == [expected]
    at = expected.rsplit(" ", maxsplit=1)[-1]
    assert town.journeys("coast:H", "coast:A", at, modes=modes, arrive_by="true") == [expected]


def test_there_is_no_other_way(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "08:00", modes="rail,ferry") == []
