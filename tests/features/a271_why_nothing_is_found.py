"""Where no ride is found it is said why, and which change of the search finds one; that change is tried each time."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import time_machine
from django.urls import reverse

from tests.features import lines
from tests.features.a55_inside_a_station import NO_LIFT
from tests.features.a240_rides_on_demand import HOME, MALL, VALLEY
from tests.features.town import TODAY, VEHICLES, Town

STREETS = """
street residential 60.1000,24.8800 60.1000,24.9000 60.1000,24.9300 60.1000,25.1000 # Rantatie
street residential 60.1500,25.1000 60.1500,25.1100 # Saari
"""
BAY = """
stop H 60.1000 24.9000 Harbour
stop M 60.1000 25.1000 Market
stop N 60.1000 24.9300 Pier
stop P 60.3000 24.9300 Park
stop X 60.1900 24.9000 Mill
stop Y 60.1901 24.9000 Yard
line 1 bus H 8:06 M 8:15
line 1 bus H 20:06 M 20:15
line 2 tram H 9:30 X 9:50
line 7 bus Y 10:00 M 10:30
line 8 bus N 9:10 P 9:30

[calendar.txt]
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,0,0,20261101,20261130

[transfers.txt]
from_stop_id,to_stop_id,transfer_type,min_transfer_time
X,Y,2,120
"""
MONDAY, FRIDAY, SATURDAY, AFTER = "2026-11-23", "2026-11-27", "2026-11-28", "2026-12-05"
ANY = {"modes": "bus,taxi,rail"}

SOME_LOW_FLOORS = """
stop H 60.1000 24.9000 wheelchair=1 Harbour
stop M 60.1000 25.1000 wheelchair=1 Market
stop P 60.3000 24.9300 wheelchair=1 Park
line 1 bus H 8:06 M 8:15
line 8 bus wheelchair=2 H 8:10 P 8:30
"""


def reasons(town: Town, origin: str, destination: str, at: str, *, day: str = TODAY, **wishes: Any) -> list[Any]:
    """Why nothing is found; every change that is told is tried."""
    asked = {"from": origin, "to": destination, "time": f"{day}T{at}", "modes": VEHICLES, "window": "7200"} | wishes
    answer = town.get("plan", **asked)
    assert bool(answer["reasons"]) or answer["itineraries"]
    for reason in answer["reasons"]:
        if reason["change"]:
            again = town.get("plan", **(asked | reason["change"]))
            assert any(each["vehicles"] for each in again["itineraries"]), reason
            assert again["reasons"] == [], reason
    return list(answer["reasons"])


def codes(found: list[Any]) -> list[str]:
    return [reason["code"] for reason in found]


def test_at_the_wrong_time(town: Town) -> None:
    town.publish(STREETS, bay=BAY)
    assert reasons(town, "bay:H", "bay:M", "07:30") == []
    (later,) = reasons(town, "bay:H", "bay:M", "12:00")
    assert (later["code"], later["line"], lines.clock(later["at"])) == ("later_ride", "1", "20:06")
    assert later["text"] == "The next ride leaves at 20:06."
    (gone,) = reasons(town, "bay:H", "bay:M", "21:00")
    assert (gone["code"], lines.clock(gone["at"]), gone["next_at"][:16]) == (
        "last_ride_gone",
        "20:06",
        "2026-11-25T08:06",
    )
    assert gone["text"] == "The last ride of this day leaves at 20:06. The next ride: Wed 25 Nov 08:06."
    (gone,) = reasons(town, "bay:H", "bay:M", "02:00", day=SATURDAY)
    assert (gone["code"], gone["next_at"][:16]) == ("last_ride_gone", "2026-11-30T08:06"), "it is still Friday night"
    (none,) = reasons(town, "bay:H", "bay:M", "08:00", day=SATURDAY)
    assert (none["code"], none["change"]["time"]) == ("no_service_that_day", "2026-11-30T06:06:00Z")
    (over,) = reasons(town, "bay:H", "bay:M", "08:00", day=AFTER)
    assert (over["code"], over["first_on"], over["last_on"]) == ("outside_timetable", "2026-11-01", "2026-11-30")
    assert over["change"] == {}
    early = reasons(town, "bay:H", "bay:M", "15:00", day=FRIDAY, arrive_by="true")
    assert [(each["code"], lines.clock(each["at"])) for each in early] == [
        ("earlier_ride", "09:30"),
        ("later_ride", "20:06"),
    ]
    late = reasons(town, "bay:H", "bay:M", "15:00", day=MONDAY, arrive_by="true", modes="bus")
    assert codes(late) == ["modes_excluded", "later_ride"], "the bus of 8:06 has left"


def test_with_other_wishes(town: Town) -> None:
    town.publish(STREETS, bay=BAY)
    wanted = reasons(town, "bay:H", "bay:X", "09:00", modes="bus,ferry")
    assert [(each["code"], each["modes"]) for each in wanted] == [("modes_excluded", ["tram"])]
    assert wanted[0]["text"] == "There is a way if you also take: Tram."
    hasty = reasons(town, "bay:H", "bay:M", "09:00", change_slack="900")
    assert codes(hasty) == ["changes_too_short", "later_ride"]
    (walk,) = reasons(town, "bay:N", "bay:X", "09:00", max_walk="600")
    assert (walk["code"], walk["change"]) == ("walk_too_long", {"max_walk": "1500"})
    assert codes(reasons(town, "bay:M", "bay:X", "09:00")) == ["no_connection"]


def test_in_a_wheelchair(town: Town) -> None:
    """Nobody is told to do what they cannot."""
    town.publish(bay=SOME_LOW_FLOORS)
    (unknown,) = reasons(town, "bay:H", "bay:M", "07:30", wheelchair_known="true")
    assert (unknown["code"], unknown["change"]) == (
        "wheelchair_unknown",
        {"wheelchair": "true", "wheelchair_known": "false"},
    )
    (known,) = reasons(town, "bay:H", "bay:P", "07:30", wheelchair="true")
    assert (known["code"], known["change"]) == ("not_for_wheelchairs", {})
    assert known["text"] == "What goes there has a vehicle, a stop or a way that no wheelchair can use."


def test_over_stairs(town: Town) -> None:
    town.publish(coast=NO_LIFT)
    (stairs,) = reasons(town, "coast:H", "coast:A", "07:50", step_free="true")
    assert (stairs["code"], stairs["change"]) == ("not_step_free", {"step_free": "false"})
    assert stairs["text"] == "There is a way, but with stairs."


def test_at_the_wrong_place(town: Town) -> None:
    town.publish(STREETS, bay=BAY)
    (far,) = reasons(town, "60.1000,24.8800", "bay:M", "07:30", max_walk="300")
    assert (far["code"], far["end"], far["place"]["name"]) == ("no_stop_near", "from", "Harbour")
    assert (far["walk_s"], far["change"]) == (887, {"max_walk": "900"})
    assert far["text"] == "Start: The nearest stop is Harbour: 1.1 km on foot, 15 min."
    (island,) = reasons(town, "bay:H", "60.1500,25.1050", "07:30")
    assert (island["code"], island["end"], island["place"]["stop_id"]) == ("not_connected", "to", "bay:M")
    (wild,) = reasons(town, "60.1300,24.8700", "bay:M", "07:30")
    assert (wild["code"], wild["change"]) == ("not_on_street", {"from": "bay:H"})
    (abroad,) = reasons(town, "59.4370,24.7536", "bay:M", "07:30")
    assert (abroad["code"], abroad["distance_m"] > 70_000, abroad["change"]) == ("outside_region", True, {})


def test_rides_on_demand(town: Town, monday: time_machine.Traveller) -> None:
    town.publish(valley=VALLEY.replace("22:00:00,hour,", "22:00:00,eve,"))
    beside = reasons(town, "60.1620,24.8500", MALL, "10:00", day="2026-11-25", **ANY)
    zone = next(each for each in beside if each["code"] == "outside_zone")
    assert (zone["end"], zone["line"], zone["distance_m"]) == ("from", "Call", 222)
    assert zone["text"] == "Start: Call does not come here. Its area ends 220 m away."
    monday.move_to(f"{TODAY[:-2]}23T14:31:00Z")
    (closed,) = [each for each in reasons(town, HOME, MALL, "10:00", **ANY) if each["code"] == "booking_closed"]
    assert (closed["at"][:16], closed["next_at"][:16]) == ("2026-11-23T16:30", "2026-11-25T06:00")
    assert closed["text"] == "Call had to be ordered by Mon 23 Nov 16:30. The next ride: Wed 25 Nov 06:00."


def test_the_page_offers_the_search_that_finds_one(town: Town) -> None:
    town.publish(STREETS, bay=BAY)

    def page(day: str, at: str, language: str = "en") -> str:
        ends = {"from_at": "60.1,24.9~bay:H~Harbour", "to_at": "60.1,25.1~bay:M~Market"}
        asked = ends | {"when": "leave", "date": day, "time": at}
        answer = town.client.get(reverse("results"), asked, headers={"Accept-Language": language})
        return unescape(answer.content.decode())

    found = page(SATURDAY, "08:30")
    assert "Nothing goes there on this day. The next ride: Mon 30 Nov 08:06." in found
    assert "Search for Mon 30 Nov 08:06" in found
    (address,) = re.findall(r'href="([^"]+)">Search for', found)
    assert "08:06" in town.client.get(address).content.decode()
    assert "Tänä päivänä sinne ei kulje mitään. Seuraava vuoro: ma 30.11. klo 8.06." in page(SATURDAY, "08:30", "fi")
    assert "この日はそこへ行く便がありません。" in page(SATURDAY, "08:30", "ja")
    assert "The last ride of this day leaves at 20:06." in page(TODAY, "21:00"), "beside those of tomorrow"
    assert "The last ride" not in page(TODAY, "19:00")
