"""Transactions of orders take turns in a process; one within another has its turn already."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from bookings import turn

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


def _in_a_thread(job: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        with turn.atomic():
            job()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_one_at_a_time() -> None:
    together, most = 0, 0

    def work() -> None:
        nonlocal together, most
        together += 1
        most = max(most, together)
        time.sleep(0.01)
        together -= 1

    for thread in [_in_a_thread(work) for _ in range(5)]:
        thread.join()
    assert (together, most) == (0, 1)


def test_who_has_locks_waits_for_no_turn() -> None:
    """Else two could wait for each other: one for a lock, the other for its turn."""
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with turn._turn():
            held.set()
            free.wait(timeout=10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(timeout=10)
    began = time.monotonic()
    with transaction.atomic(), turn.atomic():
        took_s = time.monotonic() - began
    free.set()
    thread.join()
    assert took_s < 5


def test_a_turn_ends_with_a_mistake() -> None:
    with pytest.raises(ZeroDivisionError), turn.atomic():
        raise ZeroDivisionError
    _in_a_thread(lambda: None).join(timeout=10)
    with turn.atomic():
        pass
