"""Fixtures of bookings' tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from bookings.ledger import triggers
from bookings.models import LedgerEntry, LedgerTxn
from tests.bookings.world import World
from transit.remote import http


@pytest.fixture
def emptied_ledger(transactional_db: None) -> Iterator[None]:
    """For tests that commit postings: the ledger refuses to be emptied afterwards, unless its triggers are away."""
    yield
    with connection.schema_editor() as editor:
        triggers.remove(editor)
    LedgerEntry.objects.all()._raw_delete("default")
    LedgerTxn.objects.all()._raw_delete("default")
    with connection.schema_editor() as editor:
        triggers.install(editor)


@pytest.fixture
def new_world(
    emptied_ledger: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> Callable[..., World]:
    """Worlds with an operator, a payment provider and a clock of their own, over one database."""
    settings.TICKET_KEYS_DIR = tmp_path / "tickets"
    made: list[World] = []

    def make(**fields: Any) -> World:
        world = World(number=len(made), **fields)
        made.append(world)
        monkeypatch.setattr(http, "call", world.wire)
        return world

    return make
