"""A journey is looked up again: after another timetable, with new ids, on a day of delays; what changed is said."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import time_machine
from django.urls import reverse

from tests.features import lines
from tests.features.now import Now
from tests.features.town import TODAY, Town

LAKE = """
station S 60.1400 24.9500 Square
stop A 60.1000 24.9000 Airport
stop C 60.1400 24.9500 parent=S platform=1 Square
stop C2 60.1401 24.9501 parent=S platform=2 Square
stop E 60.1900 25.0500 End
line 1 bus A 10:05 C 10:25
line 1 bus A 10:35 C 10:55
line 2 tram C 10:30 E 10:50

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
all,3.50,EUR,0,
"""
ROUTES = """
[routes.txt]
route_id,agency_id,route_short_name,route_type
1B,ag,1,3
2,ag,2N,0
"""
RENUMBERED = """
[trips.txt]
route_id,service_id,trip_id
{route},daily,new-1
{route},daily,new-2
2,daily,new-3

[stop_times.txt]
trip_id,arrival_time,departure_time,stop_id,stop_sequence
new-1,10:05:00,10:05:00,A,10
new-1,10:25:00,10:25:00,C,20
new-2,10:35:00,10:35:00,A,10
new-2,10:55:00,10:55:00,C,20
new-3,10:30:00,10:30:00,C,10
new-3,10:50:00,10:50:00,E,20
"""


def proposed(town: Town, origin: str = "lake:A", destination: str = "lake:E", at: str = "10:00") -> Any:
    (found,) = town.plan(origin, destination, at)
    return found


def asked(town: Town, token: str, status: int = 200, language: str = "en") -> Any:
    answer = town.client.post(
        "/api/v1/plan/refresh",
        {"token": token},
        content_type="application/json",
        headers={"Accept-Language": language},
    )
    assert answer.status_code == status, answer.content
    return answer.json()


def changes(answer: Any) -> list[str]:
    """`0 departure 10:05 10:08`."""

    def short(value: str) -> str:
        return lines.clock(value) if "T" in value and value[:2] == "20" else value

    return [
        " ".join(str(part) for part in (row["leg"], row["code"], short(row["old"]), short(row["new"] or "")))
        for row in answer["changes"]
    ]


def test_another_timetable(town: Town) -> None:
    town.publish(lake=LAKE)
    token = proposed(town)["token"]
    same = asked(town, token)
    assert (changes(same), same["reason"], same["alternatives"]) == ([], "", [])
    assert same["itinerary"]["reliability"] is not None
    newer = LAKE.replace("A 10:05 C 10:25", "A 10:02 C 10:21").replace("tram C 10:30", "tram C2 10:31")
    town.publish(lake=newer.replace("3.50", "3.90"))
    answer = asked(town, token)
    assert changes(answer) == [
        "0 departure 10:05 10:02",
        "0 arrival 10:25 10:21",
        "1 start_platform 1 2",
        "1 departure 10:30 10:31",
        "None price 350 EUR 390 EUR",
    ]
    assert answer["changes"][0]["text"] == "Bus 1 now leaves at 10:02, not at 10:05."
    assert [leg["start_at"][11:16] for leg in answer["itinerary"]["legs"] if leg["service"]] == ["10:02", "10:31"]
    assert changes(asked(town, answer["itinerary"]["token"])) == []
    town.publish(lake=LAKE.replace("line 2 tram C 10:30 E 10:50", "line 2 tram C 10:20 E 10:50"))
    answer = asked(town, token)
    assert (answer["itinerary"], answer["reason"], changes(answer)) == (None, "missed", ["1 missed 10:30 "])
    assert [each["start_at"][:16] for each in answer["alternatives"]] == [f"{TODAY}T10:35"], "and on with the next tram"


def test_trips_with_new_ids(town: Town) -> None:
    town.publish(lake=LAKE)
    token = proposed(town)["token"]
    town.publish(lake=LAKE + RENUMBERED.format(route="1"))
    answer = asked(town, token)
    assert changes(answer) == ["0 trip lake:1-0 lake:new-1", "1 trip lake:2-0 lake:new-3"]
    assert answer["itinerary"]["fares"][0]["price"]["minor"] == 350
    page = town.client.get(reverse("itinerary"), {"token": token}).content.decode()
    assert "Changed since" not in page, "nobody needs to know"
    renamed = LAKE.replace("A 10:05", "A 10:20").replace("line 1", "line 1B").replace("C 10:30", "C 10:40")
    town.publish(
        lake=renamed + "\n[routes.txt]\nroute_id,agency_id,route_short_name,route_type\n1B,ag,1,3\n2,ag,2N,0\n"
    )
    answer = asked(town, token)
    assert [row for row in changes(answer) if "trip" not in row] == [
        "0 departure 10:05 10:20",
        "1 line 2 2N",
        "1 departure 10:30 10:40",
    ]
    assert answer["changes"][2]["text"] == "Line 2 is now called 2N."
    town.publish(lake=renamed.replace("A 10:20", "A 10:21") + ROUTES)
    answer = asked(town, token)
    assert (answer["reason"], changes(answer)) == ("changed", ["0 gone 10:05 "]), "16 minutes later is another ride"


def test_stops_that_have_moved(town: Town) -> None:
    town.publish(lake=LAKE)
    token = proposed(town, destination="lake:C")["token"]
    moved = LAKE.replace(" A ", " B ")
    town.publish(lake=moved.replace("stop B 60.1000 24.9000 Airport", "stop B 60.1005 24.9005 Gate"))
    assert changes(asked(town, token)) == ["0 start_stop Airport Gate"]
    town.publish(lake=moved.replace("stop B 60.1000", "stop B 60.1010"))
    assert changes(asked(town, token)) == ["0 gone 10:05 "], "111 m are another stop"


def test_what_is_known_now(now: Now, monday: time_machine.Traveller) -> None:
    (planned,) = now.town.plan("bus:A", "bus:E", "10:00")
    monday.move_to(f"{TODAY}T07:40:00Z")
    now.says("trip 1-0 A+180 B+120\ntrip 2-0 C>C2")
    answer = asked(now.town, planned["token"])
    assert changes(answer) == ["0 departure 10:05 10:08", "0 arrival 10:25 10:27", "1 start_platform 1 2"]
    page = now.page("itinerary", token=planned["token"])
    assert "Changed since you chose this journey" in page
    assert "Bus 1 now leaves at 10:08, not at 10:05." in page
    now.says("cancelled 1-0")
    answer = asked(now.town, planned["token"], language="fi")
    assert (answer["reason"], changes(answer)) == ("cancelled", ["0 cancelled 10:05 "])
    assert answer["changes"][0]["text"] == "Bussi 1 klo 10.05 on peruttu."
    assert answer["alternatives"][0]["start_at"][:16] == "2026-11-25T10:05", "no tram waits for the bus of 10:35"
    page = now.page("itinerary", status=410, token=planned["token"])
    assert "Bus 1 at 10:05 is cancelled." in page
    assert "Instead" in page
    instead = unescape(re.findall(r'href="(/journey\?token=[^"]*)"', page)[0])
    assert now.town.client.get(instead).status_code == 200
    monday.move_to(f"{TODAY}T08:51:00Z")
    assert asked(now.town, planned["token"], 410)["code"] == "token_expired"
    assert asked(now.town, planned["token"] + "x", 400)["code"] == "token_invalid"
