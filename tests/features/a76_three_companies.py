"""Two companies in one feed and a third in a feed of its own: one journey, whoever runs it, and each named."""

import pytest

from tests.features import lines
from tests.features.town import Town

pytestmark = pytest.mark.db

CITY = """
stop H 60.1500 24.9000 Harbour
stop M 60.1900 24.9500 Market
line 1 bus H 8:06 M 8:15
line 4 tram M 8:20 P 8:30
stop P 60.2000 24.9700 Port

[agency.txt]
agency_id,agency_name,agency_url,agency_timezone
bus,Bus Ltd,https://bus.example,Europe/Helsinki
tram,Tram Ltd,https://tram.example,Europe/Helsinki

[routes.txt]
route_id,agency_id,route_short_name,route_type
1,bus,1,3
4,tram,4,0
"""
SEA = """
stop Q 60.2000 24.9720 Quay
stop I 60.1000 25.1000 Island
line F ferry Q 8:40 I 9:10
line F ferry Q 9:40 I 10:10
"""
JOURNEY = (
    "08:06 Bus 1 Harbour–Market 08:15 > 08:20 Tram 4 Market–Port 08:30 > walk 2' > 08:40 Ferry F Quay–Island 09:10"
)


def test_leaving_and_arriving(town: Town) -> None:
    town.publish(city=CITY, sea=SEA)
    for wishes in ({"at": "08:00"}, {"at": "09:30", "arrive_by": "true"}):
        (found,) = town.plan("city:H", "sea:I", **wishes)
        assert lines.journey(found) == JOURNEY
        companies = [leg["service"]["agency_name"] for leg in found["legs"] if leg["service"]]
        assert companies == ["Bus Ltd", "Tram Ltd", "Agency"]


def test_the_walk_decides_which_boat(town: Town) -> None:
    town.publish(city=CITY, sea=SEA.replace("Q 8:40", "Q 8:31"))
    assert town.journeys("city:P", "sea:I", "08:30")[0].endswith("09:40 Ferry F Quay–Island 10:10")
    assert town.journeys("city:H", "sea:I", "09:11", arrive_by="true") == []


def test_stops_of_one_id_are_two_stops(town: Town) -> None:
    """Each feed has ids of its own: M of the sea is another place than M of the city."""
    town.publish(city=CITY, sea=SEA.replace("stop Q", "stop M").replace("ferry Q", "ferry M"))
    assert town.journeys("city:H", "sea:I", "08:00") == [JOURNEY]
    assert town.journeys("city:H", "city:M", "08:00") == ["08:06 Bus 1 Harbour–Market 08:15"]
    assert town.journeys("sea:M", "sea:I", "08:00") == ["08:40 Ferry F Quay–Island 09:10"]
