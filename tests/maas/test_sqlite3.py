"""Writers to SQLite wait in a queue: none fails because others write too, and who dies keeps nobody waiting."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction

from bookings.models import Capacity
from tests.environment import ROOT

pytestmark = pytest.mark.skipif("postgresql" in os.environ.get("DATABASE_URL", ""), reason="about SQLite")


@pytest.mark.django_db(transaction=True)
def test_who_waits_longest_is_next() -> None:
    """While somebody writes, ten more come, one after the other: they get through in that order, or nearly so."""
    seats = Capacity.objects.create(operator_code="bus", key="k", cap=100)
    came: list[int] = []

    def write(number: int) -> None:
        time.sleep(number * 0.05)
        with transaction.atomic():
            came.append(number)
            time.sleep(0.08)
            Capacity.objects.filter(pk=seats.pk).update(taken=number)
        connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(write, range(10)))
    assert sum(abs(place - number) for place, number in enumerate(came)) <= 4, came


@pytest.mark.django_db(transaction=True)
def test_single_statements_wait_too() -> None:
    seats = Capacity.objects.create(operator_code="bus", key="k", cap=100)
    inside, written = threading.Event(), threading.Event()

    def write() -> None:
        inside.wait()
        Capacity.objects.filter(pk=seats.pk).update(taken=5)
        written.set()
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    with transaction.atomic():
        Capacity.objects.filter(pk=seats.pk).update(taken=4)
        inside.set()
        assert not written.wait(0.2)
        assert Capacity.objects.get(pk=seats.pk).taken == 4
    thread.join()
    assert Capacity.objects.get(pk=seats.pk).taken == 5


@pytest.mark.django_db(transaction=True)
def test_who_dies_in_a_transaction_keeps_nobody_waiting(tmp_path: Path) -> None:
    queue = f"{connection.settings_dict['NAME']}-queue"
    code = (
        f"import fcntl, os; f = os.open({queue!r}, os.O_RDWR | os.O_CREAT); fcntl.flock(f, 2); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    began = time.monotonic()
    Capacity.objects.create(operator_code="bus", key="k", cap=100)
    assert time.monotonic() - began < 1
    with pytest.raises(RuntimeError), transaction.atomic():
        raise RuntimeError
    Capacity.objects.all().delete()
