"""Write-offs: losses that the platform takes. One member of staff proposes, another decides; never the same person.

What can be written off of a case is what the ledger, or a comparison, says is missing, and never more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Sum

from bookings.ledger import accounts
from bookings.ledger.posting import Line, post
from bookings.models import Bill, Case, LedgerEntry, Order, WriteOff
from bookings.payments.invoice.provider import credit
from bookings.services import cases
from bookings.services.differences import read
from bookings.services.orders import wake
from bookings.states import ORDER, WRITE_OFF
from transit.money import Money

PROPOSE: Final = "bookings.propose_write_off"
APPROVE: Final = "bookings.approve_write_off"
SHORTEST_REASON: Final = 5
WRITTEN_OFF: Final = "written_off"
_OWED: Final = (accounts.RIDER_RECEIVABLE, accounts.DISPUTED)
_BILLED: Final = ("invoice_receivable:", "cash_due:")
_OWED_BY: Final = (*_BILLED, "operator_payable:")
"""Accounts on which a debit of an order is money that somebody owes us."""
_MISSING: Final = {
    # kind: which side's sum counts up, and which down
    "ledger_differs": ("ours", "theirs"),
    "amount_differs": ("ours", "theirs"),
    "refund_missing": ("", "ours"),
    "refund_unknown": ("theirs", ""),
    "refund_twice": ("theirs", ""),
    "transfer_differs": ("theirs", "ours"),
    "movement_unknown": ("", "theirs"),
}
"""How much less a provider holds than our books say, by what a comparison has found."""


class WriteOffError(Exception):
    """A write-off that cannot be.

    `code` is one of nothing_missing, too_much, no_reason, open_already, decided_already, own_proposal.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Loss:
    """What is missing on an account: positive where we are owed it, less than nothing where there is too much."""

    account: str
    amount: Money


def list_losses(case: Case) -> list[Loss]:
    """What could be written off of a case."""
    found = [] if case.order is None else _owed_for(case.order)
    missing = _missing_at_provider(case)
    return [loss for loss in [*found, *([missing] if missing else [])] if loss.amount]


def _owed_for(order: Order) -> list[Loss]:
    entries = LedgerEntry.objects.filter(txn__order_code=order.code, txn__posted=True, currency=order.currency)
    sums = entries.values_list("account__code").annotate(Sum("amount_minor")).order_by("account__code")
    open_dispute = order.payments.filter(disputes__state="OPEN").exists()
    return [
        Loss(code, Money(minor, order.currency))
        for code, minor in sums
        if minor > 0
        and (code in _OWED or code.startswith(_OWED_BY))
        and not (code == accounts.DISPUTED and open_dispute)
    ]


def _missing_at_provider(case: Case) -> Loss | None:
    sides = _MISSING.get(case.kind)
    if sides is None:
        return None
    up, down = (read(case.evidence.get(side, "")) for side in sides)
    currency = (up or down or Money(0, "EUR")).currency
    if {each.currency for each in (up, down) if each is not None} - {currency}:
        return None
    account = accounts.clearing(case.evidence["with"])
    approved = case.write_offs.filter(state="APPROVED", account=account, currency=currency)
    taken = approved.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    minor = (up.minor if up else 0) - (down.minor if down else 0) - taken
    return Loss(account, Money(minor, currency))


def propose(case_id: int, account: str, amount: Money, reason: str, user: Any, now: datetime) -> WriteOff:
    """Propose that the platform takes a loss. Raises WriteOffError; Case.DoesNotExist for who may not."""
    if not user.has_perm(PROPOSE):
        raise Case.DoesNotExist
    with transaction.atomic():
        case = cases.lock(case_id)
        if case.resolution:
            raise WriteOffError("nothing_missing")
        if len(reason.strip()) < SHORTEST_REASON:
            raise WriteOffError("no_reason")
        _check(case, account, amount)
        try:
            with transaction.atomic():
                return WriteOff.objects.create(
                    case=case,
                    account=account,
                    currency=amount.currency,
                    amount_minor=amount.minor,
                    reason=reason.strip()[:200],
                    proposed_by=user,
                    proposed_at=now,
                )
        except IntegrityError:
            raise WriteOffError("open_already") from None


def decide(pk: int, user: Any, now: datetime, *, approve: bool) -> WriteOff:
    """Take a proposed loss, or decline to: never by who has proposed it.

    Raises WriteOffError; WriteOff.DoesNotExist for who may not.
    """
    if not user.has_perm(APPROVE):
        raise WriteOff.DoesNotExist
    case_id = WriteOff.objects.values_list("case_id", flat=True).get(pk=pk)
    with transaction.atomic():
        case = cases.lock(case_id)
        row = WriteOff.objects.select_for_update().get(pk=pk)
        if row.state != "PROPOSED":
            raise WriteOffError("decided_already")
        if row.proposed_by == user:
            raise WriteOffError("own_proposal")
        if approve:
            _check(case, row.account, Money(row.amount_minor, row.currency))
        row.decided_by, row.decided_at = user, now
        row.save(update_fields=["decided_by", "decided_at"])
        WRITE_OFF.move(row, "APPROVED" if approve else "DECLINED")
        if approve:
            _post(case, row, now)
            _follow(case, user, now)
    return row


def _check(case: Case, account: str, amount: Money) -> None:
    """No more than is missing, and in the direction in which it is. Raises WriteOffError."""
    loss = next((loss for loss in list_losses(case) if loss.account == account), None)
    if loss is None or loss.amount.currency != amount.currency or not amount:
        raise WriteOffError("nothing_missing")
    same_way = (loss.amount.minor > 0) == (amount.minor > 0)
    if not same_way or abs(amount.minor) > abs(loss.amount.minor):
        raise WriteOffError("too_much")


def _post(case: Case, row: WriteOff, now: datetime) -> None:
    """Off the account, spread over the bookings that it stands for, and onto ours."""
    code = case.order.code if case.order else ""
    lines = [Line(accounts.PLATFORM_LOSS, Money(row.amount_minor, row.currency))]
    left = row.amount_minor
    for reference, minor in _by_booking(code, row):
        part = min(left, minor)
        lines.append(Line(row.account, Money(-part, row.currency), reference))
        left -= part
    lines.append(Line(row.account, Money(-left, row.currency)))
    post(f"write-off:{row.pk}", code, lines, now)
    if row.account.startswith(_BILLED):
        _credit_bill(code, row)


def _credit_bill(order_code: str, row: WriteOff) -> None:
    """What is written off is owed by nobody any more."""
    bills = Bill.objects.select_for_update().filter(pledge__order_code=order_code, state="OPEN")
    kind, _, operator_code = row.account.partition(":")
    bill = (bills.filter(operator_code=operator_code) if kind == "cash_due" else bills).get()
    credit(bill, row.amount_minor)


def _by_booking(order_code: str, row: WriteOff) -> list[tuple[str, int]]:
    if not order_code or not row.account.startswith("operator_payable:"):
        return []
    entries = LedgerEntry.objects.filter(
        account__code=row.account, currency=row.currency, txn__posted=True, txn__order_code=order_code
    ).exclude(reference="")
    sums = entries.values_list("reference").annotate(Sum("amount_minor")).order_by("reference")
    return [(reference, minor) for reference, minor in sums if minor > 0]


def _follow(case: Case, user: Any, now: datetime) -> None:
    """Where nothing is missing any more, the case is closed; an order that waited for that money is over."""
    if list_losses(case):
        return
    case.resolution, case.resolved_by = WRITTEN_OFF, user
    case.save(update_fields=["resolution", "resolved_by"])
    if case.order is not None and case.order.state == "MANUAL" and _is_sold(case.order):
        ORDER.move(case.order, "COMPLETED", reason=WRITTEN_OFF)
        wake(case.order, now)


def _is_sold(order: Order) -> bool:
    """Whether all of an order stands bought, so that only the money was missing."""
    standing = set(order.bookings.values_list("state", flat=True))
    return standing == {"CONFIRMED"}
