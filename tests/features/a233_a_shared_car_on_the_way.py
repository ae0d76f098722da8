"""A shared car or moped: on the roads for it, left at a corner; what must be brought back is not offered."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from maas.sandbox.gbfs import Fleet, create_app
from maas.sandbox.gbfs.fleet import Stand
from tests.features.a231_a_shared_bicycle_on_the_way import BUS, FAR, HARBOUR, HOME, STREETS, Sharing
from tests.features.town import Town
from tests.feeds import NOW
from tests.servers import serve

pytestmark = pytest.mark.django_db

# Beside Long Road a motorway for cars alone, and a fast road on which no moped is.
ROADS = (
    STREETS.replace("street residential 60.1000,24.9000", "street residential maxspeed=30 60.1000,24.9000")
    + """
street motorway oneway=no maxspeed=100 60.1000,24.9000 60.0990,24.9300 60.1000,24.9600
street motorway oneway=no maxspeed=100 60.1000,24.9600 60.1500,24.9600 60.1500,24.9000
street footway 60.1000,24.9000 60.1500,24.9000
"""
)
EAST = "60.1499,24.9001"


def kind(name: str, form: str, returned: str = "free_floating") -> dict[str, Any]:
    return {"vehicle_type_id": name, "form_factor": form, "propulsion_type": "electric", "max_range_meters": 90000,
            "return_constraint": returned, "default_pricing_plan_id": "scooter"}  # fmt: skip


def standing(number: str, lat: float, lon: float) -> dict[str, Any]:
    return {"vehicle_id": number, "vehicle_type_id": number, "lat": lat, "lon": lon, "current_range_meters": 90000}


@pytest.fixture
def sharing(town: Town, settings: Any) -> Iterator[Sharing]:
    fleet = Fleet("Town Cars", calm=True, stands=[Stand("1", "Square", 60.1001, 24.9010)])
    fleet.types = [kind("car", "car"), kind("moped", "moped"), kind("bound", "car", "roundtrip_station")]
    fleet.scooters = [standing("car", 60.1001, 24.9020), standing("moped", 60.1001, 24.9030),
                      standing("bound", 60.1001, 24.9005)]  # fmt: skip
    with time_machine.travel(NOW, tick=False), serve(lambda url: create_app({"town": fleet}, url)) as (url, _):
        settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
        town.publish(ROADS, bus=BUS)
        sharing = Sharing(town, fleet, url)
        sharing.now()
        yield sharing


def test_on_the_roads_for_it(sharing: Sharing) -> None:
    (car,) = sharing.hired(HOME, HARBOUR, shared="car")
    # By the motorway, which is longer: 3,400 m at 100 km/h × 1.3 and 90 s to unlock and lock are five minutes begun.
    assert car == "walk 1 | car 34 street (None) → street (None) 225 | walk 0", "not the one that must come back"
    (moped,) = sharing.hired(HOME, HARBOUR, shared="moped")
    assert moped.startswith("walk 2 | moped 32 street (None) → street (None)")
    assert any("| car 1" in text and "| bus 222" in text for text in sharing.hired(HOME, FAR, shared="car"))
    asked: dict[str, Any] = {"from": HOME, "to": HARBOUR, "shared": "car", "directions": "true"}
    found = sharing.town.get("plan", **asked)["itineraries"]
    ride = next(leg for each in found for leg in each["legs"] if leg["mode"] == "car")
    assert sum(step["distance_m"] for step in ride["steps"]) in range(ride["distance_m"] - 3, ride["distance_m"] + 4)


def test_where_only_cars_go(sharing: Sharing) -> None:
    (car,) = sharing.hired(HOME, EAST, shared="car")
    assert "car 123" in car
    assert sharing.hired(HOME, EAST, shared="moped") == [], "no road for it leads there"


def test_what_must_be_brought_back_is_shown_as_such(sharing: Sharing) -> None:
    around = sharing.town.get("vehicles/shared", lat=60.1001, lon=24.9005, radius=200)["vehicles"]
    assert [each["round_trip"] for each in around if each["form"] == "car"] == [True, False]
    page = sharing.town.client.get("/", {"shared_cars": "1"}).content.decode()
    assert 'name="shared_cars" value="1" checked' in page
