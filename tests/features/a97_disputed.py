"""A bank takes a payment back: nothing of it is settled with the operator until it is decided."""

import httpx
import pytest

from bookings.ledger.posting import balance
from bookings.models import Case, Dispute, Payment
from tests.features.coast import BUS
from tests.features.market import Market

pytestmark = pytest.mark.db


def test_frozen_until_it_is_decided(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    code = market.buy("bus:H", "bus:Q", "10:00")
    dispute = lever(market, payment_intent=Payment.objects.get().provider_ref or "")
    market.settle(until=lambda: Dispute.objects.exists())
    assert Case.objects.get().kind == "dispute"
    assert balance("operator_withheld:bus", "EUR").minor == -350
    assert balance("operator_payable:bus", "EUR").minor == 0
    assert market.work(code) == "COMPLETED charged 3.50: bus CONFIRMED; tickets ISSUED"
    lever(market, id=dispute, outcome="won")
    market.settle(until=lambda: Dispute.objects.filter(state="WON").exists())
    assert balance("operator_payable:bus", "EUR").minor == -350
    assert balance("disputed", "EUR").minor == 0
    assert balance("psp_clearing", "EUR").minor == 350 - 1500, "the bank's fee is our loss"


def lever(market: Market, **fields: str) -> str:
    answer = httpx.post(f"{market.stripe}/_twin/disputes", json=fields, trust_env=False)
    return str(answer.raise_for_status().json()["id"])
