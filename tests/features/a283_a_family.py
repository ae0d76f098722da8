"""Several people travel together, of several kinds, one of them in a wheelchair: one search, one price, one order."""

import pytest

from tests.features import lines
from tests.features.market import Market
from tests.features.town import TODAY

pytestmark = pytest.mark.db

BUS = """
stop H 60.1500 24.9000 wheelchair=1 Satama
stop Q 60.1900 24.9500 wheelchair=1 Laituri
line 1 bus wheelchair=2 H 10:00 Q 10:14
line 1 bus wheelchair=1 H 10:20 Q 10:34

[rider_categories.txt]
rider_category_id,rider_category_name,is_default_fare_category
adult,Adult,1
child,Child,0
senior,Senior,0

[fare_products.txt]
fare_product_id,fare_product_name,rider_category_id,amount,currency
single,Single,adult,3.00,EUR
single,Single,child,1.50,EUR
single,Single,senior,2.00,EUR

[fare_leg_rules.txt]
fare_product_id
single
"""
EVERYBODY = {"adult": "2", "child": "1", "senior": "1"}


def test_on_the_page(market: Market) -> None:
    """Two adults, a child and a senior who sits in a wheelchair: the first bus takes none."""
    market.publish(bus=BUS)
    market.sells("bus")
    ends = {"from_at": "60.15,24.9~bus:H~Satama", "to_at": "60.19,24.95~bus:Q~Laituri"}
    when = {"when": "leave", "date": TODAY, "time": "09:50"}
    page = market.client.get("/journeys", ends | when | EVERYBODY | {"wheelchair": "1"}).content.decode()
    assert "2 adults, 1 child, 1 senior" in page
    assert "Somebody is in a wheelchair" in page
    assert "€9.50" in page
    assert ("10:00" in page, "10:20" in page) == (False, True)


def test_bought_for_all(market: Market) -> None:
    market.publish(bus=BUS)
    market.sells("bus")
    wishes = {"travellers": "adult:2,child:1,senior:1", "wheelchair": "true"}
    (found,) = market.plan("bus:H", "bus:Q", "09:50", **wishes)
    asked = [{"key": each["key"], "category": each["category"]} for each in found["travellers"]]
    offer = market.post("offers", {"token": found["token"], "travellers": asked}, 201)
    assert lines.offer(offer) == "9.50 EUR: Bus Ltd 9.50 (Single + Single + Single + Single)"
