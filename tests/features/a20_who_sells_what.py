"""One journey over two operators is two tickets; what needs no ticket here, or is sold elsewhere, is named."""

import pytest

from tests.features import lines
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


def test_two_operators_two_tickets(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells("sea")
    offer = market.ask("bus:H", "sea:I", "10:00")
    assert lines.offer(offer) == "7.70 EUR: Bus Ltd 3.50 (hour), Sea Ltd 4.20 (crossing)"


def test_the_ferry_is_free(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells("sea", "free")
    offer = market.ask("bus:H", "sea:I", "10:00")
    assert lines.offer(offer).startswith("3.50 EUR: Bus Ltd 3.50 (hour); not here: Sea Ltd free")
    page = market.client.get(f"/offers/{offer['code']}").content.decode()
    assert "No ticket needed" in page


def test_the_ferry_sells_at_its_own_place(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells("sea", "elsewhere", sales_url="https://sea.example/buy")
    offer = market.ask("bus:H", "sea:I", "10:00")
    assert lines.offer(offer) == (
        "3.50 EUR: Bus Ltd 3.50 (hour); not here: Sea Ltd elsewhere 4.20 EUR https://sea.example/buy"
    )
    assert "https://sea.example/buy" in market.client.get(f"/offers/{offer['code']}").content.decode()


def test_nothing_is_sold_here(market: Market) -> None:
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", "elsewhere", sales_url="https://bus.example/buy")
    problem = market.ask("bus:H", "sea:I", "10:00", status=409)
    assert problem["title"] == "No part of this journey is sold here."
    assert [lines.unsold(row) for row in problem["unsold"]] == [
        "Bus Ltd elsewhere 3.50 EUR https://bus.example/buy",
        "Agency elsewhere 4.20 EUR https://agency.example",
    ]
