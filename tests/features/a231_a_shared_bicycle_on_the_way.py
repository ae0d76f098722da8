"""A shared bicycle or scooter to the stop, from it, or all the way: where there is one, and where it may be left."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine

from maas.sandbox.gbfs import Fleet, create_app
from maas.sandbox.gbfs.fleet import Stand
from tests.features.town import Json, Town
from tests.feeds import NOW
from tests.servers import serve
from transit import tasks
from transit.models import Interface

pytestmark = pytest.mark.django_db

STREETS = """
street residential 60.1000,24.9000 60.1000,24.9150 60.1000,24.9300 60.1000,24.9600 # Long Road
street residential 60.1000,24.9600 60.1010,24.9600 # Harbour Lane
"""
BUS = """
stop M 60.1000 24.9300 Middle
stop F 60.3000 24.9300 Far
every 10 until 23:40 line 1 bus M 0:00 F 0:12
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
        asked = {"from": origin, "to": destination, "time": (NOW + timedelta(minutes=5)).isoformat()}
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

    sharing.now(stands={"1": 0})  # then the next station, if it is not too far
    assert sharing.hired(HOME, HARBOUR) == ["walk 16 | bicycle 17 Middle (6) → Harbour (6) 100 | walk 1"]
    sharing.now(stands={"1": 2, "3": 12})  # full
    assert sharing.hired(HOME, HARBOUR) == ["walk 1 | bicycle 16 Square (2) → Middle (6) 100 | walk 17"]
