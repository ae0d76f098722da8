"""Kicks of what people of the house are told."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from maas.accounts import officers


@shared_task(ignore_result=True)
def tell_officers() -> None:
    """Send what officers should know and were not told yet."""
    officers.tell(timezone.now())
