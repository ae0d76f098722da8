"""The slow, obvious way to mind forbidden turns: every directed edge a node, every allowed turn an edge between two."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np

from transit.routing.access import Spot
from transit.routing.streets import Streets

Pair = tuple[int, int]


def metres_between(streets: Streets, mode: int, banned: set[Pair], start: Spot, end: Spot) -> float:
    """The length of the shortest way between two places, infinite where there is none. `banned` are pairs of edges of
    which the second may not follow the first.
    """
    if start.link is None or end.link is None:
        return math.inf
    tail = np.repeat(np.arange(streets.nodes), np.diff(streets.edge_start.astype(int))).tolist()
    head, metres = streets.edge_head.tolist(), streets.edge_metres.astype(float).tolist()
    open_ = [edge for edge in range(len(head)) if streets.edge_modes[edge] & mode]
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_nodes_from(("start", "end"))
    for one in open_:
        for other in open_:
            if head[one] == tail[other] and (one, other) not in banned:
                graph.add_edge(("done", one), ("begun", other), weight=0.0)
        graph.add_edge(("begun", one), ("done", one), weight=metres[one])
        for spot, is_start in ((start, True), (end, False)):
            along = _along(streets, one, spot)
            if along is not None and is_start:
                graph.add_edge("start", ("done", one), weight=(1 - along) * metres[one])
            elif along is not None:
                graph.add_edge(("begun", one), "end", weight=along * metres[one])
        first, last = _along(streets, one, start), _along(streets, one, end)
        if first is not None and last is not None and last >= first:
            graph.add_edge("start", "end", weight=(last - first) * metres[one])
    try:
        found = float(nx.dijkstra_path_length(graph, "start", "end"))
    except nx.NetworkXNoPath:
        return math.inf
    return found + start.link.offset_m + end.link.offset_m


def _along(streets: Streets, edge: int, spot: Spot) -> float | None:
    """Where on an edge a place is, as a fraction from its tail; None where it is on another street."""
    assert spot.link is not None
    if streets.edge_geometry[spot.link.edge] != streets.edge_geometry[edge]:
        return None
    same = streets.edge_backward[spot.link.edge] == streets.edge_backward[edge]
    return spot.link.fraction if same else 1 - spot.link.fraction
