"""Riders say how much time they want to change, and how fast they walk."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.django_db

COAST = """
stop H 60.1500 24.9000 Harbour
stop M 60.1900 24.9500 Market
stop N 60.1910 24.9500 Market north
stop A 60.3000 24.9600 Airport
stop P 60.3100 24.9900 Park
every 20 until 12:00 line 1 bus H 8:00 M 8:10
every 20 until 12:00 line 2 bus M 8:13 A 8:30
every 20 until 12:00 line 3 bus N 8:15 P 8:40
"""
SOON = "08:00 Bus 1 Harbour–Market 08:10 > 08:13 Bus 2 Market–Airport 08:30"
LATER = "08:00 Bus 1 Harbour–Market 08:10 > 08:33 Bus 2 Market–Airport 08:50"


def test_at_the_same_stop(town: Town) -> None:
    """A change there takes a minute; three are left."""
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "08:00") == [SOON]
    assert town.journeys("coast:H", "coast:A", "08:00", change_slack="120") == [SOON]
    assert town.journeys("coast:H", "coast:A", "08:00", change_slack="121") == [LATER]


def test_arriving_by_a_time(town: Town) -> None:
    town.publish(coast=COAST)
    by = {"arrive_by": "true", "change_slack": "180"}
    assert town.journeys("coast:H", "coast:A", "08:55", arrive_by="true") == [
        SOON.replace("08:00", "08:20")
        .replace("08:10", "08:30")
        .replace("08:13", "08:33")
        .replace("Airport 08:30", "Airport 08:50")
    ]
    assert town.journeys("coast:H", "coast:A", "08:55", **by) == [LATER]


def test_all_departures(town: Town) -> None:
    town.publish(coast=COAST)
    relaxed = town.journeys("coast:H", "coast:A", "08:00", window="3600", change_slack="360")
    assert [line.split(" > ")[1][:5] for line in relaxed] == ["08:33", "08:53", "09:13", "09:33"]


def test_between_two_stops(town: Town) -> None:
    """On foot it takes two minutes."""
    town.publish(coast=COAST)
    (quick,) = town.journeys("coast:H", "coast:P", "08:00")
    assert "> walk 2' > 08:15 Bus 3" in quick
    (relaxed,) = town.journeys("coast:H", "coast:P", "08:00", change_slack="240")
    assert "> walk 2' > 08:35 Bus 3" in relaxed


def test_slow_walkers_have_longer_for_every_change(town: Town) -> None:
    town.publish(coast=COAST)
    (slow,) = town.journeys("coast:H", "coast:P", "08:00", walk_speed="0.45")
    assert "> walk 5' > 08:35 Bus 3" in slow
    assert town.journeys("coast:H", "coast:A", "08:00", walk_speed="0.4") == [LATER]


def test_quick_walkers_are_sooner_at_the_stop(town: Town) -> None:
    town.publish(coast=COAST)
    ways = [town.journeys("60.1510,24.9035", "coast:M", "08:05", walk_speed=pace)[0] for pace in ("0.8", "1.25", "1.6")]
    assert [way.split(" > ")[0] for way in ways] == ["08:13 walk 7'", "08:16 walk 4'", "08:16 walk 4'"]


@pytest.mark.parametrize(
    ("name", "value"), [("change_slack", "3601"), ("change_slack", "-1"), ("walk_speed", "0.2"), ("walk_speed", "9")]
)
def test_what_nobody_can_mean_is_refused(town: Town, name: str, value: str) -> None:
    town.publish(coast=COAST)
    wrong = town.get("plan", status=400, **{"from": "coast:H", "to": "coast:A", name: value})
    assert [each["field"] for each in wrong["errors"]] == [name]
