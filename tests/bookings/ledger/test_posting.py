"""Postings balance, in the database itself, and never change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from bookings.ledger.posting import balance, post
from bookings.models import LedgerAccount, LedgerEntry, LedgerTxn
from tests.factories import NOW
from transit.money import Money

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_a_balanced_posting_moves_money_once() -> None:
    lines = {"psp_clearing": eur(500), "operator_payable:a": eur(-300), "operator_payable:b": eur(-200)}
    assert post("sale:1", "code", lines, NOW)
    assert not post("sale:1", "code", lines, NOW)
    assert balance("psp_clearing", "EUR") == eur(500)
    assert balance("operator_payable:b", "EUR") == eur(-200)
    assert LedgerEntry.objects.count() == 3


def test_a_posting_of_nothing_is_none() -> None:
    assert not post("sale:2", "code", {"psp_clearing": eur(0)}, NOW)
    assert not LedgerTxn.objects.exists()


@pytest.mark.parametrize(
    "lines",
    [
        {"psp_clearing": eur(500), "operator_payable:a": eur(-499)},
        {"psp_clearing": eur(500), "operator_payable:a": Money(-500, "JPY")},
    ],
)
def test_the_database_refuses_what_does_not_sum_to_zero_per_currency(lines: dict[str, Money]) -> None:
    with pytest.raises(DatabaseError, match="zero"), transaction.atomic():
        post("sale:3", "code", lines, NOW)
    assert not LedgerEntry.objects.exists()


@pytest.fixture
def sealed() -> LedgerTxn:
    post("sale:4", "code", {"psp_clearing": eur(1), "platform_loss": eur(-1)}, NOW)
    return LedgerTxn.objects.get(external_ref="sale:4")


@pytest.mark.parametrize(
    "attack",
    [
        lambda txn: LedgerEntry.objects.filter(txn=txn).update(amount_minor=7),
        lambda txn: LedgerEntry.objects.filter(txn=txn)._raw_delete("default"),
        lambda txn: LedgerTxn.objects.filter(pk=txn.pk).update(posted=False),
        lambda txn: LedgerTxn.objects.filter(pk=txn.pk).update(order_code="other"),
        lambda txn: LedgerTxn.objects.filter(pk=txn.pk)._raw_delete("default"),
        lambda txn: LedgerTxn.objects.create(external_ref="x", posted=True),
        lambda txn: LedgerEntry.objects.create(
            txn=txn, account=LedgerAccount.objects.get(code="psp_clearing"), amount_minor=0, currency="EUR"
        ),
    ],
    ids=["change entry", "remove entry", "unpost", "change", "remove", "born posted", "add entry"],
)
def test_the_database_refuses_every_change_of_what_was_posted(
    sealed: LedgerTxn, attack: Callable[[LedgerTxn], object]
) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attack(sealed)
    assert balance("psp_clearing", "EUR") == eur(1)


def test_an_entry_of_an_open_transaction_cannot_change_either() -> None:
    txn = LedgerTxn.objects.create(external_ref="open")
    account = LedgerAccount.objects.create(code="psp_clearing")
    LedgerEntry.objects.create(txn=txn, account=account, amount_minor=1, currency="EUR")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LedgerEntry.objects.update(amount_minor=2)
