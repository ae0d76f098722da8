"""Tickets: one per fare product and traveller."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.models.offer import OfferProduct
from bookings.models.order import Booking
from bookings.models.reservation import Reservation
from bookings.states import TICKET


class Ticket(models.Model):
    """A signed right to ride. `token` is a compact JWS (Ed25519) that can be checked offline; `kid` names its key.

    It is of a resident's booking, or of a provider's reservation.
    """

    booking = models.ForeignKey(Booking, null=True, on_delete=models.PROTECT, related_name="tickets")
    reservation = models.ForeignKey(Reservation, null=True, on_delete=models.PROTECT, related_name="tickets")
    product = models.OneToOneField(OfferProduct, on_delete=models.PROTECT, related_name="ticket")
    serial = models.CharField(max_length=16, unique=True)
    kid = models.CharField(max_length=20)
    token = models.TextField()
    valid_from_at = models.DateTimeField()
    valid_until_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=TICKET.choices, default="ISSUED")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(booking__isnull=True) ^ models.Q(reservation__isnull=True), name="ticket_of_one"
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def sale(self) -> Booking | Reservation:
        """What it is of: something with rides and an operator."""
        found = self.booking or self.reservation
        assert found is not None, "every ticket is of one"
        return found

    @staticmethod
    def of_operator(operator_code: str, prefix: str = "") -> models.Q:
        """The condition that tickets (behind `prefix`, such as `ticket__`) are of an operator."""
        return models.Q(**{f"{prefix}booking__operator_code": operator_code}) | models.Q(
            **{f"{prefix}reservation__operator_code": operator_code}
        )


class TicketEvent(models.Model):
    """A state change of a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=6)
    new = models.CharField(max_length=6)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class TicketCheck(models.Model):
    """What a device of an operator saw when somebody showed a ticket, as it told us when it was online.

    `verdict` is what the device said there, `outcome` what we say now that all devices are known (services/checks).
    `departure` is `feed:trip@YYYY-MM-DD`, empty where the device did not know. A `serial` without a ticket is none of
    this operator's. `conflict` is the other check of a replay.
    """

    operator_code = models.CharField(max_length=40)
    check_id = models.UUIDField()
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="checks")
    serial = models.CharField(max_length=40)
    device = models.CharField(max_length=40)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    boarding = models.BooleanField()
    departure = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=16)
    outcome = models.CharField(max_length=20)
    conflict = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["operator_code", "outcome", "at"], name="ticket_check_outcome"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["operator_code", "check_id"], name="ticket_check_once"),
        ]
