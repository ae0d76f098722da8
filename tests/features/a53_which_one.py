"""Of several places of one name the one that is meant: near, important, or in the town that was named."""

from typing import Any

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.django_db

HERE, FAR = "60.1700,24.9000", "60.4700,24.9000"
TOWN = """
stop M1 60.1750 24.9000 Market
stop M2 60.4750 24.9000 Market
stop T 60.1710 24.9000 Terminal
stop V 60.1705 24.9005 Marketing Institute
every 10 until 22:00 line 1 bus M2 6:00 T 6:40
line 2 bus M1 8:00 V 8:05
"""
STREETS = """
street residential 60.1700,24.9000 60.1750,24.9000 60.1800,24.9000 # Long Street
street residential 60.1750,24.8950 60.1750,24.9000 60.1750,24.9050 # Cross Road
street residential 60.4700,24.9000 60.4800,24.9000 # Long Street
node 60.1700,24.9002 place=town # Southtown
node 60.4700,24.9002 place=town # Northtown
"""


@pytest.fixture
def named(town: Town) -> Town:
    town.publish(STREETS, town=TOWN)
    return town


def stop_ids(town: Town, text: str, **wishes: Any) -> list[str]:
    return [row["stop_id"] for row in town.get("places", q=text, **wishes)["places"] if row["name"] == "Market"]


def test_the_important_one_where_nobody_says_where_they_are(named: Town) -> None:
    assert stop_ids(named, "market") == ["town:M2", "town:M1"]


def test_the_near_one_where_they_do(named: Town) -> None:
    assert stop_ids(named, "market", near=HERE) == ["town:M1", "town:M2"]
    assert stop_ids(named, "market", near=FAR) == ["town:M2", "town:M1"]


def test_a_whole_name_far_away_comes_before_the_beginning_of_a_name_nearby(named: Town) -> None:
    assert named.places("market", near=HERE)[:3] == ["stop Market", "stop Market", "stop Marketing Institute"]


@pytest.mark.parametrize("typed", ["Market Southtown", "Southtown, Market", "southtown mark", "Markt Southtown"])
def test_the_one_in_the_town_that_is_named(named: Town, typed: str) -> None:
    assert stop_ids(named, typed)[0] == "town:M1"


def test_a_town_that_no_map_knows_is_passed_over(named: Town) -> None:
    assert stop_ids(named, "Market Atlantis") == ["town:M2", "town:M1"]


def test_a_town_is_not_everything_in_it(named: Town) -> None:
    assert named.places("Northtown") == ["settlement Northtown"]


@pytest.mark.parametrize("typed", ["Long Street / Cross Road", "cross road & long street", "Long Stret/Cross"])
def test_where_two_streets_cross(named: Town, typed: str) -> None:
    found = named.get("places", q=typed)["places"][0]
    assert set(found["name"].split(" / ")) == {"Long Street", "Cross Road"}
    assert (found["kind"], found["lat"], found["lon"]) == ("street", 60.175, 24.9)


def test_streets_that_do_not_cross(named: Town) -> None:
    assert all(" / " not in place for place in named.places("Long Street / Nowhere"))
    assert all(" / " not in place for place in named.places("/"))


def test_a_station_by_the_name_of_one_of_its_stops(town: Town) -> None:
    town.publish(
        hub="""
        station S 60.1700 24.9000 Hub
        stop P 60.1701 24.9001 Kappa Gate parent=S
        stop O 60.1800 24.9000 Outside
        line 1 bus P 8:00 O 8:05
        """
    )
    assert town.places("kappa") == ["station Hub"]
    assert town.places("kapa gate") == ["station Hub"]
