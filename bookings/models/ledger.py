"""Double entry: accounts, transactions that sum to zero, entries that never change.

Triggers of the database (see the migrations) abort posting a transaction that does not sum to zero per currency, and
any change or removal of entries or of posted transactions.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class LedgerAccount(models.Model):
    """psp_clearing, rider_receivable, rider_refund_payable, operator_payable:{code}, platform_fee, platform_loss …"""

    code = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.code


class LedgerTxn(models.Model):
    """A posting. Entries are inserted while it is not posted; posting it checks and seals them.

    `external_ref` is its kind and what it is about: `sale:{order}`, `cancel:{client ref}`, `payout:{settlement}` …
    """

    external_ref = models.CharField(max_length=120, unique=True)
    order_code = models.CharField(max_length=22, blank=True)
    posted = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    @property
    def kind(self) -> str:
        """What happened: sale, cancel, refund, rollback, receivable, payout …"""
        return self.external_ref.partition(":")[0]


class LedgerEntry(models.Model):
    """A signed amount on an account: debit positive, credit negative.

    `reference` is the public one of the booking that it is about (`Booking.reference`), empty for whole orders.
    """

    txn = models.ForeignKey(LedgerTxn, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "currency"], name="ledger_balance"),
            models.Index(fields=["reference"], name="ledger_reference"),
        ]
