"""Value-added tax: rates as data, valid from a day, for a country and a kind of product.

Prices are gross. The rule of rounding: the tax within a line of a receipt is its gross amount × rate / (1 + rate),
rounded half up to the smallest unit of the currency; what remains is net. Sums are sums of lines.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from bookings.models import VatRate

Kind = Literal["transport", "general"]
"""Carriage of passengers; everything else, such as renting a vehicle or the platform's own fee."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in hundredths of a percent and the first day on which it holds."""

    country: str
    kind: str
    valid_from: date
    basis_points: int


def _read(lines: Iterable[str]) -> tuple[Rate, ...]:
    return tuple(
        Rate(row["country"], row["kind"], date.fromisoformat(row["valid_from"]), int(row["basis_points"]))
        for row in csv.DictReader(lines)
    )


LAWS: Final = _read(Path(__file__).with_name("vat_rates.csv").read_text(encoding="utf-8").splitlines())
"""The rates that the software brings along. Rows of VatRate add to them and, from the same day, replace them."""


def find_rate(country: str, kind: str, day: date) -> int | None:
    """The basis points of a day; None where neither the laws nor the staff name a rate, so that nothing can be sold."""
    added = VatRate.objects.filter(country=country, kind=kind, valid_from__lte=day)
    known = [rate for rate in LAWS if (rate.country, rate.kind) == (country, kind) and rate.valid_from <= day]
    known += [Rate(country, kind, row.valid_from, row.basis_points) for row in added]
    return known[max(range(len(known)), key=lambda i: (known[i].valid_from, i))].basis_points if known else None


def included(gross_minor: int, basis_points: int) -> int:
    """The tax within a gross amount, rounded half up; of a negative amount as of the positive one."""
    whole = 10_000 + basis_points
    tax = (2 * abs(gross_minor) * basis_points + whole) // (2 * whole)
    return tax if gross_minor >= 0 else -tax
