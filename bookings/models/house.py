"""Payments that are kept in this house: wallets, invoices, cash to the driver, and which of them may be used where."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.codes import new_code
from bookings.models.sealed import SealedJSONField
from bookings.states import BILL, PLEDGE, REFUND


class WayToPay(models.Model):
    """Whether a way of paying may be used: for one operator, for a region's operators, or everywhere (both empty).

    The most specific row counts.
    """

    provider = models.CharField(max_length=20)
    region_code = models.CharField(max_length=40, blank=True)
    operator_code = models.CharField(max_length=40, blank=True)
    allowed = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "region_code", "operator_code"], name="way_to_pay_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.operator_code or self.region_code}".strip()


class Wallet(models.Model):
    """Money that a resident has paid in. The balance stands in the ledger, account `rider_credit:{code}`."""

    code = models.CharField(max_length=22, unique=True, default=new_code)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wallets")
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "currency"], name="wallet_once"),
        ]

    def __str__(self) -> str:
        return self.code


class TopUp(models.Model):
    """Cash that was taken at a desk for a wallet. `key` makes a form that is sent twice count once."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="top_ups")
    key = models.CharField(max_length=40, unique=True)
    receipt = models.CharField(max_length=20, unique=True)
    amount_minor = models.PositiveBigIntegerField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()


class BillingAccount(models.Model):
    """A person or organisation that staff allow to pay by invoice. `holder` is {"name", "address"}, sealed.

    `limit_minor` is the most that may be owed at once; `users` may order at its expense.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    holder = SealedJSONField()
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="billing_accounts")
    currency = models.CharField(max_length=3)
    limit_minor = models.PositiveBigIntegerField()
    terms_days = models.PositiveSmallIntegerField(default=14)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.holder["name"])


class Pledge(models.Model):
    """A payment at a provider in this house. `holder` is the wallet's or the billing account's code, empty for cash.

    HELD money is reserved for the order, CAPTURED money is the order's, a VOIDED pledge can never come back.
    """

    provider = models.CharField(max_length=20)
    order_code = models.CharField(max_length=22)
    holder = models.CharField(max_length=22, blank=True)
    state = models.CharField(max_length=10, choices=PLEDGE.choices, default="HELD")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "order_code"], name="pledge_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["holder", "state"], name="pledge_held")]


class PledgeEvent(models.Model):
    """A state change of a pledge."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Bill(models.Model):
    """Money that is still to come: an invoice, or cash that one operator's drivers take.

    `number` is without gaps for invoices, which have it from the start; cash has it as the receipt's, once it is paid.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="bills")
    operator_code = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=20, null=True, unique=True)
    state = models.CharField(max_length=10, choices=BILL.choices, default="OPEN")
    amount_minor = models.BigIntegerField()
    credited_minor = models.BigIntegerField(default=0)
    issued_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["pledge", "operator_code"], name="bill_once"),
        ]

    @property
    def left_minor(self) -> int:
        """What is owed of it, or was."""
        return self.amount_minor - self.credited_minor


class BillEvent(models.Model):
    """A state change of a bill."""

    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class PayBack(models.Model):
    """Money that goes back on a pledge. `payout_minor` of it is handed or transferred to the resident by staff."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="pay_backs")
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=REFUND.choices, default="CREATED")
    amount_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class PayBackEvent(models.Model):
    """A state change of money on its way back."""

    pay_back = models.ForeignKey(PayBack, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Series(models.Model):
    """Numbers without gaps: the last one given of a series, such as `R-2026` or `receipts:` and a seller's code."""

    name = models.CharField(max_length=60, unique=True)
    last = models.PositiveIntegerField(default=0)
