"""Payouts: which bookings an operator may be paid for, and noting that it was paid.

A booking is paid for once its rides are over, nothing about its order is in dispute, and none of its money moves just
now. What it is due is the ledger's word: the sum of its entries on the operator's account, on which also stands
what reached the operator otherwise, by the payment provider or in its drivers' hands. A payout makes that nought, so
nothing is ever paid twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum

from bookings.ledger import accounts
from bookings.ledger.posting import Line, post
from bookings.models import Bill, Effect, LedgerAccount, LedgerEntry, Order, Payment, Settlement
from bookings.services import amends, package_books, payouts
from bookings.services.snapshot import OPEN
from bookings.states import ORDER
from transit.money import Money, total

PAYABLE: Final = frozenset({"COMPLETED", "CANCELLED", "SETTLED", "FAILED"})
"""Orders in which nothing moves any more; in one that failed, an operator may be due a fee."""


class SettlementError(Exception):
    """A payout that cannot be noted. `code` is one of amount_differs, reference_used, nothing_due."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Due:
    """What an operator is due for one booking; less than nothing where it was paid and has given something back."""

    reference: str
    amount: Money

    @property
    def order_code(self) -> str:
        """The order that the booking belongs to."""
        return self.reference.rpartition("-")[0]


def list_due(operator_code: str, currency: str, now: datetime) -> list[Due]:
    """The bookings that an operator may be paid for. Those of orders with an open case stay out (disputes)."""
    entries = LedgerEntry.objects.filter(
        account__code=accounts.operator_payable(operator_code), currency=currency, txn__posted=True
    )
    sums = entries.exclude(reference="").values_list("reference").annotate(Sum("amount_minor")).order_by("reference")
    dues = [Due(reference, Money(-minor, currency)) for reference, minor in sums if minor]
    payable = _payable({due.order_code for due in dues}, now)
    return [due for due in dues if due.order_code in payable]


def due_sum(dues: list[Due], currency: str) -> Money:
    """What a payout would be."""
    return total((due.amount for due in dues), currency)


def note_payout(operator_code: str, amount: Money, bank_reference: str, by: Any, now: datetime) -> Settlement:
    """Note that an operator was paid everything that it was due; the orders that are paid for whole are settled.

    `amount` is what was paid: the sum that was shown. Noted again, the same payout comes back. Raises SettlementError.
    """
    with transaction.atomic():
        codes = {due.order_code for due in list_due(operator_code, amount.currency, now)}
        orders = list(Order.objects.select_for_update().filter(code__in=codes).order_by("pk"))
        code = accounts.operator_payable(operator_code)
        # One payout at a time; sales, which only point at the account, do not wait.
        list(LedgerAccount.objects.select_for_update(no_key=True).filter(code=code))
        if known := Settlement.objects.filter(operator_code=operator_code, bank_reference=bank_reference).first():
            if Money(known.amount_minor, known.currency) != amount:
                raise SettlementError("reference_used")
            return known
        dues = [due for due in list_due(operator_code, amount.currency, now) if due.order_code in codes]
        if due_sum(dues, amount.currency).minor <= 0:
            raise SettlementError("nothing_due")
        if due_sum(dues, amount.currency) != amount:
            raise SettlementError("amount_differs")
        settlement = Settlement.objects.create(
            operator_code=operator_code,
            currency=amount.currency,
            amount_minor=amount.minor,
            bank_reference=bank_reference,
            noted_by=by,
            noted_at=now,
        )
        lines = [Line(code, due.amount, due.reference) for due in dues]
        post(f"payout:{settlement.pk}", "", [*lines, Line(accounts.BANK, -amount)], now)
        _settle(orders, settlement=settlement.pk)
        return settlement


def list_payouts(operator_code: str) -> list[Settlement]:
    """What an operator was paid, the newest first."""
    return list(Settlement.objects.filter(operator_code=operator_code).order_by("-pk"))


def _payable(codes: set[str], now: datetime) -> set[str]:
    """The orders of `codes` whose rides are over, or will not be, and that no case is open about; and the packages of
    third-party providers that these have paid for.
    """
    orders = _list_over(Order.objects.filter(code__in=codes, state__in=PAYABLE), now)
    return {order.code for order in orders} | package_books.list_payable(codes, now)


def _list_over(orders: QuerySet[Order], now: datetime) -> QuerySet[Order]:
    """Those of which the rides are over, or will not be, and that nothing is open about."""
    kinds = [*payouts.KINDS, "USE", "CAPTURE", "VOID", "REFUND"]
    moving = Effect.objects.filter(order=OuterRef("pk"), kind__in=kinds, state__in=OPEN)
    reserved = Payment.objects.filter(order=OuterRef("pk"), state="AUTHORISED")
    with_drivers = Bill.objects.filter(pledge__order_code=OuterRef("code"), pledge__provider="cash", state="OPEN")
    quiet = (
        orders.exclude(cases__resolution="")
        .exclude(Exists(moving))
        .exclude(Exists(with_drivers))
        .exclude(Exists(reserved))
        .exclude(Exists(amends.owed().filter(order=OuterRef("pk"))))
    )
    dated = quiet.annotate(last=Max("offer__parts__products__valid_until_at"))
    return dated.filter(~Q(state="COMPLETED") | Q(last__lte=now))


def settle_over(now: datetime) -> None:
    """Orders of which every operator has got its money without a payout by bank are settled too."""
    for order in _list_over(Order.objects.filter(state__in=["COMPLETED", "CANCELLED"]), now):
        with transaction.atomic():
            locked = Order.objects.select_for_update().filter(pk=order.pk)
            _settle([row for row in locked if row.state == order.state])


def _settle(orders: list[Order], **why: Any) -> None:
    """COMPLETED or CANCELLED → SETTLED, once no operator is due anything for the order."""
    open_refs = LedgerEntry.objects.filter(account__code__startswith=accounts.operator_payable(""), txn__posted=True)
    for order in orders:
        mine = open_refs.filter(reference__startswith=f"{order.code}-").values("account", "reference")
        if ORDER.allows(order.state, "SETTLED") and not mine.annotate(sum=Sum("amount_minor")).exclude(sum=0).exists():
            order.version += 1
            ORDER.move(order, "SETTLED", fields=["version"], **why)
