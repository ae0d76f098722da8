"""Money of a subsidy is given once: the last euro to one of many, and never more than the year has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from bookings import budgets
from bookings.models import SubsidyAllowance, SubsidyBudget

pytestmark = [pytest.mark.db]


def a_year(cap_minor: int | None = 100) -> SubsidyBudget:
    return budgets.get_budget(
        "call", "seniors", 2026, payer="region:coast", region_code="coast", currency="EUR", timezone="UTC",
        at_cap="stop", cap_minor=cap_minor,
    )  # fmt: skip


def amounts(row: SubsidyBudget) -> tuple[int, int, int, int]:
    row.refresh_from_db()
    return row.reserved_minor, row.spent_minor, row.reduced_minor, row.waiting


@pytest.mark.django_db
def test_reserved_spent_and_given_back() -> None:
    row = a_year()
    budgets.take(row.pk, 60)
    with pytest.raises(budgets.UsedUp):
        budgets.take(row.pk, 41)
    budgets.settle(row.pk, 60, 50)
    budgets.take(row.pk, 50)
    assert amounts(row) == (50, 50, 0, 0)
    budgets.take(row.pk, 30, reduced=True)
    budgets.give_back(row.pk, 50)
    budgets.settle(row.pk, 30, 20, reduced=True)
    assert amounts(row) == (50, 0, 20, 0)
    assert row.left_minor == 50


@pytest.mark.django_db
def test_who_waits_comes_first() -> None:
    row = a_year()
    budgets.join_queue(row.pk)
    with pytest.raises(budgets.UsedUp):
        budgets.take(row.pk, 1)
    assert not budgets.serve_first(row.pk, 101, spent=True)
    assert budgets.serve_first(row.pk, 100, spent=True)
    assert not budgets.serve_first(row.pk, 0, spent=True), "nobody waits any more"
    assert amounts(row) == (0, 100, 0, 0)


@pytest.mark.django_db
def test_another_budget_never_lies_below_what_is_given() -> None:
    row = a_year()
    budgets.take(row.pk, 80)
    assert [a_year(cap).cap_minor for cap in (50, 200, None)] == [80, 200, None]
    budgets.take(row.pk, 10_000)
    assert row.pk == a_year(None).pk


@pytest.mark.django_db
def test_rides_of_a_month() -> None:
    for person, day, left in (("user:1", 3, 2), ("user:1", 30, 1), ("user:2", 3, 2)):
        month = budgets.get_allowance("call", "seniors", person, date(2026, 11, day), 2)
        assert month.cap - month.taken == left
        budgets.take_ride(month.pk)
    budgets.take_ride(SubsidyAllowance.objects.get(person="user:2").pk)
    full = budgets.get_allowance("call", "seniors", "user:1", date(2026, 11, 9), 2)
    with pytest.raises(budgets.UsedUp):
        budgets.take_ride(full.pk)
    budgets.give_ride_back(full.pk)
    budgets.take_ride(full.pk)


@pytest.mark.django_db
def test_the_database_refuses_more_than_there_is() -> None:
    row = a_year()
    with pytest.raises(IntegrityError), transaction.atomic():
        SubsidyBudget.objects.filter(pk=row.pk).update(spent_minor=101)
    with pytest.raises(IntegrityError), transaction.atomic():
        SubsidyBudget.objects.filter(pk=row.pk).update(reserved_minor=F("reserved_minor") - 1)


def _claim(start: threading.Barrier, claim: Callable[[], None]) -> bool:
    try:
        start.wait()
        claim()
    except budgets.UsedUp:
        return False
    else:
        return True
    finally:
        connection.close()


def _rush(people: int, claim: Callable[[], None]) -> int:
    start = threading.Barrier(people)
    with ThreadPoolExecutor(people) as pool:
        return sum(pool.map(lambda _: _claim(start, claim), range(people)))


@pytest.mark.django_db(transaction=True)
def test_the_last_euro_is_given_once_among_forty() -> None:
    row = a_year()
    assert _rush(40, lambda: budgets.take(row.pk, 100)) == 1
    assert amounts(row) == (100, 0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_last_ride_of_a_month_is_given_once() -> None:
    month = budgets.get_allowance("call", "seniors", "user:1", date(2026, 11, 3), 1)
    assert _rush(20, lambda: budgets.take_ride(month.pk)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_race_is_real_without_the_condition() -> None:
    """Guard: who looks first and takes afterwards gives the last euro several times."""
    row = a_year()
    looked = threading.Barrier(8)

    def naive() -> None:
        left = SubsidyBudget.objects.get(pk=row.pk).left_minor
        looked.wait()
        if left is None or left < 100:
            raise budgets.UsedUp

    assert _rush(8, naive) > 1
