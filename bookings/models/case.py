"""Cases: what a person must look at."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from bookings.models.order import Order
from bookings.models.sealed import SealedJSONField


class Case(models.Model):
    """Something that the software could not settle by itself, or that a resident asks help with.

    `said` is what residents wrote, [{"at", "text"}], sealed. Once a person has settled it, `resolution` is how.
    """

    kind = models.CharField(max_length=40)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="cases")
    evidence = models.JSONField(default=dict)
    said = SealedJSONField(null=True)
    opened_at = models.DateTimeField()
    resolution = models.CharField(max_length=200, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def number(self) -> str:
        """What people call it at the telephone."""
        return f"C-{self.pk:06d}"


class CaseEvent(models.Model):
    """What staff did about a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    action = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
