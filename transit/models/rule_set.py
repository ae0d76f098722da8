"""Versions of the rules of demand-responsive services."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from transit.models.service import Service
from transit.states import Machine

RULE_SET = Machine.of(
    "rule_set",
    DRAFT="SUBMITTED DISCARDED",
    SUBMITTED="DRAFT RELEASED",
    RELEASED="RETIRED",
    RETIRED="",
    DISCARDED="",
)


class RuleSet(models.Model):
    """A version. `content` is a `transit.ondemand.rules.Rules`; once submitted it is never edited.

    From `effective_on` on (a service day) it holds instead of the one before. Who submits it does not release it,
    unless the region has waived that; `waived` says that it was released so.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="rule_sets")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RULE_SET.choices, default="DRAFT")
    content = models.JSONField()
    note = models.TextField(_("what changes, and why"), blank=True, max_length=2000)
    effective_on = models.DateField(_("holds from"), null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    waived = models.BooleanField(default=False)
    edited_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["service_id", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service", "number"], name="rule_set_once"),
            models.UniqueConstraint(
                fields=["service", "effective_on"],
                condition=models.Q(state="RELEASED"),
                name="rule_set_from_a_day_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.number}"


class RuleSetEvent(models.Model):
    """A change of state of a version."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
