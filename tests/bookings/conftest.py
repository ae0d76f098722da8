"""Fixtures of bookings' tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bookings.ledger import triggers
from bookings.models import ConfirmedEntry, LedgerEntry, LedgerTxn
from tests.bookings import ledger_checks
from tests.bookings.world import World
from transit.remote import http

WORLDS = pytest.StashKey[list[World]]()


@pytest.fixture
def emptied_ledger(transactional_db: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """For tests that commit postings: the ledger refuses to be emptied afterwards, unless its triggers are away.

    Before, it must pass bar 17; `worlds` of the test are asked what their payment providers hold.
    """
    yield
    wrong = _unsound(request)
    with connection.schema_editor() as editor:
        triggers.remove(editor)
    ConfirmedEntry.objects.all()._raw_delete("default")
    LedgerEntry.objects.all()._raw_delete("default")
    LedgerTxn.objects.all()._raw_delete("default")
    with connection.schema_editor() as editor:
        triggers.install(editor)
    assert not wrong, f"bar 17: {wrong}"


def _unsound(request: pytest.FixtureRequest) -> list[str]:
    if request.node.get_closest_marker("no_ledger_check"):
        return []
    if counts := os.environ.get("MAAS_LEDGER_CHECKS"):
        with Path(counts).open("a") as lines:
            lines.write(f"{LedgerEntry.objects.count()}\n")
    return ledger_checks.failures(request.node.stash.get(WORLDS, []))


@pytest.fixture
def new_world(
    emptied_ledger: None,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Any,
    request: pytest.FixtureRequest,
) -> Callable[..., World]:
    """Worlds with an operator, a payment provider and a clock of their own, over one database."""
    settings.TICKET_KEYS_DIR = tmp_path / "tickets"
    made: list[World] = []
    request.node.stash[WORLDS] = made

    def make(**fields: Any) -> World:
        world = World(number=len(made), **fields)
        made.append(world)
        monkeypatch.setattr(http, "call", world.wire)
        return world

    return make
