"""Who drives rides on demand, what they did, and how far it was told to those who ride."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class DriverShift(models.Model):
    """A driver has taken a shift (its number in transit's books), until they hand it over or end it."""

    shift = models.PositiveBigIntegerField(db_index=True)
    operator_code = models.CharField(max_length=40)
    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    taken_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["shift"], condition=models.Q(left_at=None), name="driver_shift_one"),
        ]


class DriverAction(models.Model):
    """What a driver did or read, once for each `key` of a device. `at` is when, by the device's clock as we allow it.

    `outcome` is empty until it is carried out, then done, or why not. `seen` and `phone` are looks at who rides.
    `call_off`, `free` and `break_down` are also those of dispatchers, who have no row of DriverShift.
    """

    key = models.UUIDField(default=uuid.uuid4)
    shift = models.PositiveBigIntegerField(db_index=True)
    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=12)
    reference = models.UUIDField(null=True, db_index=True)
    detail = models.JSONField(default=dict, help_text="How somebody was known, minutes of delay; nothing of a person.")
    outcome = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["driver", "key"], name="driver_action_once"),
            models.UniqueConstraint(
                fields=["driver", "reference"], condition=models.Q(what="seen"), name="driver_saw_once"
            ),
        ]


class RideCursor(models.Model):
    """How far the changes of rides are followed: the only row."""

    last = models.PositiveBigIntegerField(default=0)
