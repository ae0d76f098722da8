"""Payments and refunds, with what the provider said of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from bookings.models.order import Order
from bookings.states import PAYMENT, REFUND


class Payment(models.Model):
    """The resident's payment at a provider. `provider_ref` is its name there (Stripe: PaymentIntent)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    purpose = models.CharField(max_length=20, default="order")
    provider = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=PAYMENT.choices, default="CREATED")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    checkout_ref = models.CharField(max_length=120, blank=True)
    action_url = models.CharField(max_length=500, blank=True, help_text="Where the payer must go (not logged).")
    provider_ref = models.CharField(max_length=120, null=True, unique=True)
    capture_before_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["order", "purpose"],
                condition=~models.Q(state__in=["FAILED", "VOIDED"]),
                name="payment_one_live",
            ),
        ]


class PaymentEvent(models.Model):
    """A state change of a payment."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=20)
    new = models.CharField(max_length=20)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Refund(models.Model):
    """Money on its way back."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=REFUND.choices, default="CREATED")
    provider_ref = models.CharField(max_length=120, null=True, unique=True)
    reason = models.CharField(max_length=60)


class RefundEvent(models.Model):
    """A state change of a refund."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
