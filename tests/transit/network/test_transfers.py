"""Ways on foot between stops."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from tests.feeds import write_streets
from tests.transit.network.test_streets import haversine
from transit.feeds.gtfs import read_gtfs
from transit.feeds.notices import Notices
from transit.feeds.osm import read_extract
from transit.network import streets as street_builder
from transit.network.pathways import Inside
from transit.network.transfers import CHANGE_S, MAX_M, TIMED_S, Ground, Rules, of_stops, packed, without_barriers
from transit.routing.access import WALK_MPS
from transit.routing.streets import NO_EDGE, STAIRLESS, WALK, WHEELCHAIR, Streets

NO_RULES = Rules(*(np.zeros(0, np.int64) for _ in range(4)))
ALONE = -1


def not_mapped(stops: int) -> Inside:
    nothing, nowhere = np.zeros(0, np.int64), np.zeros(0)
    ways = (nothing,) * 4
    return Inside(np.full(stops, -1), *ways, [], nowhere, nowhere, *ways, nothing, nothing, {})


def rules(*rows: tuple[int, int, int, int]) -> Rules:
    return Rules(*(np.array(column, np.int64) for column in zip(*rows, strict=True)))


def transfers(
    places: list[tuple[float, float]],
    parents: list[int] | None = None,
    streets: Streets | None = None,
    given: Rules = NO_RULES,
) -> dict[tuple[int, int], int]:
    lat, lon = np.array(places).T
    ground = Ground(lon, lat, np.array(parents or [ALONE] * len(places)), streets, not_mapped(len(places)))
    pairs = of_stops(ground, given)
    start, heads, seconds = packed(pairs, len(places))
    for stop in range(len(places)):
        part = seconds[start[stop] : start[stop + 1]]
        assert (np.diff(part) >= 0).all(), "sorted by seconds"
    tails = np.repeat(np.arange(len(places)), start[1:] - start[:-1]).tolist()
    found = dict(zip(zip(tails, heads.tolist(), strict=True), seconds.tolist(), strict=True))
    assert len(found) == len(heads), "each pair once"
    return found


NEAR = [(60.0, 24.0), (60.003, 24.0), (60.02, 24.0)]


def test_straight_lines_with_a_detour_where_no_street_is() -> None:
    found = transfers(NEAR)
    metres = haversine(NEAR[0], NEAR[1]) * 1.3
    assert found[0, 1] == found[1, 0] == math.ceil(metres / WALK_MPS)
    assert (0, 2) not in found


def test_every_stop_has_a_change_at_itself() -> None:
    assert [transfers(NEAR)[stop, stop] for stop in range(3)] == [CHANGE_S] * 3


def test_stops_of_a_station_are_always_joined() -> None:
    found = transfers(NEAR, [2, 2, ALONE])
    assert {(0, 2), (2, 0), (1, 2), (0, 1)} <= found.keys()


@pytest.mark.parametrize(
    ("kind", "given_s", "expected"),
    [(0, 0, {(0, 1): 347, (0, 0): 60}), (1, 0, {(0, 1): TIMED_S}), (2, 240, {(0, 1): 240})],
)
def test_rules_of_two_stops(kind: int, given_s: int, expected: dict[tuple[int, int], int]) -> None:
    found = transfers(NEAR, given=rules((0, 1, kind, given_s)))
    assert {pair: found[pair] for pair in expected} == expected
    assert found[1, 0] == 347, "a rule holds in its direction only"


def test_rules_at_one_stop() -> None:
    found = transfers(NEAR, given=rules((0, 0, 1, 0), (1, 1, 2, 15), (2, 2, 3, 0)))
    assert (found[0, 0], found[1, 1]) == (0, 15)
    assert (2, 2) not in found


def test_a_forbidden_transfer_is_gone() -> None:
    found = transfers(NEAR, given=rules((0, 1, 3, 0)))
    assert (0, 1) not in found
    assert (1, 0) in found


def test_a_recommended_transfer_too_far_to_be_found_is_there() -> None:
    assert transfers(NEAR, given=rules((0, 2, 0, 0)))[0, 2] > MAX_M / WALK_MPS


def test_rules_of_stations_hold_for_their_stops_unless_those_have_their_own() -> None:
    found = transfers([*NEAR, (60.0, 24.001)], [2, 2, ALONE, ALONE], given=rules((2, 3, 2, 300), (0, 3, 2, 100)))
    assert (found[0, 3], found[1, 3], found[2, 3]) == (100, 300, 300)
    assert found[3, 0] < 100, "the way back is walked"


def test_streets_are_followed(tmp_path: Path) -> None:
    text = """
        street residential 60.000,24.000 60.003,24.000
        street residential 60.003,24.000 60.003,24.004
        street residential 60.003,24.004 60.000,24.004
    """
    places = [(60.000, 24.000), (60.000, 24.004)]
    lat, lon = np.array(places).T
    graph = street_builder.of_extract(read_extract(write_streets(tmp_path / "u.osm.pbf", text)), lon, lat)
    corners = [(60.0, 24.0), (60.003, 24.0), (60.003, 24.004), (60.0, 24.004)]
    metres = sum(haversine(a, b) for a, b in pairwise(corners))
    # Not a straight line of 220 m, and a seventh longer than may be walked.
    assert metres > MAX_M
    assert (0, 1) not in transfers(places, streets=graph)
    nearer = [(60.001, 24.000), (60.001, 24.004)]
    lat, lon = np.array(nearer).T
    graph = street_builder.of_extract(read_extract(tmp_path / "u.osm.pbf"), lon, lat)
    expected = metres - 2 * haversine((60.0, 24.0), (60.001, 24.0))
    assert transfers(nearer, streets=graph)[0, 1] == pytest.approx(expected / WALK_MPS, abs=1.5)


STAIRS = """
    street residential 60.000,24.000 60.000,24.002 60.000,24.004
    street residential 60.001,24.000 60.001,24.002 60.001,24.004
    street steps 60.000,24.002 60.001,24.002
    street residential 60.000,24.000 60.001,24.000
"""
BELOW, ABOVE, ON_THE_STAIRS = (60.000, 24.002), (60.001, 24.002), (60.0005, 24.002)


def level_transfers(
    folder: Path, text: str, places: list[tuple[float, float]], bit: int, given: Rules = NO_RULES
) -> dict[tuple[int, int], int] | None:
    """What is left of the transfers for who walks only where the streets have a bit; None: all."""
    lat, lon = np.array(places).T
    graph = street_builder.of_extract(read_extract(write_streets(folder / "u.osm.pbf", text)), lon, lat)
    ground = Ground(lon, lat, np.full(len(places), ALONE), graph, not_mapped(len(places)))
    level = ground.limited(bit)
    if level is None:
        return None
    pairs = without_barriers(ground, level, of_stops(level, given, step_free=True), np.arange(len(places)))
    tails, heads, seconds = (column.tolist() for column in pairs)
    return dict(zip(zip(tails, heads, strict=True), seconds, strict=True))


def test_round_the_stairs(tmp_path: Path) -> None:
    found = level_transfers(tmp_path, STAIRS, [BELOW, ABOVE], STAIRLESS)
    assert found is not None
    metres = 2 * haversine(BELOW, (60.0, 24.0)) + haversine((60.0, 24.0), (60.001, 24.0))
    assert found[0, 1] == found[1, 0] == pytest.approx(metres / WALK_MPS, abs=1.5)


def test_no_way_round(tmp_path: Path) -> None:
    alone = STAIRS.replace("street residential 60.000,24.000 60.001,24.000", "")
    found = level_transfers(tmp_path, alone, [BELOW, ABOVE], WHEELCHAIR, rules((0, 1, 2, 60)))
    assert found is not None
    assert found.keys() == {(0, 0), (1, 1)}, "not even where transfers.txt allows it"


def test_a_rule_is_no_quicker_than_the_way_round(tmp_path: Path) -> None:
    found = level_transfers(tmp_path, STAIRS, [BELOW, ABOVE], WHEELCHAIR, rules((0, 1, 2, 60), (1, 0, 2, 600)))
    assert found is not None
    assert (found[0, 1] > 200, found[1, 0]) == (True, 600)


def test_a_stop_that_only_stairs_lead_to(tmp_path: Path) -> None:
    places = [BELOW, ON_THE_STAIRS, ON_THE_STAIRS]
    found = level_transfers(tmp_path, STAIRS, places, WHEELCHAIR)
    assert found is not None
    assert found.keys() == {(0, 0), (1, 1), (2, 2)}


def test_a_stop_beside_the_stairs_is_met_from_the_street(tmp_path: Path) -> None:
    found = level_transfers(tmp_path, STAIRS, [(60.0, 24.0), (60.00002, 24.00205)], WHEELCHAIR)
    assert found is not None
    assert (0, 1) in found


def test_no_stairs_anywhere(tmp_path: Path) -> None:
    assert level_transfers(tmp_path, STAIRS.replace("steps", "residential"), [BELOW, ABOVE], WHEELCHAIR) is None


def test_a_kerb_bars_who_crosses_there_and_nobody_else(tmp_path: Path) -> None:
    crossing = STAIRS.replace(
        "street steps 60.000,24.002 60.001,24.002", "{} 60.000,24.002 60.0005,24.002 60.001,24.002"
    )
    node = "    node 60.0005,24.002 barrier=kerb kerb=raised"
    for way, is_barred in (("street footway footway=crossing", True), ("street residential", False)):
        found = level_transfers(tmp_path, crossing.format(way) + node, [BELOW, ABOVE], WHEELCHAIR)
        assert (found is not None and found[0, 1] > 200) == is_barred
        assert level_transfers(tmp_path, crossing.format(way) + node, [BELOW, ABOVE], STAIRLESS) is None


def test_walks_in_a_real_city_are_the_shortest(shared_data: Path) -> None:
    extract = read_extract(shared_data / "helsinki" / "helsinki-core.osm.pbf")
    stops = read_gtfs(shared_data / "helsinki" / "hsl.zip", Notices()).stops
    graph = street_builder.of_extract(extract, stops.lon, stops.lat)
    ground = Ground(stops.lon, stops.lat, stops.parent, graph, not_mapped(len(stops.ids)))
    start, heads, seconds = packed(of_stops(ground, NO_RULES), len(stops.lon))
    oracle: nx.DiGraph[object] = nx.DiGraph()
    for tail in range(graph.nodes):
        for edge in range(int(graph.edge_start[tail]), int(graph.edge_start[tail + 1])):
            if graph.edge_modes[edge] & WALK:
                head, metres = int(graph.edge_head[edge]), float(graph.edge_metres[edge])
                if metres < oracle.get_edge_data(tail, head, {"weight": math.inf})["weight"]:
                    oracle.add_edge(tail, head, weight=metres)
    linked = np.flatnonzero(graph.stop_edge != NO_EDGE).tolist()
    owner = np.where(stops.parent >= 0, stops.parent, np.arange(len(stops.ids)))
    tail_of = np.repeat(np.arange(graph.nodes), graph.edge_start[1:] - graph.edge_start[:-1])
    for stop in linked:
        edge = int(graph.stop_edge[stop])
        length, fraction = float(graph.edge_metres[edge]), float(graph.stop_fraction[stop])
        for node, part in ((int(tail_of[edge]), fraction), (int(graph.edge_head[edge]), 1 - fraction)):
            oracle.add_edge(("out", stop), node, weight=part * length + float(graph.stop_offset_m[stop]))
            oracle.add_edge(node, ("in", stop), weight=part * length + float(graph.stop_offset_m[stop]))
    for stop in linked[:60]:
        lengths = nx.single_source_dijkstra_path_length(oracle, ("out", stop), cutoff=MAX_M, weight="weight")
        row = slice(int(start[stop]), int(start[stop + 1]))
        found = dict(zip(heads[row].tolist(), seconds[row].tolist(), strict=True))
        for other in linked:
            if other == stop or graph.stop_edge[other] == graph.stop_edge[stop]:
                continue
            metres = lengths.get(("in", other), math.inf)
            if metres < MAX_M - 0.01:
                assert found[other] == pytest.approx(metres / WALK_MPS, abs=1.01)
            elif metres > MAX_M + 0.01 and owner[other] != owner[stop]:
                assert other not in found
