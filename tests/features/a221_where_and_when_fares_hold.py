"""Fares v2 by area, network and time of day: what an empty field means, which rule comes first, what is unknown."""

from tests.features.town import Town

ZONES = """
station S 60.10 24.90 Central
stop S1 60.1001 24.90 Central parent=S
stop B 60.14 24.90 Outskirts
stop C 60.18 24.90 Common
stop D 60.22 24.90 Dale
line 1 bus S1 8:59 B 9:20
line 1 bus S1 9:00 B 9:25
line 1 bus S1 25:10 B 25:30
line 1 bus B 12:00 C 12:20
line 1 bus S1 14:00 C 14:20
line 2 bus C 16:00 D 16:20

[calendar.txt]
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
daily,1,1,1,1,1,1,1,20260101,20271231
workdays,1,1,1,1,1,0,0,20260101,20271231
saturdays,0,0,0,0,0,1,0,20260101,20271231

[areas.txt]
area_id,area_name
centre,Centre
outer,Outer zone

[stop_areas.txt]
area_id,stop_id
centre,S
outer,B

[networks.txt]
network_id,network_name
bus,City buses

[route_networks.txt]
network_id,route_id
bus,1

[timeframes.txt]
timeframe_group_id,start_time,end_time,service_id
peak,06:00:00,09:00:00,workdays
calm,09:00:00,24:00:00,workdays
calm,,,saturdays

[fare_products.txt]
fare_product_id,amount,currency
peak,5.00,EUR
calm,3.00,EUR
near,2.00,EUR
other,1.00,EUR

[fare_leg_rules.txt]
network_id,from_area_id,to_area_id,from_timeframe_group_id,fare_product_id
bus,centre,outer,peak,peak
bus,centre,outer,calm,calm
bus,,,,near
,,,,other
"""
PRIORITIES = """
stop H 60.10 25.90 Harbour
stop M 60.14 25.90 Market
stop A 60.18 25.90 Airport
line 7 bus H 8:00 M 8:20 A 8:40

[areas.txt]
area_id
airport

[stop_areas.txt]
area_id,stop_id
airport,A

[fare_products.txt]
fare_product_id,amount,currency
anywhere,3.00,EUR
airport,6.00,EUR

[fare_leg_rules.txt]
to_area_id,fare_product_id,rule_priority
,anywhere,
airport,airport,1
"""


def one(town: Town, *journey: str, **wishes: str) -> str:
    """The price of a ride alone."""
    (fare,) = town.fares(*journey, **wishes)
    return fare.removeprefix("adult ").partition(" =")[0]


def test_areas_networks_timeframes_and_priorities(town: Town) -> None:
    town.publish(zones=ZONES, plain=PRIORITIES)
    # The platform has the area of its station; the end of a timeframe is not in it.
    assert one(town, "zones:S", "zones:B", "08:55") == "5.00"
    assert one(town, "zones:S", "zones:B", "09:00") == "3.00"
    # What runs on Friday's timetable after midnight is on the clock of Saturday; of Sunday nothing is said.
    assert one(town, "zones:S", "zones:B", "01:00", day="2026-11-28") == "3.00"
    assert one(town, "zones:S", "zones:B", "01:00", day="2026-11-29") == "unknown 0"
    # Without priorities an empty field is what no other rule names: so is this network, and so are not these areas.
    assert one(town, "zones:B", "zones:C", "11:50") == "2.00"
    assert one(town, "zones:S", "zones:C", "13:50") == "unknown 0"
    assert one(town, "zones:C", "zones:D", "15:50") == "1.00"
    # With priorities it is anything, and the highest comes first.
    assert one(town, "plain:H", "plain:M", "07:50") == "3.00"
    assert one(town, "plain:H", "plain:A", "07:50") == "6.00"
