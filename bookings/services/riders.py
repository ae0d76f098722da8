"""Who rides on demand, for the one who drives: a first name and an initial, where from and to, what is still to pay.

Transit knows no person. What it calls a ride's reference is our booking's, and what we know lies in the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from bookings.models import Bill, Booking, Contact
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
    serials: tuple[str, ...]
    cash: Money | None


def find_all(references: Iterable[UUID]) -> dict[UUID, Rider]:
    """Those whom we have sold these rides; other sellers' are left out."""
    rows = list(_bookings().filter(client_ref__in=list(references)))
    phones = set(_with_phone([row.order_id for row in rows]))
    return {row.client_ref: _rider(row, row.order_id in phones) for row in rows}


def find_phone(reference: UUID) -> str:
    """The number of somebody who rides; empty where none is known."""
    order = Booking.objects.filter(client_ref=reference).values("order")
    contact = Contact.objects.filter(order__in=order).exclude(phone_sealed=b"").first()
    return unseal(contact.phone_sealed) if contact else ""


def short_name(name: str) -> str:
    """The first name and the initial of the last: enough to ask for somebody aloud."""
    first, *others = name.split() or [""]
    return f"{first} {others[-1][0]}." if others else first


def _bookings() -> QuerySet[Booking]:
    return Booking.objects.select_related("order__offer", "order__owner", "part").prefetch_related(
        "part__products", "tickets"
    )


def _with_phone(order_ids: list[int]) -> Iterable[int]:
    rows = Contact.objects.filter(order__in=order_ids).exclude(phone_sealed=b"")
    return rows.values_list("order_id", flat=True)


def _rider(row: Booking, has_phone: bool) -> Rider:
    legs = row.order.offer.journey.legs
    leg = min(leg for product in row.part.products.all() for leg in product.legs)
    return Rider(
        name=short_name(_name(row)),
        code=row.order.code[-4:].upper(),
        places=(legs[leg].start.name, legs[leg].end.name),
        has_phone=has_phone,
        serials=tuple(ticket.serial for ticket in row.tickets.all() if ticket.state != "VOID"),
        cash=_cash(row),
    )


def _name(row: Booking) -> str:
    """That of the account, but for those who book for others."""
    owner = row.order.owner
    return "" if owner is None or owner.has_perm("bookings.sell_for_others") else owner.name


def _cash(row: Booking) -> Money | None:
    if row.order.provider != "cash":
        return None
    bills = Bill.objects.filter(
        pledge__order_code=row.order.code, pledge__provider="cash", operator_code=row.operator_code, state="OPEN"
    )
    left = sum(bill.amount_minor - bill.credited_minor for bill in bills)
    return Money(left, row.order.currency) if left else None
