"""Letters: what has to be told to operators, governments and people with a role by e-mail, and whether it was."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from transit.models.access import AccessRequest
from transit.models.complaint import Complaint
from transit.models.interface import Interface
from transit.models.operator import Operator


class Letter(models.Model):
    """A message that leaves by e-mail, written with what caused it; it holds references alone.

    The first word of `kind` says who knows what it says: access, application, budget, complaint, duty, feed, interface.
    `told` lists who was: `operator`, `region:<code>`, `user:<id>`, never an address. `fence` rises with each claim, and
    `not_before` moves behind the time that a claim lasts. `outcome` says how it ended: sent, nobody (has an address),
    stale (no longer so), failed.
    """

    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=120, unique=True)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, null=True, related_name="letters")
    interface = models.ForeignKey(Interface, on_delete=models.CASCADE, null=True, related_name="letters")
    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, null=True, related_name="letters")
    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, null=True, related_name="letters")
    about = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    told = models.JSONField(default=list)
    sent_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["sent_at", "not_before"], name="letter_due")]

    def __str__(self) -> str:
        return self.key
