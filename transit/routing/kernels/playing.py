"""A plan that is driven as time goes on, without making its arrays anew: what has begun is fixed at its time, and who
has nothing under way stands where it is.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from transit.routing.kernels.routes import (
    EARLIEST,
    LATEST,
    LIMIT,
    PARTNER,
    PEOPLE,
    SERVICE,
    Draft,
    Plan,
    World,
    calm,
    depart,
    know,
)

I64 = NDArray[np.int64]
_EVER = 1 << 40


@njit(nogil=True, cache=True)
def fix(world: World, visit: int, at: int) -> None:
    """A visit begins now, whatever its window was. How long a ride may last is counted from here on."""
    facts = world.facts
    facts[visit, EARLIEST] = facts[visit, LATEST] = at
    partner = facts[visit, PARTNER]
    if facts[visit, PEOPLE] > 0 and partner >= 0:
        until = at + facts[visit, SERVICE] + facts[visit, LIMIT]
        facts[partner, LATEST] = min(facts[partner, LATEST], until)
        facts[visit, LIMIT] = facts[partner, LIMIT] = _EVER


@njit(nogil=True, cache=True)
def stand(world: World, visit: int, clock: int, is_start: bool) -> bool:
    """A vehicle stays where it is until now; False where it has not been done there yet."""
    facts = world.facts
    if is_start:
        if clock <= facts[visit, EARLIEST]:
            return False
        facts[visit, EARLIEST] = facts[visit, LATEST] = clock
        return True
    if clock - facts[visit, EARLIEST] <= facts[visit, SERVICE]:
        return False
    facts[visit, SERVICE] = clock - facts[visit, EARLIEST]
    return True


@njit(nogil=True, cache=True)
def drive_on(world: World, plan: Plan, planned: I64, clock: int, draft: Draft) -> int:
    """The clock goes on, by `planned` (V × M) times. Returns how many routes cannot be driven then: none, if these are
    the times of the routes.
    """
    lost = 0
    for vehicle in range(len(plan.length)):
        moved = False
        while plan.frozen[vehicle] < plan.length[vehicle]:
            i = plan.frozen[vehicle]
            visit, is_end = plan.visits[vehicle, i], i == plan.length[vehicle] - 1
            # Who has nothing more to do drives home as late as can be.
            at = world.facts[visit, LATEST] if is_end else planned[vehicle, i]
            if clock < depart(at, plan.leg_s[vehicle, i], world.pace):
                break
            plan.frozen[vehicle] += 1
            if is_end:
                break
            fix(world, visit, at)
            moved = True
        last = plan.frozen[vehicle] - 1
        if last == plan.length[vehicle] - 1:
            continue
        if stand(world, plan.visits[vehicle, last], clock, last == 0) or moved:
            lost += not know(world, plan, vehicle, draft)
    return lost


@njit(nogil=True, cache=True)
def set_times(world: World, plan: Plan, vehicle: int, planned: I64, draft: Draft) -> None:
    """The times of a route that has changed."""
    calm(world, plan, vehicle, draft)
    n = plan.length[vehicle]
    planned[vehicle, :n] = draft.times[:n]
