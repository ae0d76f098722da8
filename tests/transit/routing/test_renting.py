"""Journeys with hired vehicles take as long as those of the slow search that tries every one."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracles.renting import seconds_between
from tests.transit.routing.test_access import PLACES, ground_of
from tests.transit.routing.towns import towns
from transit.routing.access import spot_at, spot_of_stop
from transit.routing.rentals import (
    Form,
    Rentals,
    Return,
    Rule,
    Station,
    StationStatus,
    Status,
    System,
    Vehicle,
    VehicleType,
    Zone,
)
from transit.routing.renting import Renter, fleets_of, reach, spots_of
from transit.routing.streets import Streets

RULES = st.sampled_from((Rule(frozenset(), True, False, True), Rule(frozenset("b"), False, False, False),
                         Rule(frozenset("x"), False, False, False)))  # fmt: skip


@st.composite
def systems(draw: st.DrawFn) -> Rentals:
    """Stations, some empty, some full; vehicles in the street with their ranges; a zone."""
    kind = VehicleType(
        "b", Form.SCOOTER, draw(st.sampled_from(Return)), max_range_m=draw(st.sampled_from((None, 300.0)))
    )
    stations = [Station(str(n), (), *place) for n, place in enumerate(draw(st.lists(PLACES, max_size=4)))]
    few = st.integers(0, 2)
    status = [StationStatus(each.station_id, {"b": draw(few)}, {"": draw(few)}) for each in stations]
    ranges = st.sampled_from((None, 150.0, 400.0, 900.0))
    vehicles = [
        Vehicle(str(n), *place, "b", draw(ranges)) for n, place in enumerate(draw(st.lists(PLACES, max_size=3)))
    ]
    (south, west), (north, east) = draw(PLACES), draw(PLACES)
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    zones = (Zone(((ring,),), (draw(RULES),)),)
    outside = draw(st.sampled_from(((), (Rule(frozenset(), True, True, True),))))
    system = System("s", (), "UTC", (), "", (kind,), tuple(stations), (), zones, outside)
    return Rentals("s", system, Status(datetime(2026, 1, 1, tzinfo=UTC), tuple(status), tuple(vehicles)))


@given(towns(), systems(), PLACES, st.sampled_from((240, 600)), st.sampled_from((60, 900)), st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_as_quick_as_the_best_of_all(
    streets: Streets, rentals: Rentals, place: tuple[float, float], walk_s: int, ride_s: int, leaving: bool
) -> None:
    ground = ground_of(streets)
    here = spot_at(ground, *place)
    there = [stop for stop in range(5) if spot_of_stop(ground, stop).link]
    spots = [spot_of_stop(ground, stop) for stop in there]
    targets = spots_of(ground, spots)
    for fleet in fleets_of(ground, rentals, is_known=True, has_vehicles=True):
        found = reach(fleet, here, targets, fleet.stops[there], Renter(1.25, walk_s, ride_s, leaving))
        for n, spot in enumerate(spots):
            start, end = (spot, here) if leaving else (here, spot)
            near, far = (seconds_between(fleet, start, end, (1.25, walk_s * by, ride_s * by)) for by in (1.001, 0.999))
            assert near - 3.01 <= found.seconds[n] <= far + 3.01
            if np.isfinite(found.seconds[n]):
                parts = found.before_s[n], found.ridden_s[n], found.after_s[n]
                assert (min(parts) >= 0, sum(parts)) == (True, found.seconds[n])
                assert (max(parts[0], parts[2]) <= walk_s + 1, parts[1] <= ride_s + 92) == (True, True)
