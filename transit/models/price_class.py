"""The register: what a service costs."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.service import Service
from transit.models.texts import check_texts


class PriceClass(models.Model):
    """A price that people are told: what for, how much, for each what. For information; what is sold has its own."""

    class Unit(models.TextChoices):
        """For each what."""

        RIDE = "ride", _("a ride")
        START = "start", _("to start with")
        KILOMETRE = "kilometre", _("a kilometre")
        MINUTE = "minute", _("a minute")
        HOUR = "hour", _("an hour")
        DAY = "day", _("a day")
        MONTH = "month", _("a month")
        PIECE = "piece", _("a piece")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="price_classes")
    name = models.CharField(max_length=150)
    names = models.JSONField(default=dict, blank=True, help_text="The same by language code.")
    amount_minor = models.PositiveIntegerField(help_text="In the smallest unit of the currency.")
    currency = models.CharField(max_length=3, validators=[RegexValidator("^[A-Z]{3}$")], help_text="ISO 4217")
    unit = models.CharField(max_length=10, choices=Unit.choices, default=Unit.RIDE)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        verbose_name_plural = "price classes"

    def __str__(self) -> str:
        return f"{self.service}: {self.name}"

    def clean(self) -> None:
        """The names are texts."""
        check_texts("names", self.names)
