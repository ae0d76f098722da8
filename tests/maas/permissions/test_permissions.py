"""Every operation of the API and every page, asked by every role: whoever may not learns nothing, not even what exists.

Operations come from the OpenAPI document and the table of contents, answers to what is wrong from `policies.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.test import Client

from bookings.services import viewers
from maas.accounts.models import User
from tests.features.market import Market
from tests.maas.permissions.asking import Answer, ask, without
from tests.maas.permissions.belongings import Belongings, furnish
from tests.maas.permissions.cast import ELSEWHERE, HOME, REGION, away, cast
from tests.maas.permissions.operations import NOWHERE, Operation, list_operations, list_pages
from tests.maas.permissions.policies import API, BODIES, PAGES, Policy

pytestmark = pytest.mark.django_db

STRANGERS = ("resident_b", "staff_b", "system_b")
"""Of whom it is also asked whether what is somebody else's differs from what does not exist."""
NUMBERED = (
    "case",
    "write_off",
    "bill",
    "call",
    "payout",
    "shift",
    "exemption",
    "complaint",
    "season",
    "days",
    "grid",
    "application",
    "day",
    "version",
    "dry_run",
    "budget",
)
NO_NUMBER = "999999"
PUBLIC = {
    "operator": HOME, "feed": HOME, "interface": HOME, "region": REGION, "sheet": "operators", "service": "none",
    "token": "none", "digest": "none", "layer": "none", "sha256": "0", "payout": NO_NUMBER, "provider": NOWHERE,
    "section": "zones", "number": "0", "name": "zones", "stand": "none", "file": "gbfs",
}  # fmt: skip
"""What an address may name that belongs to nobody."""


@dataclass
class Matrix:
    """The whole town, and what is wrong with it."""

    people: dict[str, Client]
    owned: Belongings
    seen: set[str] = field(default_factory=set)

    @property
    def ids(self) -> dict[str, str]:
        return PUBLIC | self.owned.ids

    def faults(self, operation: Operation, policy: Policy) -> Iterator[str]:
        """Who is let in or kept out wrongly, and who reads what is not theirs."""
        for who in self.people:
            may = who in policy.may
            if may and policy.acts:
                continue
            answer = self._ask(who, operation, self.ids, keep=not may)
            yield from self._judge(who, operation, answer, policy)
            if not may and who in STRANGERS and set(operation.parameters) & set(self.owned.ids):
                yield from self._compare(who, operation, answer)
            if away(who) and not policy.acts and "operator" in operation.parameters:
                yield from self._at_their_own(who, operation)

    def _judge(self, who: str, operation: Operation, answer: Answer, policy: Policy) -> Iterator[str]:
        if answer.status >= 500 or (answer.refused is (who in policy.may) and answer.status != 405):
            yield f"{operation.name}: {who} gets {answer.status}"
        leaked = self._leaks(operation, answer, self.ids)
        if leaked if who not in policy.sees else leaked & self.owned.hidden:
            yield f"{operation.name}: {who} reads {sorted(leaked)}"
        self.seen |= leaked

    def _compare(self, who: str, operation: Operation, answer: Answer) -> Iterator[str]:
        """A foreign object is like one that does not exist."""
        unknown = {name: NO_NUMBER if name in NUMBERED else NOWHERE for name in self.owned.ids} | PUBLIC
        other = self._ask(who, operation, unknown, keep=True)
        shown, expected = without(answer.text, operation.at(self.ids)), without(other.text, operation.at(unknown))
        if (answer.status, shown) != (other.status, expected):
            yield f"{operation.name}: {who} learns that it exists"

    def _at_their_own(self, who: str, operation: Operation) -> Iterator[str]:
        """What belongs to the bus, under the ferry company's own address."""
        ids = self.ids | {"operator": ELSEWHERE}
        answer = self._ask(who, operation, ids, keep=False)
        ours_in_body = _body(operation, ids) != BODIES.get(operation.name, {})
        names_ours = ours_in_body or set(operation.parameters) & set(self.owned.ids)
        if names_ours and answer.status < 400 and not answer.refused:
            yield f"{operation.name}: {who} reaches ours at home, {answer.status}"
        if leaked := self._leaks(operation, answer, ids):
            yield f"{operation.name}: {who} reads {sorted(leaked)} at home"

    def _ask(self, who: str, operation: Operation, ids: dict[str, str], *, keep: bool) -> Answer:
        cache.clear()  # nobody is asked too often
        return ask(self.people[who], operation.method, operation.at(ids), _body(operation, ids), keep=keep)

    def _leaks(self, operation: Operation, answer: Answer, ids: dict[str, str]) -> set[str]:
        said = operation.at(ids) + str(_body(operation, ids))
        return {each for each in self.owned.canaries | self.owned.hidden if each in answer.text and each not in said}


def _body(operation: Operation, ids: dict[str, str]) -> dict[str, object]:
    body = BODIES.get(operation.name, {})
    return {name: value.format(**ids) if isinstance(value, str) else value for name, value in body.items()}


@pytest.fixture
def matrix(market: Market, settings: Any) -> Matrix:
    people = cast()
    owned = furnish(market, people)
    settings.DEBUG = False  # as it will be: its pages would show how an answer came about
    return Matrix(people, owned)


def test_nobody_reaches_what_is_not_theirs(matrix: Matrix) -> None:
    faults = list(_all_faults(matrix, {**API, **PAGES}))
    assert not faults, "\n".join(faults)
    assert matrix.seen == matrix.owned.canaries, "whoever may see something does, so that a leak would be noticed"


def test_a_hole_is_found(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the question who asks, and without the one whose it is."""
    orders = {name: API[name] for name in ("get_order", "get_statement", "list_webhooks", "delete_own_webhook")}
    assert not list(_all_faults(matrix, orders))
    with monkeypatch.context() as patch:
        patch.setattr(viewers.Viewer, "owns", lambda viewer, prefix="": Q())
        assert {each.split(":")[0] for each in _all_faults(matrix, orders)} >= {"get_order"}
    monkeypatch.setattr(User, "has_perm", lambda user, perm, obj=None: True)
    assert {each.split(":")[0] for each in _all_faults(matrix, orders)} >= {"get_statement", "list_webhooks"}


def test_every_operation_has_a_policy() -> None:
    assert {each.name for each in list_operations()} == set(API)
    assert set(PAGES) <= {each.name for each in list_pages()}


def _all_faults(matrix: Matrix, policies: dict[str, Policy]) -> Iterator[str]:
    for operation in [*list_operations(), *list_pages()]:
        if policy := policies.get(operation.name):
            yield from matrix.faults(operation, policy)
        elif operation.name not in {**API, **PAGES}:
            yield from _unknown(matrix, operation)


def _unknown(matrix: Matrix, operation: Operation) -> Iterator[str]:
    """A page without a policy takes no such method from anybody."""
    for who in ("nobody", "platform_staff"):
        answer = matrix._ask(who, operation, matrix.ids, keep=False)
        if answer.status != 405 and not (who == "nobody" and answer.refused):
            yield f"{operation.name} has no policy: {who} gets {answer.status}"
