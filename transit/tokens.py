"""Itineraries on their way out and back: a strict JSON form, and a signed token that cannot be altered.

The JSON form has the field names of `transit.routing.itinerary`. Instants are RFC 3339 in UTC, money is
{"minor", "currency"}, tuples are lists. Reading refuses unknown fields and missing ones without a default, so that a
form that has changed is noticed at once, and what was sold before a field came into the world is still read.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from transit.money import Money, total
from transit.records import REPEATED, decode, encode, names_of
from transit.routing.itinerary import Itinerary, Leg, Place

MAX_AGE = timedelta(minutes=30)
KEPT = timedelta(days=60)
"""So long a proposal can be looked up again."""
_SALT = "transit.itinerary"
_READ_AGAIN = frozenset({"polyline", "calls", "steps"})
_LEFT_OUT = frozenset({"transfer"})
REPEATED.add(Place)


class TokenError(ValueError):
    """A token that was not made here, was changed, or is too old. `code` is `token_invalid` or `token_expired`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def to_json(itinerary: Itinerary) -> dict[str, Any]:
    """The JSON form of an itinerary, complete."""
    form = encode(itinerary)
    assert isinstance(form, dict)
    return form


def of_json(form: dict[str, Any]) -> Itinerary:
    """The itinerary of a JSON form. Raises ValueError where the form is not exactly one."""
    itinerary: Itinerary = decode(Itinerary, form, "itinerary")
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
    names = [name for name in names_of(Leg) if name not in _LEFT_OUT]
    return {name: [] if name in _READ_AGAIN else encode(getattr(leg, name)) for name in names}
