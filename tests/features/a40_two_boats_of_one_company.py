"""A company that sells itself runs both boats of a journey: it is asked for the whole way, then for each boat."""

import pytest

from tests.features import lines
from tests.features.market import Market

pytestmark = pytest.mark.db

SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
stop O 60.0500 25.0500 Outer Skerry
line F ferry F 10:40 I 11:10
line S ferry I 11:20 O 11:50

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


def test_one_ticket_for_each_boat(market: Market) -> None:
    market.publish(sea=SEA)
    market.sells_itself("sea", SEA)
    offer = market.ask("sea:F", "sea:O", "10:00", "adult", "senior")
    assert lines.offer(offer) == ("16.80 EUR: Sea Ltd 8.40 (crossing + crossing), Sea Ltd 8.40 (crossing + crossing)")
    code = market.accept(offer)
    market.pay(code)
    assert market.work(code) == (
        "COMPLETED charged 16.80: sea CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED, ISSUED, ISSUED"
    )
    assert market.packages("sea") == ["CONFIRMED", "CONFIRMED"]


def test_the_second_boat_is_full(market: Market) -> None:
    market.publish(sea=SEA)
    market.sells_itself("sea", SEA)
    code = market.accept(market.ask("sea:F", "sea:O", "10:00"))
    market.fault("sea", path="purchase-offers", kind="delay", delay_s=0)
    market.fault("sea", path="purchase-offers", kind="sold_out")
    assert market.work(code) == "FAILED (sold_out) charged 0.00: sea RELEASED, sea RELEASED"
    assert market.packages("sea") == ["ROLLBACK"]
