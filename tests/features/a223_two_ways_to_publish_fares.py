"""A journey over three kinds of fares: v2 of a network, v1 of the other lines of that feed, v1 of another feed."""

from tests.features import lines
from tests.features.market import Market
from tests.features.town import Town

CITY = """
stop H 60.10 24.90 Harbour
stop M 60.14 24.90 Market
stop V 60.18 24.90 Village
stop W 60.22 24.90 Wood
line 1 bus H 8:00 M 8:20
line 2 bus M 8:30 V 9:00
line 9 bus V 9:10 W 9:30

[networks.txt]
network_id
city

[route_networks.txt]
network_id,route_id
city,1
city,2

[fare_products.txt]
fare_product_id,fare_product_name,amount,currency
single,Single,3.00,EUR
change,Change,0.50,EUR

[fare_leg_rules.txt]
leg_group_id,network_id,fare_product_id
ride,city,single

[fare_transfer_rules.txt]
from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,fare_transfer_type,fare_product_id
ride,ride,-1,3600,1,0,change

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
old,9.00,EUR,0,0
"""
SEA = """
stop F 60.2201 24.9001 Ferry Pier
stop I 60.25 24.95 Island
line F ferry F 10:00 I 10:30

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


def test_every_ride_by_the_fares_that_speak_of_it(town: Town) -> None:
    town.publish(city=CITY, sea=SEA)
    (found,) = town.plan("city:H", "sea:I", "07:50")
    assert [(lines.fare(row), row["standard"]) for row in found["fares"]] == [
        ("adult 3.50 = ticket 3.00 [0] + change_costs 0.50 [1]", "gtfs_fares_v2"),
        ("adult 9.00 = ticket 9.00 [2]", "gtfs_fares_v1"),
        ("adult 4.20 = ticket 4.20 [4]", "gtfs_fares_v1"),
    ]
    assert found["unpriced_legs"] == []


def test_what_a_change_adds_is_sold_as_one_ticket(market: Market) -> None:
    market.publish(city=CITY, sea=SEA)
    market.sells("city")
    offer = market.ask("city:H", "city:V", "07:50")
    assert lines.offer(offer) == "3.50 EUR: City Ltd 3.50 (Single + Change)"
    code = market.accept(offer)
    market.pay(code)
    assert market.work(code) == "COMPLETED charged 3.50: city CONFIRMED; tickets ISSUED"
    (booking,) = market.order(code)["bookings"]
    assert [ticket["legs"] for ticket in booking["tickets"]] == [[0, 1]]
