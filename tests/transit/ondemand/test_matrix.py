"""The table of driving times says what one drive at a time says; ways between doors lead through it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from transit.feeds.osm import read_extract
from transit.network.carriageways import carriageways_of
from transit.network.streets import of_extract
from transit.ondemand.matrix import MOST_PLACES, NO_WAY, Matrix, Table, matrix_of, spread_over
from transit.routing.access import Ground
from transit.routing.driving import Stand, drive_s, find_drive
from transit.routing.kernels.tables import close


@pytest.fixture(scope="module")
def helsinki(shared_data: Path) -> Ground:
    extract = read_extract(shared_data / "helsinki" / "helsinki-core.osm.pbf")
    chooser = random.Random(11)
    vertices = chooser.sample(range(len(extract.ways.lat)), 60)
    lat, lon = (np.array([axis[i] + 1e-4 for i in vertices]) for axis in (extract.ways.lat, extract.ways.lon))
    walks = of_extract(extract, lon, lat)
    return Ground(lat, lon, walks, carriageways=carriageways_of(extract, walks, lon, lat))


@pytest.fixture(scope="module")
def known(helsinki: Ground) -> tuple[Matrix, Table]:
    assert helsinki.carriageways is not None
    return matrix_of(helsinki.carriageways, helsinki.stop_lat, helsinki.stop_lon)


def test_the_table_has_what_one_drive_takes(helsinki: Ground, known: tuple[Matrix, Table]) -> None:
    matrix, table = known
    seconds, metres = table.fill()
    assert len(matrix.lat) > 30
    assert helsinki.carriageways is not None
    assert len(helsinki.carriageways.turns)
    ground = Ground(matrix.lat, matrix.lon, carriageways=table.carriageways)
    places = [Stand(*place) for place in zip(matrix.lat.tolist(), matrix.lon.tolist(), strict=True)]
    for a in range(0, len(places), 3):
        for b in range(len(places)):
            if a == b:
                continue
            assert seconds[a, b] == drive_s(ground, places[a], places[b])
            way = find_drive(ground, places[a], places[b])
            assert way is not None
            # It counts what both places are off the street, on top of the way.
            offsets = table.carriageways.streets.stop_offset_m
            assert metres[a, b] == pytest.approx(way.metres + offsets[a] + offsets[b], abs=1.1)
    assert (matrix.seconds <= seconds).all()
    assert (matrix.seconds == seconds).mean() > 0.98


def test_triangles_hold(known: tuple[Matrix, Table]) -> None:
    seconds = known[0].seconds
    for k in range(len(seconds)):
        assert (seconds <= seconds[:, k : k + 1] + seconds[k : k + 1]).all()
    assert seconds.max() < NO_WAY


def test_between_doors_one_drives_through_places(helsinki: Ground, known: tuple[Matrix, Table]) -> None:
    matrix, table = known
    stands = [Stand(60.1712, 24.9415), Stand(60.1689, 24.9301), Stand(60.1655, 24.9445)]
    doors = [table.access(stand.lat, stand.lon) for stand in stands]
    first, *others = [door for door in doors if door is not None]
    assert len(others) == 2
    legs = matrix.legs(first, others)
    for i, other in enumerate(others):
        slow = min(
            (int(a + matrix.seconds[x, y] + b), int(m + matrix.metres[x, y] + n))
            for x, a, m in zip(first.nodes, first.out_s, first.out_m, strict=True)
            for y, b, n in zip(other.nodes, other.in_s, other.in_m, strict=True)
        )
        assert (legs.out_s[i], legs.out_m[i]) == slow or legs.out_s[i] == slow[0]
        assert legs.out_s[i] >= drive_s(helsinki, stands[0], stands[i + 1])
        assert legs.back_s[i] >= drive_s(helsinki, stands[i + 1], stands[0])
        assert legs.out_s[i] <= drive_s(helsinki, stands[0], stands[i + 1]) + 300
    assert table.access(0.0, 0.0) is None


def test_places_are_spread_and_those_with_demand_come_first() -> None:
    chooser = np.random.default_rng(3)
    lat, lon = 60 + chooser.random(9000) / 10, 24 + chooser.random(9000) / 5
    weight = chooser.integers(0, 9, 9000).astype(np.float64)
    kept = spread_over(lat, lon, weight)
    assert MOST_PLACES * 0.8 < len(kept) <= MOST_PLACES
    assert len(set(kept.tolist())) == len(kept)
    assert weight[kept].mean() > weight.mean() + 1
    near = np.hypot(lat[:, None] - lat[kept], (lon[:, None] - lon[kept]) / 2).min(axis=1)
    assert near.max() < 0.012
    assert spread_over(lat[:5], lon[:5], weight[:5]).tolist() == [0, 1, 2, 3, 4]


def test_a_way_round_that_is_quicker_is_taken() -> None:
    seconds = np.array([[0, 9, 2], [9, 0, 9], [9, 3, 0]], np.int32)
    metres = seconds * 10
    assert close(seconds, metres) == 1
    assert (seconds[0, 1], metres[0, 1]) == (5, 50)
