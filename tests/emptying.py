"""An empty database after a test that commits: the rows are deleted, and nothing is made anew.

Django empties by TRUNCATE, which makes new files for every table and index of PostgreSQL, and then lets migrations'
signals write content types and permissions again. Here both stay as the migrations left them.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from django.db import connection, transaction

WRITTEN_BY_MIGRATING: Final = {"django_content_type", "auth_permission"}


def empty() -> None:
    """Delete every row that a test may have written. Triggers of PostgreSQL sleep meanwhile, as TRUNCATE has none."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        for statement in _statements():
            cursor.execute(statement)


@cache
def _statements() -> tuple[str, ...]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    wanted = sorted(set(tables) - WRITTEN_BY_MIGRATING)
    return tuple(f"DELETE FROM {connection.ops.quote_name(table)}" for table in wanted)
