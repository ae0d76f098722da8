"""Who rides on demand, for the one who drives: a first name and an initial, where from and to, what is still to pay.

Transit knows no person. What it calls a ride's reference is our booking's; what we know lies in the order, sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from bookings.models import Bill, Booking, Order
from transit.money import Money
from transit.sealing import unseal


@dataclass(frozen=True, slots=True)
class Rider:
    """Somebody who rides. `name` is empty where nobody said it: then `code`, the end of the booking's number, tells.

    `places` are where they are met and set down, as they were written when the ride was booked.
    """

    name: str
    code: str
    places: tuple[str, str]
    has_phone: bool
    cash: Money | None


def find_all(references: Iterable[UUID]) -> dict[UUID, Rider]:
    """Those whom we have sold these rides; other sellers' are left out."""
    return {row.client_ref: _rider(row) for row in _bookings().filter(client_ref__in=list(references))}


def find_phone(reference: UUID) -> str:
    """The number of somebody who rides; empty where none is known."""
    row = _bookings().filter(client_ref=reference).first()
    return "" if row is None else _phone(row.order)


def short_name(name: str) -> str:
    """The first name and the initial of the last: enough to ask for somebody aloud."""
    first, *others = name.split() or [""]
    return f"{first} {others[-1][0]}." if others else first


def _bookings() -> QuerySet[Booking]:
    people = ("order__offer", "order__owner__customer", "order__traveller", "order__told", "part")
    return Booking.objects.select_related(*people).prefetch_related("part__products")


def _rider(row: Booking) -> Rider:
    legs = row.order.offer.journey.legs
    leg = min(leg for product in row.part.products.all() for leg in product.legs)
    return Rider(
        name=short_name(_name(row.order)),
        code=row.order.code[-4:].upper(),
        places=(legs[leg].start.name, legs[leg].end.name),
        has_phone=bool(_phone(row.order)),
        cash=_cash(row),
    )


def _name(order: Order) -> str:
    """As the desk wrote it down, else that of the account, but for those who book for others."""
    owner = order.owner
    if written := _said(order, "name"):
        return written
    return "" if owner is None or owner.has_perm("bookings.sell_for_others") else str(owner.name)


def _phone(order: Order) -> str:
    """The one that was given for this order, else the one that the desk has of the person."""
    told = getattr(order, "told", None)
    return unseal(told.phone_sealed) if told and told.phone_sealed else _said(order, "phone")


def _said(order: Order, what: str) -> str:
    """What the desk wrote down of a guest, or of somebody whose file it keeps."""
    for row in (getattr(order, "traveller", None), getattr(order.owner, "customer", None)):
        if row is not None and row.said and row.said.get(what):
            return str(row.said[what])
    return ""


def _cash(row: Booking) -> Money | None:
    if row.order.provider != "cash":
        return None
    bills = Bill.objects.filter(
        pledge__order_code=row.order.code, pledge__provider="cash", operator_code=row.operator_code, state="OPEN"
    )
    left = sum(bill.amount_minor - bill.credited_minor for bill in bills)
    return Money(left, row.order.currency) if left else None
