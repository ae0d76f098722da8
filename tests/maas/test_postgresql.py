"""Connections that lie idle: one that is sound is asked nothing, one that the server has closed is replaced."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import close_old_connections, connection

pytestmark = [
    pytest.mark.db,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("postgresql" not in os.environ.get("DATABASE_URL", ""), reason="about PostgreSQL"),
]


@pytest.fixture
def other() -> Iterator[Any]:
    """Another connection to the same database."""
    made = connection.copy()
    yield made
    made.close()


def told(of: Any, sql: str, *values: Any) -> Any:
    with of.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def test_a_sound_connection_is_asked_nothing(other: Any) -> None:
    pid = told(connection, "SELECT pg_backend_pid()")
    assert connection.is_usable()
    assert told(other, "SELECT query FROM pg_stat_activity WHERE pid = %s", pid) == "SELECT pg_backend_pid()"


def test_one_that_the_server_has_closed_is_replaced(other: Any) -> None:
    pid = told(connection, "SELECT pg_backend_pid()")
    told(other, "SELECT pg_terminate_backend(%s)", pid)
    while told(other, "SELECT count(*) FROM pg_stat_activity WHERE pid = %s", pid):
        time.sleep(0.01)
    assert not connection.is_usable()
    close_old_connections()
    assert told(connection, "SELECT pg_backend_pid()") != pid
