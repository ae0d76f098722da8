"""Letters of the register: what has to be told of a duty, a request or a complaint, and whether it was."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from transit.models.access import AccessRequest
from transit.models.complaint import Complaint
from transit.models.operator import Operator


class Letter(models.Model):
    """A message that leaves by e-mail, written with what caused it; it holds references alone.

    `fence` rises with each claim, and `not_before` moves behind the time that a claim lasts. `outcome` says how it
    ended: sent, nobody (has an address), stale (no longer so), failed.
    """

    class Kind(models.TextChoices):
        """What is told, and by that to whom."""

        DUTY_NEAR = "duty_near"
        DUTY_LATE = "duty_late"
        ACCESS_ASKED = "access_asked"
        ACCESS_REMINDER = "access_reminder"
        ACCESS_SILENCE = "access_silence"
        ACCESS_NEWS = "access_news"
        COMPLAINT_CONFIRM = "complaint_confirm"
        COMPLAINT_NEWS = "complaint_news"
        COMPLAINT_RECEIVED = "complaint_received"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.CharField(max_length=120, unique=True)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="letters")
    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, null=True, related_name="letters")
    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, null=True, related_name="letters")
    about = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["sent_at", "not_before"], name="letter_due")]
