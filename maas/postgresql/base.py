"""A connection that lies idle is looked at before it is used again, without a statement.

Django asks each for `SELECT 1` with every request and task, sixteen times an order. A server that has gone away says
so, or closes the connection: either can be read. Where there is nothing to read, all that a statement could tell is
that the net between has broken since, and that the next one tells as well.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module."""

    def is_usable(self) -> bool:
        """Whether a statement can be sent; where the server has said something, it is asked."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        return not waiting.poll(0) or bool(super().is_usable())
