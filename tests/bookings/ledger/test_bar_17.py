"""The check of bar 17 sees what it is for: each kind of damage, done with the guards off, is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from bookings.ledger import triggers
from bookings.ledger.posting import Line, post
from bookings.models import LedgerAccount, LedgerEntry, LedgerTxn
from tests.bookings import ledger_checks
from tests.bookings.world import NOW, World
from transit.money import Money

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


def some_posting() -> None:
    post(
        "sale:1", "code", [Line("psp_clearing", Money(100, "EUR")), Line("operator_payable:a", Money(-100, "EUR"))], NOW
    )


def without_guard(damage: Callable[[], object]) -> list[str]:
    """What is found of a damage that was done while the triggers were away."""
    with connection.schema_editor() as editor:
        triggers.remove(editor)
    damage()
    with connection.schema_editor() as editor:
        triggers.install(editor)
    return ledger_checks.failures()


def test_a_sound_ledger_has_no_failures(emptied_ledger: None) -> None:
    some_posting()
    assert ledger_checks.failures() == []


@pytest.mark.no_ledger_check
def test_an_entry_that_was_changed(emptied_ledger: None) -> None:
    some_posting()
    (found,) = without_guard(lambda: LedgerEntry.objects.filter(amount_minor=100).update(amount_minor=99))
    assert found.endswith("sums to -1 EUR")


@pytest.mark.no_ledger_check
def test_a_transaction_that_was_left_open(emptied_ledger: None) -> None:
    some_posting()
    found = without_guard(lambda: LedgerTxn.objects.update(posted=False))
    assert "sale:1 is not posted" in found


@pytest.mark.no_ledger_check
def test_a_database_without_the_guards(emptied_ledger: None) -> None:
    some_posting()
    with connection.schema_editor() as editor:
        triggers.remove(editor)
    found = ledger_checks.failures()
    with connection.schema_editor() as editor:
        triggers.install(editor)
    assert found == [f"{connection.vendor} lets the ledger be changed"] * len(ledger_checks.ATTACKS)


@pytest.mark.no_ledger_check
def test_money_that_the_provider_does_not_have(new_world: Callable[..., World]) -> None:
    world = new_world()
    assert world.run().state == "COMPLETED"
    assert ledger_checks.failures([world]) == []
    lines = [Line("psp_clearing", Money(1, "EUR")), Line("platform_loss", Money(-1, "EUR"))]
    post("sale:invented", world.order.code, lines, NOW)
    (found,) = ledger_checks.failures([world])
    assert found.startswith("the provider holds 1280, the ledger 1281")
    assert LedgerAccount.objects.filter(code="platform_loss").exists()
