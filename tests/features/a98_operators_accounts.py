"""Operators with an account at the payment provider get their share at once, and give back their part of a refund."""

import httpx
import pytest

from bookings.ledger.posting import balance
from tests.features.coast import BUS, SEA
from tests.features.market import Market

pytestmark = pytest.mark.db


def test_each_share_goes_its_own_way(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells("sea")
    market.connect("bus")
    code = market.buy("bus:H", "sea:I", "10:00")
    market.settle(until=lambda: bool(transfers(market)))
    assert transfers(market) == ["acct_bus 3.50, back 0.00"]
    assert balance("operator_payable:bus", "EUR").minor == 0
    assert balance("operator_payable:sea", "EUR").minor == -420
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 35, "currency": "EUR"}}, 202)
    assert market.work(code) == "CANCELLED charged 0.35: bus CANCELLED, sea CANCELLED; tickets VOID, VOID"
    assert transfers(market) == ["acct_bus 3.50, back 3.15"]
    assert balance("psp_clearing", "EUR").minor == market_balance(market) == 0, "the fee is with the operator"


def transfers(market: Market) -> list[str]:
    state = httpx.get(f"{market.stripe}/_twin/state", trust_env=False).json()
    return [
        f"{each['destination']} {each['amount'] / 100:.2f}, back {each['amount_reversed'] / 100:.2f}"
        for each in state["transfer"]
    ]


def market_balance(market: Market) -> int:
    state = httpx.get(f"{market.stripe}/_twin/state", trust_env=False).json()
    return int(state["balance"]["eur"])
