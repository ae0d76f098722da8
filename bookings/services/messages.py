"""Messages to residents: what the outbox names is written in their language and sent, by e-mail where they gave one.

A message goes out after what it tells of is committed, and again if the process dies between sending and noting it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from bookings.models import Order, Outbox
from bookings.services import trips
from transit import tokens
from transit.money import Money
from transit.sealing import unseal

logger = logging.getLogger(__name__)
MOST_AT_ONCE: Final = 50
GIVE_UP_AFTER: Final = timedelta(days=1)
"""A receipt that could not be sent for a day helps nobody any more."""
_TOLD_BY_MAIL: Final = frozenset({"order.completed", "order.failed", "order.cancelled"})


def send_due(now: datetime) -> int:
    """Send what waits in the outbox, the oldest first; how many left. A mail server that is down is tried again."""
    sent = 0
    for row in Outbox.objects.filter(published_at=None).order_by("pk")[:MOST_AT_ONCE]:
        try:
            sent += _send(row)
        except (OSError, SMTPException) as reason:
            if now - row.created_at < GIVE_UP_AFTER:
                logger.warning("message %s waits: %s", row.pk, type(reason).__name__)
                continue
        row.published_at = now
        row.save(update_fields=["published_at"])
    return sent


def _send(row: Outbox) -> int:
    order = Order.objects.select_related("offer").get(code=row.payload["order"])
    if row.topic not in _TOLD_BY_MAIL or not order.contact_sealed:
        return 0
    with translation.override(order.language):
        subject, text = _written(order, row.topic.removeprefix("order."))
    return send_mail(subject, text, None, [unseal(order.contact_sealed)])


def _written(order: Order, what: str) -> tuple[str, str]:
    """Subject and text in the language that is active."""
    payments = list(order.payments.all())
    context = {
        "what": what,
        "order": order,
        "offer": order.offer,
        "itinerary": tokens.of_json(order.offer.itinerary),
        "trips": trips.list_trips(order.offer),
        "refunded": Money(sum(payment.refunded_minor for payment in payments), order.currency),
        "address": settings.PUBLIC_URL + reverse("order", args=[order.code]),
    }
    subject, _, text = render_to_string("emails/order.txt", context).strip().partition("\n")
    return subject.strip(), text.strip() + "\n"
