"""A vehicle that goes on as another line: who is in it stays seated and changes nothing (GTFS: in-seat transfer)."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
stop S 60.230 24.960 School
stop A 60.300 24.960 Airport
"""
SAME_BUS = """
line 1 bus block=b H 8:06 M 8:15
line 2 bus block=b M 8:15 S 8:25
"""
ONE_RIDE = "08:06 Bus 1 Harbour–Market 08:15 = 08:15 Bus 2 Market–School 08:25"
LINKED = """
[transfers.txt]
from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id,to_trip_id
"""


def arrives(town: Town) -> str:
    (journey,) = town.plan("coast:H", "coast:S", "08:00")
    return str(journey["end_at"][:16])


def test_two_buses_that_meet_at_the_same_minute_are_no_change(town: Town) -> None:
    town.publish(coast=COAST + SAME_BUS.replace("block=b ", ""))
    assert arrives(town) == "2026-11-25T08:25", "by the bus of the day after"


def test_the_bus_of_one_block_goes_on(town: Town) -> None:
    town.publish(coast=COAST + SAME_BUS)
    assert town.journeys("coast:H", "coast:S", "08:00") == [ONE_RIDE]
    assert town.plan("coast:H", "coast:S", "08:00")[0]["vehicles"] == 1
    assert town.journeys("coast:H", "coast:S", "08:30", arrive_by="true") == [ONE_RIDE]


def test_each_line_alone_is_what_it_was(town: Town) -> None:
    town.publish(coast=COAST + SAME_BUS)
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:06 Bus 1 Harbour–Market 08:15"]
    assert town.journeys("coast:M", "coast:S", "08:00") == ["08:15 Bus 2 Market–School 08:25"]
    assert town.board("coast:M", "08:00", limit=1) == ["08:15 Bus 2 to S"]
    assert town.board("coast:H", "08:00", limit=1) == ["08:06 Bus 1 to M"]


def test_a_token_keeps_the_seat(town: Town) -> None:
    town.publish(coast=COAST + SAME_BUS)
    token = town.plan("coast:H", "coast:S", "08:00")[0]["token"]
    page = town.client.get("/journey", {"token": token})
    assert page.status_code == 200
    assert "Stay seated" in page.content.decode()
    assert "Get off at Market" not in page.content.decode()


def test_the_feed_may_forbid_to_stay(town: Town) -> None:
    town.publish(coast=COAST + SAME_BUS + LINKED + ",,5,,1-0,2-0\n")
    assert arrives(town) == "2026-11-25T08:25", "by the bus of the day after"


def test_the_feed_may_link_trips_without_a_block(town: Town) -> None:
    town.publish(coast=COAST + SAME_BUS.replace("block=b ", "") + LINKED + ",,4,,1-0,2-0\n")
    assert town.journeys("coast:H", "coast:S", "08:00") == [ONE_RIDE]


def test_three_trips_in_one_seat(town: Town) -> None:
    town.publish(coast=COAST + SAME_BUS + "line 3 bus block=b S 8:30 A 8:45\n")
    assert town.journeys("coast:H", "coast:A", "08:00") == [ONE_RIDE + " = 08:30 Bus 3 School–Airport 08:45"]


def test_turning_round_is_no_through_ride(town: Town) -> None:
    back = "line 1 bus block=b H 8:06 M 8:15 S 8:25\nline 1 bus block=b S 8:30 M 8:40 H 8:50\n"
    town.publish(coast=COAST + back)
    assert town.journeys("coast:M", "coast:H", "08:00") == ["08:40 Bus 1 Market–Harbour 08:50"]


def test_round_and_round(town: Town) -> None:
    ring = "line C bus block=b H 8:00 M 8:10 S 8:20 H 8:30\nline C bus block=b H 8:32 M 8:42 S 8:52 H 9:02\n"
    town.publish(coast=COAST + ring)
    assert town.journeys("coast:S", "coast:M", "08:00") == [
        "08:20 Bus C School–Harbour 08:30 = 08:32 Bus C Harbour–Market 08:42"
    ]


def test_a_long_layover_ends_the_ride(town: Town) -> None:
    town.publish(coast=COAST + SAME_BUS.replace("M 8:15 S 8:25", "M 9:15 S 9:25"))
    assert town.journeys("coast:H", "coast:S", "08:00") == [
        "08:06 Bus 1 Harbour–Market 08:15 > 09:15 Bus 2 Market–School 09:25"
    ]


def test_a_train_is_divided(town: Town) -> None:
    trains = "line R rail H 8:00 M 8:10\nline S rail M 8:11 S 8:20\nline A rail M 8:11 A 8:40\n"
    town.publish(coast=COAST + trains + LINKED + ",,4,,R-0,S-0\n,,4,,R-0,A-0\n")
    first = "08:00 Train R Harbour–Market 08:10 = "
    assert town.journeys("coast:H", "coast:S", "07:55") == [first + "08:11 Train S Market–School 08:20"]
    assert town.journeys("coast:H", "coast:A", "07:55") == [first + "08:11 Train A Market–Airport 08:40"]
    assert town.board("coast:H", "07:55", limit=2) == ["08:00 Train R to M"] * 2, "one today and one tomorrow"


def test_only_on_days_on_which_both_run(town: Town) -> None:
    calendar = """
[calendar_dates.txt]
service_id,date,exception_type
daily,20261124,1
daily,20261125,1
other,20261124,1

[trips.txt]
route_id,service_id,trip_id,block_id
1,daily,1-0,b
2,other,2-0,b
"""
    town.publish(coast=COAST + SAME_BUS + calendar)
    assert town.journeys("coast:H", "coast:S", "08:00") == [ONE_RIDE]
    assert town.journeys("coast:H", "coast:S", "08:00", day="2026-11-25") == []
    assert town.journeys("coast:H", "coast:M", "08:00", day="2026-11-25") == ["08:06 Bus 1 Harbour–Market 08:15"]


def test_past_midnight_into_the_next_day(town: Town) -> None:
    night = "line 1 bus block=b H 23:50 M 24:05\nline 2 bus block=b M 0:10 S 0:20\n"
    town.publish(coast=COAST + night)
    assert town.journeys("coast:H", "coast:S", "23:30") == [
        "23:50 Bus 1 Harbour–Market 00:05 = 00:10 Bus 2 Market–School 00:20"
    ]
    assert town.journeys("coast:M", "coast:S", "23:30") == ["00:10 Bus 2 Market–School 00:20"]
