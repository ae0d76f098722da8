"""What the platform itself takes, and what it was offered for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bookings.models.offer import Offer


class PlatformFee(models.Model):
    """What the platform takes from a day on, tax included. A new price is a new row; old ones stay.

    `order_minor` is the resident's, for each order; `commission_basis_points` are an operator's, of what it sells.
    Without `operator_code` a row is for all operators that have none of their own.
    """

    operator_code = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    order_minor = models.PositiveIntegerField(default=0, help_text="Of the resident; counts without operator only.")
    commission_basis_points = models.PositiveIntegerField(default=0, help_text="250 = 2.5 % of an operator's sales.")

    class Meta:
        ordering: ClassVar[list[str]] = ["operator_code", "currency", "-valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["operator_code", "currency", "valid_from"], name="platform_fee_once"),
            models.CheckConstraint(
                condition=models.Q(commission_basis_points__lte=10_000), name="platform_fee_within_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_code} {self.currency} {self.valid_from}".strip()


class OfferFee(models.Model):
    """The platform's own product in an offer: its service fee, always the resident's, with the tax in it."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="fee")
    price_minor = models.PositiveIntegerField()
    vat_basis_points = models.PositiveIntegerField()
    vat_country = models.CharField(max_length=2)
