"""Where the year of a budget leads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.services.subsidy_budgets import forecast

YEAR = 2026
DAYS = st.integers(0, 364).map(lambda day: date(YEAR, 1, 1) + timedelta(days=day))


def test_the_same_every_day() -> None:
    """100 a day: 36 500 a year; a budget of 20 000 lasts 200 days."""
    spent = {date(YEAR, 1, 1) + timedelta(days=day): 100 for day in range(100)}
    today = date(YEAR, 4, 10)
    assert forecast(spent, YEAR, today, None) == (36_500, None)
    assert forecast(spent, YEAR, today, 20_000) == (36_500, date(YEAR, 7, 19))
    assert forecast(spent, YEAR, today, 36_501) == (36_500, None)


def test_the_last_weeks_count() -> None:
    spent = {date(YEAR, 1, 1): 10_000} | {date(YEAR, 5, 1) + timedelta(days=day): 10 for day in range(61)}
    assert forecast(spent, YEAR, date(YEAR, 6, 30), None)[0] == 10_000 + 610 + 10 * 184


def test_what_is_promised_is_not_forgotten() -> None:
    assert forecast({date(YEAR, 12, 1): 500}, YEAR, date(YEAR, 6, 1), None) == (500, None)


@pytest.mark.parametrize("today", [date(YEAR - 1, 5, 1), date(YEAR + 1, 5, 1)], ids=["before", "after"])
def test_another_year(today: date) -> None:
    assert forecast({date(YEAR, 3, 1): 500}, YEAR, today, 1000) == (500, None)


@given(st.dictionaries(DAYS, st.integers(0, 1000), max_size=40), DAYS, st.integers(0, 50_000))
def test_never_less_than_there_is(spent: dict[date, int], today: date, cap: int) -> None:
    year_end, ends_on = forecast(spent, YEAR, today, cap)
    assert year_end >= sum(spent.values())
    assert ends_on is None or today <= ends_on <= date(YEAR, 12, 31)
    assert (ends_on is None) or year_end >= cap
