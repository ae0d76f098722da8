"""A robot shuttle and an air taxi join the town by their feeds alone: no line of the search knows them."""

from pathlib import Path

from tests.features.town import Town

ROUTING = Path(__file__).parents[2] / "transit" / "routing"
FUTURE = """
stop H 60.1000 24.9000 Harbour
stop A 60.1005 24.9003 Airport pad
stop I 60.3000 25.3000 Island pad
line B bus H 8:00 A 8:01

[agency.txt]
agency_id,agency_name,agency_url,agency_timezone,agency_lang,agency_phone
ag,Tomorrow Ltd,https://agency.example,Europe/Helsinki,fi,+358 1 23

[routes.txt]
route_id,agency_id,route_short_name,route_type
B,ag,B,3
robot,ag,Robot Shuttle,1501
air,ag,Air Taxi,1100

[trips.txt]
route_id,service_id,trip_id,safe_duration_factor,safe_duration_offset
B,daily,B-0,,
robot,daily,robot,1,0
air,daily,air,0.2,600

[location_groups.txt]
location_group_id,location_group_name
pads,Pads

[location_group_stops.txt]
location_group_id,stop_id
pads,A
pads,I

[locations.geojson]
{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "campus", "geometry":
{"type": "Polygon", "coordinates": [[[24.89, 60.09], [24.93, 60.09], [24.93, 60.11], [24.89, 60.11]]]}}]}

[stop_times.txt]
trip_id,arrival_time,departure_time,stop_id,location_id,location_group_id,stop_sequence,pickup_type,drop_off_type,start_pickup_drop_off_window,end_pickup_drop_off_window
B-0,8:00:00,8:00:00,H,,,1,0,0,,
B-0,8:01:00,8:01:00,A,,,2,0,0,,
robot,,,,campus,,1,2,1,00:00:00,24:00:00
robot,,,,campus,,2,1,2,00:00:00,24:00:00
air,,,,,pads,1,2,1,07:00:00,20:00:00
air,,,,,pads,2,1,2,07:00:00,20:00:00
"""


def test_by_their_feeds_alone(town: Town) -> None:
    town.publish(future=FUTURE)
    (robot,) = town.plan("60.092,24.892", "60.108,24.928", "10:00", modes="taxi,bus")
    (leg,) = robot["legs"]
    assert (leg["mode"], leg["service"]["line"], leg["ordering"]["phone"]) == ("taxi", "Robot Shuttle", "+358 1 23")
    assert leg["ordering"]["order_until_at"] is None, "whenever one likes"
    flown = town.journeys("future:H", "60.3003,25.3003", "10:00", modes="air")
    assert flown == ["10:00 walk 1' > 10:01 Air Air Taxi Airport pad–Island pad 10:27 > walk 1' 10:28"]
    assert town.plan("60.092,24.892", "60.108,24.928", "10:00", modes="bus") == []
    page = town.client.get("/journey", {"token": robot["token"]}).content.decode()
    assert "Order when you want to ride" in page
    named = [path.name for path in ROUTING.rglob("*.py") if "robot" in path.read_text().lower()]
    assert named == []
