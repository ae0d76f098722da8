"""`transfers.txt` for some routes or trips only: of several rules the one that names most is followed."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop A 60.300 24.960 Airport
line 1 bus H 8:06 M 8:15
line 2 bus H 8:05 M 8:15
line R rail M 8:17 A 8:50
line R rail M 8:30 A 9:00
line R rail M 8:40 A 9:10
"""
RULE = """
[transfers.txt]
from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id,to_route_id,from_trip_id,to_trip_id
"""
BY_1, BY_2 = "08:06 Bus 1 Harbour–Market 08:15", "08:05 Bus 2 Harbour–Market 08:15"
AT_17, AT_30, AT_40 = (
    f"{leave} Train R Market–Airport {arrive}"
    for leave, arrive in (("08:17", "08:50"), ("08:30", "09:00"), ("08:40", "09:10"))
)


def from_1(town: Town) -> list[str]:
    """Who leaves at 8:06 sharp has line 1 alone."""
    return town.journeys("coast:H", "coast:A", "08:06")


def from_2(town: Town) -> list[str]:
    return [line for line in town.journeys("coast:H", "coast:A", "08:05", window="0") if "Bus 2" in line]


def test_without_a_rule(town: Town) -> None:
    town.publish(coast=COAST)
    assert from_1(town) == [f"{BY_1} > {AT_17}"]


def test_one_line_needs_longer(town: Town) -> None:
    town.publish(coast=COAST + RULE + "M,M,2,600,1,,,\n")
    assert from_1(town) == [f"{BY_1} > {AT_30}"]
    assert town.journeys("coast:H", "coast:A", "08:05") == [f"{BY_2} > {AT_17}"]


def test_one_line_is_waited_for(town: Town) -> None:
    town.publish(coast=COAST + RULE + "M,M,2,600,,,,\nM,M,1,,1,R,,\n")
    assert from_1(town) == [f"{BY_1} > {AT_17}"]


def test_the_trip_stands_above_the_line(town: Town) -> None:
    town.publish(coast=COAST + RULE + "M,M,2,600,1,,,\nM,M,3,,1,,,R-1\n")
    assert from_1(town) == [f"{BY_1} > {AT_40}"]


def test_both_trips_stand_above_everything(town: Town) -> None:
    town.publish(coast=COAST + RULE + "M,M,3,,,,,\nM,M,3,,1,R,,\nM,M,2,60,,,1-0,R-1\n")
    assert from_1(town) == [f"{BY_1} > {AT_30}"]
    assert town.journeys("coast:H", "coast:A", "08:05") == [f"{BY_1} > {AT_30}"]


def test_it_holds_when_arriving_by_a_time_too(town: Town) -> None:
    town.publish(coast=COAST + RULE + "M,M,2,600,1,,,\nM,M,2,600,2,,,\n")
    assert town.journeys("coast:H", "coast:A", "08:55", arrive_by="true") == []
    assert town.journeys("coast:H", "coast:A", "09:00", arrive_by="true") == [f"{BY_1} > {AT_30}"]


def test_a_stop_is_one_stop_to_people(town: Town) -> None:
    town.publish(coast=COAST + RULE + "M,M,2,600,1,,,\n")
    assert town.board("coast:M", "08:00", limit=2) == ["08:17 Train R to A", "08:30 Train R to A"]
    assert town.journeys("coast:M", "coast:A", "08:00") == [AT_17]
    (journey,) = town.plan("coast:H", "coast:A", "08:06")
    assert journey["legs"][0]["end"]["stop_id"] == journey["legs"][1]["start"]["stop_id"] == "coast:M"
    assert len(town.get("places", q="Market")["places"]) == 1


def test_between_two_stops_of_a_station(town: Town) -> None:
    station = COAST.replace("line R rail M", "line R rail P") + (
        "stop P 60.191 24.951 Market platform=2 parent=Z\nstation Z 60.1905 24.9505 Market\n"
    )
    town.publish(coast=station + RULE + "Z,Z,2,900,1,,,\n")
    assert "08:30 Train R" in town.journeys("coast:H", "coast:A", "08:06")[0]
