"""Fares v2 with faults: what cannot hold is left out with a notice, and nothing is sold too cheap for it."""

from __future__ import annotations

from pathlib import Path

from tests.feeds import write_feed
from transit.feeds.gtfs import read_gtfs
from transit.feeds.notices import Notices
from transit.routing.fare_rows import (
    Category,
    JoinRule,
    LegRule,
    Medium,
    Product,
    RouteNetwork,
    StopArea,
    Timeframe,
    TransferRule,
)

FEED = """
station S 60.10 24.90 Station
stop A 60.10 24.90 Ash parent=S
stop B 60.14 24.90 Birch
line 1 bus A 8:00 B 8:20

[rider_categories.txt]
rider_category_id,rider_category_name,is_default_fare_category,eligibility_url
adult,Adult,1,javascript:alert(1)
adult,Again,0,
,Nobody,0,

[fare_media.txt]
fare_media_id,fare_media_name,fare_media_type
card,Card,2
stone,Stone,9

[fare_products.txt]
fare_product_id,rider_category_id,fare_media_id,amount,currency
one,adult,card,2.50,EUR
one,adult,card,3.50,EUR
one,ghost,card,2.50,EUR
one,adult,stone,2.50,EUR
off,,,-0.50,eur
bad,,,much,EUR
bad,,,1.00,€

[areas.txt]
area_id
near

[stop_areas.txt]
area_id,stop_id
near,S
near,ghost
ghost,A

[networks.txt]
network_id
city

[route_networks.txt]
network_id,route_id
city,1
city,1
city,9
ghost,1

[timeframes.txt]
timeframe_group_id,start_time,end_time,service_id
day,08:00:00,20:00:00,daily
day,19:00:00,24:00:00,daily
odd,08:00:00,,daily
odd,8 o'clock,09:00:00,daily
odd,22:00:00,26:00:00,daily
odd,22:00:00,06:00:00,daily
odd,06:00:00,22:00:00,ghost

[fare_leg_rules.txt]
leg_group_id,network_id,from_area_id,to_timeframe_group_id,fare_product_id,rule_priority
ride,city,near,day,one,1
ride,city,near,day,one,2
lost,city,,,ghost,9
ride,ghost,,,one,
ride,,ghost,,one,
ride,,,odd,one,
ride,,,,one,first
ride,,,,one,-1

[fare_leg_join_rules.txt]
from_network_id,to_network_id,from_stop_id,to_stop_id
city,city,S,B
city,,,
city,city,S,
city,city,ghost,B

[fare_transfer_rules.txt]
from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,fare_transfer_type,fare_product_id
ride,ride,,600,,0,off
ride,lost,2,,1,1,
ride,ride,0,,,0,
ride,ride,-1,0,,0,
ride,ride,-1,600,7,0,
ride,ride,-1,600,1,5,
ride,ghost,,,,0,
ride,ride,-1,600,1,0,ghost
"""


SAID = """
fare_leg_join_rules from_stop_id E foreign_key_violation 5
fare_leg_join_rules to_network_id E missing_required_field 3
fare_leg_join_rules to_stop_id E missing_required_field 4
fare_leg_rules fare_product_id E duplicate_key 3
fare_leg_rules fare_product_id E foreign_key_violation 4
fare_leg_rules from_area_id E foreign_key_violation 6
fare_leg_rules network_id E foreign_key_violation 5
fare_leg_rules to_timeframe_group_id E foreign_key_violation 7
fare_leg_rules rule_priority E invalid_integer 8
fare_leg_rules rule_priority E number_out_of_range 9
fare_media fare_media_type E unexpected_enum_value 3
fare_products fare_product_id E duplicate_key 3
fare_products fare_media_id E foreign_key_violation 5
fare_products rider_category_id E foreign_key_violation 4
fare_products currency E invalid_currency 8
fare_products amount E number_out_of_range 7
fare_transfer_rules transfer_count E fare_transfer_rule_invalid_transfer_count 4
fare_transfer_rules fare_product_id E foreign_key_violation 9
fare_transfer_rules to_leg_group_id E foreign_key_violation 8
fare_transfer_rules duration_limit E number_out_of_range 5
fare_transfer_rules duration_limit_type E unexpected_enum_value 6
fare_transfer_rules fare_transfer_type E unexpected_enum_value 7
rider_categories rider_category_id E duplicate_key 3
rider_categories rider_category_id E missing_required_field 4
route_networks route_id E duplicate_key 3
route_networks network_id E foreign_key_violation 5
route_networks route_id E foreign_key_violation 4
stop_areas area_id E foreign_key_violation 4
stop_areas stop_id E foreign_key_violation 3
timeframes service_id E foreign_key_violation 8
timeframes start_time E invalid_time 5
timeframes end_time E start_and_end_range_out_of_order 7
timeframes start_time E timeframe_only_start_or_end_time_specified 4
timeframes end_time E timeframe_start_or_end_time_greater_than_twenty_four_hours 6
fare_transfer_rules duration_limit_type W fare_transfer_rule_duration_limit_type_without_duration_limit 3
fare_transfer_rules duration_limit W fare_transfer_rule_duration_limit_without_type 2
fare_transfer_rules transfer_count W fare_transfer_rule_missing_transfer_count 2
fare_transfer_rules transfer_count W fare_transfer_rule_with_forbidden_transfer_count 3
rider_categories eligibility_url W invalid_url 2
timeframes start_time W timeframe_overlap 3
"""
"""Table, field, severity, code and first line."""


def test_what_cannot_hold_is_left_out_and_said(tmp_path: Path) -> None:
    notices = Notices()
    tariff = read_gtfs(write_feed(tmp_path / "f.zip", FEED), notices).tariff
    said = [
        f"{row.file.removesuffix('.txt')} {row.field} {row.severity[0]} {row.code} {row.line}"
        for row in notices.list()
        if f"[{row.file}]" in FEED
    ]
    assert said == SAID.strip().splitlines()
    assert tariff.categories == (Category("adult", "Adult", "", True),)
    assert tariff.media == (Medium("card", "Card", 2),)
    assert tariff.products == (
        Product("one", "", "adult", "card", 250, "EUR"),
        Product("off", "", "", "", -50, "EUR"),
    )
    # A rule for a product that is not there stays, without it, so that no other takes its place.
    assert tariff.leg_rules == (
        LegRule("ride", "city", "near", "", "", "day", "one", 1),
        LegRule("lost", "city", "", "", "", "", "", 9),
    )
    assert tariff.has_priorities
    assert tariff.join_rules == (JoinRule("city", "city", "S", "B"),)
    # Without a number of times once, without a kind of limit the strictest.
    assert tariff.transfer_rules == (
        TransferRule("ride", "ride", 1, 600, 0, 0, "off"),
        TransferRule("ride", "lost", 0, 0, 0, 1, ""),
    )
    assert tariff.timeframes == (Timeframe("day", 28800, 72000, "daily"), Timeframe("day", 68400, 86400, "daily"))
    assert len(tariff.service_days) == 730
    assert tariff.stop_areas == (StopArea("S", "near"), StopArea("A", "near"))
    assert tariff.route_networks == (RouteNetwork("1", "city"),)


def test_a_real_feed_of_zones_on_demand(shared_data: Path) -> None:
    tariff = read_gtfs(shared_data / "flex" / "oba_sandy-flex-fares-v2.zip", Notices()).tariff
    counts = len(tariff.products), len(tariff.leg_rules), len(tariff.route_networks), len(tariff.stop_areas)
    assert counts == (3, 4, 7, 4)
    assert tariff.has_priorities
    # The rules are for two networks, one of which has a free product of higher priority.
    assert [rule.priority for rule in tariff.leg_rules] == [1, 2, 3, 0]
