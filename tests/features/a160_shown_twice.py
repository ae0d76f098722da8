"""A ticket is checked on two devices that know nothing of each other; at the sync it is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from bookings.services import ticket_keys, ticketing
from tests.features.a92_cash_to_the_driver import staff
from tests.features.coast import BUS, SEA
from tests.features.market import Market
from tests.features.town import Json

pytestmark = pytest.mark.db
DEPARTURE = datetime(2026, 11, 24, 8, 6, tzinfo=UTC)  # 10:06 at the harbour
FREE = {"fee": {"minor": 0, "currency": "EUR"}}
LINE_1 = "bus:1-0@2026-11-24"


@pytest.fixture
def code(market: Market) -> str:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells("sea")
    return market.buy("bus:H", "sea:I", "10:00")


def serials(market: Market, code: str) -> dict[str, str]:
    """The serial of each operator's ticket."""
    return {each["operator_code"]: each["tickets"][0]["serial"] for each in market.order(code)["bookings"]}


def seen(serial: str, minute: float, departure: str = LINE_1, boarding: bool = True, **more: str) -> Json:
    """A check so many minutes after the departure."""
    at = (DEPARTURE + timedelta(minutes=minute)).isoformat()
    check = {"id": str(uuid4()), "serial": serial, "at": at, "boarding": boarding, "departure": departure}
    return {**check, "verdict": "valid", **more}


def report(market: Market, who: Client, device: str, *checks: Json, operator: str = "bus") -> list[str]:
    """What became of the checks of a device."""
    answer = market.post(f"operators/{operator}/checks", {"device": device, "checks": list(checks)}, 200, who=who)
    return [each["outcome"] for each in answer["checks"]]


def test_verified_on_both_and_found_afterwards(market: Market, code: str) -> None:
    driver, inspector = staff("driver", "bus"), staff("inspector", "bus")
    serial = serials(market, code)["bus"]
    token = market.get(f"tickets/{serial}")["token"]
    keys = ticket_keys.of_jwks(market.get("ticket-keys"))
    for _device in ("a", "b"):  # neither has a network: both must let somebody in
        assert ticketing.verify(token, keys, DEPARTURE, "bus").serial == serial

    market.clock.move_to(DEPARTURE + timedelta(hours=1))
    first, second = seen(serial, -2), seen(serial, 1)
    assert report(market, driver, "a", first) == ["accepted"]
    assert market.get(f"tickets/{serial}")["state"] == "USED"
    assert report(market, inspector, "b", second) == ["replay"]
    assert report(market, inspector, "b", second) == ["replay"], "told again, it is the same check"
    assert report(market, driver, "a", first) == ["accepted"]
    (flagged,) = inspector.get("/api/v1/operators/bus/checks").json()["checks"]
    assert (flagged["id"], flagged["conflict"]["departure"]) == (second["id"], LINE_1)
    page = staff("operator_staff", "bus").get("/inspect/bus/checks").content.decode()
    assert serial in page
    assert "Also checked" in page
    assert "10:06 1 Harbour – Quay" in page


def test_an_honest_journey_is_checked_often(market: Market, code: str) -> None:
    driver, inspector, sailor = staff("driver", "bus"), staff("inspector", "bus"), staff("driver", "sea")
    mine = serials(market, code)
    market.clock.move_to(DEPARTURE + timedelta(hours=1))
    assert report(market, inspector, "b", seen(mine["bus"], 5, boarding=False)) == ["accepted"]
    assert report(market, driver, "a", seen(mine["bus"], 0)) == ["accepted"], "told later, seen earlier"
    assert report(market, inspector, "b", seen(mine["bus"], 9, boarding=False)) == ["accepted"]
    boat = seen(mine["sea"], 33, "")
    assert report(market, sailor, "c", boat, operator="sea") == ["accepted"]
    assert inspector.get("/api/v1/operators/bus/checks").json() == {"checks": []}


def test_what_is_no_use_of_a_ticket(market: Market, code: str) -> None:
    driver = staff("driver", "bus")
    mine = serials(market, code)
    market.clock.move_to(DEPARTURE + timedelta(hours=1))
    checks = [
        seen(mine["sea"], 0),
        seen("NOSUCHTICKET", 0),
        seen(mine["bus"], -600),
        seen(mine["bus"], 90),
        seen(mine["bus"], 0, verdict="expired"),
    ]
    assert report(market, driver, "a", *checks) == ["unknown", "unknown", "bad_time", "bad_time", "refused"]
    assert market.get(f"tickets/{mine['bus']}")["state"] == "ISSUED"


def test_a_used_ticket_is_not_given_back(market: Market, code: str) -> None:
    market.clock.move_to(DEPARTURE - timedelta(minutes=5))
    report(market, staff("driver", "bus"), "a", seen(serials(market, code)["bus"], -5))
    refused = market.post(f"orders/{code}/cancellation", {**FREE, "bookings": [1]}, 409, key="back")
    assert refused["code"] == "already_used"
    market.post(f"orders/{code}/cancellation", {**FREE, "bookings": [2]}, 202, key="the boat")


def test_ridden_without_a_network_and_given_back_meanwhile(market: Market, code: str) -> None:
    serial = serials(market, code)["bus"]
    market.clock.move_to(DEPARTURE - timedelta(minutes=10))
    check = seen(serial, -10)
    market.clock.shift(30)
    market.post(f"orders/{code}/cancellation", FREE, 202, key="back")
    assert market.work(code).endswith("tickets VOID, VOID")
    driver = staff("driver", "bus")
    assert report(market, driver, "a", check, seen(serial, 10)) == ["used_then_void", "bad_time"]
    market.clock.move_to(DEPARTURE)
    assert report(market, driver, "a", seen(serial, 0)) == ["void"]


def test_for_those_alone_who_check(market: Market, code: str) -> None:
    body: Json = {"device": "a", "checks": [seen(serials(market, code)["bus"], 0)]}
    for stranger in (market.client, staff("inspector", "sea"), staff("desk_agent"), staff("provider", "bus")):
        market.post("operators/bus/checks", body, 404, who=stranger)
        for path in ("checks", "revocations", "day-list?date=2026-11-24"):
            assert stranger.get(f"/api/v1/operators/bus/{path}").status_code == 404
    too_many = {"device": "a", "checks": body["checks"] * 501}
    market.post("operators/bus/checks", too_many, 400, who=staff("inspector", "bus"))
