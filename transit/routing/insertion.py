"""The best ways to take one more request on, with what can be promised: the answer to a quote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transit.routing.board import Board
from transit.routing.kernels.insertion import Gap, gaps
from transit.routing.pooling import Call, Problem, Request, Shift, Timed, Travel

__all__ = ["Option", "day_of_one", "options", "take", "warm"]


@dataclass(frozen=True, slots=True)
class Option:
    """How a shift would take a request: after which positions of its route (0: its start) it picks up and sets down,
    the price more, the driving more at the usual pace, and the times of the two visits in the route.

    Whatever is promised from these must lie in [soonest, latest] of both visits; one may promise each alone, or
    `planned_s` of both. Narrow the windows of the request to the promise, then `take` it.
    """

    shift: str
    gap: Gap
    more_s: int
    more_m: int
    pickup: Timed
    dropoff: Timed

    @property
    def price(self) -> float:
        """What the plan costs more."""
        return self.gap.price


def options(board: Board, request: Request, most: int = 3) -> list[Option]:
    """The cheapest ways to take a request, one for each shift, cheapest first; the board is as it was afterwards.

    Raises KeyError where the request is in the plan: whoever wants it elsewhere takes it out first.
    """
    if request.key in board.vehicle:
        raise KeyError(request.key)
    known = board.number.get(request.key)
    number = board.admit(request) if known is None else known
    board.make_room()
    found, price = np.zeros((len(board.shifts), 2), np.int32), np.full(len(board.shifts), np.inf)
    gaps(board.world, board.rows, number, board.draft, found, price)
    price[list(board.broken | board.retired)] = np.inf
    # What follows is in the order of the price, then of the shifts.
    cheapest = [int(vehicle) for vehicle in np.argsort(price, kind="stable")[:most] if np.isfinite(price[vehicle])]
    answer = [
        _option(board, request.key, each, Gap(int(found[each, 0]), int(found[each, 1]), float(price[each])))
        for each in cheapest
    ]
    if known is None:
        board.forget(request.key)
    return answer


def _option(board: Board, key: str, vehicle: int, gap: Gap) -> Option:
    before_s, before_m = _driven(board, vehicle)
    board.put(key, vehicle, gap)
    after_s, after_m = _driven(board, vehicle)
    timed = board.times(vehicle)
    board.take_out(key)
    more = after_s - before_s, after_m - before_m
    return Option(board.shifts[vehicle].key, gap, *more, timed[gap.pickup + 1], timed[gap.dropoff + 2])


def _driven(board: Board, vehicle: int) -> tuple[int, int]:
    n = board.rows.length[vehicle]
    return int(board.rows.leg_s[vehicle, :n].sum()), int(board.rows.leg_m[vehicle, :n].sum())


def take(board: Board, request: Request, option: Option) -> bool:
    """Takes a request into the plan as an option says; False, and nothing is changed, where its windows forbid that.

    Raises KeyError where the board knows a request of that key.
    """
    board.admit(request)
    if board.put(request.key, board.shift_number[option.shift], option.gap):
        return True
    board.forget(request.key)
    return False


def day_of_one() -> tuple[Board, Request]:
    """A board with one vehicle, and a request that it can take: to compile the kernels with."""
    ways = np.array([[0, 60], [60, 0]], np.int32)
    shift = Shift("vehicle", 0, 0, 3600, 3600, ((1,),))
    return Board(Problem(Travel(ways, ways), (shift,))), Request("rider", Call(0, 0, 600), Call(1, 0, 1200), 300)


def warm() -> None:
    """Compiles the kernels or loads them from the cache, so that the first quote does not wait for it."""
    board, request = day_of_one()
    take(board, request, options(board, request)[0])
