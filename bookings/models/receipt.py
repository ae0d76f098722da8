"""Receipts and credit notes: what each seller sold in an order, numbered without gaps. Never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models.offer import OfferProduct
from bookings.models.order import Booking, Order


class Receipt(models.Model):
    """What one seller has sold in an order, or what of it was taken back (then `corrects` names the first one).

    `seller_code` is an operator's, or PLATFORM; `legal_name`, `business_id` and `vat_id` are as they were on that day.
    Amounts of credit notes are negative. Where only who pays has changed, nothing is taxed, and the payers' amounts sum
    to nought.
    """

    PLATFORM = "@platform"

    class Kind(models.TextChoices):
        """What it says."""

        SALE = "sale", _("receipt")
        CREDIT = "credit", _("credit note")
        PAYERS = "payers", _("change of who pays")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="receipts")
    booking = models.ForeignKey(Booking, null=True, on_delete=models.PROTECT, related_name="credit_notes")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="credit_notes")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    seller_code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    legal_name = models.CharField(max_length=150)
    business_id = models.CharField(max_length=40, blank=True)
    vat_id = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["seller_code", "number"], name="receipt_number_once"),
            models.UniqueConstraint(
                fields=["order", "seller_code"], condition=models.Q(kind="sale"), name="receipt_sale_once"
            ),
            models.UniqueConstraint(fields=["booking"], condition=models.Q(kind="credit"), name="receipt_credit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seller_code.removeprefix('@')}-{self.number}"


class ReceiptLine(models.Model):
    """One product of a receipt, gross, with the tax in it. `payers` are minor units by name; they sum to the gross.

    Without `product` it is the platform's own fee. `reference` is the booking's public one.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(OfferProduct, null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=30)
    gross_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    vat_basis_points = models.PositiveIntegerField()
    vat_country = models.CharField(max_length=2)
    payers = models.JSONField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
