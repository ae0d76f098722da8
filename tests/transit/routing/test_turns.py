"""Forbidden turns: on random streets all drives are as long as a search over edges says, both ways round."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.turns import metres_between
from tests.transit.routing.test_driving import QUICK
from tests.transit.routing.towns import SOUTH, STEP, WEST, towns
from transit.routing.access import Ground, spot_at, spot_of_stop
from transit.routing.kernels.dijkstra import NONE, scratch_for
from transit.routing.kernels.drives import driven
from transit.routing.kernels.walks import Gait, lead
from transit.routing.kernels.ways import At
from transit.routing.streets import BICYCLE, NO_EDGE, U32, Streets
from transit.routing.turns import turned

GAIT = Gait(np.uint8(BICYCLE), 1.0, 5000.0)


def forbidden(data: st.DataObject, streets: Streets) -> U32:
    """Some turns at some junctions, U-turns too; now and again for another mode."""
    tail = np.repeat(np.arange(streets.nodes), np.diff(streets.edge_start.astype(int)))
    possible = [
        (before, after) for before in range(len(tail)) for after in range(len(tail))
        if streets.edge_head[before] == tail[after]
    ]  # fmt: skip
    chosen = data.draw(st.lists(st.sampled_from(possible), max_size=12, unique=True))
    return np.array([(*pair, data.draw(st.sampled_from((BICYCLE, 0xFF, 1)))) for pair in chosen], np.uint32).reshape(
        -1, 3
    )


@given(towns(), st.integers(0, 30), st.integers(0, 30), st.data())
@QUICK
def test_as_far_as_a_search_over_edges_says(streets: Streets, x: int, y: int, data: st.DataObject) -> None:
    turns = forbidden(data, streets)
    banned = {(int(before), int(after)) for before, after, modes in turns.tolist() if modes & BICYCLE}
    plain = Ground(np.full(5, SOUTH), np.full(5, WEST), streets)
    found, original = turned(streets, turns)
    minding = Ground(plain.stop_lat, plain.stop_lon, found)
    lat, lon = SOUTH + y * STEP / 10, WEST + x * STEP / 10
    here = spot_at(plain, lat, lon, BICYCLE)
    stops = [stop for stop in range(5) if streets.stop_edge[stop] != NO_EDGE]
    if here.link is None or not stops:
        return
    assert np.array_equal(np.sort(original[original != NONE]), np.arange(len(streets.edge_head)))
    for ground, is_round in ((minding, False), (minding.turned_round, True)):
        spot, links = spot_at(ground, lat, lon, BICYCLE), ground.stop_links.on_streets
        assert spot.link is not None
        start, scratch = At(lon, lat, *spot.link), scratch_for(ground.net.nodes)
        metres = driven(ground.land, links, ground.net.stop_edge[links.number], start, GAIT, scratch)
        for stop, each in zip(links.number.tolist(), metres.tolist(), strict=True):
            ends = here, spot_of_stop(plain, stop)
            expected = metres_between(streets, BICYCLE, banned, *(ends[::-1] if is_round else ends))
            assert each == pytest.approx(expected if expected <= GAIT.limit_m else math.inf, abs=1e-3)
            if is_round:
                continue
            there = spot_of_stop(ground, stop).link
            assert there is not None
            # The stops are not where their coordinates are, so that no straight line bounds a way.
            line, parts, _ = lead(ground.land, start, At(ends[1].lon, ends[1].lat, *there), 0.0, GAIT, scratch)
            assert (len(line) > 0) == math.isfinite(expected)
            if len(line):
                total = parts.metres.sum() + here.link.offset_m + there.offset_m
                assert total == pytest.approx(expected, abs=1e-3)
                assert NONE not in found.edge_geometry[parts.edge]
