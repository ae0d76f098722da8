"""State machines as tables of moves, and the one function that moves a row.

A machine is data: `moves[state]` names the states that may follow. Every state field of the project is written
here and nowhere else, so that no move happens without a lock, a check and an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from django.db import DatabaseError, connection


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

    All are statements of our own, updates and events sent in one go where the database takes them so (PostgreSQL): to
    have each composed anew, and to wait for each, took a fifth of an order's time.
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
        self.note(events.rel.related_model(**{events.field.name: row}, **said))

    def note(self, row: Any) -> None:
        """A row that nobody asks for its id."""
        self._events.setdefault(type(row), []).append(row)

    def write(self) -> None:
        """All of it, the rows in the order in which they changed first. Raises DatabaseError where a row is gone."""
        for model, rows in self._new.items():
            _insert_for_ids(model, rows, "")
        new = {id(row) for rows in self._new.values() for row in rows}
        changed = [(row, tuple(fields)) for row, fields in self._fields.values() if fields and id(row) not in new]
        statements = [_update(row, fields) for row, fields in changed]
        statements += [_insert(model, rows) for model, rows in self._events.items()]
        counts = _executed(statements)
        for (row, _), count in zip(changed, counts, strict=False):
            if count != 1:
                raise DatabaseError(f"{row!r} is not there any more")
        self._new, self._fields, self._events = {}, {}, {}


def insert_once(row: Any) -> bool:
    """Write a new row unless there is one with the same key; whether it was. It has its id then.

    One statement, where to look first, to mark a place to return to and to insert are four. In a transaction only.
    """
    return _insert_for_ids(type(row), [row], "ON CONFLICT DO NOTHING ") == 1


def _insert_for_ids(model: Any, rows: Sequence[Any], unless: str) -> int:
    """How many rows were written; each of them has its id then."""
    sql, values = _insert(model, rows)
    with connection.cursor() as cursor:
        cursor.execute(f'{sql} {unless}RETURNING "{model._meta.pk.column}"', values)
        ids = cursor.fetchall()
    for row, (pk,) in zip(rows, ids, strict=False):
        row.pk, row._state.adding, row._state.db = pk, False, connection.alias
    return len(ids)


Statement = tuple[str, list[Any]]


def _update(row: Any, names: tuple[str, ...]) -> Statement:
    model: Any = type(row)
    sql, fields = _update_of(model, names)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    return sql, [*values, row.pk]


@lru_cache(maxsize=256)
def _update_of(model: Any, names: tuple[str, ...]) -> tuple[str, list[Any]]:
    meta = model._meta
    fields = [meta.get_field(name) for name in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = f'UPDATE "{meta.db_table}" SET {sets} WHERE "{meta.pk.column}" = %s'  # noqa: S608 - names of the models
    return sql, fields


def _insert(model: Any, rows: Sequence[Any]) -> Statement:
    """What the database has a value for, it gives."""
    sql, values, fields = _insert_of(model)
    said = [field.get_db_prep_save(_value(row, field), connection) for row in rows for field in fields]
    return sql + ", ".join([values] * len(rows)), said


def _value(row: Any, field: Any) -> Any:
    """What a field has by now: a row that it points to may have got its id after it was named."""
    value = getattr(row, field.attname)
    return getattr(row, field.name).pk if value is None and field.is_relation and field.is_cached(row) else value


@lru_cache(maxsize=64)
def _insert_of(model: Any) -> tuple[str, str, list[Any]]:
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key and not field.has_db_default()]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    sql = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES '  # noqa: S608 - names of the models
    return sql, f"({', '.join(['%s'] * len(fields))})", fields


def _executed(statements: Sequence[Statement]) -> list[int]:
    """How many rows each statement has changed."""
    cursors = []
    is_sent_together = connection.vendor == "postgresql" and len(statements) > 1
    with connection.wrap_database_errors, connection.connection.pipeline() if is_sent_together else nullcontext():
        for sql, values in statements:
            cursors.append(connection.cursor())
            cursors[-1].execute(sql, values)
    counts = [cursor.rowcount for cursor in cursors]
    for cursor in cursors:
        cursor.close()
    return counts


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
