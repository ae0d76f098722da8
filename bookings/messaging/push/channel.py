"""Notifications in browsers, by the push service that each browser names (RFC 8030), readable by that browser alone
(RFC 8291).

A repetition has the same Topic, by which a push service replaces what it has not delivered yet, and the same tag, by
which a browser replaces what it shows: a second copy is not a second notification.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from bookings.messaging.base import DeliveryError, Message
from bookings.messaging.push import vapid
from transit.remote.http import RemoteError, call

KEEP_S: Final = 86400
"""How long a push service keeps a message for a browser that is not connected."""
LONGEST_NOTE: Final = 800
"""Characters: push services take 4096 bytes (RFC 8291, section 4)."""
_GONE: Final = frozenset({404, 410})
_POINT_BYTES: Final = 65
_SECRET_BYTES: Final = 16


class Gone(DeliveryError):
    """The browser does not listen any more: forget it."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser that listens: its address at its push service, its public key, and the secret that we share with it."""

    endpoint: str
    p256dh: str
    auth: str

    def __post_init__(self) -> None:
        """Raises ValueError for keys that nothing could be encrypted with."""
        point = _bytes(self.p256dh)
        if len(point) != _POINT_BYTES or len(_bytes(self.auth)) != _SECRET_BYTES:
            raise ValueError("the keys have the wrong length")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def send(subscription: Subscription, message: Message, now: datetime) -> None:
    """Hand a message to a browser's push service. Raises DeliveryError, Gone when nobody listens there any more."""
    tag = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(KEEP_S),
        "Topic": tag,
        "Urgency": "high" if message.urgent else "normal",
        "Authorization": vapid.authorization(subscription.endpoint, now),
    }
    try:
        call("POST", subscription.endpoint, headers=headers, body=_encrypted(subscription, message, tag))
    except RemoteError as error:
        if error.status == 202:  # RFC 8030, section 5.1: taken, with a receipt to come
            return
        if error.status in _GONE:
            raise Gone("push: nobody listens", permanent=True) from None
        raise DeliveryError(f"push: {error.status}", permanent=error.permanent) from None


def _encrypted(subscription: Subscription, message: Message, tag: str) -> bytes:
    said = {"title": message.subject, "body": message.note[:LONGEST_NOTE], "link": message.link, "tag": tag}
    encrypted: bytes = http_ece.encrypt(
        json.dumps(said, ensure_ascii=False).encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(subscription.p256dh),
        auth_secret=_bytes(subscription.auth),
    )
    return encrypted


def _bytes(encoded: str) -> bytes:
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
