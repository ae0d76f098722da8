"""How the resident of an order wants to be told, and whom the staff of a desk ring up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from bookings.messaging.sms import channel as sms
from bookings.models import Contact, DeskCall, Order, Outbox
from bookings.services import messages, outbox, payment_links, subscriptions
from transit.sealing import seal, unseal


class ContactError(Exception):
    """Somebody who cannot be reached so. `code`: no_gateway, not_payable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


PHONE: Final = r"^\+[1-9][0-9]{6,14}$"
"""A number with its country, as in E.164."""
MOST_TRIES: Final = 3
_OVER: Final = ("COMPLETED", "FAILED", "CANCELLED", "SETTLED")
STALE_AFTER: Final = timedelta(days=30)
"""So long after a ride nobody needs to hear of it any more."""
RING_AGAIN_AFTER: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class ToRing:
    """Somebody to be rung up: the number, and what to say in their language (a code such as `fi`)."""

    pk: int
    phone: str
    language: str
    text: str
    tries: int
    opened_at: datetime


def list_ways(order: Order) -> list[str]:
    """The ways in which this resident can be told: each needs an address, a gateway, or a browser that listens."""
    possible = {
        "email": bool(order.contact_sealed),
        "sms": sms.is_available(),
        "call": True,
        "push": bool(subscriptions.list_for(order)),
    }
    return [way for way in Contact.TellBy.values if possible[way]]


def get_choice(order: Order) -> tuple[str, str]:
    """How the resident of an order is told, and the number that is known: each may be empty."""
    contact = Contact.objects.filter(order=order).first()
    if contact is None:
        return messages.way_of(order)[0], ""
    return contact.tell_by, unseal(contact.phone_sealed) if contact.phone_sealed else ""


def choose(order: Order, tell_by: str, phone: str) -> None:
    """Tell the resident of an order in this way from now on. `phone` as in E.164; may be empty for e-mail alone."""
    sealed = seal(phone) if phone else b""
    Contact.objects.update_or_create(order=order, defaults={"tell_by": tell_by, "phone_sealed": sealed})


def give(order: Order, phone: str) -> None:
    """A number that came with an order: for messages where no other way is known, and where they do not arrive."""
    choose(order, "email" if order.contact_sealed else "sms" if sms.is_available() else "call", phone)


def forget(orders: Q, now: datetime) -> None:
    """Forget the addresses and numbers of those orders about which nothing more is to be said."""
    known = ~Q(contact_sealed=b"") | Q(told__isnull=False)
    over = Order.objects.filter(orders, known, state__in=_OVER)
    for order in over.select_related("offer"):
        calls = order.desk_calls.filter(closed_at=None)
        unsent = Outbox.objects.filter(published_at=None, payload__order=order.code)
        ended_at = order.offer.journey.end_at
        coming = order.state == "COMPLETED" and ended_at > now
        if coming or (ended_at > now - STALE_AFTER and (unsent.exists() or calls.exists())):
            continue
        with transaction.atomic():
            calls.update(closed_at=now)
            Order.objects.filter(pk=order.pk).update(contact_sealed=b"")
            Contact.objects.filter(order=order).delete()


def send_payment_link(order: Order, phone: str, email: str, now: datetime) -> None:
    """Have a link sent by which somebody else pays for an order, by text message or e-mail. Raises ContactError."""
    if phone and not sms.is_available():
        raise ContactError("no_gateway")
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if locked.state not in payment_links.PAYABLE or locked.provider != "stripe":
            raise ContactError("not_payable")
        if email:
            locked.contact_sealed = seal(email)
            locked.save(update_fields=["contact_sealed"])
        choose(locked, "sms" if phone else "email", phone)
        earlier = Outbox.objects.filter(topic="order.payment_link", payload__order=locked.code).count()
        outbox.queue(locked, "payment_link", f"payment_link:{earlier}", now)


def is_link_sent(order: Order) -> bool:
    """Whether a link was written by which an order is paid."""
    return Outbox.objects.filter(topic="order.payment_link", payload__order=order.code).exists()


def is_texting() -> bool:
    """Whether text messages can be sent."""
    return sms.is_available()


def list_calls(now: datetime) -> list[ToRing]:
    """Who is to be rung up now, the longest waiting first."""
    due = DeskCall.objects.filter(closed_at=None, not_before__lte=now).order_by("opened_at")
    return [_to_ring(call) for call in due.select_related("message", "order__offer", "order__told")[:100]]


def _to_ring(call: DeskCall) -> ToRing:
    message = messages.write(call.order, call.message)
    phone = unseal(call.order.told.phone_sealed)
    return ToRing(call.pk, phone, call.order.language, message.short, call.tries, call.opened_at)


def close(pk: int, reached: bool, by: Any, now: datetime) -> None:
    """Staff rang somebody up. Who is not reached three times becomes a case. Raises DeskCall.DoesNotExist."""
    with transaction.atomic():
        call = DeskCall.objects.select_for_update().get(pk=pk, closed_at=None)
        call.tries += 1
        call.not_before = now + RING_AGAIN_AFTER
        if reached or call.tries >= MOST_TRIES:
            call.closed_at, call.closed_by, call.reached = now, by, reached
        call.save()
        if call.closed_at and not reached:
            messages.give_up(call.order, call.message_id, now)
