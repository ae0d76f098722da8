"""A station meets the streets at its entrances only: the way to a platform leads round to the door."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

STREETS = """
street residential 60.1000,24.9000 60.1000,24.9100 60.1000,24.9200 # Quay
street residential 60.1000,24.9200 60.1020,24.9200 60.1020,24.9000 # Hill Road
street residential 60.1020,24.9200 60.1020,24.9320 # East Road
street residential 60.1020,24.9000 60.1000,24.9000 # West Street
"""
METRO = """
station S 60.1001 24.9100 Quayside
stop P 60.1001 24.9100 parent=S platform=1 Quayside
entrance W 60.1020 24.9100 parent=S Hill Road
entrance X 60.1020 24.9320 parent=S East Lift
station T 60.2000 24.9100 North
stop Q 60.2000 24.9100 parent=T platform=1 North
every 10 until 9:00 line M metro P 8:00 Q 8:09
every 10 until 9:00 line M metro Q 8:05 P 8:14

[pathways.txt]
pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time
stairs,W,P,2,1,60
lift,X,P,5,1,120
"""
# Right above the platform, which no door of this side leads to.
HOME = "60.1000,24.9100"


def test_in_by_the_door(town: Town) -> None:
    town.publish(streets=STREETS, metro=METRO)
    (found,) = town.plan(HOME, "metro:Q", "07:00")
    walk = found["legs"][0]
    # 1330 m of streets to the stairs and one minute down; the platform lies 11 m away.
    assert 1300 <= walk["distance_m"] <= 1700
    assert [lat >= 60.102 - 1e-4 for _, lat in walk["polyline"][-2:]] == [True, False]
    assert (walk["step_free"], walk["entrance"]) == ("no", "Hill Road")


def test_without_steps_to_the_lift(town: Town) -> None:
    town.publish(streets=STREETS, metro=METRO)
    (found,) = town.plan(HOME, "metro:Q", "07:00", step_free="true")
    assert (found["legs"][0]["step_free"], found["legs"][0]["entrance"]) == ("yes", "East Lift")
    assert [24.932, 60.102] in [[round(lon, 4), round(lat, 4)] for lon, lat in found["legs"][0]["polyline"]]


def test_from_door_to_door(town: Town) -> None:
    both = METRO.replace("lift,X,P,5,1,120", "lift,X,P,5,1,120\nramp,Y,Q,1,1,20")
    both = both.replace("stop Q", "entrance Y 60.2005 24.9100 parent=T North Gate\nstop Q")
    town.publish(streets=STREETS, metro=both)
    (found,) = town.plan("60.1020,24.9310", "60.2010,24.9100", "07:50", step_free="true")
    assert [leg["entrance"] for leg in found["legs"]] == ["East Lift", "", "North Gate"]
    assert found["step_free"] == "yes"


def test_out_by_the_door(town: Town) -> None:
    town.publish(streets=STREETS, metro=METRO)
    (found,) = town.plan("metro:Q", HOME, "07:55")
    assert found["legs"][-1]["distance_m"] > 1300


def test_an_exit_is_no_entrance(town: Town) -> None:
    town.publish(streets=STREETS, metro=METRO.replace("stairs,W,P,2,1,60", "gate,P,W,7,0,60"))
    (into,) = town.plan("60.1020,24.9100", "metro:Q", "07:00")
    (out,) = town.plan("metro:Q", "60.1020,24.9100", "07:55")
    assert into["legs"][0]["distance_m"] > 500
    assert out["legs"][-1]["distance_m"] < 300


def test_looked_up_again(town: Town) -> None:
    town.publish(streets=STREETS, metro=METRO)
    (found,) = town.plan(HOME, "metro:Q", "08:00")
    page = town.client.get("/journey", {"token": found["token"]})
    assert page.status_code == 200
