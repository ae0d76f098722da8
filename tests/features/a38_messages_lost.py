"""The payment provider's messages come late, twice, or never: the ticket comes all the same, once."""

from typing import Any

import httpx
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


@pytest.mark.parametrize("messages", [{"paused": True}, {"duplicate": True}, {"reorder": True}])
def test_the_payment_is_found(market: Market, messages: dict[str, Any]) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    httpx.post(f"{market.stripe}/_twin/webhooks", json=messages, trust_env=False).raise_for_status()
    code = market.buy("bus:H", "bus:Q", "10:00")
    done = "COMPLETED charged 3.50: bus CONFIRMED; tickets ISSUED"
    assert market.work(code) == done
    httpx.post(f"{market.stripe}/_twin/webhooks", json={"paused": False, "flush": True}, trust_env=False)
    assert market.work(code) == done
    assert market.money() == "captured 3.50, authorised 0.00, refunded 0.00"
