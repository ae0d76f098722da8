"""The register: when a service is offered."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.service import Service
from transit.models.texts import check_texts

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ServiceHours(models.Model):
    """Hours of some weekdays, in the region's time; `start_date` and `end_date` (both included) are of a season.

    `closes` not after `opens` is on the day after; 00:00 to 00:00 is a whole day.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="hours")
    monday = models.BooleanField(default=False)
    tuesday = models.BooleanField(default=False)
    wednesday = models.BooleanField(default=False)
    thursday = models.BooleanField(default=False)
    friday = models.BooleanField(default=False)
    saturday = models.BooleanField(default=False)
    sunday = models.BooleanField(default=False)
    opens = models.TimeField()
    closes = models.TimeField(help_text="Not after the opening = on the day after.")
    start_date = models.DateField(null=True, blank=True, help_text="First day; empty = all year.")
    end_date = models.DateField(null=True, blank=True, help_text="Last day.")
    notes = models.JSONField(default=dict, blank=True, help_text="By language code.")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        verbose_name_plural = "service hours"

    def __str__(self) -> str:
        return f"{self.service} {self.opens:%H:%M}–{self.closes:%H:%M}"

    @property
    def weekdays(self) -> list[int]:
        """The days; Monday is 0."""
        return [number for number, day in enumerate(WEEKDAYS) if getattr(self, day)]

    def clean(self) -> None:
        """There are days, and a season ends after it begins."""
        check_texts("notes", self.notes)
        if not self.weekdays:
            raise ValidationError(_("Choose at least one day of the week."))
        _check_days("end_date", self.start_date, self.end_date)


class ServiceException(models.Model):
    """Days (both included) on which other hours than usual hold; without times it is closed. Several rows add up."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="exceptions")
    start_date = models.DateField()
    end_date = models.DateField()
    opens = models.TimeField(null=True, blank=True, help_text="Empty = closed.")
    closes = models.TimeField(null=True, blank=True, help_text="Not after the opening = on the day after.")
    notes = models.JSONField(default=dict, blank=True, help_text="Why, by language code.")

    class Meta:
        ordering: ClassVar[list[str]] = ["start_date", "pk"]

    def __str__(self) -> str:
        return f"{self.service} {self.start_date}–{self.end_date}"

    def clean(self) -> None:
        """Both times or none; it ends after it begins."""
        check_texts("notes", self.notes)
        if (self.opens is None) != (self.closes is None):
            raise ValidationError(_("Give both times, or none if it is closed."))
        _check_days("end_date", self.start_date, self.end_date)


def _check_days(field: str, first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise ValidationError({field: _("The last day is before the first.")})
