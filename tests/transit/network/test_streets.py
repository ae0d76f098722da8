"""The street graph: contraction changes no way."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from tests.feeds import write_streets
from transit.feeds.osm import Extract, read_extract
from transit.network.streets import EARTH_M, none, of_extract
from transit.routing.streets import BICYCLE, NO_EDGE, WALK, Streets

TOWN = """
    street residential 60.000,24.000 60.001,24.000 60.002,24.000 60.003,24.000 # Pitkäkatu
    street residential oneway=yes 60.003,24.000 60.003,24.002 # Yksisuunta
    street steps 60.003,24.002 60.000,24.002
    street residential 60.000,24.002 60.000,24.001 # Kotikatu
    street residential 60.000,24.001 60.000,24.000 # Kotikatu
"""


def graph_of(streets: Streets, mode: int) -> nx.DiGraph[tuple[float, float]]:
    graph: nx.DiGraph[tuple[float, float]] = nx.DiGraph()
    for tail in range(streets.nodes):
        start = (round(float(streets.node_lat[tail]), 7), round(float(streets.node_lon[tail]), 7))
        for edge in range(int(streets.edge_start[tail]), int(streets.edge_start[tail + 1])):
            head = int(streets.edge_head[edge])
            end = (round(float(streets.node_lat[head]), 7), round(float(streets.node_lon[head]), 7))
            metres = float(streets.edge_metres[edge])
            if streets.edge_modes[edge] & mode and metres < graph.get_edge_data(start, end, {"m": math.inf})["m"]:
                graph.add_edge(start, end, m=metres)
    return graph


def raw_graph(extract: Extract, mode: int) -> nx.DiGraph[tuple[float, ...]]:
    """Every vertex a node, straight from the ways; of nodes at one coordinate each after the first stands apart."""
    graph: nx.DiGraph[tuple[float, ...]] = nx.DiGraph()
    ways = extract.ways
    first: dict[tuple[float, float], int] = {}

    def vertex(k: int) -> tuple[float, ...]:
        at = (round(ways.lat[k], 7), round(ways.lon[k], 7))
        return at if first.setdefault(at, ways.ref[k]) == ways.ref[k] else (*at, ways.ref[k])

    for way in range(len(ways.highway)):
        for i in range(ways.start[way], ways.start[way + 1] - 1):
            ends = [vertex(i), vertex(i + 1)]
            metres = haversine(ends[0][:2], ends[1][:2])
            for bits, pair in ((ways.forward[way], ends), (ways.backward[way], ends[::-1])):
                if bits & mode:
                    graph.add_edge(pair[0], pair[1], m=metres)
    return graph


def haversine(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    (p, q), (r, s) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((r - p) / 2) ** 2 + math.cos(p) * math.cos(r) * math.sin((s - q) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(half))


def town(tmp_path: Path, stops: list[tuple[float, float]] | None = None, text: str = TOWN) -> tuple[Extract, Streets]:
    extract = read_extract(write_streets(tmp_path / "town.osm.pbf", text))
    at = np.array(stops or [], float).reshape(-1, 2)
    return extract, of_extract(extract, at[:, 1], at[:, 0])


def test_only_junctions_and_changes_are_nodes(tmp_path: Path) -> None:
    extract, streets = town(tmp_path)
    # The two ways of Kotikatu are one stretch; the corner with Pitkäkatu changes the name.
    assert streets.nodes == 4
    assert len(streets.edge_head) == 8
    names = sorted({extract.names[name].get("", "") for name in streets.edge_name})
    assert names == ["", "Kotikatu", "Pitkäkatu", "Yksisuunta"]


def test_a_one_way_street_is_one_way_for_bicycles_alone(tmp_path: Path) -> None:
    _, streets = town(tmp_path)
    a, b = (60.003, 24.0), (60.003, 24.002)
    walk, ride = graph_of(streets, WALK), graph_of(streets, BICYCLE)
    assert walk.has_edge(a, b)
    assert walk.has_edge(b, a)
    assert not ride.has_edge(b, a)


def test_islands_lose_their_bits(tmp_path: Path) -> None:
    _, streets = town(tmp_path)
    # Riding into the one-way street one cannot come back (the steps are not for bicycles): it is no street for them.
    assert not graph_of(streets, BICYCLE).has_edge((60.003, 24.0), (60.003, 24.002))


def test_a_ring_of_one_street_is_kept(tmp_path: Path) -> None:
    ring = "street residential 60.0,24.0 60.001,24.0 60.001,24.001 60.0,24.0 # Kehä"
    _, streets = town(tmp_path, [(60.001, 24.0005)], ring)
    assert streets.nodes == 1
    corners = [(60, 24), (60.001, 24), (60.001, 24.001), (60, 24)]
    metres = sum(haversine(a, b) for a, b in pairwise(corners))
    assert streets.edge_metres.tolist() == pytest.approx([metres, metres], rel=1e-6)
    assert streets.stop_edge[0] != NO_EDGE


def test_stops_are_linked_to_the_nearest_street(tmp_path: Path) -> None:
    extract, streets = town(tmp_path, [(60.0015, 24.0001), (60.1, 24.0)])
    edge = int(streets.stop_edge[0])
    assert extract.names[streets.edge_name[edge]][""] == "Pitkäkatu"
    tail = next(t for t in range(streets.nodes) if streets.edge_start[t] <= edge < streets.edge_start[t + 1])
    expected = (60.0015 - streets.node_lat[tail]) / (streets.node_lat[streets.edge_head[edge]] - streets.node_lat[tail])
    assert streets.stop_fraction[0] == pytest.approx(expected, abs=1e-3)
    assert streets.stop_offset_m[0] == pytest.approx(haversine((60.0015, 24.0), (60.0015, 24.0001)), rel=0.01)
    assert streets.stop_edge[1] == NO_EDGE


def test_no_streets() -> None:
    streets = none(3)
    assert streets.nodes == 0
    assert (streets.stop_edge == NO_EDGE).all()


def check(streets: Streets) -> None:
    """The invariants of `Streets`."""
    tails = np.repeat(np.arange(streets.nodes), streets.edge_start[1:] - streets.edge_start[:-1])
    start, end = streets.shape_start[streets.edge_geometry], streets.shape_start[streets.edge_geometry + 1] - 1
    backward = streets.edge_backward == 1
    first, last = np.where(backward, end, start), np.where(backward, start, end)
    assert np.array_equal(streets.shape_lon[first], streets.node_lon[tails])
    assert np.array_equal(streets.shape_lat[last], streets.node_lat[streets.edge_head])
    assert np.array_equal(np.sort(streets.edge_geometry), np.repeat(np.arange(len(streets.shape_start) - 1), 2))
    west, south, width, height, columns, rows = streets.grid
    assert len(streets.cell_start) == columns * rows + 1
    # Every vertex lies in a cell that lists its edge.
    forward = np.flatnonzero(~backward)
    listed = {(int(cell), int(streets.edge_geometry[edge])) for cell in range(int(columns * rows))
              for edge in streets.cell_edges[streets.cell_start[cell] : streets.cell_start[cell + 1]]}  # fmt: skip
    for edge in forward.tolist():
        geometry = int(streets.edge_geometry[edge])
        for i in range(int(streets.shape_start[geometry]), int(streets.shape_start[geometry + 1])):
            column, row = int((streets.shape_lon[i] - west) / width), int((streets.shape_lat[i] - south) / height)
            assert (int(row * columns + column), geometry) in listed


def test_invariants_hold(tmp_path: Path) -> None:
    check(town(tmp_path, [(60.0015, 24.0001)])[1])


@pytest.mark.parametrize("mode", [WALK, BICYCLE])
def test_contraction_keeps_every_distance_of_a_real_city(shared_data: Path, mode: int) -> None:
    extract = read_extract(shared_data / "helsinki" / "helsinki-core.osm.pbf")
    streets = of_extract(extract, np.zeros(0), np.zeros(0))
    check(streets)
    small, raw = graph_of(streets, mode), raw_graph(extract, mode)
    nodes = sorted(small.nodes)
    rng = random.Random(7)
    reached = 0
    for start in rng.sample(nodes, 25):
        expected = nx.single_source_dijkstra_path_length(raw, start, weight="m")
        found = nx.single_source_dijkstra_path_length(small, start, weight="m")
        for end in rng.sample(nodes, 40):
            assert found.get(end, math.inf) == pytest.approx(expected.get(end, math.inf), rel=1e-4)
            reached += end in found
    assert reached > 500
