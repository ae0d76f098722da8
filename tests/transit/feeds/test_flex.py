"""Rides on demand: what is read of a feed, and what of a bad one is left out with which notice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.feeds import tables_of, write_zip
from transit.feeds.flex import Flex
from transit.feeds.gtfs import read_gtfs
from transit.feeds.notices import Notices

SQUARE = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]
TABLES = """
stop A 60.10 24.90 Asema
stop B 60.14 24.90 Tori
line 1 bus A 8:00 B 8:10

[routes.txt]
route_id,agency_id,route_short_name,route_type
1,ag,1,3
R,ag,Robo,715

[trips.txt]
route_id,service_id,trip_id,safe_duration_factor,safe_duration_offset
1,daily,1-0,,
R,daily,door,1.5,300
R,daily,hub,-1,

[location_groups.txt]
location_group_id,location_group_name
G,Hubs
none,Nothing

[location_group_stops.txt]
location_group_id,stop_id
G,A
G,X

[booking_rules.txt]
booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_last_day,prior_notice_last_time,phone_number,info_url
hour,1,60,,,012,javascript:alert
eve,2,,1,16:30:00,,
void,2,,1,,,

[stop_times.txt]
trip_id,arrival_time,departure_time,stop_id,location_id,location_group_id,stop_sequence,pickup_type,drop_off_type,start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_booking_rule_id,drop_off_booking_rule_id
1-0,8:00:00,8:00:00,A,,,1,0,0,,,,
1-0,8:10:00,8:10:00,B,,,2,0,0,,,,
door,,,,zone,,2,1,2,06:00:00,25:00:00,,eve
door,,,,zone,,1,2,1,06:00:00,25:00:00,hour,
hub,,,,,G,1,2,1,10:00:00,12:00:00,hour,
hub,,,,zone,,2,1,2,10:00:00,12:00:00,,void
hub,,,B,,,3,1,2,10:00:00,12:00:00,,
hub,,,,lost,,4,1,2,10:00:00,12:00:00,,
hub,,,B,zone,,5,1,2,10:00:00,12:00:00,,
hub,,,,zone,,6,1,2,12:00:00,10:00:00,,
ghost,,,A,,,1,2,2,10:00:00,12:00:00,,
"""


def read(folder: Path, zones: str) -> tuple[Flex, set[tuple[str, str]]]:
    notices = Notices()
    tables = {**tables_of(TABLES), "locations.geojson": zones}
    feed = read_gtfs(write_zip(folder / "flex.zip", tables), notices)
    assert [feed.trips.ids, len(feed.events.stop)] == [["1-0"], 2], "the timetable is read as ever"
    return feed.flex, {(each.code, each.field) for each in notices.list() if "safe" not in each.field}


def feature(key: object, kind: str, coordinates: object) -> dict[str, object]:
    return {"id": key, "type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}}


def test_a_feed_with_faults(tmp_path: Path) -> None:
    zones = [
        feature("zone", "MultiPolygon", [[SQUARE], [SQUARE[:-1]]]),
        feature("zone", "Polygon", [SQUARE]),
        feature(None, "Polygon", [SQUARE]),
        feature("point", "Point", SQUARE[0]),
        feature("far", "Polygon", [[[200, 0], [201, 0], [201, 1]]]),
        "no feature",
    ]
    flex, said = read(tmp_path, json.dumps({"type": "FeatureCollection", "features": zones}))
    door, hub = flex.rides
    assert (door.trip_id, door.origin, door.destination, door.pickup) == ("door", 0, 0, (21600, 90000))
    assert (door.safe_factor, door.safe_offset_s) == (1.5, 300)
    assert [flex.rules[i].rule_id for i in door.rules] == ["hour", "eve"]
    assert (flex.areas[hub.origin].stops, flex.areas[hub.destination].stops, hub.safe_factor) == ((0,), (1,), None)
    assert [len(ring) for ring in flex.areas[0].rings] == [5, 5], "an open ring is closed"
    hour, eve = flex.rules
    assert (hour.notice_min_s, hour.phone, hour.info_url, eve.last_day, eve.last_time_s) == (3600, "012", "", 1, 59400)
    assert said == {
        ("missing_required_element", "id"),
        ("duplicate_geo_json_key", "id"),
        ("invalid_geometry", "geometry"),
        ("invalid_url", "info_url"),
        ("location_group_without_stops", "location_group_id"),
        ("foreign_key_violation", "stop_id"),
        ("missing_prior_notice_last_time", "prior_notice_last_time"),
        ("foreign_key_violation", "pickup_booking_rule_id"),
        ("foreign_key_violation", "location_id"),
        ("forbidden_geography_id", "location_id"),
        ("invalid_pickup_drop_off_window", "start_pickup_drop_off_window"),
        ("foreign_key_violation", "trip_id"),
    }


@pytest.mark.parametrize("zones", ["{", "[]", '{"features": 3}', "[" * 5000])
def test_no_zones(tmp_path: Path, zones: str) -> None:
    flex, said = read(tmp_path, zones)
    assert [ride.trip_id for ride in flex.rides] == ["hub"]
    assert ("malformed_json", "") in said
