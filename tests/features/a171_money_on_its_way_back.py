"""Money that goes back is told once: how much, and how long it takes; also when the bank does not take it."""

import json

import pytest
from django.core import mail

from bookings.models import Outbox
from bookings.tasks import send_messages
from tests.features.a92_cash_to_the_driver import staff
from tests.features.a120_partners_hear_of_it import Partner, partner, subscribe
from tests.features.coast import BUS
from tests.features.market import Market

__all__ = ["partner"]
pytestmark = pytest.mark.db
BANK = "Depending on your bank, it takes up to 10 days until you see it on your account."


def bought(market: Market, card: str = "works", **more: str) -> str:
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"), contact="rider@example.org", **more)
    if not more:
        market.pay(code, card)
    market.work(code)
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 0, "currency": "EUR"}}, 202)
    return code


def told() -> list[str]:
    """The subjects of what was sent since the booking, each with its line about the money."""
    send_messages()
    return [
        message.subject + "".join(f" / {line}" for line in message.body.splitlines() if "ank" in line or "Paid" in line)
        for message in mail.outbox
        if message.subject != "Your journey is booked"
    ]


def test_told_with_the_cancellation_and_to_partners(market: Market, partner: Partner) -> None:
    subscribe(market, staff("operator_staff", "bus"))
    market.work(bought(market))
    assert told() == [f"This booking was cancelled / Paid back: €3.50. {BANK}"]
    said = [json.loads(body)["type"] for _, body in partner.came]
    assert sorted(said) == ["order.cancelled", "order.refunded", "order.secured"]


def test_on_its_way_for_an_hour(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    code = bought(market, "pm_card_pendingRefund")
    market.settle(until=lambda: Outbox.objects.filter(topic="order.refund_pending").exists())
    for _ in range(2):
        assert told() == [f"€3.50 is on its way back to you / {BANK}"]
    market.clock.shift(3700)
    market.work(code)
    assert told()[1:] == [f"This booking was cancelled / Paid back: €3.50. {BANK}"]


def test_the_bank_does_not_take_it(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    market.work(bought(market, "pm_card_refundFail"))
    told()
    market.clock.shift(2 * 24 * 3600)
    market.settle(until=lambda: Outbox.objects.filter(topic="order.refund_failed").exists())
    line = "Your bank did not take €3.50. Our staff will pay it back in another way. You need not do anything."
    assert told()[1:] == [f"Your money has come back to us / {line}"]
