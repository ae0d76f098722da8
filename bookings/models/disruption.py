"""Journeys that do not go as they were sold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bookings.models.order import Order


class Disruption(models.Model):
    """The ride `leg` of an order cannot be reached in time, or does not run: the resident has to go on otherwise.

    From the end of `after_leg`, or from the beginning where it is empty, from `leave_at` on. `closed_at` is when that
    was no longer so: it runs on time again, or the resident has another journey.
    """

    class Kind(models.TextChoices):
        """What is wrong with the ride."""

        MISSED = "missed"
        CANCELLED = "cancelled"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="disruptions")
    leg = models.PositiveSmallIntegerField()
    after_leg = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    leave_at = models.DateTimeField()
    noted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order"], condition=models.Q(closed_at=None), name="disruption_one_open"),
        ]
