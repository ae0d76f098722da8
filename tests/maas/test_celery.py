"""What the worker does around tasks."""

from __future__ import annotations

from typing import Any

import pytest
from celery.fixups.django import DjangoFixup
from celery.signals import task_postrun, task_prerun
from django.db import connection

from bookings.tasks import advance_order
from maas.celery import app


@pytest.mark.django_db(transaction=True)
def test_a_connection_stays_open_from_task_to_task() -> None:
    connection.ensure_connection()
    opened = connection.connection
    fixup: Any = DjangoFixup(app).worker_fixup
    for around, celerys_own in ((task_prerun, fixup.on_task_prerun), (task_postrun, fixup.on_task_postrun)):
        celerys_own(sender=advance_order)
        around.send(sender=advance_order)
    assert connection.connection is opened
    assert connection.is_usable()
