"""The push that starts work at once. If it is lost, a sweep does the same a little later."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from bookings.models import Order
from bookings.tasks import advance_order


def kick(order: Order) -> None:
    """Have an order carried on as soon as what is written is committed."""
    transaction.on_commit(partial(advance_order.delay, order_id=order.pk), robust=True)
