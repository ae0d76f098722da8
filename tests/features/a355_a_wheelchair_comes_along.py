"""Who carries somebody in a wheelchair is told so: with the hold, and on the list of the day; nobody else is."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from django.test import Client

from bookings.models import Effect
from tests.features.a107_statements import member
from tests.features.market import Market

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 wheelchair=1 Harbour
stop Q 60.1900 24.9500 wheelchair=1 Quay
line 1 bus wheelchair=1 H 10:06 Q 10:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""
SEA = """
stop F 60.1901 24.9501 wheelchair=1 Ferry Pier
stop I 60.1200 24.9900 wheelchair=1 Island
line F ferry wheelchair=1 F 10:40 I 11:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


def bought(market: Market, **wishes: Any) -> None:
    """Two adults go by a bus that is sold here and a ferry that sells itself."""
    code = market.accept(market.ask("bus:H", "sea:I", "10:00", "adult", "adult", **wishes))
    market.work(code, until="NEEDS_ACTION")
    market.pay(code)
    assert market.work(code).startswith("COMPLETED")


def wanted(inspector: Client) -> list[bool]:
    """What the bus company's devices know of the day."""
    tickets = inspector.get("/api/v1/operators/bus/day-list", {"date": "2026-11-24"})
    assert tickets.status_code == 200, tickets.content
    return sorted(each["wheelchair"] for each in tickets.json()["tickets"])


def page(inspector: Client, language: str = "en") -> str:
    """The bus company's list of the day as people read it."""
    found = inspector.get("/inspect/bus/list", {"date": "2026-11-24"}, headers={"Accept-Language": language})
    assert found.status_code == 200
    return found.content.decode()


@pytest.fixture
def sold(market: Market) -> Market:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    return market


def needs(market: Market) -> list[list[str]]:
    """What the ferry company was told."""
    state = httpx.get(f"{market.remotes['sea']}/_twin/state", trust_env=False).json()
    return [package["needs"] for package in state["packages"]]


def test_told_to_who_carries_them(sold: Market) -> None:
    bought(sold, wheelchair="true")
    assert needs(sold) == [["wheelchair"]], "one of the two"
    inspector = member("inspector", "bus")
    assert wanted(inspector) == [False, True]
    assert page(inspector).count("Wheelchair place wanted") == 1
    assert "Pyörätuolipaikka" in page(inspector, "fi")
    assert "車いす" in page(inspector, "ja")
    written = json.dumps([each.request for each in Effect.objects.all()])
    assert "travellers" in written
    assert "wheelchair" not in written, "no request that is kept says who is in one"


def test_nobody_is_told_what_is_not_so(sold: Market) -> None:
    bought(sold, step_free="true")
    assert needs(sold) == [[]]
    inspector = member("inspector", "bus")
    assert wanted(inspector) == [False, False]
    assert "Wheelchair" not in page(inspector)
