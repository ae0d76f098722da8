"""One transaction of an order at a time in each process: who takes turns holds locks for a fraction of the time.

Threads of one process run one after the other anyway. Where they do that in the midst of their transactions, each holds
its locks while all the others run.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache

from django.db import connection, transaction


@cache
def _turn() -> threading.Lock:
    return threading.Lock()


os.register_at_fork(after_in_child=_turn.cache_clear)  # whose turn it was stays with the parent


@contextmanager
def atomic() -> Iterator[None]:
    """A transaction; never for long, and nobody outside is called in it.

    Within another one it is a part of that, and takes no turn: who has locks already never waits for one.
    """
    with nullcontext() if connection.in_atomic_block else _turn(), transaction.atomic():
        yield
