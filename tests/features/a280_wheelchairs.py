"""Who is in a wheelchair is led over no stairs and into no vehicle that takes none; what is not known is said."""

from typing import Any

import pytest

from tests.features.a242_a_mode_is_data import FUTURE
from tests.features.now import Now
from tests.features.town import Town
from transit.models import Notice

pytestmark = pytest.mark.db

COAST = """
stop H 60.1000 24.9000 wheelchair=1 Harbour
stop M 60.1900 24.9500 wheelchair=1 Market
stop A 60.3000 24.9600 wheelchair=1 Airport
line 1 bus wheelchair=2 H 8:00 M 8:20 A 8:40
line 1 bus wheelchair=7 H 8:10 M 8:30 A 8:50
line 1 bus wheelchair=1 H 8:20 M 8:40 A 9:00
"""
FIRST, SECOND, THIRD = (f"08:{at}0 Bus 1 Harbour–Airport {end}" for at, end in enumerate(("08:40", "08:50", "09:00")))
HOUR = {"window": "3600"}


def said(leg: dict[str, Any]) -> tuple[str, list[str]]:
    return leg["wheelchair"], leg["wheelchair_unknown"]


def test_by_trip(town: Town) -> None:
    """The trips of one line differ: each is told by itself; a value that nobody knows says nothing."""
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "07:50", **HOUR) == [FIRST, SECOND, THIRD]
    assert town.journeys("coast:H", "coast:A", "07:50", **HOUR, wheelchair="true") == [SECOND, THIRD]
    assert town.journeys("coast:H", "coast:A", "07:50", **HOUR, wheelchair_known="true") == [THIRD]
    assert town.journeys("coast:H", "coast:A", "08:45", arrive_by="true", wheelchair="true") == []
    every = town.plan("coast:H", "coast:A", "07:50", **HOUR)
    assert [said(each["legs"][0]) for each in every] == [("no", []), ("unknown", ["vehicle"]), ("yes", [])]
    assert [each["wheelchair"] for each in every] == ["no", "unknown", "yes"]
    assert Notice.objects.filter(code="unexpected_enum_value", detail__field="wheelchair_accessible").exists()


PLATFORMS = """
stop H 60.1000 24.9000 wheelchair=1 Harbour
station T 60.3000 24.9600 wheelchair=2 Airport
stop A 60.3000 24.9600 parent=T platform=1 Airport
station U 60.3500 24.9600 wheelchair=2 Terminal
stop B 60.3500 24.9600 parent=U platform=2 wheelchair=1 Terminal
stop C 60.4000 24.9600 Park
line 1 bus wheelchair=1 H 8:20 A 9:00
line 2 bus wheelchair=1 H 8:25 B 9:05
line 3 bus wheelchair=1 H 8:30 C 9:10
"""


def test_by_stop(town: Town) -> None:
    """A platform is as its station, unless it says otherwise."""
    town.publish(coast=PLATFORMS)
    legs = [town.plan("coast:H", f"coast:{stop}", "08:00")[0]["legs"][0] for stop in "ABC"]
    assert [said(leg) for leg in legs] == [("no", []), ("yes", []), ("unknown", ["end"])]
    for wish, may in (("wheelchair", "BC"), ("wheelchair_known", "B")):
        rides = [stop for stop in "ABC" if town.plan("coast:H", f"coast:{stop}", "08:00", **{wish: "true"})]
        assert "".join(rides) == may


def test_a_vehicle_that_goes_on_under_another_name(town: Town) -> None:
    """Its second trip takes no wheelchairs: the first is ridden alone."""
    town.publish(
        coast=COAST.replace("line 1 bus wheelchair=2 H 8:00 M 8:20 A 8:40", "")
        + "stop P 60.4100 24.9700 Park\n"
        + "line 7 bus block=b wheelchair=1 H 8:02 M 8:21\nline 8 bus block=b wheelchair=2 M 8:22 P 8:45\n"
    )
    assert len(town.plan("coast:H", "coast:P", "08:00")[0]["legs"]) == 2
    assert town.plan("coast:H", "coast:P", "08:00", wheelchair="true") == []
    assert town.journeys("coast:H", "coast:M", "08:00", wheelchair="true") == ["08:02 Bus 7 Harbour–Market 08:21"]


def test_late_vehicles_too(now: Now) -> None:
    now.town.publish(bus=COAST)
    now.says("trip 1-0 H+300\ntrip 1-1 H+300")
    assert now.journeys("H", "A", "07:50") == [FIRST.replace(":00", ":05").replace(":40", ":45") + " [planned 08:00]"]
    (late,) = now.journeys("H", "A", "07:50", wheelchair="true")
    assert late.startswith(SECOND.replace(":10", ":15").replace(":50", ":55"))


def test_rides_on_demand(town: Town) -> None:
    """Of the shuttle it is known that it takes wheelchairs; of the air taxi, that it does not."""
    told = FUTURE.replace("safe_duration_offset\n", "safe_duration_offset,wheelchair_accessible\n", 1)
    told = (
        told.replace("robot,1,0", "robot,1,0,1").replace("air,0.2,600", "air,0.2,600,2").replace("B-0,,\n", "B-0,,,\n")
    )
    town.publish(future=told)
    asked = {"modes": "taxi", "wheelchair_known": "true"}
    (robot,) = town.plan("60.092,24.892", "60.108,24.928", "10:00", **asked)
    assert said(robot["legs"][0]) == ("yes", [])
    flight = "60.1005,24.9003", "60.3003,25.3003", "10:00"
    assert len(town.plan(*flight, modes="air")) == 1
    assert town.plan(*flight, modes="air", wheelchair="true") == []


def test_kept_when_booked(town: Town) -> None:
    """What was found for a wheelchair is looked up again for a wheelchair."""
    town.publish(coast=COAST)
    token = town.plan("coast:H", "coast:A", "07:50", wheelchair="true")[0]["token"]
    assert town.client.get("/journey", {"token": token}).status_code == 200
    town.publish(coast=COAST.replace("wheelchair=7", "wheelchair=2"))
    assert town.client.get("/journey", {"token": token}).status_code == 410


STREETS = """
street residential 60.1000,24.9000 60.1000,24.9100 60.1000,24.9150 60.1000,24.9200 # Quay
street residential 60.1010,24.9000 60.1010,24.9100 60.1010,24.9150 60.1010,24.9200 # Hill Road
street steps 60.1000,24.9100 60.1010,24.9100 # Short Cut
street footway wheelchair=no 60.1000,24.9150 60.1010,24.9150 # Goat Path
street residential wheelchair=yes 60.1000,24.9200 60.1010,24.9200 # East Street
"""
RAIL = """
stop T 60.1011 24.9100 wheelchair=1 Hill
stop Q 60.2000 24.9100 wheelchair=1 North
every 10 until 9:00 line R rail wheelchair=1 T 8:00 Q 8:09
"""


def test_on_the_way(town: Town) -> None:
    """By the stairs, without them over a path that is too rough, and round the block."""
    town.publish(streets=STREETS, rail=RAIL)
    walks = [
        town.plan("60.0999,24.9100", "rail:Q", "07:30", **wishes)[0]["legs"][0]
        for wishes in ({}, {"step_free": "true"}, {"wheelchair": "true"})
    ]
    assert [round(walk["distance_m"], -2) for walk in walks] == [100, 700, 1200]
    assert [said(walk) for walk in walks] == [("no", []), ("no", []), ("unknown", ["way"])]


def test_nobody_in_a_wheelchair_rides_a_bicycle(town: Town) -> None:
    town.publish(streets=STREETS, rail=RAIL)
    wishes = {"modes": "rail,bicycle", "wheelchair": "true"}
    found = town.plan("60.1000,24.9160", "60.1010,24.9160", "07:30", **wishes)
    assert [leg["mode"] for each in found for leg in each["legs"]] == ["walk"]


def test_drawn_again_without_stairs(town: Town) -> None:
    """Who opens the journey is shown the way that was found."""
    town.publish(streets=STREETS, rail=RAIL)
    (found,) = town.plan("60.0999,24.9100", "rail:Q", "07:30", wheelchair="true")
    asked = {"token": found["token"], "travellers": [{"category": "adult"}]}
    town.client.post("/api/v1/offers", asked, content_type="application/json")
    page = town.client.get("/journey", {"token": found["token"]}).content.decode()
    assert "Short Cut" not in page
    assert "East Street" in page
