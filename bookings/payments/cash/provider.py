"""Cash to the driver: each operator's share is owed until that operator's driver has taken it and given a receipt."""

from __future__ import annotations

from datetime import datetime

from bookings.ledger import accounts
from bookings.models import Bill, Pledge
from bookings.payments.base import Charge
from bookings.payments.house import HouseProvider, Lines
from bookings.payments.invoice.provider import credit
from transit.money import Money


class CashPayments(HouseProvider):
    """Payments that drivers take."""

    name = "cash"

    def check(self, charge: Charge) -> None:
        """Nothing is charged anywhere; whether cash may be owed at all was decided when it was chosen."""

    def take(self, pledge: Pledge, charge: Charge, now: datetime) -> Lines:
        """One bill for each operator."""
        for operator_code, share in sorted(charge.shares.items()):
            if share:
                Bill.objects.create(pledge=pledge, operator_code=operator_code, amount_minor=share.minor, issued_at=now)
        return {accounts.cash_due(code): share for code, share in charge.shares.items()}

    def give_back(self, pledge: Pledge, charge: Charge) -> tuple[Lines, int]:
        """What was not paid yet is no longer owed; what a driver took is paid out at a desk."""
        lines: dict[str, Money] = {}
        payout = 0
        for bill in pledge.bills.select_for_update().order_by("operator_code"):
            share = charge.shares.get(bill.operator_code)
            if not share:
                continue
            if bill.state == "PAID":
                payout += share.minor
            else:
                credit(bill, share.minor)
                lines[accounts.cash_due(bill.operator_code)] = share
        return lines, payout
