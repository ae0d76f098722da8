"""Payments and refunds, with what the provider said of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.codes import new_code
from bookings.models.order import Booking, Order
from bookings.states import DISPUTE, PAYMENT, REFUND, SAVED_CARD, TRANSFER


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
    customer_ref = models.CharField(max_length=120, blank=True)
    method_ref = models.CharField(max_length=120, blank=True, help_text="The saved card that is charged, if any.")
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
    """Money on its way back. `key` is the idempotency key under which it was asked for."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=80, unique=True, null=True)
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


class Dispute(models.Model):
    """A bank that takes a payment back. While it is OPEN nothing of the payment is settled with operators."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider_ref = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=DISPUTE.choices, default="OPEN")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True)


class DisputeEvent(models.Model):
    """A state change of a dispute."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class SavedCard(models.Model):
    """A card that its owner allowed, at `consented_at`, to be charged for bookings without being asked again.

    Only the provider's names and a label such as `visa 4242` are kept, never a number.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_cards")
    provider = models.CharField(max_length=20, default="stripe")
    state = models.CharField(max_length=10, choices=SAVED_CARD.choices, default="PENDING")
    label = models.CharField(max_length=40, blank=True)
    customer_ref = models.CharField(max_length=120, blank=True)
    checkout_ref = models.CharField(max_length=120, blank=True)
    method_ref = models.CharField(max_length=120, blank=True)
    consented_at = models.DateTimeField()


class SavedCardEvent(models.Model):
    """A state change of a saved card."""

    saved_card = models.ForeignKey(SavedCard, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Transfer(models.Model):
    """An operator's share of a payment that was moved on, and what of it came back."""

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="transfer")
    state = models.CharField(max_length=16, choices=TRANSFER.choices, default="CREATED")
    destination = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    reversed_minor = models.BigIntegerField(default=0)
    provider_ref = models.CharField(max_length=120, null=True, unique=True)


class TransferEvent(models.Model):
    """A state change of a transfer."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=16)
    new = models.CharField(max_length=16)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
