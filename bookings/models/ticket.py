"""Tickets: one per fare product and traveller."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from bookings.models.offer import OfferProduct
from bookings.models.order import Booking
from bookings.states import TICKET


class Ticket(models.Model):
    """A signed right to ride. `token` is a compact JWS (Ed25519) that can be checked offline; `kid` names its key."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="tickets")
    product = models.OneToOneField(OfferProduct, on_delete=models.PROTECT, related_name="ticket")
    serial = models.CharField(max_length=16, unique=True)
    kid = models.CharField(max_length=20)
    token = models.TextField()
    valid_from_at = models.DateTimeField()
    valid_until_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=TICKET.choices, default="ISSUED")

    def __str__(self) -> str:
        return self.serial


class TicketEvent(models.Model):
    """A state change of a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=6)
    new = models.CharField(max_length=6)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
