"""Somebody checks tickets on a device without scripts: by the number, at the door or during the ride."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from bookings.models import Ticket, TicketCheck
from bookings.services import moving_codes
from tests.features.a92_cash_to_the_driver import staff
from tests.features.coast import BUS
from tests.features.market import Market
from transit.models import Operator, Region

pytestmark = pytest.mark.db
DEPARTURE = datetime(2026, 11, 24, 8, 6, tzinfo=UTC)


@pytest.fixture
def ticket(market: Market) -> Ticket:
    market.publish(bus=BUS)
    market.sells("bus")
    market.sells("sea")
    Operator.objects.update(region=Region.objects.get())
    market.buy("bus:H", "bus:Q", "10:00")
    return Ticket.objects.get()


def ask(who: Client, text: str, boarding: str = "yes", operator: str = "bus") -> str:
    """What the page says."""
    page = who.post(f"/inspect/{operator}", {"text": text, "boarding": boarding}).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split('id="verdict"')[1].split("</section>")[0]))


def test_by_the_end_of_its_number(market: Market, ticket: Ticket) -> None:
    driver = staff("driver", "bus")
    assert "This ticket is for later." in ask(driver, ticket.serial)
    assert TicketCheck.objects.get().outcome == "refused"
    market.clock.move_to(DEPARTURE)
    said = ask(driver, f" {ticket.serial[-4:].lower()} ")
    assert "Look closely" in said
    assert "Looked up by its number" in said
    assert "10:06 1 Harbour – Quay" in said
    ticket.refresh_from_db()
    assert ticket.state == "USED"
    assert "Already used at 10:06." in ask(driver, ticket.serial)
    assert "The ticket is valid." in ask(staff("inspector", "bus"), ticket.serial, boarding="no")
    assert "No ticket with this number is known." in ask(driver, "ZZZZ")


def test_by_its_code_and_its_moving_figures(market: Market, ticket: Ticket) -> None:
    market.clock.move_to(DEPARTURE + timedelta(seconds=5))
    said = ask(staff("inspector", "bus"), ticket.token, boarding="no")
    assert "The ticket is valid." in said
    assert "Look closely" not in said
    shown = market.client.get(f"/tickets/{ticket.serial}").content.decode()
    figures = re.findall(r"<output>(\d{4})</output>", shown)[0]
    assert figures in said
    assert figures == moving_codes.code_at(moving_codes.key_of(ticket.serial), DEPARTURE)
    market.clock.move_to(DEPARTURE + timedelta(minutes=3))
    assert figures not in market.client.get(f"/tickets/{ticket.serial}").content.decode().split("<output>")[1][:4]
    assert "forged" in ask(staff("driver", "bus"), ticket.token[:-9] + "AAAAAAAA" + ticket.token[-1])
    assert "for another operator" in ask(staff("driver", "sea"), ticket.token, operator="sea")


def test_each_for_their_own_operator(market: Market, ticket: Ticket) -> None:
    driver = staff("driver", "bus")
    assert '"/inspect"' in driver.get("/tickets").content.decode()
    assert '"/inspect"' not in staff("desk_agent").get("/tickets").content.decode()
    assert driver.get("/inspect").headers["Location"] == "/inspect/bus"
    assert driver.get("/inspect/bus").status_code == 200
    for path in ("/inspect/sea", "/inspect/sea/list", "/inspect/sea/checks", "/inspect/none"):
        assert driver.get(path).status_code == 404
    assert staff("payer").get("/inspect").status_code == 404
    assert Client().get("/inspect/bus").headers["Location"].startswith("/accounts/login/")
    worker = Client().get("/inspect/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
