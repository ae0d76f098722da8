"""Rides on demand that share vehicles: who wants to go where, the shifts that can take them, and plans.

Everything is in whole seconds of one service day and in nodes of one travel matrix. A plan keeps every promise in it:
each request of a plan is picked up and set down within its windows and rides no longer than its limit, whatever else is
taken on. So a promise is given by narrowing the windows of a request when it is confirmed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

MILLE = 1000
EVER_S = 1 << 40
"""Later than everything."""


@dataclass(frozen=True)
class Travel:
    """Driving between n nodes, at the usual pace, and the pace by time of day.

    No way round may be quicker than the way itself (`seconds[a, c] ≤ seconds[a, b] + seconds[b, c]`): shortest ways
    rounded up obey this. Ways to a place and on from there are what `service_s` is for where doors are not nodes.
    """

    seconds: I32
    metres: I32
    pace: I64 = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    """As `pace_of` makes it."""

    def __post_init__(self) -> None:
        for each in (self.seconds, self.metres, self.pace):
            each.flags.writeable = False


def pace_of(factors: Sequence[tuple[int, float]]) -> I64:
    """The pace of a day from how many times as long a drive takes, each factor from a second of the day on.

    The first holds before it too, the last until the end. One who leaves later is never there sooner: the factor is
    that of each moment on the way, not that of the moment of leaving. Factors are kept to a thousandth of their
    inverse. Raises ValueError where they do not ascend or are not above 0.
    """
    rows = np.zeros((len(factors), 3), np.int64)
    for k, (begin_s, factor) in enumerate(factors):
        rate = round(MILLE / factor) if factor > 0 and math.isfinite(factor) else 0
        if rate < 1 or (k and begin_s <= rows[k - 1, 0]):
            raise ValueError("factors ascend in time and are between 0.001 and 1000")
        work = rows[k - 1, 1] + (begin_s - rows[k - 1, 0]) * rows[k - 1, 2] if k else 0
        rows[k] = begin_s, work, rate
    return rows


@dataclass(frozen=True, slots=True)
class Call:
    """Where and when a vehicle stops for somebody: boarding begins in [earliest, latest] and takes `service_s`.

    Lateness is counted from `due_s` on. None: at a pick-up from the earliest moment (so it is waiting), at a drop-off
    from when one would be there who is met at once and driven straight (so it is delay).
    """

    node: int
    earliest_s: int
    latest_s: int
    service_s: int = 0
    due_s: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One party that rides together. `load` is by kind of place (seats, wheelchairs, …), in the order of capacities."""

    key: str
    pickup: Call
    dropoff: Call
    max_ride_s: int
    """From the end of the service at the pick-up to the beginning of that at the drop-off."""
    load: tuple[int, ...] = (1,)
    weight: float = 1.0
    """How much its waiting and its delay count: above 1 for medical trips, say."""
    shifts: frozenset[str] | None = None
    """Those that may take it; None: all."""
    boarded_s: int | None = None
    """When its pick-up ended: it is aboard, and its route has its drop-off only."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A break of `seconds` that begins in [earliest, latest], with nobody aboard.

    It has a place: `node`, or None: where the vehicle is in the plan before it. A vehicle that takes on rides before
    it comes back for it, until re-optimisation moves it.
    """

    key: str
    seconds: int
    earliest_s: int
    latest_s: int
    node: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A vehicle and its driver for some hours. `capacities` are the ways to arrange the places in it: on each leg, one
    of them must hold all aboard. On the road, the start is the place and the time at which it can next turn elsewhere,
    `latest_start_s` the same time, and `max_duration_s` what is left.
    """

    key: str
    start_node: int
    earliest_start_s: int
    latest_start_s: int
    latest_end_s: int
    capacities: tuple[tuple[int, ...], ...]
    end_node: int | None = None
    """None: it ends where it is."""
    max_duration_s: int = EVER_S
    """From when it leaves its start to when it is at its end."""
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Prices:
    """What a plan is measured by, in any one unit: the search finds the least sum."""

    second: float = 1.0
    """Driven, with or without riders."""
    metre: float = 0.0
    empty: float = 0.0
    """The share on top of driving with nobody aboard: 0.5 makes an empty kilometre count one and a half times."""
    wait: float = 0.0
    """A second of lateness at a pick-up, times the weight of the request."""
    delay: float = 0.0
    """The same at a drop-off."""
    vehicle: float = 0.0
    """A shift that carries anybody."""


class Kind(StrEnum):
    """What a vehicle stops for."""

    PICKUP = "pickup"
    DROPOFF = "dropoff"
    PAUSE = "pause"


class Visit(NamedTuple):
    """A stop of a route: `key` is that of the request, or of the pause."""

    kind: Kind
    key: str


@dataclass(frozen=True, slots=True)
class Route:
    """The visits of a shift in order, without its start and its end, every pause among them. The first `frozen` have
    begun, or are being driven to: nothing is put before them, taken from among them or put in another order.
    """

    visits: tuple[Visit, ...] = ()
    frozen: int = 0
    sites: tuple[tuple[str, int], ...] = ()
    """By key of a pause without a place of its own, where it is taken; by default where the vehicle is before it.

    Whoever keeps a plan keeps this: taken elsewhere, a pause might make it late.
    """


Plan = Mapping[str, Route]
"""By key of the shift. A shift that is not in it has its pauses, by time, and nobody."""


@dataclass(frozen=True)
class Problem:
    """All that a plan depends on. Kinds of places are as many in every load and capacity."""

    travel: Travel
    shifts: tuple[Shift, ...]
    requests: tuple[Request, ...] = ()
    prices: Prices = Prices()


class Timed(NamedTuple):
    """When a visit begins: `soonest_s` and `latest_s` are what any schedule of the route allows, each possible; at
    `planned_s` all visits together are a schedule, in which each drop-off is as soon as can be and each pick-up no
    sooner than that needs. `visit` is None at the start and the end of a shift.
    """

    visit: Visit | None
    node: int
    soonest_s: int
    planned_s: int
    latest_s: int
    drive_s: int
    """From the visit before, at the usual pace."""
    drive_m: int
