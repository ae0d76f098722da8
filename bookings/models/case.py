"""Cases: what a person must look at."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from bookings.models.order import Order


class Case(models.Model):
    """Something that the software could not settle by itself. Write-offs need a second person."""

    kind = models.CharField(max_length=40)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="cases")
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    resolution = models.CharField(max_length=200, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
