"""State machines as tables of moves, and the one function that moves a row.

A machine is data: `moves[state]` names the states that may follow. Every state field of the project is written
here and nowhere else, so that no move happens without a lock, a check and an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class IllegalMove(Exception):
    """A state change that the machine's table does not allow."""


class Stateful(Protocol):
    """A locked database row with a `state` and append-only `events`."""

    state: str
    events: Any

    def save(self, *, update_fields: list[str]) -> None:
        """Write the named fields."""


@dataclass
class Moves:
    """What is new and what has moved in a transaction, written together at its end.

    One insert for all new rows of a kind, as they are by then; one update for each other row; one insert for each kind
    of event. Nobody reads these rows from the database before that.
    """

    _new: dict[Any, list[Any]] = field(default_factory=dict)
    _fields: dict[int, tuple[Stateful, dict[str, None]]] = field(default_factory=dict)
    _events: dict[Any, list[Any]] = field(default_factory=dict)

    def begin(self, row: Any) -> None:
        """A row that is not in the database yet."""
        self._new.setdefault(type(row), []).append(row)

    def change(self, row: Stateful, *fields: str) -> None:
        """These fields of a row have changed."""
        self._fields.setdefault(id(row), (row, {}))[1].update(dict.fromkeys(fields))

    def add(self, row: Stateful, **said: Any) -> None:
        """An event of a row."""
        events = type(row).events
        model = events.rel.related_model
        self._events.setdefault(model, []).append(model(**{events.field.name: row}, **said))

    def write(self) -> None:
        """All of it, the rows in the order in which they changed first."""
        for model, rows in self._new.items():
            model.objects.bulk_create(rows)
        new = {id(row) for rows in self._new.values() for row in rows}
        for row, fields in self._fields.values():
            if id(row) not in new:
                row.save(update_fields=list(fields))
        for model, events in self._events.items():
            model.objects.bulk_create(events)
        self._new, self._fields, self._events = {}, {}, {}


@dataclass(frozen=True)
class Machine:
    """A named table of legal moves. A state that maps to nothing is terminal."""

    name: str
    moves: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, name: str, **moves: str) -> Machine:
        """A machine from keyword arguments: `OPEN="CLOSED LOST", CLOSED="", LOST=""`."""
        table = {state: frozenset(targets.split()) for state, targets in moves.items()}
        unknown = frozenset().union(*table.values()) - table.keys()
        if unknown:
            raise ValueError(f"machine {name} moves to undeclared states: {sorted(unknown)}")
        return cls(name, table)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The states as choices of a model field."""
        return [(state, state) for state in self.moves]

    @property
    def terminal(self) -> frozenset[str]:
        """The states that nothing leaves."""
        return frozenset(state for state, targets in self.moves.items() if not targets)

    def allows(self, old: str, new: str) -> bool:
        """Whether the table has the move from `old` to `new`."""
        return new in self.moves[old]

    def move(
        self, row: Stateful, new: str, *, fields: Sequence[str] = (), moves: Moves | None = None, **detail: Any
    ) -> None:
        """Move a locked row to state `new` and record the event with its `detail`.

        `fields` names what else of the row has changed, to be written with it: now, or with all `moves`.
        The caller holds the row's lock (`select_for_update` inside a transaction). Detail is JSON-able and free of
        personal data. Raises IllegalMove.
        """
        old = row.state
        if not self.allows(old, new):
            raise IllegalMove(f"{self.name}: {old} → {new}")
        row.state = new
        if moves is not None:
            moves.change(row, "state", *fields)
            moves.add(row, old=old, new=new, detail=detail)
            return
        row.save(update_fields=["state", *fields])
        row.events.create(old=old, new=new, detail=detail)
