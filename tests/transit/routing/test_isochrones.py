"""The tree of shortest ways on the street graph is scipy's, from one search to the next on the same scratch."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from transit.routing.access import NOWHERE, grow, metres_at
from transit.routing.kernels.dijkstra import EDGE, NODE, NONE, PARENT, Goal, Graph, Points, Tree

NODES, EDGES = 120, 400


def random_graph(chooser: np.random.Generator, modes: tuple[int, ...]) -> Graph:
    """Points in a square of 1 km, edges at least as long as the straight line, some of them from a node to itself."""
    lon, lat = chooser.uniform(0, 0.009, NODES), chooser.uniform(0, 0.009, NODES)
    tail, head = np.sort(chooser.integers(0, NODES, EDGES)), chooser.integers(0, NODES, EDGES)
    line = np.hypot(lon[tail] - lon[head], lat[tail] - lat[head]) * 111_195
    metres = np.ceil(line * chooser.uniform(1, 1.5, EDGES)).astype(np.float32)
    start = np.searchsorted(tail, np.arange(NODES + 1)).astype(np.uint32)
    return Graph(start, head.astype(np.uint32), metres, chooser.choice(modes, EDGES).astype(np.uint8), lon, lat)


def expected(graph: Graph, seeds: Points, mode: int, limit_m: float) -> np.ndarray:
    """By scipy, from a node of its own that leads to the seeds."""
    start = graph.edge_start.astype(np.int64)
    tail = np.repeat(np.arange(NODES), start[1:] - start[:-1])
    usable = graph.edge_modes & mode > 0
    tails = np.append(tail[usable], np.full(len(seeds.nodes), NODES))
    heads = np.append(graph.edge_head[usable], seeds.nodes).astype(np.int64)
    metres = np.append(graph.edge_metres[usable].astype(np.float64), seeds.metres)
    order = np.lexsort((metres, heads, tails))
    tails, heads, metres = tails[order], heads[order], metres[order]
    best = np.append(True, (np.diff(tails) != 0) | (np.diff(heads) != 0))
    matrix = csr_array((metres[best], (tails[best], heads[best])), shape=(NODES + 1, NODES + 1))
    return np.asarray(dijkstra(matrix, indices=NODES, limit=limit_m))[:NODES]


def along(graph: Graph, seeds: Points, tree: Tree, row: int) -> float:
    """The metres of a way, edge by edge."""
    edges = []
    while tree.links[row, EDGE] != NONE:
        edges.append(int(tree.links[row, EDGE]))
        assert graph.edge_head[edges[-1]] == tree.links[row, NODE]
        row = int(tree.links[row, PARENT])
    here = seeds.nodes == tree.links[row, NODE]
    return float(seeds.metres[here].min() + graph.edge_metres[edges].astype(np.float64).sum())


@pytest.mark.parametrize("seed", range(150))
def test_trees(seed: int) -> None:
    chooser = np.random.default_rng(seed)
    graph = random_graph(chooser, (1, 2, 3))
    mode, limit_m = int(chooser.choice((1, 2))), float(chooser.choice((90, 400, 2000, 200_000)))
    nodes = chooser.integers(0, NODES, 2).astype(np.uint32)
    # Both ends of a street that returns to where it began are one node.
    nodes[1] = nodes[0] if seed % 3 == 0 else nodes[1]
    seeds = Points(nodes, chooser.uniform(1, 80, 2))
    wanted = expected(graph, seeds, mode, limit_m)
    tree, entered = grow(graph, seeds, NOWHERE, mode, limit_m)
    assert entered == -1
    found = metres_at(graph, tree, np.arange(NODES, dtype=np.uint32))
    assert found == pytest.approx(wanted, rel=1e-9)
    for row in range(len(tree.links)):
        if tree.metres[row] == found[tree.links[row, NODE]]:
            assert along(graph, seeds, tree, row) == pytest.approx(tree.metres[row], rel=1e-9)
    ends = Points(chooser.integers(0, NODES, 2).astype(np.uint32), chooser.uniform(0, 50, 2))
    here = int(ends.nodes[0])
    share = 0.99 if seed % 2 else 0.0
    _, entered = grow(graph, seeds, Goal(ends, graph.node_lon[here], graph.node_lat[here], share), mode, limit_m)
    if share == 0.0 or ends.nodes[0] == ends.nodes[1]:
        totals = wanted[ends.nodes] + ends.metres
        if totals.min() > limit_m:
            assert entered == -1
        else:
            assert totals[entered] == pytest.approx(totals.min(), rel=1e-9)
