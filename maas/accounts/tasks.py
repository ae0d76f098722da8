"""Kicks of what is told to people with roles. Each may run twice, or never: the next one tells the rest."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from maas.accounts import applications, budget_alerts, interface_alerts, officers


@shared_task(ignore_result=True)
def tell_officers() -> None:
    """Send what officers should know and were not told yet."""
    officers.tell(timezone.now())


@shared_task(ignore_result=True)
def tell_of_interfaces() -> None:
    """Tell operators and governments what has become of their interfaces."""
    interface_alerts.tell(timezone.now())


@shared_task(ignore_result=True)
def tell_of_budgets() -> None:
    """Tell regions and payers which budgets of subsidies come to their end."""
    budget_alerts.tell(timezone.now())


@shared_task(ignore_result=True)
def tell_of_applications() -> None:
    """Tell officers who has applied, and applicants what was decided."""
    applications.tell()
