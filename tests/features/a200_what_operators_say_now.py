"""What operators say now is read from their interface, checked, and shown: alerts, vehicles, how late trips are."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.features.town import TODAY, Town
from tests.features.wire import Wire
from transit import journeys, tasks
from transit.feeds.realtime import Kind, last_messages
from transit.models import DelayCount

pytestmark = pytest.mark.db

BUS = """
station S 60.1895 24.9500 Market
stop M 60.1900 24.9500 Market parent=S platform=2
stop H 60.1500 24.9000 Harbour
stop P 60.1200 24.8700 Point
every 20 until 12:40 line 1 bus M 8:00 H 8:09 P 8:20
line 2 bus M 9:05 H 9:15
"""
ROADWORKS = {
    "header": {"fi": "Tietyö", "en": "Roadworks"},
    "description": {"en": "Some minutes more."},
    "url": {"": "https://bus.example/works"},
    "severity": "WARNING",
    "informed": [{"route_id": "1"}],
}


def test_alerts_of_a_line_and_of_a_station(town: Town, wire: Wire) -> None:
    town.publish(bus=BUS)
    wire.listen(bus=BUS)
    wire.happens("alerts", feed="bus", **ROADWORKS)
    lift = {"header": {"en": "The lift is broken"}, "informed": [{"stop_id": "S"}], "effect": "ACCESSIBILITY_ISSUE"}
    wire.happens("alerts", feed="bus", **lift | {"severity": "SEVERE"})
    over = {"header": {"en": "Last week"}, "informed": [{"route_id": "1"}], "until": 1_700_000_000}
    wire.happens("alerts", feed="bus", **over)
    elsewhere = {"header": {"en": "Elsewhere"}, "informed": [{"route_id": "1", "stop_id": "P"}]}
    wire.happens("alerts", feed="bus", **elsewhere)
    assert wire.read("bus").error == ""
    (leg,) = [leg for leg in town.plan("bus:M", "bus:H", "10:00")[0]["legs"] if leg["service"]]
    assert [alert["header"] for alert in leg["alerts"]] == ["The lift is broken", "Roadworks"]
    roadworks = leg["alerts"][1]
    assert (roadworks["description"], roadworks["url"]) == ("Some minutes more.", "https://bus.example/works")
    assert (leg["alerts"][0]["effect"], roadworks["severity"]) == ("accessibility_issue", "warning")
    (leg,) = [leg for leg in town.plan("bus:M", "bus:H", "10:00", language="fi")[0]["legs"] if leg["service"]]
    assert leg["alerts"][1]["header"] == "Tietyö"
    board = town.get("departures", stop="bus:M")
    assert [alert["header"] for alert in board["alerts"]] == ["The lift is broken"]
    assert "The lift is broken" in town.client.get("/departures", {"stop": "bus:M"}).content.decode()
    token = town.plan("bus:M", "bus:H", "10:00")[0]["token"]
    page = town.client.get(reverse("itinerary"), {"token": token}).content.decode()
    assert "Roadworks" in page
    assert "https://bus.example/works" in page
    assert "Last week" not in page
    ends = {"from_at": "60.19,24.95~bus:M~Market", "to_at": "60.15,24.9~bus:H~Harbour"}
    page = town.client.get(
        reverse("results"), {**ends, "when": "leave", "date": TODAY, "time": "10:00"}
    ).content.decode()
    assert "<span>The lift is broken</span>" in page
    assert "Roadworks" not in page, "the gravest is enough"


def test_vehicles_and_how_old_they_are(town: Town, wire: Wire, monday: time_machine.Traveller) -> None:
    town.publish(bus=BUS)
    wire.listen(bus=BUS)
    monday.shift(330)  # five minutes and a half after the bus of nine left
    assert wire.read("bus").counts["vehicle_positions"] == 2
    (vehicle,) = town.get("vehicles", trip_id="bus:1-3")["vehicles"]
    assert (vehicle["stop_id"], vehicle["status"], vehicle["is_stale"]) == ("bus:H", "in_transit_to", False)
    assert 60.15 < vehicle["lat"] < 60.19
    assert len(town.get("vehicles", route_id="bus:1")["vehicles"]) == 1
    assert town.get("vehicles", status=400)["code"] == "invalid"
    monday.shift(6 * 60)
    assert town.get("vehicles", trip_id="bus:1-3")["vehicles"][0]["is_stale"]
    monday.shift(10 * 60)
    assert town.get("vehicles", trip_id="bus:1-3")["vehicles"] == []


def test_what_is_not_good_leaves_what_was_said_before(town: Town, wire: Wire, monday: time_machine.Traveller) -> None:
    town.publish(bus=BUS)
    wire.listen(bus=BUS)
    at = datetime.now(UTC)
    first = wire.read("bus")
    monday.move_to(at)  # the first reading may have taken as long as it takes to compile
    (kept,) = last_messages(Kind.TRIP_UPDATES)
    assert (kept.interface, kept.feed, kept.path.name) == ("bus-now", "bus", "trip_updates.pb")
    assert wire.read("bus").received_at == first.received_at, "nothing new"
    wire.happens("age", age_s=300)
    monday.shift(60)
    state = wire.read("bus")
    assert "older than the one before" in state.error
    assert (state.failures, state.header_at) == (1, first.header_at)
    assert last_messages(Kind.TRIP_UPDATES)[0].sha256 == kept.sha256
    monday.shift(60)
    wire.happens("age", age_s=0)
    state = wire.read("bus")
    assert (state.error, state.failures) == ("", 0)
    assert state.header_at != first.header_at


def test_how_late_a_line_usually_is(town: Town, wire: Wire, monday: time_machine.Traveller) -> None:
    town.publish(bus=BUS)
    wire.listen(bus=BUS)
    for number in range(3, 7):
        wire.happens("trips", feed="bus", trip_id=f"1-{number}", delay_s=90 if number % 2 else 400)
    for _ in range(4):
        for minutes in (11, 4, 3, 2):  # 9:11, when the bus of 9:09 was there at 9:10:30; 9:15, for the one of 9:15:40
            monday.shift(minutes * 60)
            wire.read("bus")
            tasks.observe_delays()
            tasks.observe_delays()
    at = datetime.now(UTC) - timedelta(days=7, hours=1)
    assert sum(DelayCount.objects.filter(stop_id="bus:H", route_id="bus:1").values_list("count", flat=True)) == 4
    assert journeys.delay_distribution("bus:1", "bus:H", at) is None, "four buses say too little"
    DelayCount.objects.filter(route_id="bus:1").update(count=30)
    found = journeys.delay_distribution("bus:1", "bus:H", at)
    assert found is not None
    assert (found.share_within(60), found.share_within(300), found.share_within(600)) == (0.0, 0.5, 1.0)
    assert 60 < found.percentile(0.4) <= 120
    later = journeys.delay_distribution("bus:1", "bus:H", at + timedelta(hours=1))
    assert later is not None
    assert later.share_within(300) == 0.0, "the one bus of the hour after was very late"
