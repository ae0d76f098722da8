"""Itineraries on their way out and back: a strict JSON form, and a signed token that cannot be altered.

The JSON form has the field names of `transit.routing.itinerary`. Instants are RFC 3339 in UTC, money is
{"minor", "currency"}, tuples are lists. Reading refuses unknown fields and missing ones without a default, so that a
form that has changed is noticed at once, and what was sold before a field came into the world is still read.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

from django.core import signing

from transit.money import Money, total
from transit.routing.itinerary import Itinerary, Leg, Place

MAX_AGE = timedelta(minutes=30)
KEPT = timedelta(days=60)
"""So long a proposal can be looked up again."""
_SALT = "transit.itinerary"
_READ_AGAIN = frozenset({"polyline", "calls", "steps"})
_LEFT_OUT = frozenset({"transfer"})


class TokenError(ValueError):
    """A token that was not made here, was changed, or is too old. `code` is `token_invalid` or `token_expired`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def to_json(itinerary: Itinerary) -> dict[str, Any]:
    """The JSON form of an itinerary, complete."""
    form = _encode(itinerary)
    assert isinstance(form, dict)
    return form


def of_json(form: dict[str, Any]) -> Itinerary:
    """The itinerary of a JSON form. Raises ValueError where the form is not exactly one."""
    itinerary: Itinerary = _decode(Itinerary, form, "itinerary")
    return itinerary


def write_token(itinerary: Itinerary, now: datetime) -> str:
    """A signed, compressed, URL-safe token of what was proposed: trips, days, stops, scheduled times, travellers.

    Fares, lines on the map, directions and passing stops are left out; they are read again from the network that is
    current when the token comes back. The sum of the fares is there to be compared alone.
    """
    form = to_json(dataclasses.replace(itinerary, legs=(), fares=(), unpriced_legs=()))
    form["legs"] = [_bare(leg) for leg in itinerary.legs]
    signed: dict[str, Any] = {"at": int(now.timestamp()), "itinerary": form}
    price = price_of(itinerary)
    if price is not None:
        signed["price"] = [price.minor, price.currency]
    return signing.Signer(salt=_SALT).sign_object(signed, compress=True)


def read_token(token: str, now: datetime) -> Itinerary:
    """The bare itinerary of a token, without prices. Raises TokenError."""
    return _read(token, now, MAX_AGE)[0]


def read_proposal(token: str, now: datetime) -> tuple[Itinerary, Money | None]:
    """The bare itinerary of a token and what it cost, also of one that is too old to be bought, while the journey is
    not over. Raises TokenError.
    """
    itinerary, form = _read(token, now, KEPT)
    if itinerary.end_at < now:
        raise TokenError("token_expired")
    return itinerary, Money(*form["price"]) if "price" in form else None


def price_of(itinerary: Itinerary) -> Money | None:
    """The sum of the known fares, or None where there is none or they differ in currency."""
    currencies = {fare.price.currency for fare in itinerary.fares}
    return total((fare.price for fare in itinerary.fares), currencies.pop()) if len(currencies) == 1 else None


def _read(token: str, now: datetime, at_most: timedelta) -> tuple[Itinerary, dict[str, Any]]:
    """The bare itinerary, and all that was signed with it."""
    try:
        form = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError) as wrong:
        raise TokenError("token_invalid") from wrong
    if not -60 <= now.timestamp() - form["at"] <= at_most.total_seconds():
        raise TokenError("token_expired")
    try:
        return of_json(form["itinerary"]), form
    except ValueError as older_release:
        raise TokenError("token_expired") from older_release


def _bare(leg: Leg) -> dict[str, Any]:
    """The form of a leg without what a token leaves out."""
    names = [name for name in _names(Leg) if name not in _LEFT_OUT]
    return {name: [] if name in _READ_AGAIN else _encode(getattr(leg, name)) for name in names}


@functools.lru_cache(maxsize=8192)
def _place(place: Place) -> dict[str, Any]:
    """The form of a place. The same stops stand in every answer again and again."""
    return {name: getattr(place, name) for name in _names(Place)}


def _encode(value: Any) -> Any:
    kind: Any = type(value)
    if kind is str or kind is float or kind is int or value is None:
        return value
    if kind is Place:
        return _place(value)
    if isinstance(value, Enum):
        return value.value
    if names := _names(kind):
        return {name: _encode(getattr(value, name)) for name in names}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _decode(kind: Any, form: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _decode_record(typing.cast(type, kind), form, where)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return None if form is None else _decode(arguments[0], form, where)
    if origin is tuple:
        return _decode_tuple(arguments, form, where)
    return _decode_scalar(kind, form, where)


def _decode_record(kind: type, form: Any, where: str) -> Any:
    hints, needed = _fields(kind), _needed(kind)
    if not isinstance(form, dict) or not needed <= form.keys() <= hints.keys():
        raise ValueError(f"{where} must have the fields {', '.join(hints)}")
    return kind(**{name: _decode(hints[name], form[name], f"{where}.{name}") for name in form})


def _decode_tuple(arguments: tuple[Any, ...], form: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(form, list):
        raise ValueError(f"{where} must be a list")
    kinds = [arguments[0]] * len(form) if arguments[-1] is Ellipsis else list(arguments)
    if len(kinds) != len(form):
        raise ValueError(f"{where} must have {len(kinds)} items")
    return tuple(_decode(kind, item, f"{where}[{i}]") for i, (kind, item) in enumerate(zip(kinds, form, strict=True)))


def _decode_scalar(kind: Any, form: Any, where: str) -> Any:
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
    if kind is date:
        return date.fromisoformat(form)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(form)
    raise ValueError(f"{where} must be {getattr(kind, '__name__', kind)}")


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
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
