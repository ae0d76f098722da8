"""A region: the government area that the software serves."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Region(models.Model):
    """A region and what its money, clock and languages are. `bounds` is [west, south, east, north], WGS 84."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict, blank=True, help_text="The name by language code.")
    currency = models.CharField(max_length=3, help_text="ISO 4217")
    timezone = models.CharField(max_length=60, help_text="IANA name")
    languages = models.JSONField(default=list)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    bounds = models.JSONField(null=True, blank=True)
    examples = models.JSONField(default=list, blank=True, help_text="Example searches: [from, to].")

    holidays = models.JSONField(
        default=list, db_default=[], blank=True, help_text='[{"date": "2026-12-06", "names": {"en": …}}]'
    )
    waives_four_eyes = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Who submits rules of a service may release them alone. Changes are logged.",
    )
    waiver_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Who asks for that; it holds once another officer agrees.",
    )  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @classmethod
    def clock(cls) -> str:
        """The IANA zone of times that name none. Without a region, UTC."""
        return cls.objects.order_by("pk").values_list("timezone", flat=True).first() or "UTC"


class RegionChange(models.Model):
    """What somebody changed about a region: `fields` are {name: [before, after]}. Append-only."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    fields = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.region} {self.at:%Y-%m-%d} {', '.join(self.fields)}"
