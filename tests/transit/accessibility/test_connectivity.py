"""What a network's graph says, on a tiny feed where one sees it, and against counting on random ones."""

from __future__ import annotations

import hashlib
from datetime import date
from random import Random

import networkx as nx
import pytest

from tests.feeds import write_feed, write_streets
from transit.accessibility.connectivity import NoSuchLine, _behind, _pairs, closing, critical, islands
from transit.network.build import Source, build
from transit.network.graph import transit_graph
from transit.network.store import Network, open_network

TUESDAY = date(2026, 11, 24).toordinal()
TEXT = """
    stop A 60.00 24.00 Aa
    stop B 60.10 24.00 Bee
    stop C 60.20 24.00 Cee
    stop D 60.30 24.00 Dee
    stop E 60.301 24.00 Eee
    stop F 60.40 24.00 Eff
    stop X 61.00 24.00 Isle
    stop Y 61.10 24.00 Cape
    line 1 bus A 8:00 B 8:10 C 8:20
    line 1 bus C 9:00 B 9:10 A 9:20
    line 1 bus A 10:00 B 10:05 C 10:20
    line 2 bus C 8:30 D 8:40
    line 2 bus D 8:50 C 9:00
    line 3 bus E 9:00 F 9:10 E 9:20
    line 4 rail A 7:00 C 7:10 A 7:20
    line 9 ferry X 8:00 Y 8:30
"""
STREETS = "street residential 60.30,24.00 60.301,24.00 # Short Street"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = tmp_path_factory.mktemp("graph")
    files = (write_feed(folder / "f.zip", TEXT), False), (write_streets(folder / "s.osm.pbf", STREETS), True)
    sources = [
        Source(path.name.split(".")[0], path, hashlib.sha256(path.read_bytes()).hexdigest(), streets)
        for path, streets in files
    ]
    return open_network(build(sources, folder))


def ids(rows: list[dict[str, str]]) -> str:
    return " ".join(row["id"].split(":")[1] for row in rows)


def test_the_graph_has_vehicles_and_walks(network: Network) -> None:
    graph = transit_graph(network, TUESDAY)
    stop = {facts["id"]: number for number, facts in graph.nodes(data=True)}
    assert len(stop) == 8
    ride = graph.edges[stop["f:A"], stop["f:B"], "f:1"]
    assert (ride["departures"], ride["seconds"]) == (2, 300)
    assert graph.edges[stop["f:D"], stop["f:E"], "walk"]["seconds"] == pytest.approx(89, abs=1)
    assert not transit_graph(network, date(2031, 1, 1).toordinal())
    with_streets = transit_graph(network, TUESDAY, streets=True)
    assert nx.shortest_path_length(with_streets, stop["f:D"], stop["f:E"], "metres") < 113
    assert not transit_graph(network, TUESDAY, walks=False).has_edge(stop["f:D"], stop["f:E"])


def test_a_line_that_closes(network: Network) -> None:
    found = closing(network, TUESDAY, ["f:2"])
    # C and D are no longer joined, and behind D is the walk to E and the bus to F.
    assert ids(found["cut_off"]) == "D E F"
    assert [row["still_served"] for row in found["cut_off"]] == [False, True, True]
    assert (found["main_part"], found["main_part_after"], found["no_longer_served"]) == (6, 3, 1)
    # 6 × 5 pairs and X → Y, of which 3 × 2 twice and X → Y stay.
    assert (found["pairs"], found["pairs_after"]) == (31, 13)
    # The train takes nobody from B.
    assert ids(closing(network, TUESDAY, ["f:1"])["cut_off"]) == "B"
    assert closing(network, TUESDAY, ["f:4"])["cut_off"] == []
    with pytest.raises(NoSuchLine, match="f:7"):
        closing(network, TUESDAY, ["f:7", "f:1"])


def test_links_without_another_way(network: Network) -> None:
    found = critical(network, TUESDAY)
    links = {
        frozenset(ids([row["from"], row["to"]]).split()): (row["behind"], row["departures"], row["lines"])
        for row in found["critical_links"]
    }
    assert links == {
        frozenset("CD"): (3, 2, ["f:2"]),
        frozenset("DE"): (2, 0, []),
        frozenset("EF"): (1, 2, ["f:3"]),
        frozenset("XY"): (1, 1, ["f:9"]),
    }
    assert [row["behind"] for row in found["critical_links"]] == [3, 2, 1, 1]
    assert {row["id"]: row["parts"] for row in found["critical_stops"]} == {"f:C": 2, "f:D": 2, "f:E": 2}


def test_islands(network: Network) -> None:
    found = islands(network, TUESDAY)
    assert [(part["size"], ids(part["stops"]), part["lines"]) for part in found["parts"]] == [
        (6, "A B C D E F", ["f:1", "f:2", "f:3", "f:4"]),
        (2, "Y X", ["f:9"]),
    ]


@pytest.mark.parametrize("seed", range(30))
def test_counts_are_those_of_counting(seed: int) -> None:
    chooser = Random(seed)
    graph = nx.gnp_random_graph(14, 0.11, seed=seed, directed=True)
    expected = sum(len(nx.descendants(graph, node)) for node in graph)
    assert _pairs(nx.MultiDiGraph(graph)) == expected
    plain = nx.gnp_random_graph(16, chooser.uniform(0.08, 0.2), seed=seed)
    bridges = list(nx.bridges(plain))
    for bridge, behind in _behind(plain, bridges).items():
        a, b = bridge
        without = plain.copy()
        without.remove_edge(a, b)
        assert behind == min(len(nx.node_connected_component(without, end)) for end in (a, b))
