"""A ticket is given back: the fee is shown first, and nobody pays another one."""

import pytest

from tests.features.market import Market

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 Harbour
stop Q 60.1900 24.9500 Quay
line 1 bus H 10:06 Q 10:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""
SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


@pytest.fixture
def code(market: Market) -> str:
    """Bus (10 % fee) and ferry (free until half an hour before, then half), both bought."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells_itself("sea", SEA)
    return market.buy("bus:H", "sea:I", "10:00")


def quote(market: Market, code: str) -> str:
    found = market.get(f"orders/{code}/cancellation")
    return f"fee {found['fee']['minor'] / 100:.2f}, back {found['refund']['minor'] / 100:.2f}"


def test_the_fee_is_shown_first(market: Market, code: str) -> None:
    assert quote(market, code) == "fee 0.35, back 7.35"
    page = market.client.get(f"/orders/{code}/cancel").content.decode()
    assert page.index("€7.70") < page.index("€0.35") < page.index("€7.35")
    assert market.order(code)["status"]["state"] == "COMPLETED"
    market.client.post(f"/orders/{code}/cancel", {"fee": "35"})
    assert market.work(code) == "CANCELLED charged 0.35: bus CANCELLED, sea CANCELLED; tickets VOID, VOID"
    assert market.packages("sea") == ["CANCELLED"]
    assert market.money() == "captured 7.70, authorised 0.00, refunded 7.35"


def test_a_fee_that_was_not_shown(market: Market, code: str) -> None:
    market.post(f"orders/{code}/cancellation", {}, 400)
    problem = market.post(f"orders/{code}/cancellation", {"fee": {"minor": 0, "currency": "EUR"}}, 409)
    assert problem["code"] == "fee_changed"
    assert market.order(code)["status"]["state"] == "COMPLETED"
