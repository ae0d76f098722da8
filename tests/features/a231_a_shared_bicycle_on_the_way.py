"""A shared bicycle or scooter to the stop, from it, or all the way: where there is one, and where it may be left."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from maas.sandbox.gbfs import Fleet, create_app
from maas.sandbox.gbfs.fleet import Stand, square
from tests.features.town import Json, Town
from tests.feeds import NOW
from tests.servers import serve
from transit import tasks
from transit.models import Interface

pytestmark = pytest.mark.django_db

STREETS = """
street residential 60.1000,24.9000 60.1000,24.9150 60.1000,24.9300 60.1000,24.9600 # Long Road
street residential 60.1000,24.9600 60.1010,24.9600 # Harbour Lane
street residential 60.1000,24.9300 60.1010,24.9300 # Middle Lane
"""
BUS = """
stop M 60.1000 24.9300 Middle
stop F 60.3000 24.9300 Far
every 10 until 23:40 line 1 bus M 0:00 F 0:12
every 10 until 23:40 line 2 bus F 0:05 M 0:17
"""
HOME, HARBOUR, FAR = "60.1001,24.9001", "60.1001,24.9599", "bus:F"


def written(itinerary: Json) -> str:
    """The legs as one would read them out."""
    found = []
    for leg in itinerary["legs"]:
        rental, minutes = leg["rental"], round((leg["distance_m"]) / 100)
        what = f"{leg['mode']} {minutes}"
        if rental:
            ends = rental["start_station"] or "street", rental["end_station"] or "street"
            what += f" {ends[0]} ({rental['available']}) → {ends[1]} ({rental['docks']})"
            what += f" {rental['price']['minor']}" if rental["price"] else ""
        found.append(what)
    return " | ".join(found)


class Sharing:
    """A town where a system has vehicles."""

    def __init__(self, town: Town, fleet: Fleet, url: str) -> None:
        self.town, self.fleet, self.url = town, fleet, url
        self.interface = Interface.objects.create(name="shared", format="GBFS", url=f"{url}/town/gbfs.json")

    def now(self, **said: Any) -> None:
        """Something is said, and read."""
        httpx.post(f"{self.url}/_twin/town", json=said, trust_env=False)
        tasks.read_system(interface_id=self.interface.pk)

    def hired(self, origin: str, destination: str, **wishes: Any) -> list[str]:
        """What is proposed with a hired vehicle."""
        asked: Json = {
            "from": origin,
            "to": destination,
            "time": (datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
        }
        found = self.town.get("plan", **(asked | {"shared": "bicycle,scooter", "window": 1800} | wishes))
        return [text for each in found["itineraries"] if "(" in (text := written(each))]


@pytest.fixture
def sharing(town: Town, settings: Any) -> Iterator[Sharing]:
    fleet = Fleet("Town Bikes", calm=True)
    fleet.stands = [Stand("1", "Square", 60.1001, 24.9010), Stand("2", "Middle", 60.1001, 24.9290),
                    Stand("3", "Harbour", 60.1001, 24.9590)]  # fmt: skip
    with time_machine.travel(NOW, tick=False), serve(lambda url: create_app({"town": fleet}, url)) as (url, _):
        settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
        town.publish(STREETS, bus=BUS)
        yield Sharing(town, fleet, url)


def test_where_there_is_one(sharing: Sharing) -> None:
    sharing.now()
    assert sharing.hired(HOME, HARBOUR) == ["walk 1 | bicycle 32 Square (6) → Harbour (6) 100 | walk 1"]
    assert sharing.hired(HOME, HARBOUR, shared="scooter") == []
    to_the_bus = sharing.hired(HOME, FAR)
    assert "walk 1 | bicycle 16 Square (6) → Middle (6) 100 | walk 1 | bus 222" in to_the_bus
    from_the_bus = sharing.hired(FAR, HARBOUR, shared="bicycle")
    assert "bus 222 | walk 1 | bicycle 17 Middle (6) → Harbour (6) 100 | walk 1" in from_the_bus

    sharing.now(stands={"1": 0})  # then the next station, if it is not too far
    assert sharing.hired(HOME, HARBOUR) == ["walk 16 | bicycle 17 Middle (6) → Harbour (6) 100 | walk 1"]
    sharing.now(stands={"1": 2, "3": 12})  # full
    assert sharing.hired(HOME, HARBOUR) == ["walk 1 | bicycle 16 Square (2) → Middle (6) 100 | walk 17"]
    around = sharing.town.get("vehicles/shared", lat=60.1001, lon=24.9010, radius=2000)["vehicles"]
    assert [(each["name"], each["available"], each["docks"]) for each in around] == [
        ("Square", 2, 10), ("Middle", 6, 6),
    ]  # fmt: skip

    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):  # nothing new was heard
        assert sharing.hired(HOME, HARBOUR) == ["walk 1 | bicycle 32 Square (None) → Harbour (None) 100 | walk 1"]


def test_in_the_street(sharing: Sharing) -> None:
    sharing.fleet.scooters = [{"vehicle_id": "s1", "lat": 60.1001, "lon": 24.9020, "current_range_meters": 5000}]
    sharing.now()
    scooter = "walk 1 | scooter {} street (None) → street (None) {}"
    assert sharing.hired(HOME, HARBOUR, shared="scooter") == [scooter.format(32, 450) + " | walk 0"]

    # Not in a zone without parking: left before it, and on foot from there. Zones are read every five minutes.
    sharing.fleet.no_parking = [square(60.1000, 24.9600, 0.02)]
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        sharing.now()
        assert sharing.hired(HOME, HARBOUR, shared="scooter") == [scooter.format(16, 300) + " | walk 17"]

    # Not through one without riding, nor further than the battery lasts.
    sharing.fleet.no_parking, sharing.fleet.no_riding = [], [square(60.1000, 24.9150, 0.001)]
    with time_machine.travel(NOW + timedelta(minutes=12), tick=False):
        sharing.now()
        assert sharing.hired(HOME, HARBOUR, shared="scooter") == []
    sharing.fleet.no_riding, sharing.fleet.scooters[0]["current_range_meters"] = [], 2000
    with time_machine.travel(NOW + timedelta(minutes=18), tick=False):
        sharing.now()
        assert sharing.hired(HOME, HARBOUR, shared="scooter") == [scooter.format(16, 300) + " | walk 17"]

    with time_machine.travel(NOW + timedelta(minutes=34), tick=False):  # it may be anywhere by now
        assert sharing.hired(HOME, HARBOUR, shared="scooter") == []
