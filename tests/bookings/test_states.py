"""State machines: each legal move works and leaves an event, each other move raises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bookings import states
from transit.models import FEED_VERSION
from transit.states import IllegalMove, Machine

MACHINES = [value for value in vars(states).values() if isinstance(value, Machine)] + [FEED_VERSION]

WITHOUT_END = [states.PAYOUT_ACCOUNT, states.OCCURRENCE]
"""An account lives as long as its operator; a day is taken up again until it is over."""


@dataclass
class Events:
    rows: list[dict[str, Any]] = field(default_factory=list)

    def create(self, **event: Any) -> None:
        self.rows.append(event)


@dataclass
class Row:
    state: str
    events: Events = field(default_factory=Events)
    saved: list[str] = field(default_factory=list)

    def save(self, *, update_fields: list[str]) -> None:
        self.saved += update_fields


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_pair(machine: Machine) -> None:
    for old in machine.moves:
        for new in machine.moves:
            row = Row(old)
            if new in machine.moves[old]:
                machine.move(row, new, why="test")
                assert (row.state, row.saved) == (new, ["state"])
                assert row.events.rows == [{"old": old, "new": new, "detail": {"why": "test"}}]
            else:
                with pytest.raises(IllegalMove):
                    machine.move(row, new)
                assert (row.state, row.events.rows, row.saved) == (old, [], [])


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_is_reached_and_left_or_terminal(machine: Machine) -> None:
    first = next(iter(machine.moves))
    reached = {first}.union(*machine.moves.values())
    assert reached == set(machine.moves)
    assert machine.terminal or machine in WITHOUT_END


def test_undeclared_target_is_refused() -> None:
    with pytest.raises(ValueError, match="undeclared"):
        Machine.of("wrong", A="B")
