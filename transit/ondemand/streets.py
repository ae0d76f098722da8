"""The streets that services drive on, as matrices of driving times: made once for a network and the zones of a version.

A matrix is kept in a folder of its own under DATA_DIR, like networks are. A worker makes it, when rules are released or
another network is published; until it is there, one that is small enough is made at once, and else a service goes on
with the one it had, or by the straight line.
"""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from transit.feeds import aside
from transit.models import RuleSet
from transit.network.current import NoNetwork, current_network
from transit.network.folder import FACTS, Reader, Writer
from transit.network.store import Network
from transit.ondemand.areas import holds
from transit.ondemand.matrix import MOST_PLACES, NEAREST, Access, Matrix, Table, matrix_of, spread_over
from transit.ondemand.roads import Legs, Roads, Straight, straight_m
from transit.ondemand.rules import Rules
from transit.ondemand.versions import rules_of
from transit.records import encode
from transit.routing.access import Ground, spot_at
from transit.routing.streets import DRIVE

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
SMALL: Final = 300
"""So few places make a matrix in less than a second, which anybody may wait for."""
STRAIGHT_MPS: Final = 30 / 3.6
_VERSION: Final = 1
_DIGITS: Final = 6
_lock: Final = threading.Lock()


class Streets:
    """Roads by a matrix: every way leads through a place near each end, so that it is no shorter than in truth."""

    def __init__(self, matrix: Matrix, table: Table) -> None:
        self.matrix, self.table = matrix, table
        self._ground = Ground(table.lat, table.lon, table.carriageways.streets)
        self._row: dict[tuple[float, float], int] = {}
        self._around = _Around.of(256)

    def legs(self, lon: float, lat: float, to_lon: F64, to_lat: F64, doors: I64 | None = None) -> Legs:
        """As Roads has it."""
        door, others = self.door(lon, lat), doors
        if others is None:
            others = np.array(
                [self.door(*each) for each in zip(to_lon.tolist(), to_lat.tolist(), strict=True)], np.int64
            )
        seconds, metres = self.matrix.seconds, self.matrix.metres
        around, near = self._around, self._around.nodes[door]
        out = _through(around.out_s[door], around.out_m[door], seconds[near], metres[near])
        back = _through(around.in_s[door], around.in_m[door], seconds[:, near].T, metres[:, near].T)
        nodes = around.nodes[others]
        there = _least(out[0][nodes] + around.in_s[others], out[1][nodes] + around.in_m[others])
        here = _least(back[0][nodes] + around.out_s[others], back[1][nodes] + around.out_m[others])
        return Legs(*there, *here)

    def meet(self, lon: float, lat: float) -> tuple[float, float, float]:
        """The nearest point of a street that cars use."""
        streets = self.table.carriageways.streets
        link = spot_at(self._ground, lat, lon, DRIVE).link
        if link is None:
            return lon, lat, float("inf")
        geometry = int(streets.edge_geometry[link.edge])
        first, last = int(streets.shape_start[geometry]), int(streets.shape_start[geometry + 1]) - 1
        share = 1 - link.fraction if streets.edge_backward[link.edge] else link.fraction
        at_lon, at_lat = _along(streets.shape_lon[first : last + 1], streets.shape_lat[first : last + 1], share)
        return at_lon, at_lat, link.offset_m

    def door(self, lon: float, lat: float) -> int:
        """The row of a door in what is known of doors."""
        key = round(lon, _DIGITS), round(lat, _DIGITS)
        known = self._row.get(key)
        if known is None:
            found = self.table.access(key[1], key[0]) or self._far(*key)
            if len(self._row) == len(self._around.nodes):
                self._around = self._around.longer()
            known = self._row[key] = len(self._row)
            self._around.write(known, found)
        return known

    def _far(self, lon: float, lat: float) -> Access:
        """Where no street is near, the nearest place by the straight line."""
        metres = straight_m(lon, lat, self.matrix.lon, self.matrix.lat)
        nearest = int(metres.argmin())
        length = np.array([int(np.ceil(metres[nearest]))], np.int32)
        seconds = np.ceil(length / STRAIGHT_MPS).astype(np.int32)
        return Access(np.array([nearest]), seconds, length, seconds, length)


class _Around(NamedTuple):
    """By door the places around it, as Access has them; the last of a row again where there are fewer."""

    nodes: I64
    out_s: I32
    out_m: I32
    in_s: I32
    in_m: I32

    @classmethod
    def of(cls, rows: int) -> _Around:
        """Room for so many doors."""
        return cls(np.zeros((rows, NEAREST), np.int64), *(np.zeros((rows, NEAREST), np.int32) for _ in range(4)))

    def longer(self) -> _Around:
        """Room for twice as many."""
        nodes, *ways = self
        return _Around(np.concatenate((nodes, nodes)), *(np.concatenate((each, each)) for each in ways))

    def write(self, row: int, access: Access) -> None:
        """Note what is around a door."""
        last = np.minimum(np.arange(NEAREST), len(access.nodes) - 1)
        self.nodes[row], self.out_s[row], self.out_m[row] = access.nodes[last], access.out_s[last], access.out_m[last]
        self.in_s[row], self.in_m[row] = access.in_s[last], access.in_m[last]


class _Kept(NamedTuple):
    """The roads of a version."""

    digest: str
    rules: Rules
    roads: Roads
    awaited: Path | None
    """The folder of the matrix that a worker is to make."""


_kept: dict[int, _Kept] = {}


def roads_of(rule_set: RuleSet) -> Roads:
    """What a version's vehicles drive on in this process; the same object as long as nothing has changed."""
    network, rules, known = _network(), rules_of(rule_set), _kept.get(rule_set.pk)
    if known is None or not _holds(known, network, rules):
        with _lock:
            known = _kept.get(rule_set.pk)
            if known is None or not _holds(known, network, rules):
                known = _kept[rule_set.pk] = _found(known, network, rules)
    return known.roads


def _network() -> Network | None:
    try:
        return current_network()
    except NoNetwork:
        return None


def _holds(known: _Kept, network: Network | None, rules: Rules) -> bool:
    digest = network.digest if network else ""
    is_there = known.awaited is not None and (known.awaited / FACTS).exists()
    return known.digest == digest and known.rules is rules and not is_there


def _found(known: _Kept | None, network: Network | None, rules: Rules) -> _Kept:
    if network is None:
        return _Kept("", rules, _straight(rules), None)
    roads: Roads | None = _open(network, rules)
    if roads is None and len(_places(network, rules)[0]) <= SMALL:
        roads = _make(network, rules) or _straight(rules)
    if roads is not None:
        return _Kept(network.digest, rules, roads, None)
    last = known.roads if known is not None and known.rules is rules else _straight(rules)
    return _Kept(network.digest, rules, last, _folder(network, rules))


def prepare(rule_set: RuleSet) -> bool:
    """Make the matrix of a version for the network that answers, if it is not there; whether it was made.

    Where somebody else is making one, nothing is done: the next time it is looked at again.
    """
    network, rules = _network(), rules_of(rule_set)
    if network is None or _is_known(_folder(network, rules)):
        return False
    with aside.only_one(Path(settings.DATA_DIR) / "on-demand" / ".preparing.lock") as alone:
        return alone and not _is_known(_folder(network, rules)) and _make(network, rules) is not None


def _is_known(folder: Path) -> bool:
    """Whether there is a matrix, or it is known that none can be made."""
    return (folder / FACTS).exists() or _without_streets(folder).exists()


def _without_streets(folder: Path) -> Path:
    """The mark of a matrix that has no place."""
    return folder.with_name(f"{folder.name}.none")


def _straight(rules: Rules) -> Roads:
    corners = [point[1] for zone in rules.zones for ring in zone.rings for point in ring]
    return Straight(sum(corners) / len(corners) if corners else 0.0)


def _folder(network: Network, rules: Rules) -> Path:
    """Named by all that a matrix follows from."""
    stops = [(each.lon, each.lat) for each in rules.stops]
    said = json.dumps([_VERSION, network.digest, [encode(each.rings) for each in rules.zones], stops])
    return Path(settings.DATA_DIR) / "on-demand" / hashlib.sha256(said.encode()).hexdigest()


def _places(network: Network, rules: Rules) -> tuple[F64, F64]:
    """The junctions in the zones, and the stops: those between which times are kept, if there are not too many."""
    streets = network.carriageways.streets
    lon, lat = np.asarray(streets.node_lon), np.asarray(streets.node_lat)
    inside = np.zeros(len(lon), bool)
    for zone in rules.zones:
        west, south = (min(point[axis] for ring in zone.rings for point in ring) for axis in (0, 1))
        east, north = (max(point[axis] for ring in zone.rings for point in ring) for axis in (0, 1))
        for i in np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north) & ~inside).tolist():
            inside[i] = holds(zone.rings, float(lon[i]), float(lat[i]))
    stop_lon, stop_lat = (
        np.array([getattr(each, axis) for each in rules.stops], np.float64) for axis in ("lon", "lat")
    )
    lon, lat = np.concatenate((stop_lon, lon[inside])), np.concatenate((stop_lat, lat[inside]))
    return lon, lat


def roads_for(network: Network | None, rules: Rules) -> Roads:
    """What vehicles would drive on by some rules; what is not there is made, and not kept: for worker children."""
    if network is None:
        return _straight(rules)
    return _open(network, rules) or _drawn(network, rules) or _straight(rules)


def _make(network: Network, rules: Rules) -> Streets | None:
    """A matrix, kept; None where no street is."""
    made, folder = _drawn(network, rules), _folder(network, rules)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if made is None:
        _without_streets(folder).touch()
        return None
    writer = Writer(folder)
    for name in ("lat", "lon", "seconds", "metres"):
        writer.array(name, getattr(made.matrix, name))
    writer.finish()
    return made


def _drawn(network: Network, rules: Rules) -> Streets | None:
    """A matrix; None where no street is."""
    lon, lat = _places(network, rules)
    if not len(lon) or not network.carriageways.streets.nodes:
        return None
    weight = np.concatenate((np.full(len(rules.stops), 2.0), np.ones(len(lon) - len(rules.stops))))
    chosen = spread_over(lat, lon, weight, MOST_PLACES)
    matrix, table = matrix_of(network.carriageways, lat[chosen], lon[chosen])
    return Streets(matrix, table) if len(matrix.lat) else None


def _open(network: Network, rules: Rules) -> Streets | None:
    folder = _folder(network, rules)
    if not (folder / FACTS).exists():
        return None
    reader = Reader(folder)
    matrix = Matrix(*(reader.array(name) for name in ("lat", "lon", "seconds", "metres")))
    return Streets(matrix, Table(network.carriageways, matrix.lat, matrix.lon))


def _along(lon: F64, lat: F64, share: float) -> tuple[float, float]:
    """The point of a line at a share of its length."""
    east = np.diff(lon) * np.cos(np.radians(lat[:-1]))
    steps = np.hypot(east, np.diff(lat))
    ends = np.concatenate(((0.0,), np.cumsum(steps)))
    at = share * ends[-1]
    return float(np.interp(at, ends, lon)), float(np.interp(at, ends, lat))


def _through(first_s: I32, first_m: I32, seconds: I32, metres: I32) -> tuple[I32, I32]:
    """To every place, by the best of those around a door (the rows): seconds, and metres."""
    every = first_s[:, None] + seconds
    best = every.argmin(axis=0)[None]
    length = first_m[:, None] + metres
    return np.take_along_axis(every, best, 0)[0], np.take_along_axis(length, best, 0)[0]


def _least(seconds: I32, metres: I32) -> tuple[I32, I32]:
    """By row the quickest."""
    best = seconds.argmin(axis=1)[:, None]
    return np.take_along_axis(seconds, best, 1)[:, 0], np.take_along_axis(metres, best, 1)[:, 0]
