"""Stations that several operators publish are one place: found once, changed at, departed from; people may overrule."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from tests.features.town import Town
from transit.models import Network, SharedStation

pytestmark = pytest.mark.db

RAIL = """
station S 60.1900 24.9500 Central Station
stop S1 60.1900 24.9500 parent=S platform=1 Central Station
stop A 60.3000 24.9600 Airport
line R rail S1 8:20 A 8:50
line R rail S1 8:30 A 9:00
"""
# 111 m north of the station; 1.2 km to the harbour.
BUS = """
stop C 60.1910 24.9500 Central
stop H 60.2020 24.9500 Harbour
line 1 bus H 8:00 C 8:15
line 2 bus C 8:25 H 8:40
"""


def decisions(*options: str) -> list[str]:
    out = io.StringIO()
    call_command("shared_stations", *options, stdout=out)
    return out.getvalue().splitlines()


def test_one_place_by_distance_and_name(town: Town) -> None:
    town.publish(rail=RAIL, bus=BUS)
    assert decisions() == ["joined 111 m 100 % bus:C Central – rail:S Central Station: same name"]
    assert town.places("central") == ["station Central Station"]
    assert town.board("rail:S", "08:18") == ["08:20 Train R to A (1)", "08:25 Bus 2 to H", "08:30 Train R to A (1)"]
    assert town.board("bus:C", "08:18") == town.board("rail:S", "08:18")


def test_one_changes_within_it(town: Town) -> None:
    far = BUS.replace("60.1910 24.9500 Central", "60.1964 24.9500 Central").replace("C 8:15", "C 8:10")
    town.publish(rail=RAIL, bus=far)
    assert town.journeys("bus:H", "rail:A", "07:50", max_walk="800") == [], (
        "712 m are farther than anybody is sent without being asked"
    )
    SharedStation.objects.create(first_stop_id="rail:S", second_stop_id="bus:C", verdict="join")
    town.publish(rail=RAIL, bus=far)
    assert town.journeys("bus:H", "rail:A", "07:50", max_walk="800") == [
        "08:00 Bus 1 Harbour–Central 08:10 > walk 12' > 08:30 Train R Central Station (1)–Airport 09:00"
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("60.1902 24.9500 Market Hall", "apart 22 m 22 % bus:C Market Hall – rail:S Central Station: names differ"),
        ("60.1918 24.9500 Centrum", "apart 200 m 71 % bus:C Centrum – rail:S Central Station: too far apart"),
        ("60.1902 24.9500 Central 2", "apart 22 m 88 % bus:C Central 2 – rail:S Central Station: numbers"),
    ],
)
def test_two_places(town: Town, line: str, said: str) -> None:
    town.publish(rail=RAIL, bus=BUS.replace("60.1910 24.9500 Central", line))
    (found,) = decisions()
    assert found.startswith(said)
    assert decisions("--joined") == []
    assert "08:25 Bus 2 to H" not in town.board("rail:S", "08:18")


def test_people_keep_them_apart(town: Town) -> None:
    town.publish(rail=RAIL, bus=BUS)
    SharedStation.objects.create(first_stop_id="rail:S", second_stop_id="bus:C", verdict="apart")
    town.publish(rail=RAIL, bus=BUS)
    assert decisions() == ["apart 111 m 100 % bus:C Central – rail:S Central Station: kept apart by hand"]
    assert sorted(town.places("central")) == ["station Central Station", "stop Central"]


def test_people_join_them(town: Town) -> None:
    SharedStation.objects.create(first_stop_id="rail:S", second_stop_id="bus:C", verdict="join")
    town.publish(rail=RAIL, bus=BUS.replace("Central", "Market Hall"))
    assert decisions() == ["joined 111 m 22 % bus:C Market Hall – rail:S Central Station: joined by hand"]
    assert town.places("central") == ["station Central Station"]


def test_in_the_admin(town: Town) -> None:
    town.publish(rail=RAIL, bus=BUS)
    staff = get_user_model().objects.create_superuser("staff@example.org", password="a-long-enough-password")
    town.client.force_login(staff)
    network = town.client.get("/admin/transit/network/")
    assert network.status_code == 200
    page = town.client.get(f"/admin/transit/network/{Network.objects.get().pk}/change/").content.decode()
    assert "rail:S Central Station" in page
    assert "same name" in page
