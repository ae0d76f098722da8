"""Giving up an order that is not bought yet, and giving back one that is: whole, or the bookings of some operators.

By each operator's rules; what it costs is shown first, and never becomes more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from bookings.models import Booking, Order
from bookings.operators.base import OperatorError
from bookings.services import charging, effects
from bookings.services.calls import call_of, forbid_transaction
from bookings.services.dossier import Dossier
from bookings.services.orders import CAN_GIVE_UP, OrderError, wake
from bookings.services.plan import give_up
from bookings.services.ports import OUTSIDE, Ports
from bookings.services.rows import list_bookings, part_of, snapshot
from bookings.states import ORDER
from transit.money import Money, total


@dataclass(frozen=True, slots=True)
class BookingQuote:
    """What giving back one operator's part would cost now. `obstacle` is a code of OrderError, or empty.

    `kept` is what the operator keeps, `fee` how much of that is the resident's, who gets back `refund`: nothing of what
    was only reserved.
    """

    booking: Booking
    kept: Money
    fee: Money
    refund: Money
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class CancellationQuote:
    """What giving back would cost the resident now. `service_fee` is the platform's, which is not given back."""

    parts: tuple[BookingQuote, ...]
    service_fee: Money

    @property
    def obstacle(self) -> str:
        """Why these cannot be given back together; empty where they can."""
        return next((part.obstacle for part in self.parts if part.obstacle), "")

    @property
    def cancellable(self) -> bool:
        """Whether there is anything, and all of it can be given back."""
        return bool(self.parts) and not self.obstacle

    @property
    def fee(self) -> Money:
        """What the resident pays and does not get back."""
        return total((part.fee for part in self.parts), self.service_fee.currency) + self.service_fee

    @property
    def refund(self) -> Money:
        """What the resident gets back."""
        return total((part.refund for part in self.parts), self.service_fee.currency)

    def only(self, seqs: Collection[int]) -> CancellationQuote:
        """The same for some of the bookings. The platform's fee stays with the others."""
        chosen = tuple(part for part in self.parts if part.booking.seq in seqs)
        rest = len(chosen) < len(self.parts)
        return CancellationQuote(chosen, Money(0, self.service_fee.currency) if rest else self.service_fee)


def quote(order: Order, now: datetime, ports: Ports = OUTSIDE) -> CancellationQuote:
    """What giving back what is still booked would cost. Asks operators: never call it inside a transaction."""
    forbid_transaction()
    standing = [booking for booking in list_bookings(order) if booking.state == "CONFIRMED"]
    bookings = standing if order.state == "COMPLETED" else []
    reserved = charging.is_only_authorised(order)
    return CancellationQuote(
        tuple(_quote(booking, order.currency, ports, now, reserved=reserved) for booking in bookings),
        Money(order.fee_minor, order.currency),
    )


def cancel(
    order: Order,
    now: datetime,
    max_fee: Money | None = None,
    ports: Ports = OUTSIDE,
    seqs: Collection[int] | None = None,
) -> Order:
    """Give up an order that is not bought yet, or give back one that is, for the fee that was shown.

    `max_fee` is what the resident agreed to; without it, whatever it costs now. `seqs` are the bookings that are given
    back, all that still stand without it. Asks operators: never call it inside a transaction. Raises OrderError.
    """
    if order.state in CAN_GIVE_UP:
        return _give_up(order, now)
    whole = quote(order, now, ports)
    chosen = whole if seqs is None else whole.only(seqs)
    if not chosen.cancellable or (seqs is not None and len(chosen.parts) != len(set(seqs))):
        raise OrderError(chosen.obstacle or "not_cancellable")
    if max_fee is not None and (chosen.fee.currency != max_fee.currency or chosen.fee > max_fee):
        raise OrderError("fee_changed")
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if locked.state != "COMPLETED":
            raise OrderError("not_cancellable")
        if locked.bookings.filter(pk__in=[part.booking.pk for part in chosen.parts], tickets__state="USED").exists():
            raise OrderError("already_used")  # checked while operators were asked
        return take_back(locked, {part.booking.seq: part.kept.minor for part in chosen.parts}, now)


def take_back(locked: Order, kept: dict[int, int], now: datetime, reason: str = "") -> Order:
    """Begin to take back bookings of an order that is sold and locked; `kept` is the most their operators may keep."""
    for booking in locked.bookings.all():
        booking.giving_back = booking.seq in kept
        if booking.giving_back:
            booking.fee_quoted_minor = kept[booking.seq]
        booking.save(update_fields=["giving_back", "fee_quoted_minor"])
    said: dict[str, Any] = {"reason": reason} if reason else {}
    ORDER.move(locked, "CANCELLING", **said)
    locked.cancel_epoch += 1
    return wake(locked, now, "cancel_epoch")


def _give_up(order: Order, now: datetime) -> Order:
    with transaction.atomic():
        dossier = Dossier.lock(order.pk)
        if dossier.order.state not in CAN_GIVE_UP:
            raise OrderError("not_cancellable")
        rows = snapshot(dossier)
        effects.apply(dossier, rows, give_up(rows), now)
        dossier.moves.write()
        return wake(dossier.order, now)


def _quote(booking: Booking, currency: str, ports: Ports, now: datetime, *, reserved: bool) -> BookingQuote:
    due, nothing = Money(part_of(booking).due_minor, currency), Money(0, currency)
    if booking.tickets.filter(state="USED").exists():
        return BookingQuote(booking, nothing, due, nothing, "already_used")
    if booking.no_show_at is not None or booking.amends_at is not None:
        return BookingQuote(booking, nothing, due, nothing, "not_cancellable")
    try:
        terms = ports.operators[booking.sales].quote_cancellation(call_of(booking), now)
    except OperatorError:
        return BookingQuote(booking, nothing, due, nothing, "operator_unavailable")
    back = Money(max(0, due.minor - terms.fee.minor), currency)
    refund = nothing if reserved else back
    return BookingQuote(booking, terms.fee, due - back, refund, "" if terms.cancellable else "not_cancellable")
