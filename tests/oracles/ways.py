"""The slow, obvious search on streets: networkx on a graph in which both places are nodes of their own."""

from __future__ import annotations

import math
from itertools import pairwise

import networkx as nx

from transit.routing.access import Spot
from transit.routing.kernels.dijkstra import METRES_PER_DEGREE
from transit.routing.kernels.ways import DETOUR, LEAP_M
from transit.routing.streets import Streets


def graph_with(streets: Streets, mode: int, spots: dict[str, Spot]) -> nx.DiGraph[object]:
    """The edges usable by a mode, each cut at the places on its stretch of street; weights in metres."""
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_nodes_from(spots)
    for tail in range(streets.nodes):
        for edge in range(int(streets.edge_start[tail]), int(streets.edge_start[tail + 1])):
            if not streets.edge_modes[edge] & mode:
                continue
            metres = float(streets.edge_metres[edge])
            cuts: list[tuple[float, object]] = [(0.0, tail), (1.0, int(streets.edge_head[edge]))]
            for name, spot in spots.items():
                if spot.link and streets.edge_geometry[spot.link.edge] == streets.edge_geometry[edge]:
                    same_way = streets.edge_backward[spot.link.edge] == streets.edge_backward[edge]
                    fraction = spot.link.fraction if same_way else 1 - spot.link.fraction
                    cuts.append((fraction, ("on street", name)))
                    graph.add_edge(name, ("on street", name), weight=spot.link.offset_m)
                    graph.add_edge(("on street", name), name, weight=spot.link.offset_m)
            cuts.sort(key=lambda cut: (cut[0], cut[1] == int(streets.edge_head[edge]) and cut[0] == 1.0))
            for (a, start), (b, end) in pairwise(cuts):
                weight = (b - a) * metres
                if not graph.has_edge(start, end) or graph.edges[start, end]["weight"] > weight:
                    graph.add_edge(start, end, weight=weight)
                if a == b and isinstance(start, tuple) and isinstance(end, tuple):
                    graph.add_edge(end, start, weight=0.0)  # one place, whichever way one may go there
    return graph


def metres_between(streets: Streets, mode: int, start: Spot, end: Spot) -> float:
    """The length of the shortest way, infinite where there is none.

    Two places that are nearer to each other than to the street are joined by a straight line.
    """
    if start.link and end.link:
        east = (start.lon - end.lon) * math.cos(math.radians((start.lat + end.lat) / 2))
        across = DETOUR * METRES_PER_DEGREE * math.hypot(east, start.lat - end.lat)
        if across <= min(LEAP_M, start.link.offset_m + end.link.offset_m):
            return across
    graph = graph_with(streets, mode, {"start": start, "end": end})
    try:
        return float(nx.dijkstra_path_length(graph, "start", "end"))
    except nx.NetworkXNoPath:
        return math.inf
