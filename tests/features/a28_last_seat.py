"""The last seat on the ferry: whoever holds it first has it, and it is free again when it is let go."""

from dataclasses import replace

import pytest
from django.test import Client

from tests.features.market import Market

pytestmark = pytest.mark.db

SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""
RIDE = ("sea:F", "sea:I", "10:00")


def test_two_want_it(market: Market) -> None:
    market.publish(sea=SEA)
    market.sells("sea", seats_per_departure=1)
    neighbour = replace(market, client=Client())
    mine, theirs = market.ask(*RIDE), neighbour.ask(*RIDE)
    first, second = market.accept(mine), neighbour.accept(theirs)
    assert market.work(first, until="NEEDS_ACTION") == "NEEDS_ACTION charged 0.00: sea HELD"
    assert neighbour.work(second) == "FAILED (sold_out) charged 0.00: sea RELEASED"
    market.client.post(f"/orders/{first}/give-up")
    assert market.work(first).startswith("FAILED (given_up)")
    assert neighbour.work(neighbour.buy(*RIDE)) == "COMPLETED charged 4.20: sea CONFIRMED; tickets ISSUED"
    assert market.work(market.accept(market.ask(*RIDE))).startswith("FAILED (sold_out)")


def test_two_people_and_one_seat(market: Market) -> None:
    market.publish(sea=SEA)
    market.sells("sea", seats_per_departure=1)
    code = market.accept(market.ask(*RIDE, "adult", "child"))
    assert market.work(code) == "FAILED (sold_out) charged 0.00: sea RELEASED"
