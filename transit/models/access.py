"""Requests of providers for access to an operator's interface, and what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from transit.models.duty import LEVELS, DutyLevel
from transit.models.interface import Interface
from transit.models.operator import Operator
from transit.states import Machine

ACCESS = Machine.of(
    "access",
    ASKED="RELIABILITY NEGOTIATION GRANTED REFUSED WITHDRAWN",
    RELIABILITY="NEGOTIATION GRANTED REFUSED WITHDRAWN",
    NEGOTIATION="GRANTED REFUSED WITHDRAWN",
    GRANTED="IN_USE WITHDRAWN ENDED",
    IN_USE="ENDED",
    REFUSED="",
    WITHDRAWN="",
    ENDED="",
)
"""The five stages of Finland's practice: interfaces, reliability of the parties, negotiation, start, use."""


class AccessRequest(models.Model):
    """A provider asks an operator for access. Who asks, why, and what the two write is theirs and the officer's.

    `said_sealed` holds {"organisation", "business_id", "contact", "email", "purpose"}; it is empty once forgotten.
    """

    class Reason(models.TextChoices):
        """Why access is refused, or ends."""

        NOT_RELIABLE = "not_reliable", _("the provider could not show that it is reliable")
        NO_AGREEMENT = "no_agreement", _("no agreement on the terms")
        NO_INTERFACE = "no_interface", _("there is no such interface")
        EXEMPT = "exempt", _("the operator is exempt")
        MISUSE = "misuse", _("the access was misused")
        SAFETY = "safety", _("safety or data protection")
        OTHER = "other", _("another reason")

    code = models.CharField(max_length=22, unique=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="access_requests")
    interface = models.ForeignKey(
        Interface, on_delete=models.SET_NULL, null=True, blank=True, related_name="access_requests"
    )
    level = models.PositiveSmallIntegerField(choices=DutyLevel.choices, validators=LEVELS)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5)
    said_sealed = models.BinaryField()
    state = models.CharField(max_length=11, choices=ACCESS.choices, default="ASKED", db_index=True)
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    decide_by = models.DateField()
    answered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(state="REFUSED") | ~models.Q(reason=""), name="access_refused_for_a_reason"
            ),
        ]

    @property
    def number(self) -> str:
        """What people call it."""
        return f"A-{self.pk:06d}"


class AccessEvent(models.Model):
    """A state change of a request."""

    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=11)
    new = models.CharField(max_length=11)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
