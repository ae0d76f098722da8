"""An express takes people in at its first stops and lets them out at its last ones only."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

EXPRESS = """
stop H 60.10 24.90 Harbour
stop B 60.14 24.90 Bridge
stop C 60.18 24.90 Church
stop M 60.22 24.90 Market
line E bus H 8:00 B 8:10 C 8:20 M 8:30

[stop_times.txt]
trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type
E-0,8:00:00,8:00:00,H,1,0,1
E-0,8:10:00,8:10:00,B,2,0,1
E-0,8:20:00,8:20:00,C,3,1,0
E-0,8:30:00,8:30:00,M,4,1,0
"""


def test_over_the_middle(town: Town) -> None:
    town.publish(express=EXPRESS)
    assert town.journeys("express:H", "express:C", "07:50") == ["08:00 Bus E Harbour–Church 08:20"]
    assert town.journeys("express:B", "express:M", "07:50") == ["08:10 Bus E Bridge–Market 08:30"]


def test_not_within_one_end(town: Town) -> None:
    town.publish(express=EXPRESS)
    assert town.journeys("express:H", "express:B", "07:50") == []
    assert town.journeys("express:C", "express:M", "07:50") == []
    assert town.board("express:C", "07:50") == []
