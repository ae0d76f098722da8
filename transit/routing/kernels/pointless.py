"""Which journeys another of a list makes pointless, by the rules of `filters`: every journey beside every other.

Short, so it keeps the interpreter's lock (see `ways`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

I64 = NDArray[np.int64]

LITTLE_S = 60
"""People read whole minutes: less is no gain."""
SHORT_WALK_S = 600
"""So much more on foot is asked of those who gain LITTLE_S by a ride."""
CHANGE_S = 300
"""What a change feels like, in seconds of riding."""

LONGER_TIMES, LONGER_S = 2, 3600
"""A journey may take so many times as long as the quickest one and so much more."""
NO_WALK = np.iinfo(np.int64).max
"""The seconds of a walk that there is not."""

START_S, END_S, VEHICLES, WALKED_S = range(4)
"""The columns of facts: a row is a journey."""

CAN_BE_WALKED, POINTLESS_VEHICLE, AROUND_THE_BLOCK = range(3)
"""The rules, the narrowest first."""
RULES = np.array((CAN_BE_WALKED, POINTLESS_VEHICLE, AROUND_THE_BLOCK))

OVER, POSSIBLE, SHOWN = range(3)
"""What is said of a journey: it is too late for it, it can be made, it is worth showing."""


class Standard(NamedTuple):
    """What journeys are judged by: when one can leave at the earliest, and the seconds of the walk all the way."""

    not_before_s: int
    walk_s: int


@njit(cache=True)
def lost_s(mine: I64, other: I64) -> int:
    """Seconds by which another journey leaves earlier and arrives later."""
    return int(max(0, mine[START_S] - other[START_S]) + max(0, other[END_S] - mine[END_S]))


@njit(cache=True)
def perceived_s(facts: I64) -> int:
    """Seconds from door to door as they feel: walking counts twice, each change CHANGE_S."""
    return int(facts[END_S] - facts[START_S] + facts[WALKED_S] + CHANGE_S * (facts[VEHICLES] - 1))


@njit(cache=True)
def feels_better(mine: I64, other: I64) -> bool:
    """Whether another journey is better in perceived time though what it loses by the clock counts twice."""
    return perceived_s(other) + lost_s(mine, other) < perceived_s(mine)


@njit(cache=True)
def can_be_walked(mine: I64, other: I64) -> bool:
    """Whether another journey is mine without a ride: see `filters.without`."""
    if other[VEHICLES] >= mine[VEHICLES] or other[WALKED_S] - mine[WALKED_S] > SHORT_WALK_S:
        return False
    return lost_s(mine, other) < LITTLE_S


@njit(cache=True)
def is_pointless(mine: I64, other: I64, rule: int) -> bool:
    """Whether another journey makes mine pointless by a rule."""
    if rule == CAN_BE_WALKED:
        return can_be_walked(mine, other)
    fewer, as_many = other[VEHICLES] < mine[VEHICLES], other[VEHICLES] == mine[VEHICLES]
    shorter = other[WALKED_S] < mine[WALKED_S]
    if rule == POINTLESS_VEHICLE:
        return (fewer or (as_many and not shorter)) and feels_better(mine, other)
    return as_many and shorter and feels_better(mine, other)


@njit(cache=True)
def pointless(facts: I64, rules: I64) -> NDArray[np.bool_]:
    """By journey, whether any other of the list makes it pointless, by one rule after the other: what a rule drops is
    no standard for those after it.
    """
    dropped = np.zeros(len(facts), np.bool_)
    for rule in rules:
        before = dropped.copy()
        for mine in range(len(facts)):
            for other in range(len(facts)):
                if not before[mine] and not before[other] and is_pointless(facts[mine], facts[other], rule):
                    dropped[mine] = True
                    break
    return dropped


@njit(cache=True)
def worth(facts: I64, rules: I64, walk_s: int) -> NDArray[np.bool_]:
    """By journey, whether somebody would take it who can walk all the way in some seconds: see `filters`."""
    lasts = facts[:, END_S] - facts[:, START_S]
    quicker = np.flatnonzero(walk_s - lasts >= LITTLE_S)
    left = quicker[~pointless(facts[quicker], rules)]
    kept = np.zeros(len(facts), np.bool_)
    if len(left):
        longest_s = LONGER_TIMES * lasts[left].min() + LONGER_S
        kept[left] = lasts[left] <= longest_s
    return kept


@njit(cache=True)
def judged(facts: I64, standard: Standard) -> NDArray[np.uint8]:
    """By journey, whether it is OVER, POSSIBLE or SHOWN."""
    found = np.zeros(len(facts), np.uint8)
    rows = np.flatnonzero(facts[:, START_S] >= standard.not_before_s)
    found[rows] = POSSIBLE
    found[rows[worth(facts[rows], RULES, standard.walk_s)]] = SHOWN
    return found
