"""Where a bus does as well, nobody is driven: whatever vehicles are asked for, and whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.features import riding
from tests.features.company import Company
from tests.features.market import Market
from tests.features.riding import HOME, MALL, VALLEY
from transit.ondemand.rules import Exclusion

pytestmark = pytest.mark.django_db(transaction=True)
BESIDE = replace(VALLEY, exclusions=(Exclusion("Beside the bus", bus_walk_m=600, bus_wait_s=1800, bus_factor=3.0),))
LINE = """
stop H 60.1201 24.8501 Home
stop M 60.1101 24.9801 Mall
every 20 until 14:00 line 1 bus H 8:00 M 8:25
"""


def test_whatever_is_asked_for(market: Market, patient: None, shared_specs: Path) -> None:
    market.publish(bus=LINE)
    made = riding.release(VALLEY)
    company = Company(shared_specs)
    start, end = (f"gps:{lon},{lat}" for lat, lon in (place.split(",") for place in (HOME, MALL)))
    assert market.journeys(HOME, MALL, "10:00", modes="taxi")
    assert company.search(start, end, "2026-11-24T08:00:00Z")["features"]

    riding.renew(made, BESIDE, date(2026, 11, 24))
    for modes in ("taxi", "bus,taxi,rail"):
        found = market.journeys(HOME, MALL, "10:00", modes=modes)
        assert not [each for each in found if "Valley" in each], (modes, found)
    by_then = market.journeys(HOME, MALL, "11:00", modes="taxi", arrive_by="true")
    assert not [each for each in by_then if "Valley" in each], by_then
    assert company.search(start, end, "2026-11-24T08:00:00Z")["features"] == []
    just_gone = market.journeys(HOME, MALL, "14:20", modes="taxi")
    assert not [each for each in just_gone if "Valley" in each], "as near to the wish as one that comes later"
    for place, is_driven in (("60.1210,24.8501", False), ("60.1275,24.8501", True)):
        found = market.journeys(HOME, MALL, "10:00", modes="taxi", via=place)
        assert bool([each for each in found if "Valley" in each]) == is_driven, "too far from the bus, or not"
    late = market.journeys(HOME, MALL, "16:00", modes="taxi")
    assert [each for each in late if "Valley" in each], "no bus runs any more"
