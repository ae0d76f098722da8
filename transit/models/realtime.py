"""What is known of the interfaces that say what happens now (GTFS-Realtime)."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from transit.models.interface import Interface


class RealtimeState(models.Model):
    """The last good message of an interface, and how the last attempts to read it went.

    The message itself is a file, see `transit.feeds.realtime`. `checked_at` is the last good answer, also where it
    brought nothing new; `failures` counts the bad ones since. `counts` has numbers of the last good message by name,
    `faults` what of it was left out: {code, count, samples}.
    """

    interface = models.OneToOneField(Interface, on_delete=models.CASCADE, related_name="realtime_state")
    header_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    error = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    faults = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.interface.name

    def went_well(self, now: datetime) -> None:
        """An attempt to read brought something good, or nothing new."""
        self.checked_at, self.failures, self.error = now, 0, ""
        self.save()

    def went_wrong(self, why: Exception, now: datetime) -> None:
        """An attempt to read failed; what was read before stays."""
        self.error, self.failed_at, self.failures = str(why)[:500], now, self.failures + 1
        self.save(update_fields=["error", "failed_at", "failures"])
