"""What planners have asked, and how far the answer is. The answer itself is a file, see `transit.accessibility`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from transit.models.feed import FeedVersion
from transit.models.network import Network
from transit.states import Machine

STUDY = Machine.of("study", WAITING="RUNNING", RUNNING="DONE FAILED", DONE="", FAILED="")


class Study(models.Model):
    """One question, to the network that answered when it was asked or to one version of a feed."""

    class Kind(models.TextChoices):
        """What is asked."""

        ISOCHRONES = "isochrones", _("how far one gets from a place")
        OPPORTUNITIES = "opportunities", _("what one reaches from where")
        MATRIX = "matrix", _("travel times between places")
        CLOSING = "closing", _("what is cut off if a line closes")
        CRITICAL = "critical", _("links without another way around")
        ISLANDS = "islands", _("parts that do not hang together")
        FEED = "feed", _("statistics of a timetable")

    code = models.CharField(max_length=22, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    asked = models.JSONField(default=dict)
    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="studies", null=True)
    feed_version = models.ForeignKey(FeedVersion, on_delete=models.CASCADE, related_name="studies", null=True)
    state = models.CharField(max_length=8, choices=STUDY.choices, default="WAITING", db_index=True)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class StudyEvent(models.Model):
    """A state change of a study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
