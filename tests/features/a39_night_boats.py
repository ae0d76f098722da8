"""What is sold after midnight belongs to the day before, and a boat without a timetable has seats by departure too."""

from dataclasses import replace

import pytest
from django.test import Client

from tests.features import lines
from tests.features.market import Market

pytestmark = pytest.mark.db

NIGHT = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line N ferry F 25:10 I 25:40

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""
SHUTTLE = (
    NIGHT.replace("F 25:10 I 25:40", "F 0:00 I 0:20")
    + """
[frequencies.txt]
trip_id,start_time,end_time,headway_secs,exact_times
N-0,10:00:00,11:00:00,1800,1
"""
)


def test_the_night_boat_of_an_operator_that_sells_itself(market: Market) -> None:
    market.publish(sea=NIGHT)
    market.sells_itself("sea", NIGHT)
    code = market.buy("sea:F", "sea:I", "23:50")
    assert market.work(code) == "COMPLETED charged 4.20: sea CONFIRMED; tickets ISSUED"
    (leg,) = market.get(f"offers/{market.order(code)['offer']}")["legs"]
    assert leg["start_at"] == "2026-11-25T01:10:00+02:00"


def test_every_boat_of_a_shuttle_has_its_own_seat(market: Market) -> None:
    market.publish(sea=SHUTTLE)
    market.sells("sea", seats_per_departure=1)
    neighbour = replace(market, client=Client())
    ten, half_past = ("sea:F", "sea:I", "10:00"), ("sea:F", "sea:I", "10:01")
    assert lines.order(market.order(market.buy(*ten))).startswith("COMPLETED")
    assert neighbour.work(neighbour.accept(neighbour.ask(*ten))).startswith("FAILED (sold_out)")
    assert neighbour.order(neighbour.buy(*half_past))["status"]["state"] == "COMPLETED"
