"""How late one may be anywhere and still arrive in time: what bounds the search for cheaper journeys.

These are the pruning searches of Delling, Dibbelt, Pajor: Fast and Exact Public Transit Routing with Restricted Pareto
Sets (2019), section 3: one for each quickest journey, from the destination back, with as many vehicles and as much time
as that journey allows. Here they are one: as many rounds are left to a journey with few vehicles as to one with many,
so its deadline comes in at a later round, where it is the better one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.landmarks import bound_remaining
from transit.routing.kernels.raptor import (
    MARKED,
    NONE,
    ONE,
    QUEUED,
    REACHED,
    UNREACHED,
    ZERO,
    Ends,
    Labels,
    Lines,
    collect_patterns,
    relax_transfers,
    scan_pattern,
)

ONE_S = np.int32(1)


class Limits(NamedTuple):
    """When one leaves, the added time of every change, and K + 1 deadlines: the latest arrival with k or more vehicles.
    The deadlines never rise with k.
    """

    leave: np.int32
    slack: np.int32
    deadlines: NDArray[np.int32]


@njit(nogil=True, cache=True)
def arrive_in_time(lines: Lines, access: Ends, egress: Ends, labels: Labels, limits: Limits) -> None:
    """Fills the labels of the timetable turned round, `lines`, for a journey from access to egress: a vehicle left at a
    stop as the k-th is left in time up to −`ready`[K − k], and one that is waited for there after k others is caught in
    time up to −`ride`[K − k].

    What cannot be reached from the access stops by leaving at the given moment may have no label.
    """
    for label in (labels.ride, labels.ready):
        label[:] = UNREACHED
    labels.egress[:] = UNREACHED
    labels.hit[:] = 0
    # What gets back to the origin by the moment of leaving is of use, be it the first to do so or not.
    labels.target[:] = ONE_S - limits.leave
    bound_remaining(lines.landmarks, access.stops, access.seconds, labels.remaining)
    vehicles = np.uint64(len(limits.deadlines)) - ONE
    for k in range(ZERO, vehicles):
        finish(egress, labels, np.uint64(k), limits.deadlines[vehicles - k])
        collect_patterns(lines, labels, np.uint64(k))
        for i in range(labels.counts[QUEUED]):
            pattern = np.uint64(labels.queue[i])
            scan_pattern(lines, labels, k + ONE, pattern)
            labels.first_position[pattern] = NONE
        labels.counts[QUEUED] = ZERO
        if k + ONE < vehicles:
            relax_transfers(lines, labels, k + ONE, limits.slack)
    for i in range(labels.counts[REACHED]):
        labels.is_reached[np.uint64(labels.reached[i])] = 0
    labels.counts[REACHED] = ZERO


@njit(nogil=True, cache=True)
def finish(egress: Ends, labels: Labels, k: np.uint64, deadline: np.int32) -> None:
    """Lets the last k vehicles of a journey be those that arrive by a deadline."""
    rounds = np.uint64(labels.ready.shape[0])
    for i in range(len(egress.stops)):
        stop = np.uint64(egress.stops[i])
        at = egress.seconds[i] - deadline
        if at >= labels.ready[k, stop]:
            continue
        j = k
        while j < rounds and labels.ready[j, stop] > at:
            labels.ready[j, stop] = at
            j += ONE
        if labels.is_marked[stop] == 0:
            labels.is_marked[stop] = 1
            labels.marked[labels.counts[MARKED]] = stop
            labels.counts[MARKED] += ONE
