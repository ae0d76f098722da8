"""The register: who operates transport."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.region import Region


class Operator(models.Model):
    """A transport operator (TOMP: TO). `code` is what bookings know it by; it never changes.

    `licensing_office` is the transport bureau that supervises it, by whose licence it operates.
    """

    code = models.SlugField(max_length=40, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="operators", null=True)
    legal_name = models.CharField(max_length=150)
    business_id = models.CharField(max_length=40, blank=True)
    vat_id = models.CharField(max_length=40, blank=True, help_text="As receipts name it: FI12345678, T1234567890123 …")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2: whose VAT applies")
    homepage = models.URLField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    visiting_address = models.CharField(max_length=300, blank=True)
    billing_address = models.CharField(max_length=300, blank=True)
    licensing_office = models.CharField(
        max_length=150, blank=True, help_text="The transport bureau that supervises the operator."
    )
    licence_number = models.CharField(max_length=80, blank=True)
    licence_from = models.DateField(null=True, blank=True, help_text="First day of the licence.")
    licence_until = models.DateField(null=True, blank=True, help_text="Last day of the licence; empty = no end.")
    dispatchers = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="associated_operators",
        help_text="Through whom it takes orders, if it does not itself.",
    )

    def __str__(self) -> str:
        return self.legal_name

    def clean(self) -> None:
        """A licence ends after it begins."""
        if self.licence_from and self.licence_until and self.licence_until < self.licence_from:
            raise ValidationError({"licence_until": _("The last day is before the first.")})
