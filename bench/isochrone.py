"""Walk isochrones of 1.5 km from random crossings of `rnv` beside scipy's Dijkstra with limit, on the same graph.

Ours is the tree that every door-to-door search grows around its two ends, with the way back from each crossing, copied
out for the caller. scipy is given the edges that may be walked, the shortest of parallel ones, and asked for metres.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from bench.networks import network_of
from transit.routing.access import NOWHERE, Ground, around, grow, spot_at
from transit.routing.kernels.dijkstra import NODE, Points, Tree
from transit.routing.streets import WALK

CITY, LIMIT_M, SOURCES, RUNS, BAR = "rnv", 1500.0, 500, 5, 0.3


def main() -> None:
    """Print medians and the ratio; fail above the bar."""
    network = network_of(CITY)
    ground = Ground(network.stops.lat, network.stops.lon, network.streets)
    matrix = _matrix(ground)
    chooser = random.Random(1500)
    sources = [chooser.randrange(network.streets.nodes) for _ in range(SOURCES)]

    seeds = {node: Points(np.array([node], np.uint32), np.zeros(1)) for node in sources}

    def ours(node: int) -> Tree:
        return grow(ground.graph, seeds[node], NOWHERE, WALK, LIMIT_M)[0]

    def theirs(node: int) -> np.ndarray:
        return np.asarray(dijkstra(matrix, indices=node, limit=LIMIT_M))

    spots = {node: spot_at(ground, network.streets.node_lat[node], network.streets.node_lon[node]) for node in sources}

    def with_stops(node: int) -> object:
        return around(ground, spots[node], (), 1.25, int(LIMIT_M / 1.25))

    reached = []
    for node in sources[:100]:
        tree, metres = ours(node), np.full(network.streets.nodes, np.inf)
        metres[tree.links[:, NODE]] = tree.metres
        if not np.array_equal(metres, theirs(node)):
            sys.exit(f"isochrone: the metres from crossing {node} are not scipy's")
        reached.append(len(tree.metres))
    with_stops(sources[0])
    runs = [[_median_ms(search, sources) for search in (ours, theirs, with_stops)] for _ in range(RUNS)]
    mine, peer, stops = (median(run[i] for run in runs) for i in range(3))
    ratio = median(run[0] / run[1] for run in runs)
    edges = len(network.streets.edge_head)
    sys.stdout.write(
        f"isochrone: {CITY}, {LIMIT_M:.0f} m on foot, {edges} directed edges, {SOURCES} random crossings\n"
    )
    sys.stdout.write(f"  crossings reached                {median(reached):8.0f} median, the same metres as scipy\n")
    sys.stdout.write(f"  ours, with ways                  {mine:8.4f} ms median\n")
    sys.stdout.write(f"  scipy's Dijkstra, limited        {peer:8.4f} ms median\n")
    sys.stdout.write(f"  ratio ours / scipy               {ratio:8.2f}  (at most {BAR})\n")
    sys.stdout.write(f"  ours, with the stops around      {stops:8.4f} ms median\n")
    if ratio > BAR:
        sys.exit("isochrone: above the bar")


def _matrix(ground: Ground) -> csr_array:
    """The edges that may be walked."""
    streets = ground.net
    walk = streets.edge_modes & WALK > 0
    tails, heads = ground.tails[walk].astype(np.int32), streets.edge_head[walk].astype(np.int32)
    metres = streets.edge_metres[walk].astype(np.float64)
    order = np.lexsort((metres, heads, tails))
    tails, heads, metres = tails[order], heads[order], metres[order]
    shortest = np.append(True, (np.diff(tails) != 0) | (np.diff(heads) != 0))
    shape = (streets.nodes, streets.nodes)
    return csr_array((metres[shortest], (tails[shortest], heads[shortest])), shape=shape)


def _median_ms(search: Callable[[int], object], sources: list[int]) -> float:
    """Median milliseconds of one search."""
    times = []
    for node in sources:
        began = perf_counter()
        search(node)
        times.append((perf_counter() - began) * 1e3)
    return median(times)


if __name__ == "__main__":
    main()
