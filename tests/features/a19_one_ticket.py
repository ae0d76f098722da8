"""Two buses within ninety minutes are one ticket; what is ridden later needs another one."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

BUSES = """
stop H 60.10 24.90 Harbour
stop M 60.14 24.90 Market
stop V 60.18 24.90 Village
line 1 bus H 8:00 M 8:20
line 2 bus M 8:30 V 9:00
line 3 bus H 10:00 M 10:20
line 4 bus M 11:50 V 12:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,5400
"""


def fares(town: Town, at: str, travellers: str = "adult:1") -> list[tuple[float, list[int]]]:
    """Price and legs of every ticket of the first journey."""
    (found,) = town.plan("buses:H", "buses:V", at, travellers=travellers)
    assert found["unpriced_legs"] == []
    return [(fare["price"]["minor"] / 100, fare["legs"]) for fare in found["fares"]]


def test_a_change_on_the_same_ticket(town: Town) -> None:
    town.publish(buses=BUSES)
    assert fares(town, "07:50") == [(3.5, [0, 1])]


def test_too_late_for_the_same_ticket(town: Town) -> None:
    town.publish(buses=BUSES)
    assert fares(town, "09:50") == [(3.5, [0]), (3.5, [1])]


def test_everybody_needs_one(town: Town) -> None:
    town.publish(buses=BUSES)
    assert fares(town, "07:50", "adult:2,child:1") == [(3.5, [0, 1])] * 3
