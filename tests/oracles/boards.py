"""What a board says, whatever its numbers: two boards of one day must say the same."""

from __future__ import annotations

from typing import Any

from transit.ondemand.roster import Roster
from transit.routing.board import Board
from transit.routing.kernels.routes import NODE, PARTNER


def picture(roster: Roster) -> dict[str, Any]:
    """All that a plan is made from, by shift and ride."""
    board = roster.board
    routes = {key: _route(roster, number) for key, number in board.shift_number.items() if number not in board.retired}
    return {
        "routes": routes,
        "rides": {key: _taken(board, key) for key in sorted(board.number)},
        "stands": roster.stands,
        "known": sorted(roster.rides),
        "late": roster.late,
        "strained": roster.strained,
        "met": roster.met,
    }


def _route(roster: Roster, number: int) -> Any:
    board = roster.board
    rows, length = board.rows, int(board.rows.length[number])
    found: list[Any] = [int(rows.frozen[number]), number in board.broken]
    for at, visit in enumerate(rows.visits[number, :length].tolist()):
        facts = board.world.facts[visit].tolist()
        node, partner = facts[NODE], facts[PARTNER]
        facts[NODE], facts[PARTNER] = roster.places.place(node), partner >= 0
        found.append((board.visit(visit), facts, float(board.world.weight[visit]), board.world.load[visit].tolist()))
        if number not in board.broken:
            known = (rows.soonest, rows.latest, rows.leg_s, rows.leg_m, rows.aboard)
            found.append([int(each[number, at]) for each in known] + rows.load[number, at].tolist())
    return [*found, None if number in board.broken else rows.cost[number].tolist()]


def _taken(board: Board, key: str) -> Any:
    allowed = board.world.allowed[board.number[key]]
    return key in board.vehicle, sorted(shift for shift, number in board.shift_number.items() if allowed[number])
