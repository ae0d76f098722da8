"""Better plans, in the time there is: the search of large neighbourhoods over our own insertion.

It begins with a plan, or with none, and never drops who is in it: every plan it returns serves all that the first one
served, and keeps their windows. Requests outside the plan are taken on where that is possible.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from transit.routing.board import Board
from transit.routing.insertion import day_of_one
from transit.routing.kernels.neighbourhood import (
    BEST,
    CHOICES,
    OUT,
    RETURNS,
    Memory,
    Seats,
    Tuning,
    begin,
    restore,
    search,
)
from transit.routing.kernels.routes import Plan as Rows

__all__ = ["Effort", "Improved", "improve", "warm"]

STAY: Final = 1e6
"""How much more it weighs that a request stays that is in the plan than that another is taken on."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search: so many steps, or until the clock (in seconds) says so, whichever is first.

    With `steps` alone the same seed finds the same plan. At the start a plan is accepted with even odds that costs
    more by the share `warmth` of an average request; that falls by the factor `cooling` until the end.
    """

    steps: int | None = None
    seconds: float = math.inf
    clock: Callable[[], float] | None = None
    seed: int = 1
    share: float = 0.35
    """Of all requests that leave in a step, at most; and not more than `most`."""
    most: int = 30
    warmth: float = 0.3
    cooling: float = 0.01
    noise: float = 0.5
    batch: int = 50
    """Steps between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Improved:
    """What was found: the cost of the plan before (with those that could be taken on at once) and after, the steps, and
    the keys of requests that are not in it.
    """

    before: float
    after: float
    steps: int
    out: tuple[str, ...]


def improve(board: Board, effort: Effort) -> Improved:
    """Makes the plan of a board better, and leaves the best one in it. Raises ValueError for an effort without end."""
    if effort.steps is None and (effort.clock is None or not math.isfinite(effort.seconds)):
        raise ValueError("an effort ends after steps or seconds")
    ends_at = effort.clock() + effort.seconds if effort.clock else math.inf
    board.make_room(len(board.number))
    now, memory = _memory(board, effort.seed)
    begin(board.world, now, memory, board.draft)
    before, done = float(memory.totals[BEST]), 0
    served = max(1, int((now.vehicle != OUT).sum()))
    warm = max(before, 1e-9) / served * effort.warmth / math.log(2)
    began_at = effort.clock() if effort.clock else 0.0
    while effort.steps is None or done < effort.steps:
        steps = effort.batch if effort.steps is None else min(effort.batch, effort.steps - done)
        shares = [done / effort.steps] if effort.steps else []
        if effort.clock:
            at = effort.clock()
            if at >= ends_at:
                break
            shares.append((at - began_at) / max(ends_at - began_at, 1e-9))
        heat = warm * effort.cooling ** max(shares)
        search(board.world, now, memory, board.draft, Tuning(steps, heat, effort.share, effort.most, effort.noise))
        done += steps
    memory.touched[:] = 1
    restore(board.world, now, memory.best, memory.touched)
    return Improved(before, float(memory.totals[BEST]), done, _settle(board, now))


def _memory(board: Board, seed: int) -> tuple[Seats, Memory]:
    world, rows = board.world, board.rows
    requests, vehicles = world.allowed.shape
    seats = Seats(rows, np.full(requests, OUT, np.int32), world.facts[:, 0].copy())
    free, must = np.zeros(requests, np.uint8), np.zeros(requests)
    usable = np.array([vehicle not in board.broken for vehicle in range(vehicles)], np.uint8)
    for key, number in board.number.items():
        vehicle = board.vehicle.get(key)
        request = board.requests[number]
        assert request is not None
        if vehicle is None:
            must[number] = request.weight if request.boarded_s is None else 0.0
            free[number] = request.boarded_s is None
        else:
            seats.vehicle[number] = vehicle
            must[number] = STAY * request.weight
            free[number] = usable[vehicle] and board.is_free(number)
    earned = np.zeros((4, CHOICES + RETURNS))
    earned[0] = 1.0
    kept, best = (
        Seats(Rows._make(each.copy() for each in rows), seats.vehicle.copy(), seats.site.copy()) for _ in range(2)
    )
    memory = Memory(
        kept=kept,
        best=best,
        totals=np.zeros(6),
        free=free,
        must=must,
        roams=board.roams(),
        usable=usable,
        price=np.full((requests, vehicles), np.inf),
        gap=np.zeros((requests, vehicles, 2), np.int32),
        mark=np.zeros((requests, vehicles), np.int64),
        touched=np.zeros(vehicles, np.uint8),
        score=np.zeros(requests),
        earned=earned,
        random=np.array([(seed * 0x9E3779B97F4A7C15 + 1) & (2**64 - 1) or 1], np.uint64),
    )
    return seats, memory


def _settle(board: Board, now: Seats) -> tuple[str, ...]:
    """Tells the board who is with whom; returns who is out."""
    out = []
    for key, number in board.number.items():
        vehicle = int(now.vehicle[number])
        if vehicle == OUT:
            out.append(key)
        else:
            board.vehicle[key] = vehicle
    return tuple(out)


def warm() -> None:
    """Compiles the kernels or loads them from the cache."""
    board, request = day_of_one()
    board.admit(request)
    improve(board, Effort(steps=2))
