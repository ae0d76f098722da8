"""Text messages by an HTTP gateway that settings.SMS_GATEWAY describes.

`url` is posted to with `Authorization: Bearer <token>` and the JSON object `body`, in which the texts `{to}` and
`{text}` are filled in. The Idempotency-Key is the same for every attempt: exactly once where the gateway honours it, at
least once elsewhere.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from bookings.messaging.base import DeliveryError, Message
from transit.remote.http import RemoteError, call


def is_available() -> bool:
    """Whether there is a gateway."""
    return bool(settings.SMS_GATEWAY.get("url"))


def send(number: str, message: Message) -> None:
    """Hand a message to the gateway; `number` as in E.164. Raises DeliveryError."""
    gateway: dict[str, Any] = settings.SMS_GATEWAY
    if not is_available():
        raise DeliveryError("no gateway", permanent=True)
    body = {name: _filled(value, number, message.short) for name, value in gateway["body"].items()}
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {gateway['token']}",
        "Idempotency-Key": message.key,
    }
    try:
        call("POST", gateway["url"], headers=headers, body=json.dumps(body).encode())
    except RemoteError as error:
        if error.status == 202:  # taken, and sent soon
            return
        raise DeliveryError(f"gateway: {error.status}", permanent=error.permanent) from None


def _filled(value: Any, number: str, text: str) -> Any:
    return {"{to}": number, "{text}": text}.get(value, value) if isinstance(value, str) else value
