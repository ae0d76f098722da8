"""A worker whose queue cannot be reached does by itself what its timetable would have sent to it.

The sweep alone finishes everything, but it comes through the queue, too. Each worker looks after its own queue; where
several do the same at once, nothing is done twice, as with messages that come twice.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from celery import Celery, bootsteps
from django.db import close_old_connections
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
LOOKS_EVERY_S: Final = 2.5
_AT_ONCE: Final = 4
"""A long comparison must not keep the sweep waiting."""


class Timetable:
    """What of the beat's timetable is due by our own count, each task once at a time."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._began_at: dict[str, float] = {}
        self._running: dict[str, Future[None]] = {}
        self._threads = ThreadPoolExecutor(_AT_ONCE, "alone")

    def run_due(self, now_s: float) -> list[str]:
        """Begin what is due; its names."""
        due = [name for name, entry in self._app.conf.beat_schedule.items() if self._is_due(name, entry, now_s)]
        for name in due:
            self._began_at[name] = now_s
            self._running[name] = self._threads.submit(self._run, self._app.conf.beat_schedule[name]["task"])
        return due

    def _is_due(self, name: str, entry: dict[str, Any], now_s: float) -> bool:
        if name in self._running and not self._running[name].done():
            return False
        return name not in self._began_at or now_s - self._began_at[name] >= entry["schedule"]

    def _run(self, task: str) -> None:
        close_old_connections()
        try:
            self._app.tasks[task]()
        except Exception:
            logger.exception("%s has failed without a queue", task)
        finally:
            close_old_connections()

    def end(self) -> None:
        """Begin nothing more; what runs comes to its end."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def is_reachable(app: Celery) -> bool:
    """Whether the queue can be spoken to now."""
    try:
        with app.connection_for_write() as connection:
            return connection.default_channel is not None
    except (OperationalError, OSError):
        return False


class Alone(bootsteps.StartStopStep):
    """Watches the queue as long as the worker lives."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._end = threading.Event()

    def start(self, worker: Any) -> None:
        """Before the worker waits for its queue."""
        threading.Thread(target=self._watch, args=(worker.app,), name="alone", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """With the worker."""
        self._end.set()

    def _watch(self, app: Celery) -> None:
        timetable, was_there = Timetable(app), True
        while not self._end.wait(LOOKS_EVERY_S):
            if (there := is_reachable(app)) != was_there:
                logger.warning("the queue can be reached again" if there else "the queue cannot be reached")
            if not there:
                timetable.run_due(time.monotonic())
            was_there = there
        timetable.end()
