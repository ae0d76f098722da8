"""Browsers in which residents are notified: who listens for an order, and telling them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Final

from bookings.messaging.base import DeliveryError, Message
from bookings.messaging.push import channel as push
from bookings.messaging.push import vapid
from bookings.models import Contact, Order, PushSubscription
from bookings.services.viewers import Viewer

MOST: Final = 10
"""Browsers of one person; the oldest is forgotten for another."""
LONGEST_ENDPOINT: Final = 2000


class SubscriptionError(Exception):
    """What came from the browser is no subscription."""


def server_key() -> str:
    """What a browser is given when it subscribes."""
    return vapid.public_key()


def subscribe(order: Order, viewer: Viewer, endpoint: str, p256dh: str, auth: str, now: datetime) -> None:
    """Notify this browser of what happens to an order. Raises SubscriptionError."""
    listen(viewer, endpoint, p256dh, auth, now)
    Contact.objects.update_or_create(order=order, defaults={"tell_by": Contact.TellBy.PUSH})


def listen(viewer: Viewer, endpoint: str, p256dh: str, auth: str, now: datetime) -> None:
    """Somebody listens in this browser: the last who turned it on, one person at a time. Raises SubscriptionError."""
    try:
        made = push.Subscription(endpoint, p256dh, auth)
    except ValueError:
        raise SubscriptionError from None
    if not endpoint.startswith(("https://", "http://")) or len(endpoint) > LONGEST_ENDPOINT:
        raise SubscriptionError
    PushSubscription.objects.update_or_create(
        endpoint_sha256=hashlib.sha256(endpoint.encode()).hexdigest(),
        defaults={
            "owner_id": viewer.user_id,
            "session_hash": viewer.session_hash,
            "sealed": asdict(made),
            "created_at": now,
        },
    )
    kept = PushSubscription.objects.filter(viewer.owns()).order_by("-created_at", "-pk")
    for old in kept[MOST:]:
        old.delete()


def list_for(order: Order) -> list[PushSubscription]:
    """The browsers of whoever made an order."""
    mine = Viewer(order.owner_id, order.session_hash).owns()
    return list(PushSubscription.objects.filter(mine).order_by("pk"))


def forget(order: Order) -> None:
    """Notify none of them any more."""
    for each in list_for(order):
        each.delete()


def tell(order: Order, message: Message, now: datetime) -> bool:
    """Notify everywhere; whether one browser at least is told. Who listens no more is forgotten.

    Raises DeliveryError where nobody is told yet, and somebody may be later.
    """
    told, later = 0, None
    for each in list_for(order):
        try:
            push.send(push.Subscription(**each.sealed), message, now)
            told += 1
        except push.Gone:
            each.delete()
        except DeliveryError as error:
            later = later if error.permanent else error
    if not told and later is not None:
        raise later
    return bool(told)
