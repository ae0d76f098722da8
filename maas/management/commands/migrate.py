"""`migrate` without the limits of requests: to index a big table takes longer than any of them may.

How long it waits for a lock stays limited, because whoever comes after it waits as well.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.management.commands import migrate
from django.db import connections

LIMITS: Final = ("statement_timeout", "idle_in_transaction_session_timeout")


class Command(migrate.Command):
    """Django's own, and nothing else of it is changed."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the database to what the code expects."""
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            return
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"SET {each} = 0" for each in LIMITS))
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("; ".join(f"RESET {each}" for each in LIMITS))
