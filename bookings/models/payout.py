"""Operators' own accounts at a payment provider, to which their shares of payments are moved on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.codes import new_code
from bookings.states import PAYOUT_ACCOUNT


class PayoutAccount(models.Model):
    """One operator's account. Nothing goes to it before it is ENABLED there and somebody of ours has approved it.

    `code` is our name for the account at the provider, under which it is asked for once, first at `asked_at`, and
    found again. `wants_more` says that the provider waits for the operator, until `due_at` if it works so long;
    `reason` is why it does not work. `look_at` is when it is read again at the latest. `active` is our own switch.
    """

    operator_code = models.CharField(max_length=40, unique=True)
    provider = models.CharField(max_length=20, default="stripe")
    code = models.CharField(max_length=22, default=new_code)
    account_ref = models.CharField(max_length=120, unique=True, null=True, blank=True)
    state = models.CharField(max_length=10, choices=PAYOUT_ACCOUNT.choices, default="REQUESTED")
    reason = models.CharField(max_length=60, blank=True)
    wants_more = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True, db_index=True)
    asked_at = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Two people: the database itself refuses one who approves what they have asked for.
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | models.Q(requested_by=None)
                | ~models.Q(approved_by=models.F("requested_by")),
                name="payout_account_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.operator_code

    @property
    def is_open(self) -> bool:
        """Whether shares may be moved on to it."""
        return self.state == "ENABLED" and self.active and self.approved_at is not None


class PayoutAccountEvent(models.Model):
    """A state change of an operator's account, or, with both states equal, what people have decided about it."""

    payout_account = models.ForeignKey(PayoutAccount, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
