"""Losses that the platform takes: proposed by one person, decided by another, posted once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bookings.ledger import accounts
from bookings.ledger.posting import balance, post
from bookings.models import Case, WriteOff
from bookings.services import cases, write_offs
from bookings.services.write_offs import WriteOffError
from maas.accounts.models import Role, User
from tests import factories
from tests.factories import NOW
from transit.money import Money

pytestmark = pytest.mark.db
OWED = Money(900, "EUR")


@pytest.fixture
def people(emptied_ledger: None) -> list[User]:
    """A desk agent and two of the platform's staff."""
    made = []
    for name, kind in (("desk", "DESK_AGENT"), ("first", "PLATFORM_STAFF"), ("second", "PLATFORM_STAFF")):
        user = User.objects.create_user(email=f"{name}@maas.test", password="x")
        Role.objects.create(user=user, kind=Role.Kind[kind])
        made.append(user)
    return made


@pytest.fixture
def case(emptied_ledger: None) -> Case:
    """A resident owes nine euros for rides that could not be charged."""
    order = factories.order()
    lines = {accounts.RIDER_RECEIVABLE: OWED, accounts.operator_payable("bus"): -OWED}
    post(f"receivable:{order.code}", order.code, lines, NOW)
    return Case.objects.create(kind="use_not_captured", order=order, opened_at=NOW)


def propose(case: Case, user: Any, minor: int = 900, reason: str = "moved away") -> WriteOff:
    return write_offs.propose(case.pk, accounts.RIDER_RECEIVABLE, Money(minor, "EUR"), reason, user, NOW)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(WriteOffError) as refused:
        action()
    return refused.value.code


def test_two_people_take_a_loss(case: Case, people: list[User]) -> None:
    _, first, second = people
    row = propose(case, first)
    assert balance(accounts.PLATFORM_LOSS, "EUR").minor == 0
    assert "close" not in cases.list_actions(case, first), "somebody has to decide first"
    assert code_of(lambda: write_offs.decide(row.pk, first, NOW, approve=True)) == "own_proposal"
    write_offs.decide(row.pk, second, NOW, approve=True)
    assert balance(accounts.PLATFORM_LOSS, "EUR").minor == 900
    assert balance(accounts.RIDER_RECEIVABLE, "EUR").minor == 0
    case.refresh_from_db()
    row.refresh_from_db()
    assert (case.resolution, case.resolved_by, row.proposed_by, row.decided_by) == (
        "written_off",
        second,
        first,
        second,
    )
    assert code_of(lambda: write_offs.decide(row.pk, second, NOW, approve=False)) == "decided_already"


def test_what_cannot_be_proposed(case: Case, people: list[User]) -> None:
    desk, first, second = people
    assert code_of(lambda: propose(case, desk, 901)) == "too_much"
    assert code_of(lambda: propose(case, desk, -1)) == "too_much"
    assert code_of(lambda: propose(case, desk, 0)) == "nothing_missing"
    assert code_of(lambda: propose(case, desk, reason=" ")) == "no_reason"
    with pytest.raises(Case.DoesNotExist):
        propose(case, User.objects.create_user(email="rider@maas.test", password="x"))
    row = propose(case, desk, 400)
    assert code_of(lambda: propose(case, first, 100)) == "open_already"
    with pytest.raises(WriteOff.DoesNotExist):
        write_offs.decide(row.pk, desk, NOW, approve=True)
    write_offs.decide(row.pk, second, NOW, approve=False)
    assert balance(accounts.PLATFORM_LOSS, "EUR").minor == 0
    again = propose(case, desk, 400)
    write_offs.decide(again.pk, first, NOW, approve=True)
    case.refresh_from_db()
    assert (case.resolution, balance(accounts.RIDER_RECEIVABLE, "EUR").minor) == ("", 500), "a part is left"


def test_the_database_refuses_one_person(case: Case, people: list[User]) -> None:
    row = propose(case, people[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        WriteOff.objects.filter(pk=row.pk).update(decided_by=people[1], decided_at=NOW)
    second = {"case": case, "account": "x", "currency": "EUR", "amount_minor": 1, "reason": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        WriteOff.objects.create(**second, proposed_by=people[2], proposed_at=NOW)


@pytest.mark.parametrize("guarded", [True, False])
def test_two_approvals_at_once_are_one(
    case: Case, people: list[User], monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """With the lock away, both see a proposal that waits; then only the name of the posting keeps it from counting
    twice.
    """
    if not guarded:
        if connection.vendor == "sqlite":
            pytest.skip("transactions of SQLite are one after the other by themselves")
        unlocked = Case.objects.select_related("order")
        monkeypatch.setattr(cases, "lock", lambda pk: unlocked.get(pk=pk))
        monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda rows, **_: rows)
    third = User.objects.create_user(email="third@maas.test", password="x")
    Role.objects.create(user=third, kind=Role.Kind.PLATFORM_STAFF)
    row = propose(case, people[0])
    together = threading.Barrier(2, timeout=10)
    before = write_offs._check

    def meet(*given: Any) -> None:
        before(*given)
        if not guarded:
            together.wait()

    monkeypatch.setattr(write_offs, "_check", meet)
    outcomes: list[str] = []

    def press(user: User) -> None:
        try:
            write_offs.decide(row.pk, user, NOW, approve=True)
            outcomes.append("approved")
        except WriteOffError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=press, args=(user,)) for user in (people[2], third)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == (["approved", "decided_already"] if guarded else ["approved", "approved"])
    assert balance(accounts.PLATFORM_LOSS, "EUR").minor == 900
