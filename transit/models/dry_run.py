"""Rules tried out before their release, and what was asked of services, which dry runs play again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from transit.models.rule_set import RuleSet
from transit.models.service import Service
from transit.states import Machine

DRY_RUN = Machine.of("dry run", WAITING="RUNNING", RUNNING="DONE FAILED", DONE="", FAILED="")


class RideRequest(models.Model):
    """That somebody asked for a ride, and whether it was to be had. Nobody's name: places are those of squares of about
    a hundred metres, times of five minutes. Forgotten after 90 days.

    `result` is `quoted`, or why not (`transit.ondemand.quote.Reason`).
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="ride_requests")
    asked_at = models.DateTimeField()
    wished_at = models.DateTimeField()
    arrive = models.BooleanField(default=False)
    origin_lon = models.FloatField()
    origin_lat = models.FloatField()
    origin_stop = models.CharField(max_length=40, blank=True)
    destination_lon = models.FloatField()
    destination_lat = models.FloatField()
    destination_stop = models.CharField(max_length=40, blank=True)
    load = models.JSONField()
    group = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    result = models.CharField(max_length=20)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["service", "asked_at"], name="ride_request_time"),
        ]


class DryRun(models.Model):
    """A version played against wishes, beside the version that held. `asked` says which wishes; `rules_sha256` of which
    content, as drafts are edited. `result` is what `transit.ondemand.dry_run.report` says.
    """

    class Source(models.TextChoices):
        """Whose wishes."""

        REPLAY = "replay", _("what was asked in the last weeks")
        MADE_UP = "made_up", _("a demand that is made up")

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="dry_runs")
    before = models.ForeignKey(RuleSet, null=True, on_delete=models.SET_NULL, related_name="+")
    rules_sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=8, choices=Source.choices)
    asked = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=DRY_RUN.choices, default="WAITING", db_index=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    fault = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.rule_set} {self.asked_at:%F %R}"


class DryRunEvent(models.Model):
    """A state change of a dry run."""

    dry_run = models.ForeignKey(DryRun, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
