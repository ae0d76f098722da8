"""Where one drives: the quickest ways of the graph are those over the raw ways, each vertex a node."""

from __future__ import annotations

import math
import random
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from tests.feeds import write_streets
from tests.transit.network.test_streets import TOWN, check, haversine
from transit.feeds.osm import Extract, read_extract
from transit.network.carriageways import carriageways_of
from transit.network.streets import of_extract
from transit.routing.streets import DRIVE, MOPED, NO_EDGE, NO_NODE, Carriageways, Streets

NOWHERE = np.zeros(0)
TOP_MPS = 36.0


def seconds_by_graph(streets: Streets, mode: int) -> nx.DiGraph[int]:
    """The graph with nodes of its own: of two at one place one may be behind a bollard."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    for tail in range(streets.nodes):
        for edge in range(int(streets.edge_start[tail]), int(streets.edge_start[tail + 1])):
            head, seconds = int(streets.edge_head[edge]), float(streets.edge_metres[edge]) / TOP_MPS
            if streets.edge_modes[edge] & mode and seconds < graph.get_edge_data(tail, head, {"s": math.inf})["s"]:
                graph.add_edge(tail, head, s=seconds)
    return graph


def seconds_by_ways(extract: Extract, mode: int) -> nx.DiGraph[tuple[int, int]]:
    """Every vertex of every way a node; at a closed one each way begins anew on its other side."""
    graph: nx.DiGraph[tuple[int, int]] = nx.DiGraph()
    ways, closed = extract.ways, set(extract.closed)
    for way in range(len(ways.highway)):
        for i in range(ways.start[way], ways.start[way + 1] - 1):
            metres = haversine((ways.lat[i], ways.lon[i]), (ways.lat[i + 1], ways.lon[i + 1]))
            pair = [(ways.ref[k], 0 if ways.ref[k] not in closed else i + 1) for k in (i, i + 1)]
            for bits, ends in ((ways.driven_forward[way], pair), (ways.driven_backward[way], pair[::-1])):
                seconds = metres / (ways.kmh[way] / 3.6) if bits & mode else math.inf
                tail, head = ends
                if seconds < graph.get_edge_data(tail, head, {"s": math.inf})["s"]:
                    graph.add_edge(tail, head, s=seconds)
    return graph


def built(extract: Extract) -> tuple[Streets, Carriageways]:
    walks = of_extract(extract, NOWHERE, NOWHERE)
    return walks, carriageways_of(extract, walks, NOWHERE, NOWHERE)


def test_the_quickest_ways_of_a_real_city(shared_data: Path) -> None:
    extract = read_extract(shared_data / "helsinki" / "helsinki-core.osm.pbf")
    walks, driven = built(extract)
    streets = driven.timed(TOP_MPS)
    check(streets)
    place = {(round(lat, 7), round(lon, 7)): ref for ref, lat, lon in
             zip(extract.ways.ref, extract.ways.lat, extract.ways.lon, strict=True)}  # fmt: skip
    rng, reached = random.Random(7), 0
    for mode in (DRIVE, MOPED):
        small, raw = seconds_by_graph(streets, mode), seconds_by_ways(extract, mode)
        known = {node: (ref, 0) for node in small.nodes
                 if (ref := place[round(float(streets.node_lat[node]), 7), round(float(streets.node_lon[node]), 7)])
                 not in set(extract.closed) and (ref, 0) in raw}  # fmt: skip
        for start in rng.sample(sorted(known), 8):
            expected = nx.single_source_dijkstra_path_length(raw, known[start], weight="s")
            found = nx.single_source_dijkstra_path_length(small, start, weight="s")
            for end in rng.sample(sorted(known), 40):
                assert found.get(end, math.inf) == pytest.approx(expected.get(known[end], math.inf), rel=1e-4)
                reached += end in found
    assert reached > 400
    same = driven.walk_node != NO_NODE
    assert same.mean() > 0.7
    assert np.array_equal(walks.node_lon[driven.walk_node[same]], streets.node_lon[same])
    assert np.array_equal(walks.node_lat[driven.walk_node[same]], streets.node_lat[same])


def test_what_cars_alone_use_is_not_walked(tmp_path: Path) -> None:
    extract = read_extract(write_streets(tmp_path / "a.osm.pbf", TOWN))
    more = TOWN + "street motorway 60.000,24.000 60.010,24.000\nstreet motorway 60.010,24.000 60.000,24.000"
    wider = read_extract(write_streets(tmp_path / "b.osm.pbf", more))
    (walks, driven), (same, longer) = built(extract), built(wider)
    for name in ("edge_head", "edge_metres", "edge_modes", "node_lat"):
        assert np.array_equal(getattr(walks, name), getattr(same, name)), name
    assert len(longer.streets.edge_head) > len(driven.streets.edge_head)
    assert longer.edge_kmh.max() == 110


def test_a_bollard_parts_a_street(tmp_path: Path) -> None:
    row = "street residential 60.000,24.000 60.001,24.000 60.002,24.000 # Katu"
    open_, closed = (
        built(read_extract(write_streets(tmp_path / f"{i}.osm.pbf", row + extra)))
        for i, extra in enumerate(("", "\nnode 60.001,24.000 barrier=bollard"))
    )
    assert (open_[1].streets.nodes, closed[1].streets.nodes) == (2, 4)
    assert open_[0].nodes == closed[0].nodes == 2


def test_no_carriageways(tmp_path: Path) -> None:
    extract = read_extract(write_streets(tmp_path / "a.osm.pbf", "street footway 60.0,24.0 60.001,24.0"))
    stops = np.array([24.0]), np.array([60.0])
    driven = carriageways_of(extract, of_extract(extract, *stops), *stops)
    assert driven.streets.nodes == 0
    assert driven.streets.stop_edge.tolist() == [NO_EDGE]
