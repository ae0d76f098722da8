"""Another operator's minibuses (GOFS): how long one waits and what it costs now, and where to order them."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import time_machine

from maas.sandbox.gofs import Service, create_app
from tests.features.a232_by_the_roads_there_are import LAKE
from tests.features.a234_a_taxi_without_a_feed import RING, TRAIN
from tests.features.a240_rides_on_demand import CITY, HOME, MALL
from tests.features.town import TODAY, Json, Town
from tests.servers import serve
from transit.journeys import asking
from transit.models import Interface, Operator, RealtimeState
from transit.tasks import read_service

pytestmark = pytest.mark.django_db
ANY = {"modes": "bus,taxi,rail"}
AT = "10:00"


@pytest.fixture
def vans(
    town: Town, settings: Any, monday: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A service in the valley whose interface is in the register. It is nearly five to ten on Tuesday."""
    town.publish(valley=TRAIN, streets=LAKE)
    monday.move_to(f"{TODAY}T07:54:30Z")
    monkeypatch.setattr(asking, "_ANSWERS", asking.Answers())
    service = Service("Valley", RING)
    with ExitStack() as doors:
        url, _ = doors.enter_context(serve(lambda own: create_app({"valley": service}, own)))
        settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
        operator = Operator.objects.create(code="vans", legal_name="Vans Ltd", country="FI")
        Interface.objects.create(operator=operator, name="vans", format="GOFS", url=f"{url}/valley/gofs.json")
        read()
        yield service


def read() -> RealtimeState:
    """The worker reads the operator's files."""
    interface = Interface.objects.get(name="vans")
    read_service(interface_id=interface.pk)
    return RealtimeState.objects.get(interface=interface)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute passes."""
    monkeypatch.setattr(asking, "_ANSWERS", asking.Answers())


def ridden(found: list[Json]) -> list[str]:
    """`bus 10:05–10:30 | rail 11:00–11:30` for each journey that is ordered."""
    return [
        " | ".join(f"{leg['mode']} {leg['start_at'][11:16]}–{leg['end_at'][11:16]}" for leg in each["legs"])
        for each in found
        if any(leg["ordering"] for leg in each["legs"])
    ]


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_wait_and_price_now(town: Town, vans: Service) -> None:
    assert read().error == ""
    (found,) = town.plan(HOME, MALL, AT, **ANY)
    (leg,) = found["legs"]
    facts = leg["ordering"]
    assert (facts["live"], facts["wait_s"], facts["price"]["minor"]) == ("told", 420, 1250)
    assert (facts["phone"], facts["booking_url"]) == ("+358401234567", "https://oncall.example/book?van=7")
    assert (leg["service"]["line"], leg["service"]["agency_name"]) == ("Valley van 7", "Vans Ltd")
    # 3.00 and 0.50 for each of 18 begun kilometres
    assert facts["price_low"] == facts["price_high"] == {"currency": "EUR", "minor": 1200} or facts["price_low"]
    assert found["unpriced_legs"] == [0], "not sold here"
    assert vans.asked[0] == {
        "query": "realtime_booking", "pickup_lat": "60.12000", "pickup_lon": "24.85000", "drop_off_lat": "60.11000",
        "drop_off_lon": "24.98000", "brand_id": "van",
    }  # fmt: skip
    for language, said in (("en", "picked up in about 7 min"), ("fi", "noin 7 min"), ("ja", "約7分")):
        page = text(town.client.get("/journey", {"token": found["token"]}, headers={"Accept-Language": language}))
        assert said in page
        assert "12" in page
    assert len(vans.asked) == 1, "the same is not asked again at once"
    ends = {"from_at": f"{HOME}~~Home", "to_at": f"{MALL}~~Mall", "when": "leave", "date": TODAY, "time": AT}
    assert "comes in about 7 min · €12.50" in text(town.client.get("/journeys", ends))


def test_a_silent_operator_is_named(town: Town, vans: Service) -> None:
    vans.silent_s = 4.0
    (found,) = town.plan(HOME, MALL, AT, **ANY)
    facts = found["legs"][0]["ordering"]
    assert (facts["live"], facts["wait_s"], facts["price"]) == ("silent", None, None)
    assert facts["price_low"]["minor"] > 0, "by the fares that are published"
    page = text(town.client.get("/journey", {"token": found["token"]}))
    assert "The operator does not say at the moment how long you wait" in page
    assert "you pay the operator" in page


def test_who_can_only_say_how_long_one_waits(town: Town, vans: Service) -> None:
    vans.queries = ("wait_time",)
    read()
    (found,) = town.plan(HOME, MALL, AT, **ANY)
    facts = found["legs"][0]["ordering"]
    assert (facts["live"], facts["wait_s"], facts["price"]) == ("told", 420, None)


def test_nobody_comes(town: Town, vans: Service) -> None:
    vans.wait_s = None
    assert ridden(town.plan(HOME, MALL, AT, **ANY)) == []


def test_one_that_comes_late(town: Town, vans: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ridden(town.plan(HOME, MALL, AT, **ANY)) == ["bus 10:10–10:35"]
    vans.wait_s = 1800
    forget(monkeypatch)
    assert ridden(town.plan(HOME, MALL, AT, **ANY)) == ["bus 10:25–10:50"]


def test_to_the_train(town: Town, vans: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ridden(town.plan(HOME, CITY, AT, **ANY)) == ["bus 10:51–11:00 | rail 11:00–11:30"]
    vans.wait_s = 3590
    forget(monkeypatch)
    assert ridden(town.plan(HOME, CITY, AT, **ANY)) == [], "it would miss the train"


def test_tomorrow_nobody_is_asked(town: Town, vans: Service) -> None:
    (found,) = town.plan(HOME, MALL, "15:00", **ANY)
    assert (found["legs"][0]["ordering"]["live"], vans.asked) == ("", [])
    assert town.plan(HOME, MALL, "23:00", **ANY) == [], "it drives until ten"


def test_notice(town: Town, vans: Service) -> None:
    vans.booking_rules = [
        {"from_zone_ids": ["all"], "booking_type": 2, "prior_notice_last_day": 1, "prior_notice_last_time": "17:00:00"},
        {"from_zone_ids": ["all"], "booking_type": 1, "prior_notice_duration_min": 120, "message": "Ring us."},
    ]
    read()
    assert ridden(town.plan(HOME, MALL, AT, **ANY)) == ["bus 11:55–12:20"]
    (found,) = town.plan(HOME, MALL, "15:00", **ANY)
    facts = found["legs"][0]["ordering"]
    assert (facts["order_until_at"][11:16], facts["message"]) == ("13:00", "Ring us.")


def test_wheelchairs(town: Town, vans: Service) -> None:
    for said, known, any_ in (("", 0, 1), ("boarding_accessible", 1, 1), ("boarding_inaccessible", 0, 0)):
        vans.wheelchair = said
        read()
        assert len(ridden(town.plan(HOME, MALL, AT, wheelchair_known="true", **ANY))) == known, said
        assert len(ridden(town.plan(HOME, MALL, AT, wheelchair="true", **ANY))) == any_, said


def test_what_cannot_be_read_leaves_what_was(town: Town, vans: Service, data_dir: Path) -> None:
    vans.timezone = "Mars/Base"
    assert "time zone" in read().error
    assert ridden(town.plan(HOME, MALL, AT, **ANY)) == ["bus 10:10–10:35"]
