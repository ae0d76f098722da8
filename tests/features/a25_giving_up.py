"""Before it is paid, a resident can say: rather not. Everything is let go."""

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


def test_before_paying(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    code = market.accept(market.ask("bus:H", "sea:I", "10:00"))
    market.work(code, until="NEEDS_ACTION")
    page = market.order(code)["status"]["action_url"]
    assert market.post(f"orders/{code}/cancellation", {}, 202)["status"]["state"] == "UNWINDING"
    assert market.work(code) == "FAILED (given_up) charged 0.00: bus RELEASED, sea RELEASED"
    assert market.packages("sea") == ["ROLLBACK"]
    assert market.use(page, "works") == "410"
    assert market.money() == "captured 0.00, authorised 0.00, refunded 0.00"


def test_on_the_page(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    code = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    market.work(code, until="NEEDS_ACTION")
    answer = market.client.post(f"/orders/{code}/give-up", follow=True)
    assert "You chose not to book." in answer.content.decode()
    assert market.work(code) == "FAILED (given_up) charged 0.00: bus RELEASED"
