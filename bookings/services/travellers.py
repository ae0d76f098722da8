"""For whom an order is, where another makes it: noted with the order itself, within what a delegate may spend."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F, Sum

from bookings.models import Booking, Caller, Delegation, Occurrence, Order, OrderTraveller, Refund
from bookings.services import customers
from bookings.services.viewers import Acting
from bookings.states import OCCURRENCE
from transit.money import Money
from transit.register.regions import list_regions

OWN_MONEY: Final = ("wallet", "invoice", "cash")
"""Ways in which the person pays, not whoever orders."""


class LimitReached(Exception):
    """A delegate may not spend so much of the person's money this month."""


def note(order: Order, acting: Acting | None, now: datetime) -> None:
    """Write down who made an order for its owner or a guest. Joins the caller's transaction. Raises LimitReached."""
    if acting is None:
        return
    if acting.occurrence_id is not None:
        _take_day(order, acting.occurrence_id)
    if acting.delegation_id is not None:
        _check_limit(order, acting.delegation_id, now)
    caller = Caller.objects.get(pk=acting.caller_id) if acting.caller_id else None
    OrderTraveller.objects.create(
        order=order,
        said=caller.said if caller and caller.customer_id is None else None,
        phone_digest=caller.phone_digest if caller else "",
        made_by_id=acting.user_id,
        caller=caller,
        delegation_id=acting.delegation_id,
        made_at=now,
    )
    if order.owner_id is not None:
        customers.note(order.owner_id, "ordered", acting.user_id, now, order=order.code)


def spent(delegation: Delegation, now: datetime) -> Money:
    """What a delegate has spent of the person's money in the month of the region's clock; of what was given back, the
    whole or a part, the fees.
    """
    made = Order.objects.filter(traveller__delegation=delegation, traveller__made_at__gte=_month(now))
    rows = made.filter(provider__in=OWN_MONEY).exclude(state="FAILED")
    standing = rows.exclude(state="CANCELLED")
    whole = standing.aggregate(sum=Sum("quoted_minor"))["sum"] or 0
    arrived = Refund.objects.filter(payment__order__in=standing).exclude(state="FAILED")
    whole -= arrived.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    given_back = rows.filter(state="CANCELLED")
    ours = given_back.aggregate(sum=Sum(F("fee_minor") - F("fee_back_minor")))["sum"] or 0
    theirs = Booking.objects.filter(order__in=given_back).aggregate(sum=Sum("fee_minor"))["sum"] or 0
    return Money(whole + ours + theirs, delegation.currency)


def _take_day(order: Order, occurrence_id: int) -> None:
    """A day of a standing order is ordered once, whoever else tries. Raises LimitReached."""
    row = Occurrence.objects.select_for_update().get(pk=occurrence_id)
    if row.state != "PLANNED":
        raise LimitReached
    row.order = order
    OCCURRENCE.move(row, "ORDERED", fields=["order"])


def _check_limit(order: Order, delegation_id: int, now: datetime) -> None:
    delegation = Delegation.objects.select_for_update().get(pk=delegation_id)
    if delegation.state != "ACTIVE" or now.astimezone(_zone()).date() > delegation.expires_on:
        raise LimitReached
    if order.provider not in OWN_MONEY:
        return
    left_minor = delegation.limit_minor - spent(delegation, now).minor
    if order.currency != delegation.currency or order.quoted_minor > left_minor:
        raise LimitReached


def _zone() -> ZoneInfo:
    return ZoneInfo(next((region.timezone for region in list_regions()), "UTC"))


def _month(now: datetime) -> datetime:
    return now.astimezone(_zone()).replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
