"""Invoices: owed by a person or an organisation that staff allow to, numbered without gaps, with a day to pay by."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings.ledger import accounts
from bookings.ledger.posting import balance
from bookings.models import Bill, BillingAccount, Pledge
from bookings.payments.base import Charge, PaymentError
from bookings.payments.house import HouseProvider, Lines, reserved
from bookings.series import next_number
from bookings.states import BILL
from transit.money import Money


def available(account: BillingAccount) -> Money:
    """What may still be ordered on account: the limit without what is owed and what is under way."""
    owed = balance(accounts.invoice_receivable(account.code), account.currency)
    return Money(account.limit_minor - reserved("invoice", account.code), account.currency) - owed


class InvoicePayments(HouseProvider):
    """Payments that are billed afterwards."""

    name = "invoice"

    def check(self, charge: Charge) -> None:
        """The payer may use the account, and its limit bears the amount."""
        mine = BillingAccount.objects.select_for_update().filter(code=charge.payer_ref, active=True)
        account = mine.filter(pk__in=_accounts_of(charge), currency=charge.amount.currency).first()
        if account is None:
            raise PaymentError("no_billing_account", permanent=True)
        if available(account) < charge.amount:
            raise PaymentError("limit_reached", permanent=True)

    def take(self, pledge: Pledge, charge: Charge, now: datetime) -> Lines:
        """Write the invoice."""
        account = BillingAccount.objects.get(code=pledge.holder)
        Bill.objects.create(
            pledge=pledge,
            number=next_number(f"I-{now.year}"),
            amount_minor=charge.amount.minor,
            issued_at=now,
            due_on=(now + timedelta(days=account.terms_days)).date(),
        )
        return {accounts.invoice_receivable(pledge.holder): charge.amount}

    def give_back(self, pledge: Pledge, charge: Charge) -> tuple[Lines, int]:
        """Credit what is still owed; what was paid already is transferred back by staff."""
        bill = pledge.bills.select_for_update().get()
        if bill.state == "PAID":
            return {}, charge.amount.minor
        credit(bill, charge.amount.minor)
        return {accounts.invoice_receivable(pledge.holder): charge.amount}, 0


def credit(bill: Bill, minor: int) -> None:
    """Less is owed of a locked bill; of which nothing is left is cancelled."""
    bill.credited_minor += minor
    bill.save(update_fields=["credited_minor"])
    if not bill.left_minor:
        BILL.move(bill, "CANCELLED")


def _accounts_of(charge: Charge) -> list[int]:
    if charge.payer_id is None:
        return []
    return list(BillingAccount.objects.filter(users__pk=charge.payer_id).values_list("pk", flat=True))
