"""What people complain about: that an operator does not disclose what it owes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from transit.models.operator import Operator
from transit.states import Machine

COMPLAINT = Machine.of(
    "complaint",
    UNCONFIRMED="RECEIVED",
    RECEIVED="UNDER_REVIEW WITHDRAWN",
    UNDER_REVIEW="UPHELD REJECTED WITHDRAWN",
    UPHELD="",
    REJECTED="",
    WITHDRAWN="",
)


class Complaint(models.Model):
    """A complaint counts once its mailbox has confirmed it.

    `said_sealed` holds {"name", "email", "text", "token"}, for officers alone; it is empty once forgotten. By the hash
    of the token the page in the message is found, by that of the mailbox how often it was written to.
    """

    class About(models.TextChoices):
        """What is wrong."""

        MISSING = "missing", _("Something is not disclosed at all")
        WRONG = "wrong", _("What is disclosed is wrong")
        OLD = "old", _("What is disclosed is out of date")
        BROKEN = "broken", _("The interface does not work")
        ACCESS = "access", _("Access was refused, or is not answered")
        OTHER = "other", _("Something else")

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="complaints")
    about = models.CharField(max_length=8, choices=About.choices)
    language = models.CharField(max_length=5)
    said_sealed = models.BinaryField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    mailbox_hash = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=12, choices=COMPLAINT.choices, default="UNCONFIRMED", db_index=True)
    written_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(state__in=("UPHELD", "REJECTED"))
                | ~models.Q(reason="") & models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="complaint_decided_with_a_reason",
            ),
        ]

    @property
    def number(self) -> str:
        """What people call it."""
        return f"K-{self.pk:06d}"


class ComplaintEvent(models.Model):
    """A state change of a complaint."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=12)
    new = models.CharField(max_length=12)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
