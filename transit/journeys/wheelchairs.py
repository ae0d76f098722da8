"""What is known of wheelchairs: which runs and stops take them, and whether a leg can be done in one."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.network.overlay import Overlay
from transit.network.store import Network
from transit.routing.barriers import Mask, without
from transit.routing.itinerary import Unknown
from transit.routing.journey import Way
from transit.routing.live import Off
from transit.routing.query import Mobility
from transit.routing.streets import FIT, WHEELCHAIR, Streets
from transit.routing.timetable import Schedule
from transit.routing.zones import OnDemand

U8 = NDArray[np.uint8]
UNKNOWN, YES, NO = range(3)
"""As GTFS has it."""


class Said(NamedTuple):
    """Whether a leg can be done in a wheelchair, and of what on it that is not known."""

    wheelchair: bool | None = None
    unknown: tuple[Unknown, ...] = ()


class Running(NamedTuple):
    """What runs, and what of it does not."""

    schedule: Schedule
    off: Off


def of_ride(network: Network, flag: int, start: int, end: int) -> Said:
    """Of a ride in a vehicle with a flag of GTFS, from a stop to a stop."""
    stops = network.stops.wheelchair
    return _of_flags(flag, int(stops[start]), int(stops[end]))


@lru_cache(maxsize=64)
def _of_flags(vehicle: int, start: int, end: int) -> Said:
    flags = {Unknown.VEHICLE: vehicle, Unknown.START: start, Unknown.END: end}
    if NO in flags.values():
        return Said(False)
    unknown = tuple(part for part, each in flags.items() if each == UNKNOWN)
    return Said(None, unknown) if unknown else Said(True)


def of_walk(streets: Streets, way: Way, step_free: bool | None) -> Said:
    """Of a way on foot, of whose stations it is known or not whether there are steps in them."""
    bits = int(np.bitwise_and.reduce(streets.edge_modes[way.stretches.edge], initial=WHEELCHAIR | FIT))
    if step_free is False or not bits & WHEELCHAIR:
        return Said(False)
    is_known = bool(bits & FIT) and len(way.stretches.edge) > 0
    return Said(True) if is_known or (step_free and not len(way.stretches.edge)) else Said(None, (Unknown.WAY,))


class Live(NamedTuple):
    """An overlay, and those of its runs that stand after the network's."""

    overlay: Overlay
    runs: NDArray[np.int64]


def running_for(network: Network, live: Live | None, now: Running, mobility: Mobility) -> Running:
    """What runs for somebody in a wheelchair; the same where that is everything.

    A vehicle that is known to take no wheelchairs on one of its trips is left out as a run of all of them: the others
    of its trips then run alone, but on days of which their operator says something.
    """
    barred = [NO] if mobility == Mobility.WHEELCHAIR else [NO, UNKNOWN]
    alone, runs = _barred_runs(network, live, np.isin(network.trips.wheelchair, barred))
    stops = np.isin(network.stops.wheelchair, barred)
    if not runs.any() and not stops.any():
        return now
    more = np.zeros(len(runs) - len(alone), bool)
    days = np.append(network.trips.service, np.zeros(len(more), np.uint32))
    schedule = without(now.schedule, runs, stops, np.append(alone, more), days)
    return Running(schedule, _with_said(now.off, live, np.flatnonzero(alone)))


def _barred_runs(network: Network, live: Live | None, trips: Mask) -> tuple[Mask, Mask]:
    """Which trips are to run alone, because the chain that they are in is barred for another trip; which runs are
    barred. `trips`: which trips are.
    """
    starts = network.chains.start.astype(np.int64)
    chained = _any(trips[network.chains.trips], starts)
    alone = np.zeros(len(trips), bool)
    alone[network.chains.trips[np.repeat(chained, np.diff(starts))]] = True
    alone &= ~trips
    if live is None:
        return alone, np.concatenate((trips, chained))
    return alone, np.concatenate((trips, chained, live.overlay.any_of(live.runs, trips)))


def _any(flags: Mask, starts: NDArray[np.int64]) -> Mask:
    """For each group of flags whether one is set."""
    return np.diff(np.append(0, np.cumsum(flags))[starts]) > 0


def _with_said(off: Off, live: Live | None, trips: NDArray[np.int64]) -> Off:
    """What is off, and beside it some trips on the days of which something is said of them."""
    if live is None or not len(trips):
        return off
    said = live.overlay.spoken_of()
    said = said[np.isin(said[:, 0], trips)]
    return Off(np.append(off.trip, said[:, 0].astype(np.uint32)), np.append(off.day, said[:, 1].astype(np.int32)))


def rides_for(network: Network, mobility: Mobility) -> OnDemand:
    """The rides on demand for somebody."""
    table = network.flex
    if not mobility.rolls or not table.rides.services:
        return table.rides
    barred = (NO,) if mobility == Mobility.WHEELCHAIR else (NO, UNKNOWN)
    allowed = (each for each in table.rides.services if table.wheelchair[each.number] not in barred)
    return replace(table.rides, services=tuple(allowed))
