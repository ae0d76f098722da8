"""The operator's side of a sale at a hosted operator, and the seats that can run out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from bookings.models.offer import Offer
from bookings.states import RESERVATION


class Capacity(models.Model):
    """Countable seats of one departure: `key` is `feed:trip@YYYY-MM-DD`. Only `bookings.capacity` changes `taken`."""

    operator_code = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    cap = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["operator_code", "key"], name="capacity_once"),
            models.CheckConstraint(condition=models.Q(taken__gte=0, taken__lte=models.F("cap")), name="capacity_held"),
        ]


class Reservation(models.Model):
    """A sale as the hosted operator sees it, made by our own order or by a third-party provider.

    A provider's (TOMP 2.0: package) is of an `offer`, which gives it its name; `reference` is the provider's own name
    for it. It is chosen first, and bought at `purchased_at`; until it is sold at `confirmed_at` it may change.
    `refund_claimed_minor` is what the provider wants back.
    """

    operator_code = models.CharField(max_length=40)
    provider = models.CharField(max_length=40, default="self")
    client_ref = models.UUIDField()
    state = models.CharField(max_length=10, choices=RESERVATION.choices, default="HELD")
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0, help_text="What is kept of the price after a cancellation.")
    content = models.JSONField(help_text="Products, trips, times and traveller categories; no personal data.")
    departs_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    offer = models.OneToOneField(Offer, null=True, on_delete=models.PROTECT, related_name="reservation")
    reference = models.CharField(max_length=200, blank=True)
    purchased_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    refund_claimed_minor = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["provider", "reference"], name="reservation_reference"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "client_ref"], name="reservation_once"),
        ]


class ReservationEvent(models.Model):
    """A state change of a reservation."""

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class SeatClaim(models.Model):
    """Seats of one departure that a reservation has taken."""

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="claims")
    capacity = models.ForeignKey(Capacity, on_delete=models.PROTECT, related_name="claims")
    seats = models.PositiveIntegerField()
