"""What was imported: versions of feeds and what was found wrong in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from transit.models.interface import Interface
from transit.states import Machine

FEED_VERSION = Machine.of(
    "feed version",
    IMPORTED="LIVE RETIRED REJECTED",
    LIVE="RETIRED",
    RETIRED="LIVE",
    REJECTED="",
)


class FeedVersion(models.Model):
    """One state of a feed or street extract, known by its interface and the hash of its bytes."""

    interface = models.ForeignKey(Interface, on_delete=models.PROTECT, related_name="versions")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    imported_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=FEED_VERSION.choices, default="IMPORTED")
    summary = models.JSONField(default=dict, help_text="Counts by table, and the first and last day of service.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["interface", "sha256"], name="feed_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.interface.name} {self.sha256[:12]}"


class FeedVersionEvent(models.Model):
    """A state change of a feed version."""

    feed_version = models.ForeignKey(FeedVersion, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Notice(models.Model):
    """Something wrong in a feed, by the canonical code of the GTFS validator."""

    class Severity(models.TextChoices):
        """How bad it is."""

        ERROR = "ERROR"
        WARNING = "WARNING"
        INFO = "INFO"

    feed_version = models.ForeignKey(FeedVersion, on_delete=models.CASCADE, related_name="notices")
    code = models.CharField(max_length=80)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    file = models.CharField(max_length=60, blank=True)
    line = models.PositiveIntegerField(null=True)
    count = models.PositiveIntegerField(default=1)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.code} in {self.file or 'the feed'}"
