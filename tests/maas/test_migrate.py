"""What a deployment does to a big table may take longer than a request."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def limits() -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SHOW {name}")
            found += cursor.fetchone()
        return found


def test_a_migration_has_no_limits_but_that_of_locks() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such limits")
    seen: list[list[str]] = []

    def look(**_: Any) -> None:
        seen.append(limits())

    pre_migrate.connect(look)
    try:
        call_command("migrate", verbosity=0)
    finally:
        pre_migrate.disconnect(look)
    assert seen[0] == ["3s", "0", "0"]
    assert limits() == ["3s", "15s", "30s"]
