"""Frozen dataclasses as strict JSON, and back.

Field names are keys. Instants are RFC 3339 in UTC, days and times of day ISO 8601, tuples lists, enumerations their
values. Reading refuses unknown fields and missing ones without a default.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Hashable
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any, Final

REPEATED: Final[set[type]] = set()
"""Records that stand in answers again and again: their forms are kept."""


@functools.lru_cache(maxsize=8192)
def _kept(value: Hashable) -> dict[str, Any]:
    return {name: encode(getattr(value, name)) for name in names_of(type(value))}


def encode(value: Any) -> Any:
    """The JSON form of a value."""
    kind: Any = type(value)
    if kind is str or kind is float or kind is int or value is None:
        return value
    if kind in REPEATED:
        return _kept(typing.cast(Hashable, value))
    if isinstance(value, Enum):
        return value.value
    if names := names_of(kind):
        return {name: encode(getattr(value, name)) for name in names}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return value


def decode(kind: Any, form: Any, where: str) -> Any:
    """The value of a JSON form. Raises ValueError, which says where the form is not one."""
    if dataclasses.is_dataclass(kind):
        return _record(typing.cast(type, kind), form, where)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return None if form is None else decode(arguments[0], form, where)
    if origin is tuple:
        return _tuple(arguments, form, where)
    return _scalar(kind, form, where)


def _record(kind: type, form: Any, where: str) -> Any:
    hints, needed = _fields(kind), _needed(kind)
    if not isinstance(form, dict) or not needed <= form.keys() <= hints.keys():
        raise ValueError(f"{where} must have the fields {', '.join(hints)}")
    return kind(**{name: decode(hints[name], form[name], f"{where}.{name}") for name in form})


def _tuple(arguments: tuple[Any, ...], form: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(form, list):
        raise ValueError(f"{where} must be a list")
    kinds = [arguments[0]] * len(form) if arguments[-1] is Ellipsis else list(arguments)
    if len(kinds) != len(form):
        raise ValueError(f"{where} must have {len(kinds)} items")
    return tuple(decode(kind, item, f"{where}[{i}]") for i, (kind, item) in enumerate(zip(kinds, form, strict=True)))


def _scalar(kind: Any, form: Any, where: str) -> Any:
    if kind is float and type(form) in (int, float):
        return float(form)
    if kind in (str, int, bool) and type(form) is kind:
        return form
    if not isinstance(form, str):
        raise ValueError(f"{where} must be {getattr(kind, '__name__', kind)}")
    if kind is datetime:
        instant = datetime.fromisoformat(form)
        if instant.tzinfo is None:
            raise ValueError(f"{where} must have an offset")
        return instant.astimezone(UTC)
    if kind in (date, time):
        return kind.fromisoformat(form)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(form)
    raise ValueError(f"{where} must be {getattr(kind, '__name__', kind)}")


@functools.cache
def names_of(kind: type) -> tuple[str, ...]:
    """The names of the fields of a dataclass, in order; none of any other type."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


@functools.cache
def _fields(kind: type) -> dict[str, Any]:
    """The fields of a dataclass with their resolved types, in order."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@functools.cache
def _needed(kind: type) -> frozenset[str]:
    """The names of the fields of a dataclass that have no default."""
    missing = dataclasses.MISSING
    every = dataclasses.fields(kind)
    return frozenset(each.name for each in every if each.default is missing and each.default_factory is missing)
