"""Kicks of what is told to people with roles. Each may run twice, or never: the next one tells the rest."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from maas.accounts import letters

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True, acks_late=True)
def send_letters() -> None:
    """Send the letters that wait; one that cannot be written does not keep back the others."""
    for pk in letters.list_due(timezone.now()):
        try:
            letters.send(pk, timezone.now())
        except Exception:
            logger.exception("letter %s could not be sent", pk)
