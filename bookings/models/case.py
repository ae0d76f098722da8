"""Cases: what a person must look at."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.models.order import Order
from bookings.models.sealed import SealedJSONField
from bookings.states import WRITE_OFF


class Case(models.Model):
    """Something that the software could not settle by itself, or that a resident asks help with.

    `said` is what residents wrote, [{"at", "text"}], sealed. Once a person has settled it, `resolution` is how; nobody
    has where `resolved_by` is empty: then the difference vanished by itself. `subject` names what a comparison found to
    differ, so that it is one case as long as it is open.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=150, blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="cases")
    evidence = models.JSONField(default=dict)
    said = SealedJSONField(null=True)
    opened_at = models.DateTimeField()
    resolution = models.CharField(max_length=200, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(resolution="") & ~models.Q(subject=""),
                name="case_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def number(self) -> str:
        """What people call it at the telephone."""
        return f"C-{self.pk:06d}"


class CaseEvent(models.Model):
    """What staff did about a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    action = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]


class WriteOff(models.Model):
    """A loss that the platform is to take on `account`: proposed by one member of staff, decided by another.

    `amount_minor` is what comes off the account: positive where somebody owes us and will not pay.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="write_offs")
    state = models.CharField(max_length=10, choices=WRITE_OFF.choices, default="PROPOSED")
    account = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(state="PROPOSED"), name="write_off_one_open"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="write_off_of_something"),
            # Two people: the database itself refuses one who approves what they proposed.
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="write_off_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state="PROPOSED") | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="write_off_decided_by_somebody",
            ),
        ]


class WriteOffEvent(models.Model):
    """A state change of a write-off."""

    write_off = models.ForeignKey(WriteOff, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
