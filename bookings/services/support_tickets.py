"""Help that providers ask for with their packages, and what staff answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from bookings.models import SupportTicket
from bookings.services import package_news
from bookings.services.packages import Counter, Package
from bookings.states import SUPPORT

MOST_OPEN = 20
"""Of one package at a time."""


def ask(
    counter: Counter, package: Package | None, leg: int | None, said: Mapping[str, Any], now: datetime
) -> SupportTicket | None:
    """Ask for help; nothing where enough has been asked about the package already."""
    reservation = package.reservation if package else None
    asked = SupportTicket.objects.filter(provider=counter.provider, reservation=reservation)
    if asked.exclude(state__in=SUPPORT.terminal).count() >= MOST_OPEN:
        return None
    return SupportTicket.objects.create(
        provider=counter.provider,
        reservation=reservation,
        leg=leg,
        kind=said["supportType"],
        said=dict(said),
        created_at=now,
    )


def list_of(counter: Counter, package: Package, leg: int | None, state: str) -> list[SupportTicket]:
    """What was asked about a package, or one of its rides; the oldest first."""
    rows = SupportTicket.objects.filter(provider=counter.provider, reservation=package.reservation)
    rows = rows.filter(leg=leg) if leg is not None else rows
    return list((rows.filter(state=state) if state else rows).order_by("pk"))


def answer(pk: int, text: str, state: str, now: datetime) -> SupportTicket:
    """Staff answer; the provider is told. Answered for the last time, a ticket stays as it is."""
    with transaction.atomic():
        row = SupportTicket.objects.select_for_update().get(pk=pk)
        if SUPPORT.allows(row.state, state):
            row.answer = text
            SUPPORT.move(row, state, fields=["answer"])
            if row.reservation is not None:
                mark = f"support:{row.pk}:{row.events.count()}"
                package_news.queue(row.reservation, "SUPPORT", mark, now, row.leg, message=text[:500])
    return row
