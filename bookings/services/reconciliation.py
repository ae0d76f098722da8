"""What makes everything finish, even if every message is lost: looking at the rows again and again."""

from __future__ import annotations

from datetime import datetime

from bookings.models import Order
from bookings.operators.hosted import reservations
from bookings.services import idempotency

MOST_AT_ONCE = 200


def list_due(now: datetime) -> list[int]:
    """The ids of orders that have to be looked at, the longest waiting first."""
    due = Order.objects.filter(wake_at__lte=now).exclude(state="MANUAL").order_by("wake_at")
    return list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])


def tidy(now: datetime) -> None:
    """Let go what is over: hosted holds that expired, answers of our API that nobody will ask for again."""
    reservations.expire_due(now)
    idempotency.forget_old(now)
