"""A network as networkx graphs, for analysis and as the oracle of the search on arrays: its streets, its vehicles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx as nx
import numpy as np

from transit.network.store import Network
from transit.routing.streets import BICYCLE, NO_EDGE, WALK

NOT = 1
"""GTFS pickup_type and drop_off_type: none."""


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


def transit_graph(network: Network, day: int, *, walks: bool = True, streets: bool = False) -> nx.MultiDiGraph[Any]:
    """The network of a service day (`date.toordinal`): a node for each stop at which something calls on that day.

    Nodes are numbers of stops with `id`, `name`, `lat`, `lon`. Edges have as key the `feed:route` that runs from a call
    to the next (`kind` "ride", `departures` on the day, `seconds` of the quickest run), or "walk" (`seconds`) where one
    may change on foot. With `streets`, nodes ("street", number) as in `street_graph` and links between them and stops.
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for tail, head, route, departures, seconds in _hops(network, day):
        for stop in (tail, head):
            if stop not in graph:
                graph.add_node(stop, **_stop(network, stop))
        key = network.routes.ids.texts[route]
        graph.add_edge(tail, head, key=key, kind="ride", departures=departures, seconds=seconds)
    if walks:
        _add_walks(graph, network)
    if streets:
        _add_streets(graph, network)
    return graph


def _stop(network: Network, stop: int) -> dict[str, Any]:
    lat, lon = float(network.stops.lat[stop]), float(network.stops.lon[stop])
    return {"id": network.stop_id(stop), "name": network.stops.name.get(stop, ""), "lat": lat, "lon": lon}


def _hops(network: Network, day: int) -> Iterator[tuple[int, int, int, int, int]]:
    """From stop, to stop, route, departures, seconds: of calls that follow each other on a day.

    Where a vehicle neither picks up nor sets down it does not call. Calls one after the other at one stop are no hop.
    """
    schedule, trips = network.schedule, network.trips
    column = day - network.first_day
    if not 0 <= column < schedule.service_active.shape[1]:
        return
    running = np.flatnonzero(schedule.service_active[:, column][trips.service] == 1)
    hops: dict[tuple[int, int, int], tuple[int, int]] = {}
    for trip in running.tolist():
        first, end = network.first_call(trip), network.first_call(trip, 1)
        route, events = int(trips.route[trip]), int(schedule.trip_event_start[trip])
        last: tuple[int, int] | None = None
        for position, call in enumerate(range(first, end)):
            if schedule.sequence_pickup[call] == NOT and schedule.sequence_drop_off[call] == NOT:
                continue
            stop, at = network.stop_at(trip, position), events + position
            if last is not None and last[0] != stop:
                key = last[0], stop, route
                seconds = int(schedule.event_arrivals[at]) - last[1]
                count, quickest = hops.get(key, (0, seconds))
                hops[key] = count + 1, min(quickest, seconds)
            last = stop, int(schedule.event_departures[at])
    yield from ((*key, *value) for key, value in hops.items())


def _add_walks(graph: nx.MultiDiGraph[Any], network: Network) -> None:
    schedule, original = network.schedule, network.stops.original
    start = schedule.transfer_start.astype(np.int64)
    counts = start[1:] - start[:-1]
    tails = original[np.repeat(np.arange(len(counts)), counts)]
    columns = tails.tolist(), original[schedule.transfer_stops].tolist(), schedule.transfer_seconds.tolist()
    for tail, head, seconds in zip(*columns, strict=True):
        if tail != head and tail in graph and head in graph:
            known = graph.get_edge_data(tail, head, "walk")
            graph.add_edge(
                tail, head, key="walk", kind="walk", seconds=min(seconds, (known or {}).get("seconds", seconds))
            )


def _add_streets(graph: nx.MultiDiGraph[Any], network: Network) -> None:
    """The streets, and from each stop on them both ways to the ends of its edge."""
    streets = network.streets
    below: Any = street_graph(network)
    graph.add_nodes_from((("street", node), facts) for node, facts in below.nodes(data=True))
    for tail, head, key, facts in below.edges(keys=True, data=True):
        graph.add_edge(("street", tail), ("street", head), key=key, **facts)
    start = streets.edge_start.astype(np.int64)
    tails = np.repeat(np.arange(streets.nodes), start[1:] - start[:-1])
    for stop in [node for node in graph if not isinstance(node, tuple)]:
        edge = int(streets.stop_edge[stop])
        if edge == NO_EDGE:
            continue
        metres, share, offset = (
            float(streets.edge_metres[edge]),
            float(streets.stop_fraction[stop]),
            float(streets.stop_offset_m[stop]),
        )
        for node, along in ((int(tails[edge]), share * metres), (int(streets.edge_head[edge]), (1 - share) * metres)):
            graph.add_edge(stop, ("street", node), key="link", kind="link", metres=along + offset)
            graph.add_edge(("street", node), stop, key="link", kind="link", metres=along + offset)
