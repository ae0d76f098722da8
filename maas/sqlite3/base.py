"""Who writes waits in a queue, as SQLite itself has none.

SQLite lets a waiting writer look again and again, at longer and longer intervals: in a rush some never find it free and
fail with "database is locked" after the timeout, while those who came later get through. Here writers, of all threads
and processes, wait for the lock of a file beside the database. The system hands it on roughly in the order in which
they came, and takes it back from who dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

_READS = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Cursor(base.SQLiteCursorWrapper):
    """A statement that writes by itself waits as a transaction does."""

    database: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        """See the class."""
        with self.database.turn(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """See the class."""
        with self.database.turn(query):
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module."""

    _turn: int | None = None

    def create_cursor(self, name: Any = None) -> Any:
        """A cursor that knows the queue."""
        cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        return cursor

    @contextmanager
    def turn(self, query: str) -> Iterator[None]:
        """The writers' turn, for one statement; inside of a transaction it is ours already, and reading needs none."""
        if self._turn is not None or self.in_atomic_block or query.lstrip()[:9].upper().startswith(_READS):
            yield
            return
        self._wait()
        try:
            yield
        finally:
            self._leave()

    def _start_transaction_under_autocommit(self) -> None:
        self._wait()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _wait(self) -> None:
        if self._turn is None and not self.is_in_memory_db():
            # Opened anew for every turn: the lock is of this opening alone, and ends with it.
            self._turn = os.open(f"{self.settings_dict['NAME']}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._turn, fcntl.LOCK_EX)

    def _leave(self) -> None:
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None
