"""A refund that the bank sends back days later: it is owed again, a person sees it, and nobody is paid twice."""

import pytest

from bookings.ledger.posting import balance
from bookings.models import Case
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db


def test_owed_again_and_never_sent_twice(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    code = market.buy("bus:H", "bus:Q", "10:00", card="pm_card_refundFail")
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 0, "currency": "EUR"}}, 202)
    assert market.work(code) == "CANCELLED charged 0.00: bus CANCELLED; tickets VOID"
    market.clock.shift(2 * 24 * 3600)
    market.settle(until=lambda: Case.objects.exists())
    assert Case.objects.get().kind == "refund_failed"
    assert balance("rider_refund_payable", "EUR").minor == -350
    assert market.work(code) == "CANCELLED charged 3.50: bus CANCELLED; tickets VOID", "the money is with us"
    assert market.money() == "captured 3.50, authorised 0.00, refunded 3.50", "asked for once"
