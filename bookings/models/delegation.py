"""Accounts that may book for somebody else."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.codes import new_code
from bookings.states import DELEGATION


class Delegation(models.Model):
    """An account that may order for a person, within limits, until a day.

    It holds once the person has accepted it, themselves or (`entered_by`) face to face at a desk that saw who it is.
    `limit_minor` is the most of the person's money (wallet, invoice, cash) that goes in a month. `sees`: the account
    also sees what others have ordered for the person.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delegations")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delegated")
    state = models.CharField(max_length=8, choices=DELEGATION.choices, default="ASKED")
    sees = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    limit_minor = models.PositiveBigIntegerField()
    expires_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "delegate"],
                condition=models.Q(state__in=["ASKED", "ACTIVE"]),
                name="delegation_once",
            ),
        ]


class DelegationEvent(models.Model):
    """A state change of a delegation."""

    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
