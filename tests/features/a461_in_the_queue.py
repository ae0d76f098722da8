"""The money of a subsidy is used up: one pays the full price, waits, and gets one's share when it becomes free."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from bookings import tasks
from bookings.ledger.posting import balance
from tests.features import funded
from tests.features.a106_receipts import receipts
from tests.features.market import Market
from tests.features.printed import text_of

pytestmark = pytest.mark.db
RULE: dict[str, Any] = {"yearly_minor": 175, "at_cap": "queue"}


def queued(market: Market) -> tuple[str, str]:
    """Who has the money, and who waits for it."""
    funded.open_market(market)
    holder = funded.buy(market, **RULE)
    offer = funded.ask(market, **RULE)
    assert offer["due"]["minor"] == 350
    (part,) = offer["parts"]
    (product,) = part["products"]
    assert [(each["payer"], each["price"]["minor"], each["place"]) for each in product["waiting"]] == [
        ("region:coast", 175, 1)
    ]
    page = market.client.get(f"/offers/{offer['code']}").content.decode()
    assert "wait at place 1" in page
    code = market.accept(offer, contact="waits@example.org")
    market.pay(code)
    market.work(code)
    assert "wait at place 1" in market.client.get(f"/orders/{code}").content.decode()
    return holder, code


def test_the_share_comes_back(market: Market) -> None:
    holder, code = queued(market)
    assert market.money() == "captured 5.25, authorised 0.00, refunded 0.00"
    market.client.post(f"/orders/{holder}/cancel", {"fee": "35"})
    market.work(holder)
    market.settle(lambda: market.money().endswith("refunded 3.15"))
    assert market.money() == "captured 5.25, authorised 0.00, refunded 3.15"
    assert balance("region_subsidy:region:coast", "EUR").minor == 175
    assert balance("rider_refund_payable", "EUR").minor == 0
    assert market.order(code)["status"]["state"] == "COMPLETED"
    sale, change = receipts(market, code)
    assert (sale["gross"]["minor"], change["gross"]["minor"]) == (350, 0)
    assert [(each["payer"], each["amount"]["minor"]) for each in change["payers"]] == [
        ("resident", -175),
        ("region:coast", 175),
    ]
    printed = text_of(market.client.get(f"/orders/{code}/receipts.pdf").content)
    assert "Who pays has changed" in printed
    tasks.send_messages()
    subjects = [each.subject for each in mail.outbox]
    assert "A subsidy now pays a part of your ride" in subjects


def test_after_that_it_is_given_back_as_it_is_paid_now(market: Market) -> None:
    holder, code = queued(market)
    market.client.post(f"/orders/{holder}/cancel", {"fee": "35"})
    market.work(holder)
    market.settle(lambda: market.money().endswith("refunded 3.15"))
    quote = market.get(f"orders/{code}/cancellation")
    assert (quote["fee"]["minor"], quote["refund"]["minor"]) == (35, 140)
    market.client.post(f"/orders/{code}/cancel", {"fee": "35"})
    market.work(code)
    assert market.money() == "captured 5.25, authorised 0.00, refunded 4.55"
    assert balance("region_subsidy:region:coast", "EUR").minor == 0
    assert [paper["gross"]["minor"] for paper in receipts(market, code)] == [350, 0, -315]


def test_when_the_bus_has_left_nobody_waits(market: Market) -> None:
    holder, code = queued(market)
    market.clock.shift(3600 * 48)
    tasks.sweep_orders()
    assert market.get(f"orders/{code}")["status"]["charged"]["minor"] == 350
    page = market.client.get(f"/orders/{code}").content.decode()
    assert "wait at place" not in page
    assert market.money() == "captured 5.25, authorised 0.00, refunded 0.00"
    assert holder != code
