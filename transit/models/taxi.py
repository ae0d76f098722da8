"""Taxis: services that publish no feed, as the register knows them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.service import Service

Ring = list[tuple[float, float]]


class Taxi(models.Model):
    """Where and when a service drives on call, how it is called, and what a ride probably costs.

    `area` is a GeoJSON Polygon or MultiPolygon. Prices are in the smallest unit of the currency; without `base_minor`
    nothing is said of the price.
    """

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="taxi")
    area = models.JSONField(help_text="GeoJSON Polygon or MultiPolygon: where it picks up and sets down.")
    hours = models.JSONField(
        default=list,
        blank=True,
        help_text='Empty = always. Else [{"days": [0, 1], "from": 21600, "until": 93600}]: Monday is 0; seconds.',
    )
    timezone = models.CharField(max_length=60, help_text="IANA name, of the hours")
    phone = models.CharField(max_length=40, blank=True)
    booking_url = models.URLField(blank=True)
    wait_s = models.PositiveIntegerField(
        default=900, validators=[MaxValueValidator(86_400)], help_text="How long it takes until one comes."
    )
    currency = models.CharField(max_length=3, blank=True, validators=[RegexValidator("^[A-Z]{3}$")])
    base_minor = models.PositiveIntegerField(null=True, blank=True)
    per_km_minor = models.PositiveIntegerField(default=0)
    per_minute_minor = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "taxis"

    def __str__(self) -> str:
        return str(self.service)

    def clean(self) -> None:
        """The area is one, the hours are some of a time zone, and a price has a currency."""
        try:
            if not ZoneInfo(self.timezone).key or not self.rings:
                raise ValueError(self.area)
            if not all(
                0 <= start < end <= 2 * 86_400 and set(days) <= set(range(7)) for days, start, end in self.spans
            ):
                raise ValueError(self.hours)
        except (KeyError, TypeError, ValueError, IndexError) as wrong:
            raise ValidationError(_("Area or hours are not as described.")) from wrong
        if self.base_minor is not None and not self.currency:
            raise ValidationError({"currency": _("A price needs a currency.")})

    @property
    def rings(self) -> list[Ring]:
        """The rings of the area: inside is what an odd number of them holds."""
        parts: list[Any] = {"Polygon": [self.area["coordinates"]], "MultiPolygon": self.area["coordinates"]}[
            self.area["type"]
        ]
        return [[(float(point[0]), float(point[1])) for point in ring] for part in parts for ring in part]

    @property
    def spans(self) -> list[tuple[tuple[int, ...], int, int]]:
        """The hours as (weekdays, first second of the day, last second); none: always."""
        return [(tuple(map(int, each["days"])), int(each["from"]), int(each["until"])) for each in self.hours]
