"""A network's streets as a networkx graph, for analysis and as the oracle of the search on arrays."""

from __future__ import annotations

import networkx as nx
import numpy as np

from transit.network.store import Network
from transit.routing.streets import BICYCLE, WALK


def street_graph(network: Network) -> nx.MultiDiGraph[int]:
    """Nodes have `lon` and `lat`; directed edges `metres`, `walk`, `bicycle`, `name`, and their number as key."""
    streets = network.streets
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for node, (lon, lat) in enumerate(zip(streets.node_lon.tolist(), streets.node_lat.tolist(), strict=True)):
        graph.add_node(node, lon=lon, lat=lat)
    degrees = streets.edge_start[1:] - streets.edge_start[:-1]
    tails = np.repeat(np.arange(streets.nodes), degrees)
    columns = (tails, streets.edge_head, streets.edge_metres, streets.edge_modes, streets.edge_name)
    for edge, (tail, head, metres, modes, name) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        allowed = {"walk": bool(modes & WALK), "bicycle": bool(modes & BICYCLE)}
        graph.add_edge(tail, head, key=edge, metres=metres, name=network.street_names[name], **allowed)
    return graph
