"""The register: until when and how a ride must be ordered."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.service import Service
from transit.models.texts import check_texts


class BookingRule(models.Model):
    """A rule with the fields of booking_rules.txt (GTFS-Flex): durations in minutes, times in the region's zone."""

    class Type(models.IntegerChoices):
        """How early."""

        REAL_TIME = 0, _("at once")
        SAME_DAY = 1, _("on the same day, with notice")
        PRIOR_DAYS = 2, _("on an earlier day")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="booking_rules")
    booking_type = models.PositiveSmallIntegerField(choices=Type.choices)
    prior_notice_duration_min = models.PositiveIntegerField(null=True, blank=True, help_text="At least, in minutes.")
    prior_notice_duration_max = models.PositiveIntegerField(null=True, blank=True, help_text="At most, in minutes.")
    prior_notice_last_day = models.PositiveIntegerField(null=True, blank=True, help_text="Days before the ride.")
    prior_notice_last_time = models.TimeField(null=True, blank=True)
    prior_notice_start_day = models.PositiveIntegerField(null=True, blank=True, help_text="Days before the ride.")
    prior_notice_start_time = models.TimeField(null=True, blank=True)
    messages = models.JSONField(default=dict, blank=True, help_text="What else to know, by language code.")
    phone_number = models.CharField(max_length=40, blank=True)
    info_url = models.URLField(max_length=500, blank=True)
    booking_url = models.URLField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.service}: {self.get_booking_type_display()}"

    def clean(self) -> None:
        """What the type asks for is there (GTFS: booking_rules.txt, conditionally required)."""
        check_texts("messages", self.messages)
        same_day, earlier = self.booking_type == self.Type.SAME_DAY, self.booking_type == self.Type.PRIOR_DAYS
        if same_day and self.prior_notice_duration_min is None:
            raise ValidationError({"prior_notice_duration_min": _("How many minutes before the ride at the latest?")})
        if earlier and (self.prior_notice_last_day is None or self.prior_notice_last_time is None):
            raise ValidationError({"prior_notice_last_day": _("How many days before, and until what time?")})
