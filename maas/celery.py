"""The Celery application. Tasks only kick what a sweep alone could finish, so losing every message costs time only."""

import os

from celery import Celery
from celery.signals import worker_ready
from kombu.transport import TRANSPORT_ALIASES

from maas import garbage
from maas.alone import Alone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maas.settings")
TRANSPORT_ALIASES["filesystem"] = "maas.queue:Transport"
app = Celery("maas")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(Alone)
worker_ready.connect(lambda **_: garbage.settle(), weak=False)
