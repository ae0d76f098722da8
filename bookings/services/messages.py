"""Messages to residents: what the outbox names is written in their language when it leaves, in the way they chose."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Sum
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from bookings.messaging.base import Message
from bookings.messaging.email import channel as email
from bookings.messaging.sms import channel as sms
from bookings.models import Bill, Case, Contact, Order, Outbox, Refund
from bookings.services import approaches, payment_links, sales, subscriptions, trips
from transit import tokens
from transit.money import Money
from transit.sealing import unseal

TOLD: Final = frozenset(
    {"completed", "failed", "cancelled", "needs_consent", "needs_action"}
    | {"changed", "refused", "called_off", "disrupted", "no_show", "taken_over"}
    | {"refund_pending", "refunded", "refund_failed", "payment_link"}
    | {"ride_arrived", "ride_time", "ride_vehicle", "ride_waits", "ride_broken", "amends"}
)
"""What residents are told of an order."""
_RIDES: Final = frozenset({"ride_arrived", "ride_time", "ride_vehicle", "ride_waits", "ride_broken"})
"""What is told of a ride on demand that is still to come."""
URGENT: Final = _RIDES | {"needs_consent", "needs_action", "payment_link", "called_off", "disrupted"}
"""What somebody has to act on now."""
_ONLY_WHILE: Final = {
    "needs_consent": frozenset({"NEEDS_CONSENT"}),
    "needs_action": frozenset({"NEEDS_ACTION"}),
    "payment_link": payment_links.PAYABLE,
}
_ONLY_AS: Final = {"refund_pending": "PENDING", "refunded": "SUCCEEDED", "refund_failed": "FAILED"}
"""A refund that has moved on is told as it is now."""
BROWSERS_WITHIN: Final = timedelta(hours=1)
"""Whose push service has taken nothing for so long is told in another way, if there is one."""
_FIRST_PAUSE_S: Final = 30
_LONGEST_PAUSE_S: Final = 3600


def deliver(row: Outbox, now: datetime) -> str:
    """Let a message leave by its way, chosen now; how it ended (see Outbox). Raises DeliveryError."""
    order = Order.objects.select_related("offer").get(code=row.payload["order"])
    what = row.topic.removeprefix("order.")
    if what not in TOLD:
        return "nobody"
    if order.state not in _ONLY_WHILE.get(what, {order.state}):
        return "stale"
    refund = _refund_of(row)
    if refund is not None and refund.state != _ONLY_AS[what]:
        return "stale"
    if what in _RIDES and not _is_ahead(order, row, now):
        return "stale"
    if what == "disrupted" and not order.disruptions.filter(closed_at=None).exists():
        return "stale"
    row.channel, address = way_of(order)
    if row.channel == "push":
        other = way_of(order, in_browsers=False)
        late = now - row.created_at >= BROWSERS_WITHIN
        if not (late and any(other)) and subscriptions.tell(order, write(order, row), now):
            return "sent"
        row.channel, address = other
    if row.channel in {"", "call"}:
        return "listed" if row.channel else "nobody"
    {"email": email.send, "sms": sms.send}[row.channel](address, write(order, row))
    return "sent"


def way_of(order: Order, *, in_browsers: bool = True) -> tuple[str, str]:
    """How the resident of an order is told, and at which address: as they chose, else by e-mail, else by a call.

    Browsers have addresses of their own; without `in_browsers` they are left out.
    """
    contact = Contact.objects.filter(order=order).first()
    mail = unseal(order.contact_sealed) if order.contact_sealed else ""
    phone = unseal(contact.phone_sealed) if contact and contact.phone_sealed else ""
    wanted = contact.tell_by if contact else "email" if mail else "push"
    if wanted == "push" and in_browsers and subscriptions.list_for(order):
        return wanted, ""
    if phone and wanted in {"sms", "call"}:
        return wanted, phone
    return ("email", mail) if mail else ("call", phone) if phone else ("", "")


def has_phone(row: Outbox) -> bool:
    """Whether somebody could ring up the resident of a message."""
    return Contact.objects.filter(order__code=row.payload["order"]).exclude(phone_sealed=b"").exists()


def give_up(order: Order, message_id: int, now: datetime) -> None:
    """The resident of an order could not be told: a person looks at it."""
    Case.objects.create(kind="message_undelivered", order=order, opened_at=now, evidence={"message": message_id})


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return timedelta(seconds=min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(attempts - 1, 10)))


def write(order: Order, row: Outbox) -> Message:
    """What the resident of an order is told by a message, in their language."""
    what = row.topic.removeprefix("order.")
    with translation.override(order.language):
        context = _context(order, what, _refund_of(row)) | _about(order, row)
        subject, _, text = render_to_string("emails/order.txt", context).strip().partition("\n")
        note = render_to_string("emails/note.txt", context).strip()
    subject, address = subject.strip(), context["address"]
    short = f"{subject}\n{note}\n{address}"
    return Message(row.key, subject, text.strip() + "\n", short, note, address, what in URGENT)


def _is_ahead(order: Order, row: Outbox, now: datetime) -> bool:
    """Whether a ride is still to come, and no later message tells the same of it as it is now."""
    later = Outbox.objects.filter(topic=row.topic, payload__order=order.code, pk__gt=row.pk, published_at=None)
    if later.filter(payload__booking=row.payload["booking"], webhook=None).exists():
        return False
    ride = approaches.find(order, row.payload["booking"], now)
    return ride is not None and (ride.phase in {"later", "coming", "here"} or row.topic == "order.ride_broken")


def _about(order: Order, row: Outbox) -> dict[str, Any]:
    """The part that a message is about, and the ride on demand that it is."""
    seq = row.payload.get("booking")
    booking = order.bookings.select_related("part").filter(seq=seq).first() if seq else None
    if booking is None:
        return {}
    booking.order = order
    found: dict[str, Any] = {"booking": booking, "ride": approaches.find(order, booking.seq, row.created_at)}
    if booking.amends_basis_points:
        found["amends"] = sales.amends_of(booking)
    if booking.no_show_at and booking.sales == "ondemand":
        kept = booking.fee_quoted_minor if booking.giving_back else booking.price_minor
        found["kept"], found["price"] = Money(kept, order.currency), Money(booking.price_minor, order.currency)
    return found


def _refund_of(row: Outbox) -> Refund | None:
    pk = row.payload.get("refund")
    return Refund.objects.select_related("payment").get(pk=pk) if pk else None


def _context(order: Order, what: str, refund: Refund | None) -> dict[str, Any]:
    ordinary = settings.PUBLIC_URL + reverse("order", args=[order.code])
    # Whose order was made by others has no other page of it before it is paid.
    pay_here = what == "payment_link" or (what == "needs_action" and bool(payment_links.find_for_others(order)))
    return {
        "what": what,
        "order": order,
        "offer": order.offer,
        "itinerary": tokens.of_json(order.offer.itinerary),
        "trips": trips.list_trips(order.offer),
        "refunded": _given_back(order),
        "refund": Money(refund.amount_minor, order.currency) if refund else None,
        "pay_here": pay_here,
        "payable_until": payment_links.payable_until(order),
        "address": payment_links.address_of(order) if pay_here else ordinary,
    }


def _given_back(order: Order) -> Money:
    """What has gone back to the resident; what only need not be paid any more is not given back."""
    back = sum(payment.refunded_minor for payment in order.payments.all())
    credited = Bill.objects.filter(pledge__order_code=order.code).aggregate(sum=Sum("credited_minor"))["sum"] or 0
    return Money(back - credited, order.currency)
