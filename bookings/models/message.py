"""Messages that leave, how people want to be told, and whom staff ring up."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from bookings.codes import new_code
from bookings.models.order import Order
from bookings.models.sealed import SealedJSONField


class Contact(models.Model):
    """How the resident of an order wants to be told. The number is sealed; without a row, by e-mail if one is known."""

    class TellBy(models.TextChoices):
        """The ways."""

        EMAIL = "email"
        SMS = "sms"
        CALL = "call"
        PUSH = "push"

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="told")
    tell_by = models.CharField(max_length=5, choices=TellBy.choices)
    phone_sealed = models.BinaryField(default=b"", blank=True)


class PushSubscription(models.Model):
    """A browser in which somebody wants to be notified: an account's, a guest's session, or both, as orders have it.

    `sealed` holds the address at the browser's push service and its keys; by the hash it is found again.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    session_hash = models.CharField(max_length=64, blank=True, db_index=True)
    endpoint_sha256 = models.CharField(max_length=64, unique=True)
    sealed = SealedJSONField()
    created_at = models.DateTimeField()


class Webhook(models.Model):
    """Where an operator wants to hear of its bookings, or a partner (`owner`) of the orders that it made.

    `protocol` is `tomp` for what a provider hears of its packages. Secrets are sealed; the old one signs too until
    `old_until`.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    operator_code = models.CharField(max_length=40, blank=True, db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    protocol = models.CharField(max_length=4, blank=True, choices=[("tomp", "tomp")])
    url = models.URLField(max_length=500)
    secret_sealed = models.BinaryField()
    old_secret_sealed = models.BinaryField(default=b"", blank=True)
    old_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)


class Outbox(models.Model):
    """A message that leaves: written with what caused it, sent afterwards. The payload holds references only.

    `fence` rises with each claim, and `not_before` moves behind the time that a claim lasts: who comes back with an old
    fence has lost the row and writes nothing. `outcome` says how it ended: sent, listed (for a call), nobody (to be
    told), stale (no longer true), failed.
    """

    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField()
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=10, blank=True)
    last_error = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["published_at", "not_before"], name="outbox_due")]


class DeskCall(models.Model):
    """Somebody to be rung up by staff. What is said is written when it is read, from the message's references."""

    message = models.OneToOneField(Outbox, on_delete=models.CASCADE, related_name="call")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="desk_calls")
    opened_at = models.DateTimeField()
    not_before = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField(default=False)
