"""Nobody walks to another stop where the vehicle could be boarded at once, nor far for little."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

# Bus 2 comes through School Road before it reaches the Market, where bus 1 ends.
BLOCK = """
stop H 60.1500 24.9000 Harbour
stop M 60.1900 24.9500 Market
stop S 60.1915 24.9530 School
stop A 60.3000 24.9600 Airport
stop D 60.1000 24.9600 Docks
line 1 bus H 8:06 M 8:15
line 2 bus D 7:40 S 8:25 M 8:28 A 8:50
"""


def test_one_waits_where_one_is(town: Town) -> None:
    town.publish(coast=BLOCK)
    assert town.journeys("coast:H", "coast:A", "08:00") == [
        "08:06 Bus 1 Harbour–Market 08:15 > 08:28 Bus 2 Market–Airport 08:50"
    ]


def test_one_walks_where_the_vehicle_does_not_take_anybody(town: Town) -> None:
    """At the Market bus 2 lets people off only."""
    town.publish(
        coast=f"""{BLOCK}
[stop_times.txt]
trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type
1-0,08:06:00,08:06:00,H,1,0
1-0,08:15:00,08:15:00,M,2,0
2-0,07:40:00,07:40:00,D,1,0
2-0,08:25:00,08:25:00,S,2,0
2-0,08:28:00,08:28:00,M,3,1
2-0,08:50:00,08:50:00,A,4,0
"""
    )
    assert town.journeys("coast:H", "coast:A", "08:00") == [
        "08:06 Bus 1 Harbour–Market 08:15 > walk 4' > 08:25 Bus 2 School–Airport 08:50"
    ]


def test_nobody_walks_far_to_leave_a_little_later(town: Town) -> None:
    """Bus 5 starts 20 minutes on foot away, so as to leave three minutes later."""
    town.publish(
        coast="""
        stop H 60.1500 24.9000 Harbour
        stop Q 60.1600 24.9000 Quarry
        stop A 60.3000 24.9600 Airport
        line 4 bus H 8:10 A 8:40
        line 5 bus Q 8:33 A 8:41
        """
    )
    assert town.journeys("coast:H", "coast:A", "08:00", window="3600") == ["08:10 Bus 4 Harbour–Airport 08:40"]


def test_a_walk_that_saves_an_hour_is_worth_it(town: Town) -> None:
    """Here it is the slow bus from the door that nobody would take."""
    town.publish(
        coast="""
        stop H 60.1500 24.9000 Harbour
        stop Q 60.1600 24.9000 Quarry
        stop A 60.3000 24.9600 Airport
        line 4 bus H 8:10 A 9:40
        line 5 bus Q 9:23 A 9:41
        """
    )
    assert town.journeys("coast:H", "coast:A", "08:00", window="7200") == [
        "09:03 walk 20' > 09:23 Bus 5 Quarry–Airport 09:41",
    ]
