"""The kernels that put rides together, compiled or read from their cache before anybody asks."""

from __future__ import annotations

import numpy as np

from transit.routing.board import Board
from transit.routing.insertion import options, take
from transit.routing.pooling import Call, Problem, Request, Shift, Travel, pace_of


def warm() -> None:
    """Asks for a ride on a day of one vehicle, as quotes do, with all kinds of arguments that they have."""
    between = np.array([[0, 60], [60, 0]], np.int32)
    for factors in ((), ((0, 1.0),)):
        travel = Travel(between.copy(), between.copy(), pace_of(factors))
        board = Board(Problem(travel, (Shift("shift", 0, 0, 0, 9000, ((1,),), 0),)))
        request = Request("ride", Call(0, 0, 600, 60), Call(1, 0, 3000, 60), 600)
        (found,) = options(board, request)
        take(board, request, found)
        board.times(0)
        board.take_out("ride")
