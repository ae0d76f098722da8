"""Park and ride is as quick as the best of all car parks, each driven to and walked from by itself."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest

from transit.feeds.osm import read_extract
from transit.network.carriageways import carriageways_of
from transit.network.streets import of_extract
from transit.routing.access import WALK_MPS, Ground, spot_at, spot_of_stop
from transit.routing.doors import Walker, around, find_walk
from transit.routing.driving import Stand, drive_s
from transit.routing.parking import MOST_WALK_S, PARK_S, CarParks, parking


@pytest.fixture(scope="module")
def town(shared_data: Path) -> tuple[Ground, np.ndarray, np.ndarray]:
    """A city with thirty stops, a home, and five car parks."""
    extract = read_extract(shared_data / "helsinki" / "helsinki-core.osm.pbf")
    vertices = random.Random(11).sample(range(len(extract.ways.lat)), 36)
    lat, lon = (np.array([axis[i] + 1e-4 for i in vertices]) for axis in (extract.ways.lat, extract.ways.lon))
    walks = of_extract(extract, lon[:30], lat[:30])
    roads = carriageways_of(extract, walks, lon[:30], lat[:30])
    return Ground(lat[:30], lon[:30], walks, carriageways=roads), lat, lon


@pytest.mark.parametrize("leaving", [False, True])
def test_the_best_of_all(town: tuple[Ground, np.ndarray, np.ndarray], leaving: bool) -> None:
    ground, lat, lon = town
    home = Stand(float(lat[30]), float(lon[30]))
    parks = [Stand(float(lat[i]), float(lon[i])) for i in range(31, 36)]
    own = around(ground, spot_at(ground, *home), (), Walker(WALK_MPS, 240, leaving))
    found = parking(own, CarParks(ground, lat[31:], lon[31:]), leaving=leaving, speed_mps=WALK_MPS)
    for stop in range(30):
        best = float(own.seconds_of.get(stop, math.inf))
        for park in parks:
            way = find_walk(ground, spot_at(ground, *park), spot_of_stop(ground, stop), 5000, step_free=False)
            walk_s = math.ceil(way.metres / WALK_MPS)
            ends = (park, home) if leaving else (home, park)
            if walk_s <= MOST_WALK_S:
                best = min(best, drive_s(ground, *ends) + PARK_S + walk_s)
        assert found.seconds_of.get(stop, math.inf) == pytest.approx(best, abs=1)
        if stop in found.drives:
            drive = found.drawn(found.drives[stop], stop)
            assert sum(drive.seconds) == found.seconds_of[stop]
            assert drive.ways[1 if leaving else 0].driven
    assert len(found.drives) > 5
