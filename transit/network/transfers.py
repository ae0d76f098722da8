"""Ways on foot between stops: along the streets, within stations, and as transfers.txt has it.

GTFS Schedule, transfers.txt: what it says about two stops or stations stands above what the streets say; a rule for
two stops stands above one for their stations. Where pathways map a station, the ways between its platforms are theirs,
and its platforms meet the streets at its entrances.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from transit.feeds.ragged import gather, offsets
from transit.network.merge import NONE, Merged
from transit.network.pathways import Inside
from transit.network.streets import EARTH_M
from transit.routing import access
from transit.routing.access import NOWHERE, WALK_MPS, grow, metres_at
from transit.routing.barriers import limited
from transit.routing.kernels.dijkstra import Graph, Points, twins
from transit.routing.kernels.ways import DETOUR, LEAP_M
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
_NEVER_S = 1 << 40
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


@dataclass(frozen=True)
class Ground:
    """What walks between stops depend on.

    `parent` is the station of each stop, or −1. Without streets every way is a straight line with a detour; with them,
    the stops are linked to them, and after the stops the entrances.
    """

    lon: F64
    lat: F64
    parent: I64
    streets: Streets | None
    inside: Inside
    shared: tuple[I64, I64] = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    """From stop and to stop, of different feeds, in the stations that these share."""
    shut: NDArray[np.bool_] | None = None
    """Which stops and entrances cannot be met from the streets; None: all can."""

    @property
    def is_mapped(self) -> bool:
        """Whether the inside of some station is known."""
        return bool((self.inside.component >= 0).any())

    @cached_property
    def place(self) -> F64:
        """Metres east and north of the stops and then the entrances."""
        return metres_of(np.append(self.lon, self.inside.lon), np.append(self.lat, self.inside.lat))

    @cached_property
    def behind_doors(self) -> NDArray[np.bool_]:
        """Which stops meet the streets at entrances only."""
        found = np.zeros(len(self.lon), bool)
        found[self.inside.stop] = True
        return found

    def limited(self, bit: int) -> Ground | None:
        """The same for who walks only on streets that have a bit; None where that, and the inside, changes nothing."""
        if self.streets is None:
            return self if self.is_mapped else None
        whole = access.Ground(np.append(self.lat, self.inside.lat), np.append(self.lon, self.inside.lon), self.streets)
        level = limited(whole, bit)
        if level is whole:
            return self if self.is_mapped else None
        return replace(self, streets=level.streets, shut=level.shut_stops)

    @cached_property
    def walks(self) -> _Ways:
        """The walks between stops and entrances, numbered from the number of stops on."""
        return _walks(self)

    def mapped(self, tail: I64, head: I64) -> NDArray[np.bool_]:
        """Between which stops pathways alone decide what can be walked."""
        component = self.inside.component
        one = (component[tail] >= 0) & (component[head] >= 0)
        station = np.where(self.parent >= 0, self.parent, np.arange(len(self.parent)))
        return np.asarray(one & ((component[tail] == component[head]) | (station[tail] == station[head])))


def of_stops(ground: Ground, rules: Rules, *, step_free: bool = False) -> Pairs:
    """All transfers between stops; in mapped stations those without steps, before `without_barriers` has seen them."""
    stops = len(ground.lon)
    everyone = np.arange(stops)
    itself = _Ways(everyone, everyone, np.full(stops, CHANGE_S), np.full(stops, _WALKED))
    walked = _inside_and_out(ground, step_free=step_free)
    found = [itself, *walked, _siblings(ground), *_ruled(ground.place, ground.parent, rules)]
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


def _walks(ground: Ground) -> _Ways:
    """The walks of at most MAX_M between stops and entrances: on streets between linked ones, else straight."""
    nothing = np.zeros(0, np.int64)
    place = ground.place
    if not len(place):
        return _Ways(nothing, nothing, nothing, nothing)
    streets = ground.streets
    tree = cKDTree(place)
    near = tree.sparse_distance_matrix(tree, MAX_M, output_type="ndarray")
    tail, head = near["i"].astype(np.int64), near["j"].astype(np.int64)
    order = np.argsort(tail, kind="stable")
    closed = np.append(ground.behind_doors, np.zeros(len(ground.inside.lon), bool))
    if ground.shut is not None:
        closed |= ground.shut
    order = order[(tail[order] != head[order]) & ~closed[tail[order]] & ~closed[head[order]]]
    tail, head, metres = tail[order], head[order], near["v"][order] * DETOUR
    linked = np.zeros(len(place), bool) if streets is None else np.asarray(streets.stop_edge != NO_EDGE)
    on_streets = linked[tail] & linked[head]
    metres[(linked[tail] != linked[head]) & (metres > LEAP_M)] = np.inf
    if streets is not None:
        start = np.searchsorted(tail[on_streets], np.arange(len(place) + 1))
        metres[on_streets] = _street_metres(streets, start, head[on_streets])
    kept = metres <= MAX_M
    count = int(kept.sum())
    return _Ways(tail[kept], head[kept], _seconds(metres[kept]), np.full(count, _WALKED))


def _inside_and_out(ground: Ground, *, step_free: bool) -> list[_Ways]:
    """The walks between stops: within stations, and on the ground with what lies between a platform and its doors."""
    if not ground.is_mapped:
        return [ground.walks]
    inside, stops, walks = ground.inside, len(ground.lon), ground.walks
    seconds = inside.step_free_s if step_free else inside.seconds
    known = seconds >= 0
    within = _Ways(inside.tail[known], inside.head[known], seconds[known], np.full(int(known.sum()), _WALKED))
    out = inside.step_free_outward_s if step_free else inside.outward_s
    into = inside.step_free_inward_s if step_free else inside.inward_s
    leaving, entering = (_Doors(inside, stops, seconds) for seconds in (out, into))
    entrances = stops + np.arange(len(inside.lon))
    tails, heads = np.append(walks.tail, entrances), np.append(walks.head, entrances)
    tail, before_s, source = leaving.stops_at(tails)
    head, after_s, again = entering.stops_at(heads[source])
    tail, before_s, source = tail[again], before_s[again], source[again]
    walked_s = np.append(walks.seconds, np.zeros(len(entrances), np.int64))[source]
    behind = ground.behind_doors
    kept = (tail != head) & ~(ground.mapped(tail, head) & ~(behind[tail] & behind[head]))
    total_s = (before_s + walked_s + after_s)[kept]
    return [within, _Ways(tail[kept], head[kept], total_s, np.full(len(total_s), _WALKED))]


class _Doors:
    """Which stops a place on the ground stands for: a stop for itself, an entrance for the platforms behind it."""

    def __init__(self, inside: Inside, stops: int, seconds: I64) -> None:
        open_ = seconds >= 0
        owner = np.append(np.arange(stops), stops + inside.entrance[open_])
        order = np.argsort(owner, kind="stable")
        self._start = offsets(np.bincount(owner, minlength=stops + len(inside.lon)))
        self._stop = np.append(np.arange(stops), inside.stop[open_])[order]
        self._seconds = np.append(np.zeros(stops, np.int64), seconds[open_])[order]

    def stops_at(self, places: I64) -> tuple[I64, I64, I64]:
        """The stops of all places, the seconds between place and stop, and which place each comes from."""
        counts = np.diff(self._start)[places]
        at = gather(self._start[places], counts)
        return self._stop[at], self._seconds[at], np.repeat(np.arange(len(places)), counts)


def without_barriers(ground: Ground, level: Ground, pairs: Pairs, stop_of: I64) -> Pairs:
    """Transfers between points (`stop_of`: the stop of each) less those of which no way is `level`, without steps in
    mapped stations.

    What transfers.txt allows is kept only where one can go so, and is no quicker than one can where that takes longer.
    """
    inside, known = ground.inside, ground.inside.component >= 0
    leaves, enters = ~ground.behind_doors, ~ground.behind_doors
    leaves[inside.stop[inside.step_free_outward_s >= 0]] = True
    enters[inside.stop[inside.step_free_inward_s >= 0]] = True
    tails, heads = stop_of[pairs.tail], stop_of[pairs.head]
    usual = _quickest(_inside_and_out(ground, step_free=False), tails, heads, len(stop_of))
    free = _quickest(_inside_and_out(level, step_free=True), tails, heads, len(stop_of))
    near, other = known[tails] | known[heads], tails != heads
    shut = (near & (ground.mapped(tails, heads) | ~leaves[tails] | ~enters[heads])) | (usual < _NEVER_S)
    slower = other & (free < _NEVER_S) & (near | (free > usual))
    seconds = np.where(slower, np.maximum(pairs.seconds, free), pairs.seconds)
    kept = ~(other & (free == _NEVER_S) & shut)
    return Pairs(pairs.tail[kept], pairs.head[kept], seconds[kept])


def _quickest(ways: list[_Ways], tails: I64, heads: I64, stops: int) -> I64:
    """The seconds of the quickest of some ways between given stops, _NEVER_S where there is none."""
    key = np.concatenate([each.tail * stops + each.head for each in ways])
    seconds = np.concatenate([each.seconds for each in ways])
    order = np.lexsort((seconds, key))
    key, seconds = np.append(key[order], -1), np.append(seconds[order], _NEVER_S)
    at = np.searchsorted(key[:-1], tails * stops + heads)
    return np.where(key[at] == tails * stops + heads, seconds[at], _NEVER_S)


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
    links = _Links(streets)
    result = np.full(len(heads), np.inf)
    for stop in np.flatnonzero(np.diff(start)).tolist():
        targets = heads[start[stop] : start[stop + 1]]
        tree, _ = grow(graph, links.seeds(stop), NOWHERE, WALK, MAX_M)
        to_ends = metres_at(graph, tree, links.ends[targets].ravel()).reshape(-1, 2)
        result[start[stop] : start[stop + 1]] = links.metres_to(stop, targets, to_ends)
    return result


class _Links:
    """Where stops meet the streets: for every stop the ends of its edge and the metres to them and from them."""

    def __init__(self, streets: Streets) -> None:
        linked = streets.stop_edge != NO_EDGE
        edge = np.where(linked, streets.stop_edge, 0).astype(np.int64)
        twin = twins(streets.edge_geometry, len(streets.shape_start) - 1)[edge].astype(np.int64)
        may = np.asarray(streets.edge_modes & WALK)
        # Nobody walks along an edge that is not to be walked, not even between two stops on it.
        self.edge = np.where(linked & ((may[edge] | may[twin]) > 0), edge, -1 - np.arange(len(edge)))
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

    def metres_to(self, stop: int, targets: I64, to_ends: F64) -> F64:
        """The metres to other stops, given those to the ends of their edges."""
        by_node = (to_ends + self.into[targets]).min(axis=1)
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


def _siblings(ground: Ground) -> _Ways:
    """Between all stops of one station, and the station itself, however the streets run, unless pathways tell.

    A station that feeds share is one station here.
    """
    parent = ground.parent
    stations = np.unique(parent[parent >= 0])
    tail, head, _ = Members(parent).pairs(stations, stations)
    tail, head = np.append(tail, ground.shared[0]), np.append(head, ground.shared[1])
    other = (tail != head) & ~ground.mapped(tail, head)
    tail, head = tail[other], head[other]
    return _Ways(tail, head, _line(ground.place, tail, head), np.full(len(tail), _FILL))


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
