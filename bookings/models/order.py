"""The resident's single transaction, and each operator's part of it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.codes import new_code
from bookings.models.offer import Offer, OfferPart
from bookings.models.reservation import Reservation
from bookings.states import BOOKING, ORDER


class Order(models.Model):
    """One transaction over several operators: everything in it is sold, or nothing is.

    `version` counts changes (optimistic check of planners); `wake_at` is when a sweep must look again;
    `consent_cap_minor` is the most that may ever be charged; `unwind_reason` a code, translated where it is shown.
    `fee_minor` is the platform's own part of the price, of which `fee_back_minor` is given back. `cancel_epoch` counts
    the times that something was taken back. `provider` is the way of paying that the resident chose, `payer_ref` what
    is charged there: a wallet's, a billing account's or a saved card's code, or nothing. `replaced_at` is when what its
    offer replaces began to be given back.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="orders")
    session_hash = models.CharField(max_length=64, blank=True)
    contact_sealed = models.BinaryField(default=b"", blank=True)
    language = models.CharField(max_length=5)
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="order")
    offer_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=ORDER.choices, default="HOLDING")
    version = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20, default="stripe")
    payer_ref = models.CharField(max_length=22, blank=True)
    quoted_minor = models.BigIntegerField()
    consent_cap_minor = models.BigIntegerField()
    fee_minor = models.PositiveIntegerField(default=0)
    fee_back_minor = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    unwind_reason = models.CharField(max_length=60, blank=True)
    cancel_epoch = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "wake_at"], name="order_wake")]

    def __str__(self) -> str:
        return self.code


class OrderEvent(models.Model):
    """A state change of an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=20)
    new = models.CharField(max_length=20)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Booking(models.Model):
    """One operator's part of an order (TOMP 2.0: package). `operator_ref` is the operator's name for it.

    `offer_ref` is the operator's offer that it buys: sold to one resident only, or undoing one would undo another.

    `others_minor` of the price is owed by named payers, not by the resident; `taken_over_minor` of it only since the
    sale, so that the resident gets it back, the last time with the refunds of `taken_over_epoch`. `fee_quoted_minor` is
    the fee for cancelling that the resident consented to, `fee_minor` what the operator kept; `giving_back` are those
    that the last cancellation is about. `called_off_at` is when we learned that the operator itself has cancelled it,
    `looked_at` when we last asked; `no_show_at` when the operator said that nobody came. `amends_basis_points` of the
    price are owed for a broken promise, though the ride takes place, and given back at `amends_at`, after it. A
    rollback window without end is NULL.
    While `price_is_ceiling`, the price is the most that may be charged, and the operator has yet to tell what was used.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="bookings")
    part = models.OneToOneField(OfferPart, on_delete=models.PROTECT, related_name="booking")
    seq = models.PositiveSmallIntegerField()
    operator_code = models.CharField(max_length=40)
    sales = models.CharField(max_length=12)
    client_ref = models.UUIDField(unique=True, default=uuid.uuid4)
    offer_ref = models.CharField(max_length=200, null=True)
    operator_ref = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=12, choices=BOOKING.choices, default="NEW")
    price_minor = models.BigIntegerField()
    others_minor = models.BigIntegerField(default=0)
    taken_over_minor = models.BigIntegerField(default=0, db_default=0)
    taken_over_epoch = models.PositiveSmallIntegerField(null=True)
    fee_quoted_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    giving_back = models.BooleanField(default=False)
    called_off_at = models.DateTimeField(null=True)
    no_show_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    amends_basis_points = models.PositiveSmallIntegerField(default=0, db_default=0)
    amends_at = models.DateTimeField(null=True)
    price_is_ceiling = models.BooleanField(default=False)
    hold_expires_at = models.DateTimeField(null=True)
    rollback_expires_at = models.DateTimeField(null=True)
    capability = models.CharField(max_length=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "seq"], name="booking_once"),
            models.UniqueConstraint(fields=["operator_code", "operator_ref"], name="booking_operator_ref_once"),
            models.UniqueConstraint(fields=["operator_code", "offer_ref"], name="booking_offer_ref_once"),
        ]

    @property
    def reference(self) -> str:
        """How it is called in books and on receipts: says nothing of a person, and opens nothing by itself."""
        return f"{self.order.code}-{self.seq}"


class Ride(models.Model):
    """A ride that was sold: the `leg` of the itinerary, on the departure `feed:trip@YYYY-MM-DD`.

    It is of a resident's booking, or of a provider's reservation, which says when it began and ended on the day.
    """

    booking = models.ForeignKey(Booking, null=True, on_delete=models.CASCADE, related_name="rides")
    reservation = models.ForeignKey(Reservation, null=True, on_delete=models.CASCADE, related_name="rides")
    leg = models.PositiveSmallIntegerField()
    departure_key = models.CharField(max_length=200, db_index=True)
    start_at = models.DateTimeField(db_index=True)
    end_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["start_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["booking", "leg"], name="ride_once"),
            models.UniqueConstraint(fields=["reservation", "leg"], name="ride_reserved_once"),
            models.CheckConstraint(
                condition=models.Q(booking__isnull=True) ^ models.Q(reservation__isnull=True), name="ride_of_one"
            ),
        ]

    @property
    def service_date(self) -> date:
        """The day of operation."""
        return date.fromisoformat(self.departure_key.rpartition("@")[2])


class BookingEvent(models.Model):
    """A state change of a booking."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=12)
    new = models.CharField(max_length=12)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
