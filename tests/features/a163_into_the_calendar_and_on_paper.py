"""A journey goes into the calendar, and tickets go on paper: without any address or name."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from tests.features.coast import BUS, SEA
from tests.features.market import Market
from tests.features.printed import text_of

pytestmark = pytest.mark.db
FREE = {"fee": {"minor": 0, "currency": "EUR"}}
HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def code(market: Market) -> str:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells("sea")
    return market.buy("60.1499,24.8990", "sea:I", "09:55")


def event_of(content: bytes) -> Any:
    """The only event of a file."""
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


def test_one_event_for_the_way(market: Market, code: str) -> None:
    answer = market.client.get(f"/orders/{code}/journey.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    event = event_of(answer.content)
    assert event.start == datetime(2026, 11, 24, 10, 6, tzinfo=HELSINKI)
    assert event.end == datetime(2026, 11, 24, 11, 10, tzinfo=HELSINKI)
    assert event["SUMMARY"] == "Harbour → Island"
    assert "10:40 Ferry Pier → 11:10 Island: Agency F" in event["DESCRIPTION"]
    assert "Leave at" in event["DESCRIPTION"]
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Helsinki"]
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n")), "RFC 5545, 3.1"
    api = market.client.get(f"/api/v1/orders/{code}/journey.ics")
    assert event_of(api.content)["UID"] == event["UID"]


def test_given_back_it_is_cancelled_there_too(market: Market, code: str) -> None:
    before = event_of(market.client.get(f"/orders/{code}/journey.ics").content)
    market.post(f"orders/{code}/cancellation", {**FREE, "bookings": [2]}, 202, key="the boat")
    market.work(code)
    after = event_of(market.client.get(f"/orders/{code}/journey.ics").content)
    assert (after["UID"], after["SUMMARY"], after["STATUS"]) == (before["UID"], "Harbour → Quay", "CONFIRMED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    market.post(f"orders/{code}/cancellation", FREE, 202, key="the rest")
    market.work(code)
    gone = event_of(market.client.get(f"/orders/{code}/journey.ics").content)
    assert gone["STATUS"] == "CANCELLED"


def test_tickets_on_paper(market: Market, code: str) -> None:
    tickets = [ticket for each in market.order(code)["bookings"] for ticket in each["tickets"]]
    text = text_of(market.client.get(f"/orders/{code}/tickets.pdf").content)
    assert all(ticket["serial"] in text for ticket in tickets)
    assert "Harbour" in text
    assert "Show this paper" in text
    one = market.client.get(f"/api/v1/tickets/{tickets[0]['serial']}/ticket.pdf")
    assert one["Content-Type"] == "application/pdf"
    assert tickets[0]["serial"] in text_of(one.content)
    assert tickets[1]["serial"] not in text_of(one.content)
    page = market.client.get(f"/tickets/{tickets[0]['serial']}").content.decode()
    for address in (f"/tickets/{tickets[0]['serial']}/ticket.pdf", f"/orders/{code}/journey.ics"):
        assert address in page


def test_not_for_strangers(market: Market, code: str) -> None:
    serial = market.order(code)["bookings"][0]["tickets"][0]["serial"]
    addresses = [f"/orders/{code}/journey.ics", f"/orders/{code}/tickets.pdf", f"/tickets/{serial}/ticket.pdf"]
    addresses += [f"/api/v1/orders/{code}/journey.ics", f"/api/v1/tickets/{serial}/ticket.pdf"]
    assert [Client().get(address).status_code for address in addresses] == [404] * 5
