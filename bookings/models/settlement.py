"""Payouts to operators, as staff has noted them from the bank."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Settlement(models.Model):
    """What an operator was paid for bookings that are over. The bookings are the lines of the posting `payout:{id}`.

    `bank_reference` is what the payment is called at the bank; noted twice, it is one payout.
    """

    operator_code = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    bank_reference = models.CharField(max_length=60)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["operator_code", "bank_reference"], name="settlement_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="settlement_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_code} {self.bank_reference}"
