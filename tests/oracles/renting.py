"""The slow, obvious search with hired vehicles: every vehicle, every place to leave it, every way by networkx."""

from __future__ import annotations

import math
from collections.abc import Iterator

import networkx as nx
import numpy as np

from tests.oracles.ways import graph_with, metres_between
from transit.routing.access import Spot, spot_at
from transit.routing.renting import LOCK_S, UNLOCK_S, Fleet
from transit.routing.streets import BICYCLE, WALK, Streets

Known = dict[tuple[object, ...], float]


def seconds_between(fleet: Fleet, start: Spot, end: Spot, renter: tuple[float, float, float], known: Known) -> float:
    """The least seconds from one place to another with one hired vehicle, by legs in whole seconds.

    `renter` is how fast somebody walks (m/s), and how long they walk and ride at most (s); `known` remembers ways.
    """
    return min(_ways(fleet, start, end, renter, known), default=math.inf)


def _ways(fleet: Fleet, start: Spot, end: Spot, renter: tuple[float, float, float], known: Known) -> Iterator[float]:
    walk_mps, walk_s, ride_s = renter
    speed = fleet.profile.speed_mps

    def walked(a: Spot, b: Spot) -> float:
        if ("on foot", a, b) not in known:
            known["on foot", a, b] = metres_between(fleet.ground.net, WALK, a, b) if a.link and b.link else math.inf
        metres = known["on foot", a, b]
        return metres if metres <= walk_s * walk_mps else math.inf

    for number, pickup in enumerate(fleet.pickups):
        on_foot = spot_at(fleet.ground, pickup.lat, pickup.lon, WALK)
        riding = spot_at(fleet.ridden, pickup.lat, pickup.lon, BICYCLE)
        most = min(float(fleet.range_m[number]), ride_s * speed)
        before = walked(start, on_foot)
        for left, from_left, name in _drops(fleet, end):
            ridden = _along(fleet.ridden.net, BICYCLE, riding, left, known, "ridden")
            after = walked(from_left, end) if isinstance(from_left, Spot) else math.inf
            if name == "itself":
                after = end.link.offset_m if end.link else math.inf
            elif name == "corner":  # nobody leaves a vehicle at a corner to go straight across
                after = _along(fleet.ground.net, WALK, from_left, end, known)
                after = after if after <= walk_s * walk_mps else math.inf
            if max(before, after) < math.inf and ridden <= most:
                parts = (before / walk_mps, ridden / speed, after / walk_mps)
                yield sum(map(math.ceil, parts)) + UNLOCK_S + LOCK_S


def _drops(fleet: Fleet, end: Spot) -> Iterator[tuple[Spot | int, Spot | int, str]]:
    """Where it may be left: as met riding, as left on foot."""
    for dock in fleet.docks:
        yield (
            spot_at(fleet.ridden, dock.lat, dock.lon, BICYCLE),
            spot_at(fleet.ground, dock.lat, dock.lon, WALK),
            "dock",
        )
    roads = fleet.ground.carriageways if fleet.profile.is_driven else None
    for node in range(fleet.ridden.net.nodes):
        walked = node if roads is None else int(roads.walk_node[node])
        if walked < fleet.ground.net.nodes and fleet.corners[walked]:
            yield node, walked, "corner"
    if fleet.is_free and roads is None and end.link and fleet.may_leave_at(np.array([end.lat]), np.array([end.lon]))[0]:
        yield end._replace(link=end.link._replace(offset_m=0.0)), end, "itself"


def _along(
    streets: Streets, mode: int, start: Spot | int, end: Spot | int, known: Known, where: str = "walked"
) -> float:
    """The length of the shortest way along the streets between places or nodes."""
    if (where, mode, start, end) not in known:
        known[where, mode, start, end] = _shortest(streets, mode, start, end)
    return known[where, mode, start, end]


def _shortest(streets: Streets, mode: int, start: Spot | int, end: Spot | int) -> float:
    spots = {name: place for name, place in (("start", start), ("end", end)) if isinstance(place, Spot)}
    if any(spot.link is None for spot in spots.values()):
        return math.inf
    graph = graph_with(streets, mode, spots)
    graph.add_nodes_from(each for each in (start, end) if isinstance(each, int))
    ends: list[object] = [p if isinstance(p, int) else name for name, p in (("start", start), ("end", end))]
    try:
        return float(nx.dijkstra_path_length(graph, ends[0], ends[1]))
    except nx.NetworkXNoPath:
        return math.inf
