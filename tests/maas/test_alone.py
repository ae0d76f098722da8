"""A worker without a queue: what is due, it does; each thing once at a time, and nothing while the queue is there."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.worker import WorkController
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from bookings.models import Order
from bookings.tasks import advance_order, kick
from maas.alone import Alone, Timetable, is_reachable
from maas.celery import app as ours

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def no_broker_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery heeds the variable more than what an application says."""
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)


def make(broker: str, folder: Path, seen: list[str]) -> tuple[Celery, threading.Event]:
    """An application with a quick task, one that fails, and one that lasts until it is told to end."""
    app, end = Celery("alone", broker=broker, set_as_current=False), threading.Event()
    folders = {f"data_folder_{way}": str(folder) for way in ("in", "out")} | {"control_folder": str(folder)}
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | folders
    app.conf.broker_connection_max_retries = None

    @app.task(name="quick", shared=False)
    def quick() -> None:
        seen.append("quick")

    @app.task(name="broken", shared=False)
    def broken() -> None:
        raise RuntimeError

    @app.task(name="long", shared=False)
    def long() -> None:
        end.wait(10)

    app.conf.beat_schedule = {
        "quickly": {"task": "quick", "schedule": 5.0},
        "badly": {"task": "broken", "schedule": 5.0},
        "slowly": {"task": "long", "schedule": 5.0},
    }
    return app, end


def test_what_is_due_by_its_own_count(tmp_path: Path) -> None:
    seen: list[str] = []
    app, end = make(NOWHERE, tmp_path, seen)
    timetable = Timetable(app)
    assert timetable.run_due(100.0) == ["quickly", "badly", "slowly"]
    while seen != ["quick"]:
        time.sleep(0.01)
    assert timetable.run_due(104.9) == []
    again: list[str] = []
    while len(again) < 2:
        again += timetable.run_due(105.0)
        time.sleep(0.01)
    assert sorted(again) == ["badly", "quickly"], "the long one has not ended"
    end.set()
    timetable.end()
    assert seen == ["quick", "quick"]


def test_whether_the_queue_is_there(tmp_path: Path) -> None:
    assert is_reachable(make("filesystem://", tmp_path, [])[0])
    assert not is_reachable(make(NOWHERE, tmp_path, [])[0])


def test_a_kick_that_cannot_be_sent_costs_nobody_time(tmp_path: Path) -> None:
    app, _ = make(NOWHERE, tmp_path, [])
    app.conf.task_publish_retry = settings.CELERY_TASK_PUBLISH_RETRY
    began = time.monotonic()
    for _number in range(3):
        with pytest.raises(OperationalError):
            app.tasks["quick"].delay()
    assert time.monotonic() - began < 1.0


def test_a_real_worker_goes_on(tmp_path: Path) -> None:
    seen: list[str] = []
    app, end = make(NOWHERE, tmp_path, seen)
    app.conf.broker_connection_max_retries = 2  # ours looks for its queue for ever
    app.steps["worker"].add(Alone)
    worker: Any = WorkController(app=app, pool_cls="threads", concurrency=1, without_heartbeat=True)
    thread = threading.Thread(target=worker.start, daemon=True)
    thread.start()
    end.set()
    thread.join(30)
    assert not thread.is_alive()
    assert "quick" in seen, "nothing came through a queue"
    assert settings.CELERY_BROKER_CONNECTION_MAX_RETRIES is None
    assert Alone in ours.steps["worker"]


@pytest.mark.django_db(transaction=True)
def test_an_order_is_placed_without_a_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advance_order, "app", Celery("nowhere", broker=NOWHERE, set_as_current=False))
    advance_order.app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    kick(Order(pk=1))
    with transaction.atomic():
        kick(Order(pk=1))
