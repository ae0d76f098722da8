"""Money that comes or goes by hand: invoices that are paid, cash that drivers take, and what desks pay out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from bookings.ledger import accounts
from bookings.ledger.posting import Line, post
from bookings.models import Bill, Booking, Order, PayBack
from bookings.series import next_number
from bookings.services.charging import look_again
from bookings.services.rows import part_of
from bookings.states import BILL, REFUND
from transit.money import Money

Staff = Any
"""A user; what they may do is checked by `has_perm`."""


class BillError(Exception):
    """Something that cannot be done with a bill. `code` is one of not_open, not_pending."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def owed(order: Order) -> Money:
    """What is still to be paid for an order, afterwards."""
    if order.provider == "stripe":
        return Money(0, order.currency)
    rows = Bill.objects.filter(pledge__order_code=order.code, state="OPEN")
    return Money(rows.aggregate(left=Sum(F("amount_minor") - F("credited_minor")))["left"] or 0, order.currency)


def list_bills(order: Order) -> list[Bill]:
    """The invoice of an order, or what its drivers take."""
    if order.provider == "stripe":
        return []
    return list(Bill.objects.filter(pledge__order_code=order.code).select_related("pledge").order_by("operator_code"))


def may_settle(user: Staff, bill: Bill) -> bool:
    """Invoices are the desk's; cash is that operator's, or the desk's."""
    if bill.pledge.provider == "cash" and user.has_perm("bookings.take_cash", bill.operator_code):
        return True
    return bool(user.has_perm("bookings.settle_bill"))


def list_open(user: Staff) -> list[Bill]:
    """What this member of staff may take money for, the oldest first."""
    rows = Bill.objects.filter(state="OPEN").select_related("pledge").order_by("issued_at", "pk")
    return [row for row in rows if may_settle(user, row)]


def list_payouts(user: Staff) -> list[PayBack]:
    """What this member of staff has to pay out."""
    if not user.has_perm("bookings.settle_bill"):
        return []
    return list(PayBack.objects.filter(state="PENDING").select_related("pledge").order_by("pk"))


def settle(bill_id: int, user: Staff, now: datetime) -> Bill:
    """The money of a bill has come. Cash gets its receipt's number now.

    Raises Bill.DoesNotExist, also for who may not know of it, and BillError.
    """
    with transaction.atomic():
        bill = Bill.objects.select_for_update(of=("self",)).select_related("pledge").get(pk=bill_id)
        if not may_settle(user, bill):
            raise Bill.DoesNotExist
        if bill.state != "OPEN":
            raise BillError("not_open")
        pledge = bill.pledge
        amount = Money(bill.left_minor, pledge.currency)
        bill.number = bill.number or next_number(f"R-{now.year}")
        bill.settled_at, bill.settled_by = now, user
        bill.save(update_fields=["number", "settled_at", "settled_by"])
        BILL.move(bill, "PAID")
        if pledge.provider == "cash":
            lines = [*_taken(bill, amount), Line(accounts.cash_due(bill.operator_code), -amount)]
        else:
            lines = [Line(accounts.BANK, amount), Line(accounts.invoice_receivable(pledge.holder), -amount)]
        post(f"bill:{bill.pk}", pledge.order_code, lines, now)
    return bill


def _taken(bill: Bill, amount: Money) -> list[Line]:
    """What a driver took is set against what we owe the operator, booking by booking."""
    rows = Booking.objects.filter(order__code=bill.pledge.order_code, operator_code=bill.operator_code)
    bookings = list(rows.select_related("order").order_by("seq"))
    parts = [part_of(booking) for booking in bookings]
    weights = [part.due_minor - part.refund_minor for part in parts]
    shares = amount.split(weights if any(weights) else [1] * len(weights))
    payable = accounts.operator_payable(bill.operator_code)
    return [Line(payable, share, booking.reference) for booking, share in zip(bookings, shares, strict=True)]


def pay_out(pay_back_id: int, user: Staff, now: datetime) -> PayBack:
    """A resident has got their money back by hand or by transfer. Raises PayBack.DoesNotExist and BillError."""
    if not user.has_perm("bookings.settle_bill"):
        raise PayBack.DoesNotExist
    with transaction.atomic():
        back = PayBack.objects.select_for_update(of=("self",)).select_related("pledge").get(pk=pay_back_id)
        if back.state != "PENDING":
            raise BillError("not_pending")
        pledge = back.pledge
        amount = Money(back.payout_minor, pledge.currency)
        back.settled_at, back.settled_by = now, user
        back.save(update_fields=["settled_at", "settled_by"])
        REFUND.move(back, "SUCCEEDED")
        from_whom = accounts.DESK_CASH if pledge.provider == "cash" else accounts.BANK
        lines = {accounts.clearing(pledge.provider): amount, from_whom: -amount}
        post(f"{pledge.provider}:payout:{back.pk}", pledge.order_code, lines, now)
    order = Order.objects.filter(code=pledge.order_code).first()
    if order is not None:
        look_again(order, now)
    return back
