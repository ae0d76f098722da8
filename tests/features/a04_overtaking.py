"""A fast train passes a slow one that left before it."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

COAST = """
stop M 60.190 24.950 Market
stop T 60.250 24.955 Tapiola
stop A 60.300 24.960 Airport
line S rail M 8:00 T 8:40 A 9:20
line S rail M 8:30 T 8:45 A 9:00
"""


def test_the_later_train_is_there_first(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:M", "coast:A", "07:55") == ["08:30 Train S Market–Airport 09:00"]
    assert town.journeys("coast:M", "coast:T", "07:55") == ["08:00 Train S Market–Tapiola 08:40"]


def test_only_the_slow_one_still_reaches_an_early_appointment_half_way(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:M", "coast:T", "08:44", arrive_by="true") == ["08:00 Train S Market–Tapiola 08:40"]
    assert town.journeys("coast:M", "coast:A", "09:30", arrive_by="true") == ["08:30 Train S Market–Airport 09:00"]
