"""Journeys with hired vehicles take as long as those of the slow search that tries every one."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import numpy as np
import pytest

from tests.oracles.renting import Known, seconds_between
from tests.transit.routing.test_access import STOPS
from tests.transit.routing.towns import SOUTH, STEP, WEST, Point, streets_of
from transit.routing.access import Ground, spot_at, spot_of_stop
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
from transit.routing.streets import BICYCLE, DRIVE, MOPED, NO_NODE, WALK, Carriageways, Streets

MODES = ((3, 3), (3, 3), (3, WALK), (WALK, WALK), (BICYCLE, BICYCLE))
RULES = (
    Rule(frozenset(), True, False, True),
    Rule(frozenset("b"), False, False, False),
    Rule(frozenset("x"), *3 * [False]),
)
Random = np.random.Generator


def town_of(random: Random) -> Streets:
    """A lattice of streets, some for one mode only or one way by bicycle, some missing, and five stops."""
    cells = list(product(range(4), range(3)))
    nodes = [(WEST + x * STEP, SOUTH + y * STEP) for x, y in cells]
    pairs = [(a, b) for a, b in product(range(12), range(12)) if a < b and _are_beside(cells[a], cells[b])]
    lines: list[tuple[int, int, list[Point], int, int]] = [
        (a, b, [], *MODES[random.integers(len(MODES))]) for a, b in pairs if random.random() < 0.9
    ]  # fmt: skip
    edges = random.integers(0, 2 * len(lines), 5).tolist()
    return streets_of(nodes, lines, [(edge, float(random.random()), 5.0 * random.integers(3)) for edge in edges])


def _are_beside(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1


def _places(random: Random, count: int) -> list[tuple[float, float]]:
    return [(SOUTH + 2 * STEP * random.random(), WEST + 3 * STEP * random.random()) for _ in range(count)]


def carriageways_of(random: Random, walks: Streets) -> Carriageways:
    """Roads between some of the same corners and some of their own, one way or both, at several speeds."""
    nodes = list(zip(walks.node_lon.tolist(), walks.node_lat.tolist(), strict=True))
    nodes += [(WEST + (x + 0.5) * STEP, SOUTH + 0.5 * STEP) for x in range(2)]
    pairs = [(a, b) for a, b in product(range(14), range(14)) if a < b and random.random() < 0.25]
    bits = ((DRIVE | MOPED, DRIVE | MOPED), (DRIVE | MOPED, 0), (DRIVE, DRIVE))
    roads = streets_of(nodes, [(a, b, [], *bits[random.integers(3)]) for a, b in pairs], [(-1, 0.0, 0.0)] * 5)
    kmh = np.array([15, 30, 50, 100], np.uint8)[random.integers(4, size=len(pairs))]
    walked = np.array([*range(12), NO_NODE, NO_NODE], np.uint32)
    return Carriageways(roads, kmh[roads.edge_geometry], walked)


def system_of(random: Random, forms: tuple[Form, ...] = (Form.SCOOTER,)) -> Rentals:
    """Stations, some empty, some full; vehicles in the street with their ranges; a zone with a rule."""
    returned = list(Return)[random.integers(3)]
    form = forms[random.integers(len(forms))]
    kind = VehicleType("b", form, returned, max_range_m=(None, 300.0)[random.integers(2)])
    stations = [Station(str(n), (), *place) for n, place in enumerate(_places(random, 3))]
    status = [
        StationStatus(each.station_id, {"b": int(random.integers(3))}, {"": int(random.integers(3))})
        for each in stations
    ]  # fmt: skip
    ranges = (None, 120.0, 250.0, 400.0)
    vehicles = [Vehicle(str(n), *place, "b", ranges[random.integers(4)]) for n, place in enumerate(_places(random, 3))]
    (south, west), (north, east) = _places(random, 2)
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    outside = ((), (Rule(frozenset(), True, True, True),))[random.integers(2)]
    zones = (Zone(((ring,),), (RULES[random.integers(3)],)),)
    system = System("s", (), "UTC", (), "", (kind,), tuple(stations), (), zones, outside)
    return Rentals("s", system, Status(datetime(2026, 1, 1, tzinfo=UTC), tuple(status), tuple(vehicles)))


@pytest.mark.parametrize("seed", range(40))
def test_as_quick_as_the_best_of_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    compare(random, Ground(*STOPS, town_of(random)), system_of(random))


@pytest.mark.parametrize("seed", range(30))
def test_as_quick_by_car_and_moped(seed: int) -> None:
    random = np.random.default_rng(seed)
    walks = town_of(random)
    ground = Ground(*STOPS, walks, carriageways=carriageways_of(random, walks))
    compare(random, ground, system_of(random, (Form.CAR, Form.MOPED)))


def compare(random: Random, ground: Ground, rentals: Rentals) -> None:
    here = spot_at(ground, *_places(random, 1)[0])
    there = [stop for stop in range(5) if spot_of_stop(ground, stop).link]
    spots = [spot_of_stop(ground, stop) for stop in there]
    walk_s, ride_s = (200, 600)[random.integers(2)], (90, 900)[random.integers(2)]
    for fleet in fleets_of(ground, rentals, is_known=True, has_vehicles=True):
        known: Known = {}
        for leaving in (False, True):
            found = reach(
                fleet, here, spots_of(ground, spots), fleet.stops[there], Renter(1.25, walk_s, ride_s, leaving)
            )
            for n, spot in enumerate(spots):
                start, end = (spot, here) if leaving else (here, spot)
                near, far = (
                    seconds_between(fleet, start, end, (1.25, walk_s * by, ride_s * by), known) for by in (1.001, 0.999)
                )
                assert near - 3.01 <= found.seconds[n] <= far + 3.01
                if np.isfinite(found.seconds[n]):
                    parts = found.before_s[n], found.ridden_s[n], found.after_s[n]
                    assert (min(parts) >= 0, sum(parts)) == (True, found.seconds[n])
                    assert (max(parts[0], parts[2]) <= walk_s + 1, parts[1] <= ride_s + 92) == (True, True)
