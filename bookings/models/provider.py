"""Third-party providers: who may sell hosted operators' rides to customers of their own, and what they tell us."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.codes import new_code
from bookings.models.ledger import LedgerEntry
from bookings.models.reservation import Reservation
from bookings.models.sealed import SealedJSONField
from bookings.states import PROVIDER, SUPPORT


class Provider(models.Model):
    """A company whose system (`user`) sells through our TOMP server, from when an officer has licensed it.

    `code` is how its reservations and its account in the ledger name it. After `licensed_until` the licence is over.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="provider")
    name = models.CharField(max_length=150)
    business_id = models.CharField(max_length=40, blank=True)
    licence_no = models.CharField(max_length=60, blank=True)
    licensed_until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=PROVIDER.choices, default="APPLIED")
    applied_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ProviderEvent(models.Model):
    """A decision about a provider."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class ProviderCustomer(models.Model):
    """A customer of a provider, by its own name for them (TOMP customer). What it says of them is sealed."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="customers")
    ref = models.CharField(max_length=200)
    said = SealedJSONField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "ref"], name="provider_customer_once"),
        ]


class SupportTicket(models.Model):
    """Help that a provider asks for (TOMP supportTicket), answered by our staff. `said` is sealed: it may name people.

    `leg` counts from 1, as the package's legs do.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="support_tickets")
    reservation = models.ForeignKey(Reservation, null=True, on_delete=models.CASCADE, related_name="support_tickets")
    leg = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=30)
    said = SealedJSONField()
    answer = models.TextField(blank=True)
    state = models.CharField(max_length=24, choices=SUPPORT.choices, default="ISSUE_REQUESTED")
    created_at = models.DateTimeField()


class SupportTicketEvent(models.Model):
    """A state change of a support ticket."""

    ticket = models.ForeignKey(SupportTicket, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=24)
    new = models.CharField(max_length=24)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Ancillary(models.Model):
    """What a hosted operator sells beside a seat, for one ride: a bicycle's place, large luggage (TOMP ancillary)."""

    agency_id = models.CharField(max_length=120, help_text="feed:agency, as the register has it")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=75)
    price_minor = models.PositiveIntegerField(help_text="In the smallest unit; the tax is that of the ride.")
    currency = models.CharField(max_length=3)
    is_sold = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "ancillaries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["agency_id", "code"], name="ancillary_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ConfirmedEntry(models.Model):
    """A provider has agreed to an entry of its account (TOMP confirm-payment)."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="confirmed")
    at = models.DateTimeField()
