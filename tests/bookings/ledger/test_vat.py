"""Rates hold from their day; the tax within a price is rounded once, for each line."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.ledger.vat import LAWS, find_rate, included
from bookings.models import VatRate


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "kind", "day", "rate"),
    [
        ("FI", "transport", "2024-12-31", 1000),
        ("FI", "transport", "2025-01-01", 1400),
        ("FI", "transport", "2025-12-31", 1400),
        ("FI", "transport", "2026-01-01", 1350),
        ("FI", "general", "2024-08-31", 2400),
        ("FI", "general", "2026-11-23", 2550),
        ("JP", "transport", "2026-11-23", 1000),
        ("DE", "transport", "2020-09-01", 500),
        ("FI", "transport", "1999-01-01", None),
        ("XX", "transport", "2026-11-23", None),
    ],
)
def test_what_holds_on_a_day(country: str, kind: str, day: str, rate: int | None) -> None:
    assert find_rate(country, kind, date.fromisoformat(day)) == rate


@pytest.mark.db
@pytest.mark.django_db
def test_staff_add_a_law_and_correct_one() -> None:
    VatRate.objects.create(country="FI", kind="transport", valid_from=date(2027, 1, 1), basis_points=1200)
    VatRate.objects.create(country="FI", kind="transport", valid_from=date(2026, 1, 1), basis_points=1300)
    assert [find_rate("FI", "transport", date(year, 6, 1)) for year in (2025, 2026, 2027)] == [1400, 1300, 1200]


def test_the_laws_are_told_apart() -> None:
    assert len({(rate.country, rate.kind, rate.valid_from) for rate in LAWS}) == len(LAWS)
    assert {rate.kind for rate in LAWS} == {"transport", "general"}


@given(st.integers(-(10**9), 10**9), st.integers(0, 5000))
def test_the_tax_is_that_of_decimal_arithmetic(gross: int, rate: int) -> None:
    exact = Decimal(gross) * rate / (10_000 + rate)
    assert included(gross, rate) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert included(-gross, rate) == -included(gross, rate)
