"""There and back is one order: both ways are bought or neither is, and one pays once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features import lines
from tests.features.browser import Browser
from tests.features.market import Market

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 Satama
stop Q 60.1900 24.9500 Laituri
line 1 bus H 10:06 Q 10:20
line 1b bus Q 15:06 H 15:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""
DAY = BUS.replace("hour,3.50,EUR,1,,3600", "day,8.00,EUR,1,,86400")
SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10
line F2 ferry I 14:00 F 14:30

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


def both(market: Market, there: tuple[str, str, str], back: tuple[str, str, str], status: int = 201) -> dict[str, Any]:
    """The offer for the first journeys of two searches."""
    found = [market.plan(*way)[0]["token"] for way in (there, back)]
    body = {"token": found[0], "back_token": found[1], "travellers": [{"category": "adult"}]}
    return market.post("offers", body, status)


def test_two_operators_there_and_back_are_bought_together(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    offer = both(market, ("bus:H", "sea:I", "10:00"), ("sea:I", "bus:H", "13:30"))
    # The bus is one part with a ticket for each way; the ferries are asked for one by one.
    assert (
        lines.offer(offer) == "15.40 EUR: Bus Ltd 7.00 (hour + hour), Sea Ltd 4.20 (crossing), Sea Ltd 4.20 (crossing)"
    )
    assert [lines.clock(leg["start_at"]) for leg in offer["legs"] if leg["line"]] == [
        "10:06",
        "10:40",
        "14:00",
        "15:06",
    ]
    assert lines.clock(offer["legs"][offer["back_from"]]["start_at"]) == "14:00"
    code = market.accept(offer)
    market.pay(code)
    assert market.work(code) == (
        "COMPLETED charged 15.40: bus CONFIRMED, sea CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED, ISSUED, ISSUED"
    )
    assert market.money() == "captured 15.40, authorised 0.00, refunded 0.00"


def test_without_the_way_back_nothing_is_bought(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    code = market.accept(both(market, ("bus:H", "sea:I", "10:00"), ("sea:I", "bus:H", "13:30")))
    market.fault("sea", path="purchase-offers", kind="delay", delay_s=0)
    market.fault("sea", path="purchase-offers", kind="sold_out")
    assert market.work(code) == "FAILED (sold_out) charged 0.00: bus RELEASED, sea RELEASED, sea RELEASED"
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"


def test_a_day_ticket_is_bought_once(market: Market) -> None:
    market.publish(bus=DAY)
    market.sells("bus")
    offer = both(market, ("bus:H", "bus:Q", "10:00"), ("bus:Q", "bus:H", "15:00"))
    assert lines.offer(offer) == "8.00 EUR: Bus Ltd 8.00 (day)"


def test_nobody_leaves_before_they_have_arrived(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    refused = both(market, ("bus:Q", "bus:H", "15:00"), ("bus:H", "bus:Q", "10:00"), status=409)
    assert (refused["code"], refused["alternative"]) == ("back_too_early", "later")


def test_the_way_back_is_added_on_the_pages(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    browser = Browser()
    market.client = browser.client
    browser.go("/journeys?from_at=60.15,24.9~bus:H~Satama&to_at=60.19,24.95~bus:Q~Laituri&when=leave"
               "&date=2026-11-24&time=10:00")  # fmt: skip
    browser.click("10:06 – 10:20")
    assert "Choose the way back now." in browser.click("Add the way back")
    assert "Laituri →" in browser.press("Show journeys", time="15:00")
    browser.click("15:06 – 15:20")
    page = browser.press("Book both ways and pay")
    assert "Way back: Laituri" in page
    assert "€7.00" in page
    browser.press("Pay €7.00", email="rider@example.org")
    code = browser.page.address.split("/")[-2]
    market.pay(code)
    market.work(code)
    page = browser.go(f"/orders/{code}")
    assert page.count("Bus 1") >= 2
    assert "Way back: Laituri" in page
