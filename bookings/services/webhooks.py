"""Signed messages to operators' and partners' systems, as Standard Webhooks has them: thin, without personal data.

At least once: every attempt carries the same `webhook-id`, by which the receiver knows a second copy.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from bookings.messaging.base import DeliveryError
from bookings.models import Booking, Order, Outbox, Webhook
from transit.remote.http import RemoteError, call
from transit.sealing import seal, unseal

EVENTS: Final = {
    "completed": "order.secured",
    "failed": "order.failed",
    "cancelled": "order.cancelled",
    "changed": "order.changed",
    "refunded": "order.refunded",
}
"""What operators are told of an order, and how it is called to them."""
_OF_CUSTOMERS: Final = (
    "needs_consent",
    "needs_action",
    "refused",
    "called_off",
    "disrupted",
    "no_show",
    "refund_pending",
    "refund_failed",
    "ride_arrived",
    "ride_time",
    "ride_vehicle",
    "ride_waits",
    "ride_broken",
    "amends",
)
OWN_EVENTS: Final = EVENTS | {what: f"order.{what}" for what in _OF_CUSTOMERS}
"""What a partner is told of an order that it made: what its customer has to know or to do, too."""
OVERLAP: Final = timedelta(hours=24)
"""After a rotation both secrets sign for so long."""
MOST: Final = 10
"""Webhooks of one operator or partner."""
_SCHEDULE_S: Final = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""The pauses that Standard Webhooks suggests: ten attempts within about 75 hours."""
_SECRET_BYTES: Final = 32


class WebhookError(Exception):
    """`code`: too_many_webhooks."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Party:
    """Who hears: an operator of its bookings, or a partner, by its user, of its orders."""

    operator_code: str = ""
    owner_id: int | None = None


def list_of(party: Party) -> list[Webhook]:
    """The webhooks of an operator or a partner, the oldest first."""
    return list(Webhook.objects.filter(**_fields(party)).order_by("pk"))


def get(party: Party, code: str) -> Webhook:
    """One of them. Raises Webhook.DoesNotExist, also for somebody else's."""
    return Webhook.objects.get(**_fields(party), code=code)


def create(party: Party, url: str, now: datetime, protocol: str = "") -> tuple[Webhook, str]:
    """A webhook and its secret, which is shown this once. `protocol` as in Webhook. Raises WebhookError."""
    if len(list_of(party)) >= MOST:
        raise WebhookError("too_many_webhooks")
    secret = _new_secret()
    made = Webhook.objects.create(
        **_fields(party), url=url, protocol=protocol, secret_sealed=seal(secret), created_at=now
    )
    return made, secret


def _fields(party: Party) -> dict[str, Any]:
    assert bool(party.operator_code) != (party.owner_id is not None), "one of both"
    return {"operator_code": party.operator_code, "owner_id": party.owner_id}


def rotate(webhook: Webhook, now: datetime) -> str:
    """A new secret, shown this once; the old one signs too for a day. A webhook that was disabled is on again."""
    with transaction.atomic():
        locked = Webhook.objects.select_for_update().get(pk=webhook.pk)
        secret = _new_secret()
        locked.old_secret_sealed, locked.old_until = locked.secret_sealed, now + OVERLAP
        locked.secret_sealed, locked.disabled_at = seal(secret), None
        locked.save()
    return secret


def list_for(order: Order, what: str) -> list[Webhook]:
    """Who has to hear this of an order."""
    hearing = Q(pk__in=[])
    if what in EVENTS:
        hearing |= Q(operator_code__in=order.bookings.order_by().values("operator_code"))
    if what in OWN_EVENTS and order.owner_id is not None:
        hearing |= Q(owner_id=order.owner_id)
    return list(Webhook.objects.filter(hearing, disabled_at=None, protocol=""))


def list_deliveries(webhook: Webhook) -> list[Outbox]:
    """The last hundred messages to a webhook, the newest first, each with its `event`."""
    found = list(webhook.deliveries.order_by("-pk")[:100])
    for row in found:
        row.event = event_of(row)  # type: ignore[attr-defined]
    return found


def event_of(row: Outbox) -> str:
    """What partners call the topic of a message."""
    return OWN_EVENTS.get(row.topic.removeprefix("order."), row.topic)


def deliver(row: Outbox, now: datetime) -> str:
    """Send one message; how it ended (see Outbox). 410 disables the webhook. Raises DeliveryError."""
    webhook = row.webhook
    assert webhook is not None
    if webhook.disabled_at is not None:
        return "stale"
    body = _body(row, webhook)
    try:
        call("POST", webhook.url, headers=_headers(row, webhook, body, now), body=body)
    except RemoteError as error:
        if error.status is not None and 200 <= error.status < 300:
            return "sent"
        if error.status == 410:
            Webhook.objects.filter(pk=webhook.pk).update(disabled_at=now)
        refused = error.status == 410 or (error.permanent and error.status is None)
        raise DeliveryError(f"status {error.status}", permanent=refused) from None
    return "sent"


def back_off(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; nothing when it was the last."""
    return timedelta(seconds=_SCHEDULE_S[attempts - 1]) if attempts <= len(_SCHEDULE_S) else None


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` over `id.timestamp.body`; a secret is `whsec_<base64>`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _headers(row: Outbox, webhook: Webhook, body: bytes, now: datetime) -> dict[str, str]:
    message_id, timestamp = f"msg_{hashlib.sha256(row.key.encode()).hexdigest()[:32]}", int(now.timestamp())
    keys = [unseal(webhook.secret_sealed)]
    if webhook.old_until is not None and now < webhook.old_until:
        keys.append(unseal(webhook.old_secret_sealed))
    return {
        "Content-Type": "application/json",
        "Accept-Language": "en",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(key, message_id, timestamp, body) for key in keys),
    }


def _body(row: Outbox, webhook: Webhook) -> bytes:
    """The same bytes at every attempt: the operator's own bookings, or the partner's order, and nothing else."""
    if "inputs" in row.payload:  # TOMP's notification, whole
        return json.dumps(row.payload, separators=(",", ":")).encode()
    if webhook.owner_id is not None:
        return _said(row, {"order": row.payload["order"]})
    mine = Booking.objects.filter(order__code=row.payload["order"], operator_code=webhook.operator_code)
    return _said(row, {"operator": webhook.operator_code, "bookings": [str(each.client_ref) for each in mine]})


def _said(row: Outbox, data: dict[str, Any]) -> bytes:
    said = {"type": event_of(row), "timestamp": row.created_at.isoformat(), "data": data}
    return json.dumps(said, separators=(",", ":")).encode()


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
