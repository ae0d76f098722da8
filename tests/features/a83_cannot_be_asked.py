"""An operator that cannot be asked what became of a purchase (capability D) is asked once, last, or sold alone."""

import pytest

from bookings.models import Case, Effect
from tests.features import lines
from tests.features.market import Market
from transit.models import Interface, Service

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 Harbour
stop Q 60.1900 24.9500 Quay
line 1 bus H 10:06 Q 10:20
line 2 bus Q 11:40 H 11:54

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,3600
"""
SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:00
line F ferry I 11:05 F 11:30

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


@pytest.fixture
def town(market: Market) -> Market:
    """A bus that we sell, and a ferry that answers once and knows nothing afterwards."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    Interface.objects.filter(operator__code="sea").update(capability="D")
    return market


def test_last_and_refundable_it_is_sold_with_others(town: Market) -> None:
    code = town.accept(town.ask("bus:H", "sea:I", "10:00"))
    town.pay(code)
    assert town.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"


def test_first_or_without_a_way_back_it_is_refused_with_the_reason(town: Market) -> None:
    refused = town.ask("sea:I", "bus:H", "11:00", status=409)
    assert (refused["code"], refused["alternative"]) == ("cannot_be_combined", "other_way")
    Service.objects.filter(agency_id="sea:ag").update(refund_fee_basis_points=10_000)
    assert town.ask("bus:H", "sea:I", "10:00", status=409)["code"] == "cannot_be_combined"
    assert lines.offer(town.ask("sea:F", "sea:I", "10:30")) == "4.20 EUR: Sea Ltd 4.20 (crossing)"


def test_a_lost_hold_is_never_repeated_and_people_look_at_it(town: Market) -> None:
    code = town.accept(town.ask("bus:H", "sea:I", "10:00"))
    town.fault("sea", path="purchase-offers", kind="lost")
    assert town.work(code).startswith("MANUAL (cannot_be_found_out) charged 0.00: bus RELEASED")
    assert Effect.objects.get(kind="HOLD", booking_seq=2).attempts == 1
    assert Case.objects.get().kind == "cannot_be_found_out"
    assert town.money() == "captured 0.00, authorised 0.00, refunded 0.00"


def test_a_lost_purchase_keeps_the_money_where_it_is_until_people_know(town: Market) -> None:
    code = town.accept(town.ask("bus:H", "sea:I", "10:00"))
    town.pay(code)
    town.fault("sea", path="confirm-purchase", kind="lost")
    assert town.work(code).startswith("MANUAL charged 0.00: bus CONFIRMED, sea HELD")
    assert Effect.objects.get(kind="CONFIRM", booking_seq=2).attempts == 1
    assert Case.objects.get().kind == "cannot_be_found_out"
    assert town.money() == "captured 0.00, authorised 7.70, refunded 0.00"
