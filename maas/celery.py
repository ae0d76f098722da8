"""The Celery application. Tasks only kick what a sweep alone could finish, so losing every message costs time only."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_ready
from django.db import close_old_connections
from kombu.transport import TRANSPORT_ALIASES

from maas import garbage
from maas.alone import Alone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
TRANSPORT_ALIASES["filesystem"] = "maas.queue:Transport"
app = Celery("maas")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(Alone)


def _look_after_connections(task: Any, **_said: Any) -> None:
    """Of its own thread alone, those that are too old or broken; not where a task runs inside its caller."""
    if not task.request.is_eager:
        close_old_connections()


for around in (task_prerun, task_postrun):
    around.connect(_look_after_connections, weak=False)
worker_ready.connect(lambda **_: garbage.settle(), weak=False)
