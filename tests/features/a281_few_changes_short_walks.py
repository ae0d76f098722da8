"""With luggage, or for those who change unwillingly or walk little: fewer changes, shorter walks, no stairs."""

import pytest

from tests.features.town import TODAY, Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.1000 24.9000 Harbour
stop M 60.1900 24.9500 Market
stop N 60.1930 24.9500 Market North
stop A 60.3000 24.9600 Airport
line 1 bus H 8:00 M 8:20
line 2 bus M 8:25 A 8:40
line 3 bus H 8:00 A 9:05
line 4 bus H 9:00 M 9:20
line 5 bus M 9:25 A 9:40
line 6 bus H 9:00 A 10:15
"""
CHANGE = "08:00 Bus 1 Harbour–Market 08:20 > 08:25 Bus 2 Market–Airport 08:40"
DIRECT = "08:00 Bus 3 Harbour–Airport 09:05"
LATER_CHANGE = "09:00 Bus 4 Harbour–Market 09:20 > 09:25 Bus 5 Market–Airport 09:40"
LATER_DIRECT = "09:00 Bus 6 Harbour–Airport 10:15"
HOURS = {"window": "7200"}


def test_a_change_must_save_half_an_hour(town: Town) -> None:
    """In the first hour it saves 25 minutes, in the second 35."""
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "07:50", **HOURS) == [CHANGE, DIRECT, LATER_CHANGE, LATER_DIRECT]
    few = town.journeys("coast:H", "coast:A", "07:50", **HOURS, fewest_changes="true")
    assert few == [DIRECT, LATER_CHANGE, LATER_DIRECT]
    by = {"arrive_by": "true", "fewest_changes": "true", **HOURS}
    assert town.journeys("coast:H", "coast:A", "10:20", **by) == [DIRECT, LATER_CHANGE, LATER_DIRECT]


def test_with_luggage(town: Town) -> None:
    """No stairs, few changes, and three minutes more for each: a change of five minutes is enough, one of four not."""
    town.publish(coast=COAST)
    luggage = {"luggage": "true", **HOURS}
    assert town.journeys("coast:H", "coast:A", "07:50", **luggage) == [DIRECT, LATER_CHANGE, LATER_DIRECT]
    assert town.journeys("coast:H", "coast:A", "07:50", **luggage, change_slack="61") == [DIRECT, LATER_DIRECT]


def test_a_walk_where_one_changes_is_a_walk(town: Town) -> None:
    """Between the stops of the market one walks six minutes."""
    town.publish(coast=COAST.replace("line 2 bus M 8:25", "line 2 bus N 8:30").replace("A 8:40", "A 8:45"))
    walked = "08:00 Bus 1 Harbour–Market 08:20 > walk 6' > 08:30 Bus 2 Market North–Airport 08:45"
    for by in ({}, {"arrive_by": "true"}):
        at = "09:10" if by else "07:50"
        asked = {"window": "3600", **by}
        assert town.journeys("coast:H", "coast:A", at, **asked) == [walked, DIRECT]
        assert town.journeys("coast:H", "coast:A", at, **asked, max_walk="300") == [DIRECT]


def test_on_the_page(town: Town) -> None:
    """The choices stand in the address, also of the way back to the form, and are told in one line."""
    town.publish(coast=COAST)
    asked = {"from_at": "60.1,24.9~coast:H~Harbour", "to_at": "60.3,24.96~coast:A~Airport", "luggage": "1"}
    asked |= {"when": "leave", "date": TODAY, "time": "07:50", "walking": "10", "pace": "slow"}
    page = town.client.get("/journeys", asked).content.decode()
    assert "Walking: Slow · Each walk at most: 10 min · With luggage or a pram" in page
    assert "08:40" not in page
    assert "09:05" in page
    form = town.client.get("/", asked).content.decode()
    assert '<details class="field" id="manner" open>' in form
    assert 'name="luggage" value="1" checked' in form
    assert 'name="walking" value="10" checked' in form
    plain = town.client.get("/").content.decode()
    assert '<details class="field" id="manner">' in plain


def test_in_a_wheelchair_on_the_page(town: Town) -> None:
    town.publish(coast=COAST)
    asked = {"from_at": "60.1,24.9~coast:H~Harbour", "to_at": "60.3,24.96~coast:A~Airport", "wheelchair": "1"}
    asked |= {"when": "leave", "date": TODAY, "time": "07:50"}
    page = town.client.get("/journeys", asked).content.decode()
    assert "Of some parts it is not known whether they work with a wheelchair: vehicle, stop" in page
    (found, *_) = town.plan("coast:H", "coast:A", "07:50", wheelchair="true")
    journey = town.client.get("/journey", {"token": found["token"]}).content.decode()
    assert "It is not known whether this vehicle takes wheelchairs." in journey
    known = town.client.get("/journeys", asked | {"wheelchair_known": "1"}).content.decode()
    assert "08:00" not in known
