"""A ride on demand takes as long as the roads do: round the lake, and not against a one-way street."""

from tests.features.a240_rides_on_demand import ANY, CITY, HOME, MALL, VALLEY, ordered
from tests.features.town import Town

# From HOME north, over the dam and south to MALL; in a straight line it is 7 km, by road 17.
LAKE = """
street primary maxspeed=72 60.120,24.850 60.160,24.850 # Länsitie
street primary maxspeed=72 60.160,24.850 60.160,24.980 # Patotie
street primary maxspeed=72 60.160,24.980 60.110,24.980 # Itätie
street primary maxspeed=72 60.120,24.850 60.100,24.850
street primary maxspeed=72 60.100,24.850 60.100,24.900 # Asematie
street footway 60.120,24.850 60.110,24.980 # Rantapolku
"""
DAM = "60.160,24.850 60.160,24.980 #"


def test_round_the_lake(town: Town) -> None:
    town.publish(valley=VALLEY, streets=LAKE)
    (found,) = town.plan(HOME, MALL, "10:00", **ANY)
    # 17.2 km at 20 m/s × 1.3 are 19 minutes; the operator's word is 1.2 × that and 2 minutes.
    leg = found["legs"][0]
    assert leg["distance_m"] in range(17_000, 17_400)
    assert leg["ordering"]["estimated_s"] in range(1_100, 1_140)
    assert ordered([found]) == ["10:00 Call 10:25, until 11-24T09:00 · 012 345"]
    assert len(leg["polyline"]) >= 4
    page = town.client.get("/journey", {"token": found["token"]})
    assert "10:25" in page.content.decode(), "it is found again as it was proposed"
    # The train at S leaves at 11; there are 5 km of road.
    assert ordered(town.plan(HOME, CITY, "10:00", window="3600", **ANY)) == [
        "10:51 Call 11:00, until 11-24T09:51 · 012 345"
    ]


def test_not_against_a_one_way_street(town: Town) -> None:
    one_way = LAKE.replace(f"street primary maxspeed=72 {DAM}", f"street primary oneway=yes maxspeed=72 {DAM}")
    back = "\nstreet primary maxspeed=36 60.160,24.980 60.200,24.915 60.160,24.850 # Kiertotie"
    town.publish(valley=VALLEY, streets=one_way + back)
    there, home = (town.plan(*ends, "10:00", **ANY)[0]["legs"][0] for ends in ((HOME, MALL), (MALL, HOME)))
    assert there["distance_m"] in range(17_000, 17_400)
    assert home["distance_m"] in range(20_800, 22_500)
    assert home["ordering"]["estimated_s"] > there["ordering"]["estimated_s"] + 400
