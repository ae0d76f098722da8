"""A bus with a timetable that goes aside on request: its passengers are set down, or picked up, where no stop is."""

from pathlib import Path
from typing import Any

import time_machine

from tests.features.town import Town
from tests.feeds import NOW
from transit.feeds.imports import import_feed
from transit.network.publish import publish_network

VALLEY = """
stop A 60.100 24.900 Alku
stop B 60.200 24.900 Keski
stop C 60.300 24.900 Pää

[routes.txt]
route_id,agency_id,route_short_name,route_type
R,ag,7,3

[trips.txt]
route_id,service_id,trip_id
R,daily,seven

[locations.geojson]
{"type": "FeatureCollection", "features": [
{"type": "Feature", "id": "south", "properties": {}, "geometry":
{"type": "Polygon", "coordinates": [[[24.80, 60.12], [25.00, 60.12], [25.00, 60.18], [24.80, 60.18], [24.80, 60.12]]]}},
{"type": "Feature", "id": "north", "properties": {}, "geometry":
{"type": "Polygon", "coordinates": [[[24.80, 60.22], [25.00, 60.22], [25.00, 60.28], [24.80, 60.28], [24.80, 60.22]]]}}
]}

[booking_rules.txt]
booking_rule_id,booking_type,prior_notice_duration_min,phone_number,message
call,1,30,012,Tell us your address.

[stop_times.txt]
trip_id,arrival_time,departure_time,stop_id,location_id,stop_sequence,pickup_type,drop_off_type,start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_booking_rule_id,drop_off_booking_rule_id
seven,8:00:00,8:00:00,A,,1,0,0,,,,
seven,,,,south,2,2,2,8:00:00,8:20:00,call,call
seven,8:20:00,8:20:00,B,,3,0,0,,,,
seven,,,,north,4,1,2,8:20:00,8:40:00,,call
seven,8:40:00,8:40:00,C,,5,0,0,,,,
"""
SOUTH, NORTH = "60.150,24.850", "60.250,24.950"
ANY = {"modes": "bus"}


def rides(town: Town, origin: str, destination: str, at: str, **wishes: Any) -> list[str]:
    """`08:00 7 08:20` for each ride, with `012` where it must be ordered."""
    found = town.plan(origin, destination, at, **ANY, **wishes)
    return [
        f"{leg['start_at'][11:16]} {leg['service']['line']} {leg['end_at'][11:16]}"
        + (f" {leg['ordering']['phone']}" if leg["ordering"] else "")
        for each in found
        for leg in each["legs"]
        if leg["service"]
    ]


def test_set_down_and_picked_up_where_no_stop_is(town: Town) -> None:
    town.publish(valley=VALLEY)
    assert rides(town, "valley:A", "valley:C", "07:30") == ["08:00 7 08:40"], "its timetable is read as ever"
    assert rides(town, "valley:A", SOUTH, "07:30") == ["08:00 7 08:20 012"]
    assert rides(town, "valley:A", NORTH, "07:30") == ["08:00 7 08:40 012"]
    assert rides(town, SOUTH, "valley:C", "07:30") == ["08:00 7 08:40 012"]
    assert rides(town, SOUTH, NORTH, "07:30") == ["08:00 7 08:40 012"]
    assert rides(town, NORTH, "valley:C", "07:30") == [], "nobody is picked up there"
    assert rides(town, NORTH, SOUTH, "07:30") == [], "it does not go back"
    assert rides(town, SOUTH, "valley:A", "07:30") == []
    (found,) = town.plan("valley:A", NORTH, "07:30", **ANY)
    page = town.client.get("/journey", {"token": found["token"]}).content.decode()
    assert "Tell us your address." in page
    assert found["legs"][0]["ordering"]["order_until_at"][11:16] == "07:30"


def test_one_of_a_real_feed(town: Town, shared_data: Path, monday: time_machine.Traveller) -> None:
    import_feed(str(shared_data / "flex" / "gtfsorg_513499e398.zip"), "hermann", NOW)
    publish_network("test", NOW)
    monday.move_to("2023-12-12T07:00:00-06:00")
    asked: dict[str, Any] = {"from": "hermann:4149549", "time": "2023-12-12T08:00:00-06:00", "window": "0"}
    # From St. Michael's, 8:05, to a door beside the road to Oakwood Estates, 8:11 to 8:19.
    found = town.get("plan", **asked, to="44.29100,-94.43400", max_walk="300")["itineraries"]
    legs = [leg for each in found for leg in each["legs"] if leg["ordering"]]
    assert [(leg["service"]["line"], leg["start_at"][11:16], leg["end_at"][11:16]) for leg in legs] == [
        ("Hermann Express", "08:05", "08:19")
    ]
    assert "deviate 1-2 blocks" in legs[0]["ordering"]["message"]
