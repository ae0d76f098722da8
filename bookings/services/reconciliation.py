"""What makes everything finish, even if every message is lost: looking at the rows again and again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from bookings.models import Effect, Order
from bookings.operators.hosted import reservations
from bookings.services import idempotency, packages
from bookings.services.snapshot import OPEN
from bookings.states import ORDER, ORDER_AT_REST

MOST_AT_ONCE = 200
_UNDER_WAY = sorted(set(ORDER.moves) - ORDER_AT_REST - {"COMPLETED"})


def list_due(now: datetime) -> list[int]:
    """The ids of orders that have to be looked at, the longest waiting first."""
    due = Order.objects.filter(wake_at__lte=now).exclude(state="MANUAL").order_by("wake_at")
    return list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])


def wake_lost(now: datetime) -> int:
    """Orders under way that nobody was going to look at again are looked at now. How many there were.

    None should be lost so; a restored backup, or a row that was mended by hand, must not wait for ever either.
    """
    return Order.objects.filter(state__in=_UNDER_WAY, wake_at=None).update(wake_at=now)


def wake_lost_sold(now: datetime) -> int:
    """The same for orders that are sold, and of which something is still to be called."""
    asked = Exists(Effect.objects.filter(order=OuterRef("pk"), state__in=OPEN))
    return Order.objects.filter(asked, state="COMPLETED", wake_at=None).update(wake_at=now)


def tidy(now: datetime) -> None:
    """Let go what is over: hosted holds that expired, answers of our API that nobody will ask for again.

    Orders that were lost are found again.
    """
    wake_lost(now)
    reservations.expire_due(now)
    packages.forget_old(now)
    idempotency.forget_old(now)
