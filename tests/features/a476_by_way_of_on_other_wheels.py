"""By way of a place on a bicycle, one's own or a hired one, and in rides that come when one calls."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.features import riding
from tests.features.a231_a_shared_bicycle_on_the_way import HARBOUR, HOME, Sharing, sharing
from tests.features.a240_rides_on_demand import ANY, CITY, MALL, VALLEY
from tests.features.a240_rides_on_demand import HOME as FARM
from tests.features.town import Json, Town

pytestmark = pytest.mark.django_db
__all__ = ["sharing"]

MIDDLE = "60.1001,24.9290"


def told(itinerary: Json) -> str:
    """`bicycle | bicycle hired`, without the walks."""
    rides = (each for each in itinerary["legs"] if each["mode"] != "walk")
    legs = [f"{each['mode']}{' hired' if each['rental'] else ''}" for each in rides]
    return " | ".join(legs)


def waited(itinerary: Json) -> timedelta:
    """How long one stays at the one place on the way."""
    (stay,) = itinerary["stays"]
    ends = itinerary["legs"][stay["leg"] - 1]["end_at"], itinerary["legs"][stay["leg"]]["start_at"]
    began, left = map(datetime.fromisoformat, ends)
    return left - began


def test_by_bicycle(sharing: Sharing) -> None:
    sharing.now()
    at = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    asked: dict[str, Any] = {"from": HOME, "to": HARBOUR, "time": at, "window": 1800, "via": MIDDLE, "stay": 600}
    own = sharing.town.get("plan", **asked, modes="bus,bicycle")["itineraries"]
    assert "bicycle | bicycle" in [told(each) for each in own]
    hired = sharing.town.get("plan", **asked, modes="bus", shared="bicycle")["itineraries"]
    (found,) = [each for each in hired if told(each) == "bicycle hired | bicycle hired"]
    assert timedelta(minutes=10) <= waited(found) < timedelta(minutes=11)
    assert not any("hired" in told(each) for each in own), "who does not ask gets none"


@pytest.mark.parametrize("asked", [{}, {"arrive_by": "true"}])
def test_in_rides_that_are_called(town: Town, asked: Json) -> None:
    town.publish(valley=VALLEY)
    (found,) = town.plan(FARM, CITY, "13:00" if asked else "10:00", via=MALL, stay="1800", **ANY, **asked)
    assert [leg["service"]["line"] for leg in found["legs"] if leg["service"]] == ["Call", "Call", "R"]
    assert timedelta(minutes=30) <= waited(found) < timedelta(minutes=32), "called as late as the train allows"
    assert town.plan(FARM, CITY, "10:00", via=MALL, stay="1800", modes="rail") == []


def test_a_called_ride_is_not_waited_for_all_night(town: Town) -> None:
    town.publish(valley=VALLEY)
    asked: Json = {"via": MALL, "stay": "1800", "modes": "bus,taxi"}
    assert town.plan(FARM, "60.120,24.900", "22:00", **asked) == []
    assert town.plan(FARM, "60.120,24.900", "22:00", window="36000", **asked), "who looks so far finds it"


NEAR_FARM, NEAR_MALL = "60.122,24.853", "60.112,24.983"


@pytest.mark.parametrize("window", ["0", "7200"])
@pytest.mark.parametrize("arrive_by", ["false", "true"])
def test_a_walk_and_a_ride_of_our_own(town: Town, patient: None, window: str, arrive_by: str) -> None:
    """Before the ride or after it, the stay is as long as was asked; so it is where one is met earlier or later."""
    town.publish(rail=riding.TRAIN)
    riding.release()
    asked: Json = {"stay": "3600", "window": window, "arrive_by": arrive_by, **riding.ANY}
    for start, place, end, modes in (
        (NEAR_FARM, FARM, MALL, ["walk", "taxi"]),
        (FARM, MALL, NEAR_MALL, ["taxi", "walk"]),
    ):
        ways = town.plan(start, end, "17:00", via=place, **asked)
        found = [each for each in ways if [leg["mode"] for leg in each["legs"]] == modes]
        assert found, ways
        assert [waited(each) for each in found] == [timedelta(hours=1)] * len(found)
        left = min(riding.clock(each["start_at"]) for each in found)
        assert arrive_by == "true" or left >= "17:00", "a ride that comes sooner does not fit"
