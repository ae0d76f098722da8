"""The cheaper and the greener journey is shown also where it begins in a hired vehicle or in a ride that is ordered."""

from typing import Any

import pytest

from tests.features.a231_a_shared_bicycle_on_the_way import BUS, FAR, HARBOUR, HOME, STREETS, Sharing, sharing
from tests.features.a240_rides_on_demand import CITY, VALLEY
from tests.features.town import Town

pytestmark = pytest.mark.django_db
__all__ = ["sharing"]

EXPRESS = """
stop H 60.1001 24.9002 Home
every 10 until 23:40 line X bus H 0:04 F 0:12

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
express,9.00,EUR,0,0
city,2.00,EUR,0,0

[fare_rules.txt]
fare_id,route_id
express,X
city,1
"""


def test_a_bicycle_to_the_bus_that_costs_less(sharing: Sharing) -> None:
    sharing.town.publish(STREETS, bus=BUS + EXPRESS)
    sharing.now()
    assert sharing.hired(HOME, FAR, shared="bicycle", max_walk=900) == [], "slower than the express from the door"
    cheap = "walk 1 | bicycle 16 Square (6) → Middle (6) 100 | walk 1 | bus 222"
    assert cheap in sharing.hired(HOME, FAR, shared="bicycle", max_walk=900, criteria="price")
    assert sharing.hired(HOME, FAR, shared="bicycle", max_walk=900, criteria="walking") == [], "the express has none"
    assert sharing.hired(HOME, FAR, shared="scooter", max_walk=900, criteria="price") == [], "there is none"


def test_the_cheaper_vehicle_all_the_way(sharing: Sharing) -> None:
    sharing.fleet.scooters = [{"vehicle_id": "s1", "lat": 60.1001, "lon": 24.9002, "current_range_meters": 9000}]
    sharing.now()
    quick = sharing.hired(HOME, HARBOUR)
    assert len(quick) == 1
    assert "scooter" in quick[0]
    both = sharing.hired(HOME, HARBOUR, criteria="price")
    assert both == [*quick, "walk 1 | bicycle 32 Square (6) → Harbour (6) 100 | walk 1"]


COACH = """
stop D 60.1201 24.8501 Doorstep
stop E 60.3000 24.9001 Coach Station
line K bus D 9:50 E 10:20
"""


def test_a_ride_to_the_train_that_is_greener(town: Town) -> None:
    town.publish(valley=VALLEY, coach=COACH)
    asked: dict[str, Any] = {"modes": "bus,taxi,rail", "window": "3600"}

    def found(**more: Any) -> list[str]:
        return [
            " | ".join(leg["service"]["line"] for leg in each["legs"] if leg["service"])
            for each in town.plan("60.1202,24.8502", CITY, "09:30", **asked, **more)
        ]

    assert found() == ["K"]
    assert found(criteria="co2") == ["Call | R", "K"]
    assert found(criteria="price") == ["K"], "nobody knows what either costs"
