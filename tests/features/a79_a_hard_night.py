"""Everything at once: a ring, a bus that overtakes, a walk between feeds, a forbidden change, and past midnight."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

CITY = """
stop K 60.1000 24.8000 Kiln
stop H 60.1500 24.9000 Harbour
stop B 60.1600 24.9200 Bridge
stop M 60.1900 24.9500 Market
stop N 60.1900 24.9800 North
stop W 60.3000 24.9900 West Field
line 7 bus K 23:20 B 23:36
line O tram H 23:30 B 23:40 M 23:50 H 24:00 N 24:15
line O tram H 23:50 B 24:00 M 24:10 H 24:20 N 24:35
line S bus N 24:20 W 25:20
line S bus N 24:40 W 25:00

[transfers.txt]
from_stop_id,to_stop_id,transfer_type,min_transfer_time
N,N,2,240
B,B,3,
"""
AIR = """
stop G 60.3000 24.9950 Gate
stop A 60.4000 25.2000 Airport
line X coach G 25:10 A 25:40
line X coach G 25:30 A 26:00
"""
NIGHT = "2026-11-25"
HOME = "00:40 Bus S North–West Field 01:00 > walk 5' > 01:10 Coach X Gate–Airport 01:40"


@pytest.fixture
def night(town: Town) -> Town:
    town.publish(city=CITY, air=AIR)
    return town


def test_leaving(night: Town) -> None:
    """The tram is boarded when it comes to the harbour for the second time."""
    expected = [f"00:20 Tram O Harbour–North 00:35 > {HOME}"]
    assert night.journeys("city:H", "air:A", "23:45", window="7200") == expected
    assert night.journeys("city:H", "air:A", "23:25", window="7200") == expected
    assert night.journeys("city:B", "air:A", "23:45", window="7200") == [f"00:00 Tram O Bridge–North 00:35 > {HOME}"]


def test_arriving(night: Town) -> None:
    expected = [f"00:20 Tram O Harbour–North 00:35 > {HOME}"]
    for by in ("01:40", "01:59", "02:00"):
        assert night.journeys("city:H", "air:A", by, day=NIGHT, arrive_by="true", window="3600") == expected
    assert night.journeys("city:H", "air:A", "01:39", day=NIGHT, arrive_by="true", window="3600") == []


def test_three_minutes_are_too_few_for_the_change(town: Town) -> None:
    """The round before is in time for a bus that arrives late, and for one that passes it on the way."""
    town.publish(city=CITY.replace("N 24:35", "N 24:37"), air=AIR)
    expected = [f"00:00 Tram O Harbour–North 00:15 > {HOME}"]
    assert town.journeys("city:H", "air:A", "23:45", window="7200") == expected
    assert town.journeys("city:H", "air:A", "01:50", day=NIGHT, arrive_by="true", window="3600") == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("B,B,3,", []), ("B,B,2,240", [f"23:20 Bus 7 Kiln–Bridge 23:36 > 23:40 Tram O Bridge–North 00:15 > {HOME}"])],
)
def test_the_change_at_the_bridge(town: Town, rule: str, expected: list[str]) -> None:
    one_round = CITY.replace("line O tram H 23:50 B 24:00 M 24:10 H 24:20 N 24:35\n", "")
    town.publish(city=one_round.replace("B,B,3,", rule), air=AIR)
    assert town.journeys("city:K", "air:A", "23:00", window="3600") == expected
    assert town.journeys("city:K", "air:A", "02:00", day=NIGHT, arrive_by="true", window="3600") == expected
