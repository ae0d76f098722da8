"""Prices of GOFS (fares.json): by the rider, the kilometre and the minute, in segments."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from transit.feeds.gbfs_reading import Json, Unusable, string_of
from transit.money import Money

UNITS: Final = ("kilometer", "minute", "active_minute")
"""What is reckoned by how far and how long one rides. Waiting (`idle_minute`) and luggage are not known beforehand."""


@dataclass(frozen=True, slots=True)
class Segment:
    """From `start` to `end` (None: on and on) each unit costs `amount`, counted in begun intervals.

    An interval of more than a unit costs `amount` as a whole, as in the third example of the specification.
    """

    unit: str
    interval: float | None
    start: float
    end: float | None
    amount: Decimal

    def due(self, units: float) -> Decimal:
        """What so many units cost by it."""
        ridden = max(0.0, min(units, self.end if self.end is not None else units) - self.start)
        if self.interval:
            ridden = math.ceil(ridden / self.interval - 1e-9) * min(self.interval, 1.0)
        return self.amount * Decimal(repr(round(ridden, 6)))


@dataclass(frozen=True, slots=True)
class Fare:
    """A fare of a system."""

    fare_id: str
    currency: str
    base: Decimal
    """For one rider."""
    segments: tuple[Segment, ...]

    def price(self, metres: float, seconds: int) -> Money:
        """What one rider pays for a ride, as far as it is known beforehand."""
        units = {"kilometer": metres / 1000, "minute": seconds / 60, "active_minute": seconds / 60}
        due = sum((each.due(units[each.unit]) for each in self.segments), self.base)
        return Money.of_decimal(due, self.currency)


def fare_of(row: Json) -> Fare:
    """A fare. Raises Unusable."""
    currency = string_of(row, "currency").upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise Unusable("no_currency")
    riders = [_segment("rider", each) for each in _rows(row, "rider")]
    base = sum((each.amount for each in riders if each.start <= 1), Decimal(0))
    segments = tuple(_segment(unit, each) for unit in UNITS for each in _rows(row, unit))
    return Fare(string_of(row, "fare_id"), currency, base, segments)


def _rows(row: Json, key: str) -> list[Any]:
    value = row.get(key)
    return value if isinstance(value, list) else []


def _segment(unit: str, row: Any) -> Segment:
    if not isinstance(row, dict):
        raise Unusable("not_an_object")
    interval, start, end, amount = (_number(row, key) for key in ("interval", "start", "end", "amount"))
    return Segment(unit, interval, start or 0.0, end, Decimal(repr(amount or 0.0)))


def _number(row: Json, key: str) -> float | None:
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1_000_000:
        raise Unusable(f"no_{key}")
    return float(value)
