"""Reading what an operator sent: nothing is trusted before its type has been checked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from transit.money import Money
from transit.remote.http import RemoteError

_LARGEST = Decimal(10**9)  # major units; beyond that a price is a mistake
_LONGEST = 200  # TOMP normalString
_MOST = 1000  # entries of any list


def wrong(what: str) -> RemoteError:
    """An answer that makes no sense: what happened at the other side is unknown."""
    return RemoteError(f"the operator's answer makes no sense: {what}", permanent=False)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, ArithmeticError):
        raise wrong("not JSON") from None


def parse(body: bytes) -> dict[str, Any]:
    """A JSON object; numbers are Decimals or integers. Raises RemoteError."""
    return group(_parsed(body), "body")


def parse_list(body: bytes, most: int = _MOST) -> list[dict[str, Any]]:
    """A JSON list of at most so many objects. Raises RemoteError."""
    return rows(_parsed(body), "body", most)


def group(value: Any, what: str) -> dict[str, Any]:
    """A JSON object; a missing one is empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(f"{what} is not an object")
    return value


def rows(value: Any, what: str, most: int = _MOST) -> list[dict[str, Any]]:
    """A list of JSON objects; a missing one is empty."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise wrong(f"{what} is not a list of at most {most}")
    return [group(row, what) for row in value]


def words(value: Any, what: str) -> tuple[str, ...]:
    """A list of short strings; a missing one is empty."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > _MOST:
        raise wrong(f"{what} is not a list of at most {_MOST}")
    return tuple(must(word, what) for word in value)


def text(value: Any, what: str, longest: int = _LONGEST) -> str | None:
    """A string, or None when it is missing."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise wrong(f"{what} is not a string of at most {longest}")
    return value


def must(value: Any, what: str) -> str:
    """A string that has to be there."""
    found = text(value, what)
    if not found:
        raise wrong(f"{what} is missing")
    return found


def flag(value: Any, what: str, default: bool = False) -> bool:
    """A boolean."""
    if value is None:
        return default
    if not isinstance(value, bool):
        raise wrong(f"{what} is not true or false")
    return value


def moment(value: Any, what: str) -> datetime | None:
    """An RFC 3339 time with an offset, in UTC; None when it is missing."""
    found = text(value, what)
    if found is None:
        return None
    try:
        read = datetime.fromisoformat(found)
    except ValueError:
        raise wrong(f"{what} is not a time") from None
    if read.tzinfo is None:
        raise wrong(f"{what} has no offset")
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise wrong(f"{what} is out of range") from None


def http_date(value: str | None) -> datetime | None:
    """An HTTP date header (RFC 9110 §5.6.7), in UTC; None when it is missing.

    Unreadable is None too: many servers say `Expires: 0` on every answer to switch off caching.
    """
    try:
        read = parsedate_to_datetime(value or "")
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def money(value: Any, what: str) -> Money | None:
    """TOMP amountOfMoney, tax included; None when the amount or its currency is missing."""
    found = group(value, what)
    amount, currency = found.get("amount"), text(found.get("currencyCode"), f"{what} currency", 3)
    if amount is None or currency is None:
        return None
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or not abs(Decimal(amount)) < _LARGEST:
        raise wrong(f"{what} is not an amount")
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise wrong(f"{what} has no ISO 4217 currency")
    return Money.of_decimal(Decimal(amount), currency.upper())
