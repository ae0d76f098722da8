"""What happens to trips on the day, as operators say it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from transit.models.operator import Operator


class TripEvent(models.Model):
    """A trip (`feed:trip`) of one day runs late, or not at all. The last row of a trip counts.

    `followed_at` is when those who sell rides have drawn their consequences.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="trip_events")
    trip_id = models.CharField(max_length=150)
    service_date = models.DateField()
    cancelled = models.BooleanField(default=False)
    delay_s = models.IntegerField(default=0)
    noted_at = models.DateTimeField()
    followed_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["service_date", "trip_id"], name="trip_event_of_trip"),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id}@{self.service_date}"
