"""The one outbox: what has to leave is written with what caused it, claimed by one worker, and sent.

A claim is one conditional update of the row: who loses it sends nothing. A message leaves again only when its sender
dies between handing it over and noting so; each channel says what the other side makes of that.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from bookings.messaging.base import DeliveryError
from bookings.models import Booking, DeskCall, Order, Outbox, Refund, Webhook
from bookings.services import messages, webhooks

logger = logging.getLogger(__name__)
MOST_AT_ONCE: Final = 50
LEASE: Final = timedelta(seconds=120)
"""Longer than any channel takes for one message."""
GIVE_UP_AFTER: Final = timedelta(days=1)
"""A receipt that could not be sent for a day is told in another way."""
ANSWER_WITHIN: Final = timedelta(minutes=2)
"""Who is at the screen acts before that, and needs no message that asks for it."""
_WAITING: Final = frozenset({"needs_consent", "needs_action"})


def queue(
    order: Order,
    what: str,
    mark: str,
    now: datetime,
    *,
    refund: Refund | None = None,
    booking: Booking | None = None,
    resident: bool = True,
) -> None:
    """Note, in the caller's transaction, what has to be told of an order: to its resident and to partners.

    `what` is one of `messages.TOLD`, or what only partners hear, as they do without `resident`; `mark` is of this
    event of the order alone. `booking` is the part that it is about.
    """
    payload = {"order": order.code} | ({"refund": refund.pk} if refund else {})
    payload |= {"booking": booking.seq} if booking else {}
    told: list[Webhook | None] = [None] if resident else []
    for webhook in [*told, *webhooks.list_for(order, what)]:
        Outbox.objects.create(
            topic=f"order.{what}",
            key=f"{order.code}:{mark}" + (f":{webhook.code}" if webhook else ""),
            payload=payload,
            webhook=webhook,
            channel="webhook" if webhook else "",
            created_at=now,
            not_before=now + ANSWER_WITHIN if what in _WAITING and webhook is None else now,
        )


def queue_once(order: Order, what: str, mark: str, now: datetime, booking: Booking) -> None:
    """The same of a part of a locked order, where it may be noted again: it is told once."""
    if not Outbox.objects.filter(key=f"{order.code}:{mark}").exists():
        queue(order, what, mark, now, booking=booking)


def list_due(now: datetime) -> list[int]:
    """The ids of what has to leave now, the oldest first."""
    return list(_due(now).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def send(pk: int, now: datetime) -> bool:
    """Claim one message and let it leave. Whether it did; False also where somebody else has it."""
    row = claim(pk, now)
    if row is None:
        return False
    try:
        outcome = webhooks.deliver(row, now) if row.webhook else messages.deliver(row, now)
    except DeliveryError as error:
        logger.warning("message %s by %s: %s", row.pk, row.channel, error)
        _put_off(row, error, now)
        return False
    if outcome == "listed":
        return _list_call(row, now)
    return finish(row, outcome, now) and outcome == "sent"


def claim(pk: int, now: datetime) -> Outbox | None:
    """The message, for as long as a lease lasts; nothing where another worker has it."""
    row = Outbox.objects.select_related("webhook").filter(pk=pk).first()
    if row is None:
        return None
    taken = _due(now).filter(pk=pk, fence=row.fence)
    if not taken.update(fence=F("fence") + 1, attempts=F("attempts") + 1, not_before=now + LEASE):
        return None
    row.fence += 1
    row.attempts += 1
    return row


def finish(row: Outbox, outcome: str, now: datetime) -> bool:
    """Note how a message ended. False when the claim was lost meanwhile: then nothing is written."""
    mine = Outbox.objects.filter(pk=row.pk, fence=row.fence, published_at=None)
    return bool(mine.update(published_at=now, outcome=outcome, channel=row.channel))


def _due(now: datetime) -> QuerySet[Outbox]:
    return Outbox.objects.filter(Q(not_before=None) | Q(not_before__lte=now), published_at=None)


def _put_off(row: Outbox, error: DeliveryError, now: datetime) -> None:
    """Again later, another way, or never."""
    if row.webhook is not None:
        after = None if error.permanent else webhooks.back_off(row.attempts)
    else:
        waited = now - row.created_at
        after = None if error.permanent or waited >= GIVE_UP_AFTER else messages.back_off(row.attempts)
    if after is not None:
        mine = Outbox.objects.filter(pk=row.pk, fence=row.fence, published_at=None)
        mine.update(not_before=now + after, last_error=str(error)[:120], channel=row.channel)
    elif row.webhook is None and messages.has_phone(row):
        row.channel = "call"
        _list_call(row, now)
    elif finish(row, "failed", now) and row.webhook is None:
        messages.give_up(Order.objects.get(code=row.payload["order"]), row.pk, now)


def _list_call(row: Outbox, now: datetime) -> bool:
    """Hand a message to the staff of the desk: exactly once, as it is one transaction. Never counts as sent."""
    with transaction.atomic():
        if finish(row, "listed", now):
            order = Order.objects.get(code=row.payload["order"])
            DeskCall.objects.create(message=row, order=order, opened_at=now, not_before=now)
    return False
