"""A network of a schedule alone, without a folder: trips t0 …, stops s0 …, one route r, calls numbered by tens."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.transit.routing.networks import BUS
from transit.network.store import NONE, ChainTable, Network, RouteTable, StopTable, TripTable
from transit.network.strings import Ids, Strings, order_of, pack
from transit.network.texts import Texts
from transit.routing.timetable import Schedule

FEED = "f"


def bare_network(schedule: Schedule) -> Network:
    """The network, as far as an overlay reads one."""
    network = Network.__new__(Network)
    trips, stops = len(schedule.trip_sequence), len(schedule.transfer_start) - 1
    lengths = np.diff(schedule.sequence_start.astype(np.int64))
    longest = int(lengths.max())
    network.schedule, network.digest, network.feeds = schedule, "bare", (FEED,)
    network._numbering_start = np.cumsum([0, *range(longest + 1)]).astype(np.uint32)
    network._numbering = np.concatenate([10 + 10 * np.arange(n) for n in range(longest + 1)]).astype(np.int32)
    zero = np.zeros(trips, np.uint32)
    numbering = lengths[schedule.trip_sequence].astype(np.uint32)
    nowhere = np.full(trips, NONE, np.uint32)
    network.trips = TripTable(
        _ids("t", trips),
        zero,
        schedule.trip_service,
        zero,
        numbering,
        nowhere,
        nowhere,
        np.zeros(trips, np.int32),
        np.zeros(trips, np.uint8),
    )
    empty = np.empty(0, np.uint32)
    network.chains = ChainTable(np.zeros(1, np.uint32), empty, np.empty(0, np.uint8))
    nothing: Any = None
    network.routes = RouteTable(
        Ids(_packed([f"{FEED}:r"]), np.zeros(1, np.uint32)), nothing, nothing, nothing, nothing, nothing,
        np.zeros(1, np.uint32), np.array([BUS], np.uint8),
    )  # fmt: skip
    names = Texts(_packed([f"s{i}" for i in range(stops)]), {})
    network.stops = StopTable(
        _ids("s", stops), names, nothing, nothing, nothing, np.zeros(stops), np.zeros(stops), nothing, nothing,
        nothing, np.zeros(stops, np.uint8), np.arange(stops, dtype=np.uint32), nothing, nothing,
    )  # fmt: skip
    return network


def _ids(letter: str, count: int) -> Ids:
    texts = [f"{FEED}:{letter}{i}" for i in range(count)]
    return Ids(_packed(texts), order_of(texts))


def _packed(texts: list[str]) -> Strings:
    return Strings(*pack(texts))
