"""Rates of value-added tax that staff adds to those that the software brings along."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class VatRate(models.Model):
    """What holds in a country for a kind of product from a day on. A new law is a new row; old ones stay."""

    class Kind(models.TextChoices):
        """What is taxed alike."""

        TRANSPORT = "transport", _("carriage of passengers")
        GENERAL = "general", _("everything else")

    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    valid_from = models.DateField()
    basis_points = models.PositiveIntegerField(help_text="1350 = 13.5 %; prices include it.")

    class Meta:
        ordering: ClassVar[list[str]] = ["country", "kind", "-valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["country", "kind", "valid_from"], name="vat_rate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.kind} {self.valid_from}: {self.basis_points}"
