"""The Celery application. Tasks only kick what a sweep alone could finish, so losing every message costs time only."""

import os

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
for around in (task_prerun, task_postrun):  # of its own thread alone, those that are too old or broken
    around.connect(lambda **_: close_old_connections(), weak=False)
worker_ready.connect(lambda **_: garbage.settle(), weak=False)
