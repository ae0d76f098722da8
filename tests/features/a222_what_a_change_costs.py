"""Fares v2: rides that count as one, changes that cost something or take something off, and tickets for both rides."""

from tests.features.town import Town

METRO = """
station X 60.14 24.90 Crossing
stop X1 60.1401 24.90 Crossing parent=X
stop X2 60.1402 24.90 Crossing parent=X
stop A 60.10 24.90 Arch
stop C 60.18 24.90 Castle
line M1 metro A 8:00 X1 8:10
line M2 metro X2 8:20 C 8:40

[networks.txt]
network_id
metro

[route_networks.txt]
network_id,route_id
metro,M1
metro,M2

[areas.txt]
area_id
a
c

[stop_areas.txt]
area_id,stop_id
a,A
c,C

[fare_products.txt]
fare_product_id,amount,currency
short,2.00,EUR
long,3.50,EUR

[fare_leg_rules.txt]
network_id,from_area_id,to_area_id,fare_product_id,rule_priority
metro,,,short,0
metro,a,c,long,1

[fare_leg_join_rules.txt]
from_network_id,to_network_id
metro,metro
"""
MIXED = """
stop A 60.10 25.90 Arch
stop B 60.14 25.90 Bridge
stop C 60.18 25.90 Castle
stop D 60.22 25.90 Dale
stop E 60.26 25.90 Elm
line R rail A 8:00 B 8:20
line 1 bus B 8:30 C 9:00
line 2 bus C 9:10 D 9:30
line 3 bus D 9:40 E 10:00
line F ferry B 12:10 C 12:40
line 4 bus A 11:40 B 12:00

[networks.txt]
network_id
train
buses
boats

[route_networks.txt]
network_id,route_id
train,R
buses,1
buses,2
buses,3
buses,4
boats,F

[fare_products.txt]
fare_product_id,fare_product_name,amount,currency
r,Train,4.00,EUR
b,Bus,2.50,EUR
f,Boat,6.00,EUR
off,Off,-1.00,EUR
two,Two buses,3.00,EUR
more,More,0.50,EUR

[fare_leg_rules.txt]
leg_group_id,network_id,fare_product_id
r,train,r
b,buses,b
f,boats,f

[fare_transfer_rules.txt]
from_leg_group_id,to_leg_group_id,transfer_count,fare_transfer_type,fare_product_id
r,b,,1,off
b,b,1,2,two
b,f,,0,more
"""


def test_what_a_change_costs(town: Town) -> None:
    town.publish(metro=METRO, mixed=MIXED)
    # From platform to platform of one station the metro counts as one ride, priced from end to end.
    assert town.fares("metro:A", "metro:C", "07:50") == ["adult 3.50 = joined 3.50 [0, 2]"]
    assert town.fares("metro:A", "metro:X", "07:50") == ["adult 2.00 = ticket 2.00 [0]"]
    # A + AB + B
    assert town.fares("mixed:A", "mixed:C", "07:50") == [
        "adult 5.50 = ticket 4.00 [0] + ticket 2.50 [1] + change_discount -1.00 [1]"
    ]
    # A + AB
    assert town.fares("mixed:A", "mixed:C", "11:30") == ["adult 3.00 = ticket 2.50 [0] + change_costs 0.50 [1]"]
    # AB for two buses, which holds once: the third is a ticket of its own.
    assert town.fares("mixed:B", "mixed:D", "08:25") == ["adult 3.00 = through 3.00 [0, 1]"]
    assert town.fares("mixed:B", "mixed:E", "08:25") == [
        "adult 3.00 = through 3.00 [0, 1]",
        "adult 2.50 = ticket 2.50 [2]",
    ]
