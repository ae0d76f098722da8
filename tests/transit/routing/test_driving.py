"""Drives: to all stops at once and to one place they take as long as networkx says, one-way streets obeyed."""

from __future__ import annotations

import math
import random
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracles.ways import graph_with
from tests.transit.routing.towns import SOUTH, STEP, WEST, towns
from transit.feeds.osm import read_extract
from transit.network.carriageways import carriageways_of
from transit.network.streets import of_extract
from transit.routing.access import Ground, spot_at, spot_of_stop
from transit.routing.driving import MAX_DRIVE_S, Drives, Stand, drive_s, find_drive
from transit.routing.kernels.dijkstra import scratch_for
from transit.routing.kernels.drives import driven
from transit.routing.kernels.walks import Gait
from transit.routing.kernels.ways import At
from transit.routing.streets import BICYCLE, CAR_MPS, NO_EDGE, TRAFFIC, Streets

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)


@given(towns(), st.integers(0, 30), st.integers(0, 30), st.sampled_from((150.0, 5000.0)))
@QUICK
def test_as_far_as_networkx_says(streets: Streets, x: int, y: int, limit_m: float) -> None:
    ground = Ground(np.full(5, SOUTH), np.full(5, WEST), streets)
    here = spot_at(ground, SOUTH + y * STEP / 10, WEST + x * STEP / 10, BICYCLE)
    stops = ground.stop_links.on_streets
    if here.link is None or not len(stops.number):
        return
    spots = {"here": here} | {f"{stop}": spot_of_stop(ground, int(stop)) for stop in stops.number}
    graph = graph_with(streets, BICYCLE, spots)
    for land, turned in ((ground, False), (ground.turned_round, True)):
        scratch, stops = scratch_for(streets.nodes), land.stop_links.on_streets
        spot = spot_at(land, here.lat, here.lon, BICYCLE)
        assert spot.link is not None
        start, edges = At(here.lon, here.lat, *spot.link), land.net.stop_edge[stops.number]
        found = driven(land.land, stops, edges, start, Gait(np.uint8(BICYCLE), 1.0, limit_m), scratch)
        slow = nx.single_source_dijkstra_path_length(graph.reverse() if turned else graph, "here")
        for stop, metres in zip(stops.number.tolist(), found.tolist(), strict=True):
            expected = slow.get(f"{stop}", math.inf)
            assert metres == pytest.approx(expected if expected <= limit_m else math.inf, abs=1e-6)
        assert not scratch.row.any()


@pytest.fixture(scope="module")
def helsinki(shared_data: Path) -> Ground:
    extract = read_extract(shared_data / "helsinki" / "helsinki-core.osm.pbf")
    chooser = random.Random(5)
    vertices = chooser.sample(range(len(extract.ways.lat)), 60)
    lat, lon = (np.array([axis[i] + 1e-4 for i in vertices]) for axis in (extract.ways.lat, extract.ways.lon))
    walks = of_extract(extract, lon, lat)
    return Ground(lat, lon, walks, carriageways=carriageways_of(extract, walks, lon, lat))


def test_one_is_what_all_say(helsinki: Ground) -> None:
    """Also a drive that ends at a stop, so that a ride that was proposed is found again as it was."""
    by_car, drives = helsinki.by_car, Drives(helsinki)
    assert by_car is not None
    assert (by_car.net.stop_edge != NO_EDGE).sum() > 40
    for place in (Stand(60.1712, 24.9415), Stand(float(helsinki.stop_lat[3]), float(helsinki.stop_lon[3]))):
        for leaving in (False, True):
            every = drives.seconds(place, leaving=leaving)
            for stop in range(60):
                there = Stand(float(helsinki.stop_lat[stop]), float(helsinki.stop_lon[stop]))
                if there == place:
                    continue
                ends = (there, place) if leaving else (place, there)
                assert drive_s(helsinki, *ends) == every[stop]
                way = find_drive(helsinki, *ends)
                if way is None:
                    continue
                # Nobody drives faster than is allowed anywhere in the city, nor is a way shorter than its line.
                assert way.metres <= every[stop] * 80 / 3.6 / TRAFFIC + 1
                line = np.radians(way.line) * 6_371_008.8
                steps = np.hypot(np.diff(line[:, 0]) * math.cos(math.radians(60.17)), np.diff(line[:, 1]))
                assert steps.sum() == pytest.approx(way.metres, rel=0.05, abs=400)


def test_where_no_carriageways_are(helsinki: Ground) -> None:
    bare = Ground(helsinki.stop_lat, helsinki.stop_lon, helsinki.streets)
    start, end = Stand(60.17, 24.94), Stand(60.18, 24.94)
    assert drive_s(bare, start, end) == math.ceil(1.3 * 1111.949 / 9)
    assert find_drive(bare, start, end) is None
    far = Stand(61.5, 23.8)
    assert drive_s(helsinki, start, far) > MAX_DRIVE_S, "no carriageway is near"
    assert CAR_MPS * 3.6 > 130
