"""Rides that come again and again: school, dialysis, work."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from bookings.codes import new_code
from bookings.models.order import Order
from bookings.models.sealed import SealedJSONField
from bookings.states import OCCURRENCE, STANDING_ORDER


class StandingOrder(models.Model):
    """A ride on some weekdays, ordered day by day as far ahead as it can be.

    `said` is {"origin", "destination"}, each {"name", "lat", "lon", "stop_id"}, and {"travellers": {category: count},
    "mobility"}; NULL once it is erased. `weekdays` has a bit for each, Monday is 1. `time` is the clock of the region,
    when one leaves or, with `arrives`, is there at the latest. `service` is a service on demand that alone may carry;
    empty: any journey. `pay_with` is the key of a way to pay afterwards or in advance: `invoice:CODE`, `wallet:CODE`.
    """

    code = models.CharField(max_length=22, unique=True, default=new_code)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standing_orders")
    state = models.CharField(max_length=8, choices=STANDING_ORDER.choices, default="ACTIVE")
    said = SealedJSONField(null=True)
    weekdays = models.PositiveSmallIntegerField()
    time = models.TimeField()
    arrives = models.BooleanField(default=False)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    region = models.CharField(max_length=40)
    skips_holidays = models.BooleanField(default=True)
    service = models.CharField(max_length=60, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    pay_with = models.CharField(max_length=40)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()


class StandingOrderEvent(models.Model):
    """A state change of a standing order."""

    standing_order = models.ForeignKey(StandingOrder, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Occurrence(models.Model):
    """One day of a standing order. `time` is another time than usual; `reason` a code why it is not booked.

    `try_at` is when it is tried (again). `told_at` is when the owner was told that it could not be booked.
    """

    standing_order = models.ForeignKey(StandingOrder, on_delete=models.CASCADE, related_name="occurrences")
    day = models.DateField()
    state = models.CharField(max_length=8, choices=OCCURRENCE.choices, default="PLANNED")
    time = models.TimeField(null=True)
    order = models.OneToOneField(Order, null=True, on_delete=models.SET_NULL, related_name="occurrence")
    reason = models.CharField(max_length=40, blank=True)
    try_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["standing_order", "day"], name="occurrence_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "try_at"], name="occurrence_due")]


class OccurrenceEvent(models.Model):
    """A state change of a day."""

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
