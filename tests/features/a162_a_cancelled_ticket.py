"""A ticket that was given back: its signature is as good as ever, so those who check must know that it is void."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from bookings.models import TicketEvent
from tests.features.a92_cash_to_the_driver import staff
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db
FREE = {"fee": {"minor": 0, "currency": "EUR"}}
DAY = "/api/v1/operators/bus/day-list?date=2026-11-24"
VOID = "/api/v1/operators/bus/revocations"


@pytest.fixture
def codes(market: Market) -> list[str]:
    market.publish(bus=BUS)
    market.sells("bus")
    return [market.buy("bus:H", "bus:Q", "10:00") for _ in range(2)]


def test_on_the_lists_of_the_devices(market: Market, codes: list[str]) -> None:
    inspector = staff("inspector", "bus")
    empty = inspector.get(VOID)
    assert empty.json() == {"serials": [], "cursor": 0}
    assert inspector.get(VOID, headers={"If-None-Match": empty["ETag"]}).status_code == 304
    before = inspector.get(DAY)
    assert [each["state"] for each in before.json()["tickets"]] == ["ISSUED", "ISSUED"]

    market.post(f"orders/{codes[0]}/cancellation", FREE, 202, key="back")
    market.work(codes[0])
    (serial,) = (each["serial"] for each in market.order(codes[0])["bookings"][0]["tickets"])
    changed = inspector.get(VOID, headers={"If-None-Match": empty["ETag"]})
    assert changed.json()["serials"] == [serial]
    states = {each["serial"]: each["state"] for each in inspector.get(DAY).json()["tickets"]}
    assert states[serial] == "VOID"
    assert sorted(states.values()) == ["ISSUED", "VOID"]


def test_the_cursor_goes_on_where_it_was(market: Market, codes: list[str]) -> None:
    inspector = staff("inspector", "bus")
    for number, code in enumerate(codes):
        market.post(f"orders/{code}/cancellation", FREE, 202, key=f"back {number}")
        market.work(code)
        if number == 0:  # a while ago, by the database's own clock
            TicketEvent.objects.filter(new="VOID").update(at=Now() - timedelta(hours=1))
    everything = inspector.get(VOID).json()
    assert len(everything["serials"]) == 2
    rest = inspector.get(f"{VOID}?since={everything['cursor']}").json()
    assert rest["serials"] == everything["serials"][1:], "what is new comes once more"
    market.clock.shift(30 * 3600)
    assert inspector.get(VOID).json()["serials"] == [], "their time is over"


def test_the_list_names_rides_and_nobody(market: Market, codes: list[str]) -> None:
    listed = staff("driver", "bus").get(DAY).json()
    ticket = listed["tickets"][0]
    assert ticket["short"] == ticket["serial"][-4:]
    (ride,) = ticket["rides"]
    assert (ride["departure"], ride["line"], ride["departs"]) == ("bus:1-0@2026-11-24", "1", "10:06")
    assert (ride["start"], ride["end"], ride["boarded_at"]) == ("Harbour", "Quay", None)
    assert (ticket["category"], ticket["product"]) == ("adult", "hour")
    assert not {"name", "email", "contact", "order", "price"} & set(ticket)
    page = staff("operator_staff", "bus").get("/inspect/bus/list?date=2026-11-24").content.decode()
    assert "10:06 1 Harbour – Quay (2)" in page
    assert ticket["serial"] in page
    assert staff("inspector", "bus").get(DAY.replace("24", "25")).json()["tickets"] == []
