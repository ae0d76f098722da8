"""Durable intents to call someone outside, and what came in from outside."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from bookings.models.order import Order
from bookings.models.sealed import SealedJSONField
from bookings.states import EFFECT


class Effect(models.Model):
    """One intended call. `booking_seq` is 0 for effects of the whole order; `epoch` tells repeats of a kind apart.

    `request` is an opaque template without personal data; the same effect always sends equal bytes under `idem_key`.
    `fence` rises with each claim: who comes back with an old fence has lost the effect and writes nothing.
    `attempts` counts calls, `unknowns` those of them whose outcome was not known; `sent_at` is the first
    call, of an operator's effect the last one that asked for a change.
    """

    class Kind(models.TextChoices):
        """What is done."""

        HOLD = "HOLD"
        EXTEND = "EXTEND"
        AUTHORISE = "AUTHORISE"
        CONFIRM = "CONFIRM"
        CAPTURE = "CAPTURE"
        CANCEL = "CANCEL"
        VOID = "VOID"
        CHARGE = "CHARGE"
        REFUND = "REFUND"
        TRANSFER = "TRANSFER"
        REVERSE = "REVERSE"
        SWEEP = "SWEEP"
        AUDIT = "AUDIT"
        NOTIFY = "NOTIFY"
        USE = "USE"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="effects")
    booking_seq = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    epoch = models.PositiveSmallIntegerField(default=0)
    idem_key = models.CharField(max_length=80, unique=True)
    request = models.JSONField(default=dict)
    request_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=EFFECT.choices, default="PENDING")
    attempts = models.PositiveSmallIntegerField(default=0)
    unknowns = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField()
    deadline_at = models.DateTimeField()
    result = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "booking_seq", "kind", "epoch"], name="effect_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "not_before"], name="effect_due")]

    def __str__(self) -> str:
        return self.idem_key


class EffectEvent(models.Model):
    """A state change of an effect."""

    effect = models.ForeignKey(Effect, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class EffectAttempt(models.Model):
    """One call that was really made. Append-only, without personal data."""

    effect = models.ForeignKey(Effect, on_delete=models.CASCADE, related_name="calls")
    worker = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    latency_ms = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=120, blank=True)


class IdempotencyRecord(models.Model):
    """An answered (or running) request of our own API, kept for 72 hours.

    `answer` is what was said, which may name people; rows of an earlier release have it in `body`.
    """

    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    answer = SealedJSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["principal", "key"], name="idempotency_once"),
        ]


class WebhookInbox(models.Model):
    """A message from outside; it is only ever a hint to read the object again. `refs` names what it is about."""

    source = models.CharField(max_length=40)
    account = models.CharField(max_length=80, blank=True)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    object_ref = models.CharField(max_length=120)
    refs = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "account", "event_id"], name="webhook_once"),
        ]
