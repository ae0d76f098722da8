"""A link by which somebody pays for an order that others made for them: at a desk, or in a partner's shop.

Whoever has the link may pay, in the browser in which it is opened; the order is that browser's from then on, as if it
had been made there, beside whoever made it. The link names the order and nobody, and ends with the order's deadline.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from bookings.models import Order, OrderTraveller
from bookings.services.viewers import Viewer

PAYABLE: Final = frozenset({"HOLDING", "NEEDS_CONSENT", "AUTHORISING", "NEEDS_ACTION"})
"""States of orders for which nobody has paid yet."""
_SIGNER: Final = Signer(salt="payment-link")


class LinkError(Exception):
    """A link that does not lead to a payment. `code`: unknown, over."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def address_of(order: Order) -> str:
    """The link, the same one whenever it is asked for."""
    token = _SIGNER.sign(f"{order.code}:{int(order.deadline_at.timestamp())}")
    return settings.PUBLIC_URL + reverse("payment-link", args=[token])


def find_for_others(order: Order) -> str:
    """The link of an order that is still to be paid, where its maker orders for others; else nothing."""
    if order.state not in PAYABLE or order.provider != "stripe":
        return ""
    if OrderTraveller.objects.filter(order=order, caller__isnull=False).exists():
        return address_of(order)
    return address_of(order) if order.owner and order.owner.has_perm("bookings.sell_for_others") else ""


def payable_until(order: Order) -> datetime:
    """Until when it can be paid, as far as is known."""
    asking = order.effects.filter(kind="AUTHORISE").order_by("-pk").first()
    return min(order.deadline_at, asking.deadline_at) if asking else order.deadline_at


def read(token: str, now: datetime) -> Order:
    """The order that a link is for. Raises LinkError."""
    try:
        code, until = _SIGNER.unsign(token).split(":")
    except (BadSignature, ValueError):
        raise LinkError("unknown") from None
    made = Q(owner__isnull=False) | Q(traveller__caller__isnull=False)
    order = Order.objects.select_related("offer").filter(made, code=code).first()
    if order is None:
        raise LinkError("unknown")
    if now >= datetime.fromtimestamp(int(until), UTC) or order.state not in PAYABLE:
        raise LinkError("over")
    return order


def take(token: str, viewer: Viewer, now: datetime) -> Order:
    """The order is seen in this browser from now on, in which it is paid. Raises LinkError."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=read(token, now).pk)
        if order.state not in PAYABLE:
            raise LinkError("over")
        order.session_hash = viewer.session_hash
        order.save(update_fields=["session_hash"])
    return order
