"""What a point of the map is called: the stop there, else the address, else what stands there, else the street."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

TOWN = """
stop S 60.1700 24.9000 Square
stop E 60.1900 24.9000 End
line 1 bus S 8:00 E 8:05
"""
STREETS = """
street residential 60.1700,24.9000 60.1900,24.9000 # Long Street
node 60.17010,24.90010 addr:street=Long addr:housenumber=1
node 60.17500,24.90020 addr:street=Long addr:housenumber=50
node 60.17505,24.90020 amenity=cafe # Café Fifty
node 60.18000,24.90020 amenity=library # Library
"""


@pytest.fixture
def named(town: Town) -> Town:
    town.publish(STREETS, town=TOWN)
    return town


@pytest.mark.parametrize(
    ("point", "kind", "name"),
    [
        (("60.17005", "24.90005"), "stop", "Square"),
        (("60.17508", "24.90020"), "address", "Long 50"),
        (("60.18010", "24.90020"), "poi", "Library"),
        (("60.18500", "24.90030"), "street", "Long Street"),
    ],
)
def test_the_best_name(named: Town, point: tuple[str, str], kind: str, name: str) -> None:
    found = named.get("places/at", lat=point[0], lon=point[1])
    assert (found["kind"], found["name"]) == (kind, name)


def test_what_is_no_stop_stays_where_one_points(named: Town) -> None:
    found = named.get("places/at", lat="60.17508", lon="24.90020")
    assert (found["lat"], found["lon"], found["stop_id"]) == (60.17508, 24.9002, None)
    assert named.get("places/at", lat="60.17005", lon="24.90005")["lat"] == 60.17


def test_nothing_is_here(named: Town) -> None:
    assert named.get("places/at", lat="61", lon="25", status=404)["code"] == "not_found"
