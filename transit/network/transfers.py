"""Ways on foot between stops: along the streets, within stations, and as transfers.txt has it.

GTFS Schedule, transfers.txt: what it says about two stops or stations stands above what the streets say; a rule for
two stops stands above one for their stations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from transit.feeds.ragged import gather, offsets
from transit.network.merge import NONE, Merged
from transit.network.streets import EARTH_M
from transit.routing.access import DETOUR, LEAP_M, WALK_MPS
from transit.routing.kernels.dijkstra import Goal, Graph, Points, Tree, spread, twins
from transit.routing.streets import NO_EDGE, WALK, Streets

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

MAX_M = 800.0
CHANGE_S = 60
"""From one vehicle to the next at the same stop."""
TIMED_S = 30
"""Between two stops of a timed transfer, where the next vehicle waits; at one stop it takes no time."""
FORBIDDEN = -1
"""In place of seconds: no transfer."""
_FILL, _WALKED, _STATION_RULE, _STOP_RULE = range(4)


@dataclass(frozen=True)
class Rules:
    """transfers.txt of all feeds as far as it holds for everybody: from stop, to stop (or stations), kind, seconds."""

    tail: I64
    head: I64
    kind: I64
    seconds: I64

    @classmethod
    def of(cls, merged: Merged) -> Rules:
        """The rows that name neither a route nor a trip."""
        tail, head, kind, seconds = (merged.transfers(name) for name in ("tail", "head", "kind", "seconds"))
        bare = kind <= 3
        for name in ("from_route", "to_route", "from_trip", "to_trip"):
            bare &= merged.transfers(name) == NONE
        return cls(tail[bare], head[bare], kind[bare], seconds[bare])


class Pairs(NamedTuple):
    """Transfers from a stop to a stop in so many seconds, each pair once."""

    tail: I64
    head: I64
    seconds: I64


@dataclass(frozen=True)
class _Ways:
    """Candidates: from stop, to stop, seconds, and how much each counts against others for the same pair."""

    tail: I64
    head: I64
    seconds: I64
    weight: I64


def of_stops(lon: F64, lat: F64, parent: I64, streets: Streets | None, rules: Rules) -> Pairs:
    """All transfers between stops. `parent` is the station of each stop, or −1.

    Without streets every way is a straight line with a detour.
    """
    stops = len(lon)
    everyone = np.arange(stops)
    place = metres_of(lon, lat)
    itself = _Ways(everyone, everyone, np.full(stops, CHANGE_S), np.full(stops, _WALKED))
    found = [itself, *_walks(place, streets), _siblings(place, parent), *_ruled(place, parent, rules)]
    tail, head, seconds, weight = (
        np.concatenate([getattr(ways, name) for ways in found]) for name in ("tail", "head", "seconds", "weight")
    )
    order = np.lexsort((seconds, -weight, head, tail))
    tail, head, seconds = tail[order], head[order], seconds[order]
    best = np.ones(len(tail), bool)
    best[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    best &= seconds != FORBIDDEN
    return Pairs(tail[best], head[best], seconds[best])


def packed(pairs: Pairs, stops: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32]]:
    """The offsets, stops and seconds of transfers, sorted by stop and seconds as `Timetable` says."""
    order = np.lexsort((pairs.head, pairs.seconds, pairs.tail))
    start = offsets(np.bincount(pairs.tail, minlength=stops))
    return start.astype(np.uint32), pairs.head[order].astype(np.uint32), pairs.seconds[order].astype(np.int32)


def metres_of(lon: F64, lat: F64) -> F64:
    """Coordinates as x and y in metres on a plane."""
    narrow = np.cos(np.radians(lat.mean() if len(lat) else 0.0))
    return np.asarray(np.column_stack((np.radians(lon) * narrow, np.radians(lat))) * EARTH_M)


def _seconds(metres: F64) -> I64:
    """How long a walk of so many metres takes."""
    return np.ceil(metres / WALK_MPS).astype(np.int64)


def _line(place: F64, tail: I64, head: I64) -> I64:
    """Seconds along the straight line with a detour."""
    return _seconds(np.hypot(*(place[tail] - place[head]).T) * DETOUR)


def _walks(place: F64, streets: Streets | None) -> list[_Ways]:
    """The walks between different stops of at most MAX_M: on streets between linked stops, else straight."""
    if not len(place):
        return []
    tree = cKDTree(place)
    near = tree.sparse_distance_matrix(tree, MAX_M, output_type="ndarray")
    tail, head = near["i"].astype(np.int64), near["j"].astype(np.int64)
    order = np.argsort(tail, kind="stable")
    order = order[tail[order] != head[order]]
    tail, head, metres = tail[order], head[order], near["v"][order] * DETOUR
    linked = np.zeros(len(place), bool) if streets is None else np.asarray(streets.stop_edge != NO_EDGE)
    on_streets = linked[tail] & linked[head]
    metres[(linked[tail] != linked[head]) & (metres > LEAP_M)] = np.inf
    if streets is not None:
        start = np.searchsorted(tail[on_streets], np.arange(len(place) + 1))
        metres[on_streets] = _street_metres(streets, start, head[on_streets])
    kept = metres <= MAX_M
    count = int(kept.sum())
    return [_Ways(tail[kept], head[kept], _seconds(metres[kept]), np.full(count, _WALKED))]


def _street_metres(streets: Streets, start: NDArray[np.intp], heads: I64) -> F64:
    """Metres along the streets from stop s to each of `heads[start[s]:start[s + 1]]`; infinite beyond MAX_M."""
    graph = Graph(
        streets.edge_start,
        streets.edge_head,
        streets.edge_metres,
        streets.edge_modes,
        streets.node_lon,
        streets.node_lat,
    )
    nodes = streets.nodes
    tree = Tree(
        np.full(nodes, np.inf),
        np.zeros(nodes, np.uint32),
        np.zeros(nodes, np.uint32),
        np.zeros(nodes + 1, np.uint32),
        np.zeros(nodes + 1),
        np.zeros(nodes, np.uint32),
    )
    links = _Links(streets)
    nowhere = Goal(Points(np.zeros(0, np.uint32), np.zeros(0)), 0.0, 0.0, 0.0)
    result = np.full(len(heads), np.inf)
    for stop in np.flatnonzero(np.diff(start)).tolist():
        targets = heads[start[stop] : start[stop + 1]]
        tree.metres.fill(np.inf)
        tree.place.fill(0)
        spread(graph, links.seeds(stop), nowhere, np.uint8(WALK), MAX_M, tree)
        result[start[stop] : start[stop + 1]] = links.metres_to(stop, targets, tree.metres)
    return result


class _Links:
    """Where stops meet the streets: for every stop the ends of its edge and the metres to them and from them."""

    def __init__(self, streets: Streets) -> None:
        linked = streets.stop_edge != NO_EDGE
        edge = np.where(linked, streets.stop_edge, 0).astype(np.int64)
        twin = twins(streets.edge_geometry, len(streets.shape_start) - 1)[edge].astype(np.int64)
        self.edge = np.where(linked, edge, -1)
        self.ends = np.column_stack((streets.edge_head[twin], streets.edge_head[edge])).astype(np.uint32)
        self.length = streets.edge_metres[edge].astype(np.float64)
        self.fraction = streets.stop_fraction.astype(np.float64)
        self.offset = streets.stop_offset_m.astype(np.float64)
        along = np.column_stack((self.fraction, 1 - self.fraction)) * self.length[:, None] + self.offset[:, None]
        there = (streets.edge_modes[edge] & WALK) > 0
        back = (streets.edge_modes[twin] & WALK) > 0
        infinite = np.inf
        self.out = np.where(np.column_stack((back, there)), along, infinite)
        self.into = np.where(np.column_stack((there, back)), along, infinite)

    def seeds(self, stop: int) -> Points:
        """Where a walk from the stop enters the graph."""
        usable = np.isfinite(self.out[stop])
        return Points(self.ends[stop][usable], self.out[stop][usable])

    def metres_to(self, stop: int, targets: I64, metres: F64) -> F64:
        """The metres to other stops, given those to the nodes."""
        by_node = (metres[self.ends[targets]] + self.into[targets]).min(axis=1)
        along = np.abs(self.fraction[targets] - self.fraction[stop]) * self.length[stop]
        direct = along + self.offset[stop] + self.offset[targets]
        return np.asarray(np.where(self.edge[targets] == self.edge[stop], np.minimum(by_node, direct), by_node))


class Members:
    """What an id of transfers.txt means: a station with its stops, or one stop."""

    def __init__(self, parent: I64) -> None:
        alone = np.arange(len(parent))
        owner = np.where(parent >= 0, parent, alone)
        order = np.argsort(owner, kind="stable")
        found = np.searchsorted(owner[order], np.arange(len(parent) + 1))
        own = np.diff(found)
        self.count = np.maximum(own, 1)
        self._start = np.where(own > 0, found[:-1], len(parent) + alone)
        self._stops = np.concatenate((order, alone))

    def of(self, stop: int) -> list[int]:
        """The stops that one id means."""
        start = int(self._start[stop])
        return [int(each) for each in self._stops[start : start + int(self.count[stop])]]

    def pairs(self, froms: I64, tos: I64) -> tuple[I64, I64, I64]:
        """All pairs of a member of one and a member of the other, and which of the given pairs each comes from."""
        wide = self.count[tos]
        counts = self.count[froms] * wide
        source = np.repeat(np.arange(len(froms)), counts)
        within = gather(np.zeros(len(froms), np.int64), counts)
        tail = self._stops[self._start[froms][source] + within // wide[source]]
        head = self._stops[self._start[tos][source] + within % wide[source]]
        return tail, head, source


def _siblings(place: F64, parent: I64) -> _Ways:
    """Between all stops of one station, and the station itself, however the streets run."""
    stations = np.unique(parent[parent >= 0])
    tail, head, _ = Members(parent).pairs(stations, stations)
    other = tail != head
    tail, head = tail[other], head[other]
    return _Ways(tail, head, _line(place, tail, head), np.full(len(tail), _FILL))


def _ruled(place: F64, parent: I64, rules: Rules) -> list[_Ways]:
    """What transfers.txt says, once for each pair of stops."""
    if not len(rules.tail):
        return []
    members = Members(parent)
    tail, head, source = members.pairs(rules.tail, rules.head)
    seconds = ruled(place, rules.kind[source], tail, head, rules.seconds[source])
    general = (members.count[rules.tail] > 1) | (members.count[rules.head] > 1)
    weight = np.where(general[source], _STATION_RULE, _STOP_RULE)
    return [_Ways(tail, head, seconds, np.where(rules.kind[source] == 0, _FILL, weight))]


def ruled(place: F64, kind: I64, tail: I64, head: I64, seconds: I64) -> I64:
    """The seconds that rules of transfers.txt mean, or FORBIDDEN: see the constants above."""
    return np.select(
        [kind == 1, kind == 2, kind == 3],
        [np.where(tail == head, 0, TIMED_S), seconds, np.full(len(kind), FORBIDDEN)],
        np.where(tail == head, CHANGE_S, _line(place, tail, head)),
    )
