"""A bus that we sell and a ferry that one changes to: the smallest town in which two operators share an order."""

from __future__ import annotations

from typing import Any

from tests.features.market import Market

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


def order(market: Market, version: str = "2.0", **habits: Any) -> str:
    """An order for both; the ferry company sells by TOMP and has habits of its own."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA, version=version, **habits)
    return market.accept(market.ask("bus:H", "sea:I", "10:00"))
