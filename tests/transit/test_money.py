"""Money: exact, of one currency, and every split sums to its whole."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transit.money import CurrencyMismatch, Money, total


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_split_sums_to_the_whole(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "EUR").split(weights)
    assert sum(part.minor for part in parts) == minor
    assert all(abs(part.minor - minor * w / sum(weights)) <= 1 for part, w in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("3.50", "EUR", 350), ("3.505", "EUR", 351), ("350", "JPY", 350), ("1.5", "KWD", 1500), ("-2.005", "EUR", -201)],
)
def test_decimal_amounts(amount: str, currency: str, minor: int) -> None:
    assert Money.of_decimal(amount, currency) == Money(minor, currency)


def test_decimal_and_back() -> None:
    assert Money(350, "JPY").decimal() == Decimal(350)
    assert Money(350, "EUR").decimal() == Decimal("3.5")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "JPY")
    with pytest.raises(CurrencyMismatch):
        total([Money(1, "EUR")], "JPY")


@pytest.mark.parametrize("wrong", [1.0, True, "1"])
def test_minor_units_are_whole(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong, "EUR")  # type: ignore[arg-type]


def test_bad_weights_are_refused() -> None:
    for weights in ([], [0], [-1, 2]):
        with pytest.raises(ValueError):
            Money(1, "EUR").split(weights)
