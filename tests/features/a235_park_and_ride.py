"""One's own car to a car park and on by train, all the way for comparison, and home from where the car stands."""

import html
import re
from urllib.parse import parse_qs

import pytest

from tests.features.a232_by_the_roads_there_are import LAKE
from tests.features.a240_rides_on_demand import CITY, HOME, MALL
from tests.features.town import Json, Town

TRAIN = """
stop S 60.100 24.900 Station
stop C 60.300 24.900 City
every 60 until 20:00 line R rail S 5:00 C 5:30
every 60 until 20:00 line R rail C 5:05 S 5:35
"""
# A car park 220 m before the station, and one that is no place to ride on from.
PARKS = (
    LAKE
    + """
street residential 60.100,24.896 60.1005,24.896 # Parkkikuja
node 60.1002,24.896 amenity=parking park_ride=yes capacity=120 fee=no # Asemapysäköinti
node 60.1001,24.899 amenity=parking # Kauppa
"""
)


def driven(found: list[Json]) -> list[str]:
    """`car 10:48–10:57 | walk 10:57–11:00 | rail 11:00–11:30` for each journey with a car."""
    return [
        " | ".join(f"{leg['mode']} {leg['start_at'][11:16]}–{leg['end_at'][11:16]}" for leg in each["legs"])
        for each in found
        if any(leg["mode"] == "car" for leg in each["legs"])
    ]


@pytest.mark.django_db
def test_to_the_train(town: Town) -> None:
    town.publish(valley=TRAIN, streets=PARKS)
    assert driven(town.plan(HOME, CITY, "10:00")) == [], "who has no car is not told to drive"
    (found,) = town.plan(HOME, CITY, "10:00", car="true")
    # 4.8 km at 20 m/s × 1.3 and 3 minutes to park are 8.2 minutes; then 240 m on foot.
    assert driven([found]) == ["car 10:48–10:56 | walk 10:56–11:00 | rail 11:00–11:30"]
    car, walk, rail = found["legs"]
    assert car["parking"] == {"name": "Asemapysäköinti", "capacity": 120, "costs": False}
    assert car["distance_m"] in range(4_600, 5_000)
    assert walk["distance_m"] in range(200, 300)
    assert (walk["parking"], rail["parking"], car["rental"]) == (None, None, None)
    pages = {}
    for language in ("en", "fi", "ja"):
        asked = {"token": found["token"]}
        pages[language] = town.client.get("/journey", asked, headers={"Accept-Language": language}).content.decode()
    assert "Car park: Asemapysäköinti" in pages["en"]
    assert "There are 120 parking spaces." in pages["en"]
    assert "Pysäköinti on maksutonta." in pages["fi"]
    assert "120台" in pages["ja"]


@pytest.mark.django_db
def test_all_the_way_and_home(town: Town) -> None:
    town.publish(valley=TRAIN, streets=PARKS)
    (direct,) = town.plan(HOME, MALL, "10:00", car="true")
    assert driven([direct]) == ["car 10:00–10:22"], "18.6 minutes, and 3 to park"
    assert (direct["unpriced_legs"], direct["legs"][0]["parking"]) == ([], None)
    home = town.plan(CITY, HOME, "10:00", car="true", car_at="60.1002,24.896")
    assert driven(home) == ["rail 10:05–10:35 | walk 10:35–10:38 | car 10:38–10:47"]
    assert driven(town.plan(CITY, HOME, "10:50", arrive_by="true", car="true", car_at="60.1002,24.896")) == driven(home)
    assert driven(town.plan(CITY, HOME, "10:00", car="true")) == [], "the car is not at the station by itself"
    (there,) = town.plan(HOME, CITY, "10:00", car="true")
    page = town.client.get("/journey", {"token": there["token"]}).content.decode()
    (way_back,) = re.findall(r'href="/\?(from_at[^"]*there=[^"]*)"', page)
    asked = parse_qs(html.unescape(way_back))
    assert (asked["car"], asked["car_at"]) == (["1"], ["60.10020,24.89600"])
    page = town.client.get("/journeys", {name: values[0] for name, values in asked.items()}).content.decode()
    assert "13:47" in page, "home by where the car was left"
    refused: Json = {"from": HOME, "to": CITY, "car_at": "valley:S"}
    assert town.get("plan", status=400, **refused)
