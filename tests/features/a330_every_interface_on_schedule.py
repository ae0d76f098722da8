"""Every interface of the register is asked on schedule, by one worker at a time; one that hangs delays no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connections

from tests.features.probed import Probed
from tests.features.town import Town
from tests.messages import message
from transit import tasks
from transit.models import Interface, Probe, ProbeState, Region
from transit.register import probing
from transit.register.probe_records import record
from transit.register.probes.findings import Result
from transit.register.probing import Prober

PATIENCE_S = 10
"""Nothing that does not hang takes so long; what hangs does for longer."""


@pytest.fixture
def threads(
    transactional_db: None, data_dir: Path, tmp_path: Path, settings: Any, monday: time_machine.Traveller
) -> Iterator[Probed]:
    """The same as `probed`, for threads that come with connections of their own."""
    Region.objects.create(
        code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
    )
    with ExitStack() as doors:
        yield Probed(Town(tmp_path), settings, doors, monday)
    connections.close_all()


def wait_for(there: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Until something is so, or it takes too long."""
    deadline = time.monotonic() + patience_s
    while not there() and time.monotonic() < deadline:
        time.sleep(0.02)


def alerts_feed() -> bytes:
    """A message of now."""
    return message("", datetime.now(UTC))


def test_asked_at_once_and_then_by_its_kind(probed: Probed) -> None:
    site = probed.site(**{"now.pb": alerts_feed()})
    probed.town.publish(bus="stop A 60.1 24.9\nstop B 60.2 24.9\nline 1 bus A 10:00 B 10:10")
    bus = Interface.objects.get(name="bus")
    now = datetime.now(UTC)
    assert [turn.interface_id for turn in probing.list_due(now)] == [], "the timetable was imported from a file"
    added = probed.discloses("bus-now", "GTFS-RT", f"{site.url}/now.pb", of=bus)
    assert [turn.interface_id for turn in probing.list_due(now)] == [added.pk]
    assert probing.probe(added.pk, now)
    assert not probing.probe(added.pk, now), "it is not due any more"
    due = [minutes for minutes in range(1, 12) if probing.list_due(now + timedelta(minutes=minutes))]
    assert due[0] in (5, 6), "every five minutes, a little aside of the others"


def test_one_that_is_down_is_asked_less_and_less_often(probed: Probed) -> None:
    site = probed.site()
    probed.discloses("bikes", "GBFS", f"{site.url}/gbfs.json")
    pauses = []
    for _ in range(7):
        assert probed.asks("bikes").startswith("DOWN: answered_with status=404")
        state = ProbeState.objects.get()
        pauses.append(round((state.next_at - datetime.now(UTC)).total_seconds() / 60))
    assert sorted(pauses[:4]) == pauses[:4]
    assert 4 <= pauses[0] <= 6
    assert 54 <= pauses[-1] <= 66


def test_within_its_limit_of_use(probed: Probed) -> None:
    site = probed.site()
    probed.discloses("bikes", "GBFS", f"{site.url}/gbfs.json", rate_limit_requests=16, rate_limit_period_s=7200)
    probed.asks("bikes")
    left = ProbeState.objects.get().next_at - datetime.now(UTC)
    assert timedelta(minutes=50) < left < timedelta(minutes=70), "eight calls at a time, sixteen in two hours"


@pytest.mark.db
def test_two_workers_do_not_ask_the_same(threads: Probed) -> None:
    site = threads.site()
    for number in range(8):
        threads.discloses(f"stops-{number}", "NeTEx", f"{site.url}/{number}")
    workers = [Prober(lambda: datetime.now(UTC)) for _ in range(2)]

    def start(worker: Prober) -> None:
        worker.begin_due()
        connections.close_all()

    starting = [threading.Thread(target=start, args=(worker,)) for worker in workers]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    for worker in workers:
        worker.wait()
    assert sorted(site.asked) == [f"/{number}" for number in range(8)]
    assert Probe.objects.count() == 8


@pytest.mark.db
def test_a_worker_that_dies_leaves_nothing_behind(threads: Probed) -> None:
    """A claim ends by itself, and who comes back with an old one writes nothing."""
    site = threads.site(x=b"<xml/>")
    row = threads.discloses("stops", "NeTEx", f"{site.url}/x")
    now = datetime.now(UTC)
    probing.list_due(now)
    old = probing.claim(row.pk, now)
    assert old is not None
    assert probing.claim(row.pk, now + timedelta(minutes=4)) is None
    assert probing.claim(row.pk, now + probing.LEASE) == old + 1
    assert record(row.pk, old, Result(True), now, 5, now) is None
    assert Probe.objects.count() == 0


@pytest.mark.parametrize("guarded", [True, False])
def test_one_that_hangs_delays_no_other(threads: Probed, guarded: bool) -> None:
    """Without the guard, one after the other in one thread, it would: so the test shows what it says."""
    hanging, fine = threads.site(), threads.site(**{f"{n}": b"<xml/>" for n in range(12)})
    hanging.hanging.clear()
    for number in range(12):
        threads.discloses(f"fine-{number}", "NeTEx", f"{fine.url}/{number}")
    threads.discloses("hangs", "NeTEx", f"{hanging.url}/x")
    probing.list_due(datetime.now(UTC))
    ProbeState.objects.filter(interface__name="hangs").update(next_at=datetime.now(UTC) - timedelta(minutes=1))
    worker = Prober(lambda: datetime.now(UTC)) if guarded else Prober(lambda: datetime.now(UTC), threads=1)
    worker.begin_due()
    wait_for(lambda: Probe.objects.count() == 12, PATIENCE_S if guarded else 2)
    finished = Probe.objects.count()
    hanging.hanging.set()
    worker.wait()
    assert finished == (12 if guarded else 0)
    assert Probe.objects.count() == 13


def test_those_that_failed_before_wait_for_each_other(threads: Probed) -> None:
    """Half of the threads are never theirs, however many there are."""
    hanging, fine = threads.site(), threads.site(x=b"<xml/>")
    hanging.hanging.clear()
    for number in range(9):
        threads.discloses(f"bad-{number}", "NeTEx", f"{hanging.url}/{number}")
    threads.discloses("fine", "NeTEx", f"{fine.url}/x")
    now = datetime.now(UTC)
    probing.list_due(now)
    ProbeState.objects.filter(interface__name__startswith="bad").update(failures=4, next_at=now - timedelta(hours=1))
    worker = Prober(lambda: datetime.now(UTC), threads=4, per_host=4)
    worker.begin_due()
    wait_for(lambda: Probe.objects.exists() and len(hanging.asked) == 2)
    time.sleep(0.2)
    assert [probe.interface.name for probe in Probe.objects.all()] == ["fine"]
    assert len(hanging.asked) == 2
    hanging.hanging.set()
    worker.wait()


def test_a_host_is_asked_a_few_at_a_time(threads: Probed) -> None:
    site = threads.site()
    site.hanging.clear()
    for number in range(7):
        threads.discloses(f"stops-{number}", "NeTEx", f"{site.url}/{number}")
    worker = Prober(lambda: datetime.now(UTC))
    worker.begin_due()
    wait_for(lambda: len(site.asked) == probing.PER_HOST)
    time.sleep(0.2)
    assert len(site.asked) == probing.PER_HOST
    site.hanging.set()
    worker.wait()
    assert len(site.asked) == 7


def test_what_a_mistake_of_ours_does(threads: Probed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is blamed on the interface; the others go on."""
    site = threads.site(x=b"<xml/>")
    threads.discloses("first", "NeTEx", f"{site.url}/x")
    second = threads.discloses("second", "NeTEx", f"{site.url}/x")
    Interface.objects.filter(pk=second.pk).update(client_secret_sealed=b"what no key opens")
    worker = Prober(lambda: datetime.now(UTC))
    worker.begin_due()
    worker.wait()
    assert [probe.interface.name for probe in Probe.objects.all()] == ["first"]


def test_the_task_returns_at_once(threads: Probed) -> None:
    site = threads.site(x=b"<xml/>")
    site.hanging.clear()
    threads.discloses("stops", "NeTEx", f"{site.url}/x")
    began = time.monotonic()
    tasks.probe_interfaces()
    assert time.monotonic() - began < PATIENCE_S
    assert not Probe.objects.exists()
    site.hanging.set()
    tasks.PROBER.wait()
    assert Probe.objects.get().outcome == "FINE"
