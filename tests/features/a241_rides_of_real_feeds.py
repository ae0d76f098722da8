"""The example feeds of GTFS-Flex and one of Brandenburg give the rides that their documentation describes."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.features.town import Town
from tests.feeds import NOW
from transit.feeds.imports import import_feed
from transit.network.publish import publish_network

FEEDS = {
    "brown": "gtfsorg_4f81ac6425",
    "peter": "gtfsorg_f54aa56db5",
    "detours": "gtfsorg_513499e398",
    "auburn": "oba_auburn-transit-flex",
    "vbb": "vbb-gtfs-flex",
}
NEW_ULM, BAKERY, COUNTY = "44.3157,-94.4776", "44.3112,-94.4615", "44.40,-94.70"
SAINT_PETER, KASOTA = "44.3217,-93.9569", "44.2972,-93.9663"


@pytest.fixture
def world(town: Town, shared_data: Path) -> Town:
    for name, file in FEEDS.items():
        import_feed(str(shared_data / "flex" / f"{file}.zip"), name, NOW)
    publish_network("test", NOW)
    return town


def rides(world: Town, origin: str, destination: str, at: str) -> list[str]:
    """What can be ordered at a moment: the line, until when in the agency's clocks, and whom to call."""
    asked: dict[str, Any] = {"from": origin, "to": destination, "time": at, "window": "0"}
    found = world.get("plan", **asked)["itineraries"]
    legs = [(leg, leg["ordering"]) for each in found for leg in each["legs"] if leg["ordering"]]
    return sorted(
        f"{leg['service']['line']} until {(each['order_until_at'] or '-----then')[5:16]} · {each['phone']}"
        for leg, each in legs
        if datetime.fromisoformat(leg["start_at"]) == datetime.fromisoformat(at)
    )


def test_what_the_documentation_says(world: Town, monday: time_machine.Traveller) -> None:
    monday.move_to("2023-12-11T12:00:00-06:00")
    heartland = "Heartland Express until 12-11T15:00 · (507) 359-2717"
    # Weekdays 6:15 to 17:45 in New Ulm, 8:00 to 17:00 in the county; by three in the afternoon of the day before.
    tuesday = {
        hour: (
            rides(world, NEW_ULM, BAKERY, f"2023-12-12T{hour}-06:00"),
            rides(world, COUNTY, BAKERY, f"2023-12-12T{hour}-06:00"),
        )
        for hour in ("07:00:00", "10:00:00", "17:10:00", "18:00:00")
    }
    assert tuesday == {
        "07:00:00": ([heartland], []),
        "10:00:00": ([heartland], [heartland]),
        "17:10:00": ([heartland], []),
        "18:00:00": ([], []),
    }
    monday.move_to("2023-12-11T15:01:00-06:00")
    assert rides(world, NEW_ULM, BAKERY, "2023-12-12T10:00:00-06:00") == []
    assert rides(world, NEW_ULM, BAKERY, "2023-12-13T10:00:00-06:00") != []
    # Angermünde: at the stops of the area, weekday evenings from 17:30 and at weekends all day, an hour before.
    station, village = "vbb:de:12073:900340004:1:50", "vbb:500000505801"
    call = [f"{line} until 12-16T09:00 · +49 3332 442 755" for line in (476, 477, 478)]
    assert rides(world, station, village, "2023-12-16T10:00:00+01:00") == call
    assert rides(world, station, village, "2023-12-15T10:00:00+01:00") == []
    assert len(rides(world, village, station, "2023-12-15T18:00:00+01:00")) == 3
    # From St. Peter to Kasota, and not back.
    monday.move_to("2024-01-09T08:00:00-06:00")
    dial = "Dial-a-Ride until 01-09T09:00 · (888) 880-4696"
    assert rides(world, SAINT_PETER, KASOTA, "2024-01-09T10:00:00-06:00") == [dial]
    assert rides(world, KASOTA, SAINT_PETER, "2024-01-09T10:00:00-06:00") == []
    assert rides(world, SAINT_PETER, KASOTA, "2024-01-09T08:30:00-06:00") == [], "an hour's notice"
    # Auburn: between the stops of the loop, whenever one calls.
    assert rides(world, "auburn:2583236", "auburn:2583256", "2024-01-09T10:00:00-08:00") == [
        "Auburn Loop until then · 530-906-3171"
    ]
