"""Rides on demand as the dispatcher keeps them: days, shifts with their routes, rides. Nobody's name, no price paid."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from transit.models.rule_set import RuleSet
from transit.models.service import Service
from transit.states import Machine

RIDE = Machine.of(
    "ride",
    HELD="CONFIRMED RELEASED EXPIRED",
    CONFIRMED="BOARDED CANCELLED NO_SHOW",
    BOARDED="DONE CANCELLED",
    DONE="",
    NO_SHOW="",
    CANCELLED="",
    RELEASED="",
    EXPIRED="",
)
PLANNED = ("HELD", "CONFIRMED", "BOARDED")
"""The states in which a ride is on a route."""
SHIFT = Machine.of(
    "shift", PLANNED="OUT CALLED_OFF", OUT="BROKEN_DOWN OVER", BROKEN_DOWN="OUT OVER", OVER="", CALLED_OFF=""
)


class ServiceDay(models.Model):
    """A day of a service. `revision` grows with every change of a route: whoever plans commits against the one it read.

    `rule_set` is the version that held when the day was opened; a later one does not change what was promised.
    `mark` tells this row from another one that had its number before the database was restored.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="days")
    date = models.DateField()
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="days")
    revision = models.PositiveBigIntegerField(default=0)
    mark = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service", "date"], name="service_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.date}"


class Shift(models.Model):
    """A vehicle out on a day. `route` is what it has to do and has done, in order (`transit.ondemand.route.Stop`):
    [{"ride": pk, "what": "pickup" | "drop_off", "at": Unix s planned, "done_at": Unix s or null} | {"break": s,
    "number": index in breaks, "at": …}].

    `vehicle` is the code of a vehicle of the day's rules, `plan` that vehicle (rules.Vehicle) as it is out today.
    `revision` is that of the day at its last change. Late, it is not at its next stop before `late_until`. Without
    anything to do it waits at `stand_lon`, `stand_lat`.
    """

    day = models.ForeignKey(ServiceDay, on_delete=models.CASCADE, related_name="shifts")
    vehicle = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=SHIFT.choices, default="PLANNED")
    plan = models.JSONField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    breaks = models.JSONField(default=list, help_text="[{from, until, duration}] in Unix seconds and seconds.")
    route = models.JSONField(default=list)
    revision = models.PositiveBigIntegerField(default=0)
    lon = models.FloatField(null=True, help_text="Where it was last.")
    lat = models.FloatField(null=True)
    seen_at = models.DateTimeField(null=True)
    late_until = models.DateTimeField(null=True)
    stand_lon = models.FloatField(null=True)
    stand_lat = models.FloatField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["start_at", "vehicle", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "vehicle", "start_at"], name="shift_once"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.start_at:%F %R}"


class ShiftEvent(models.Model):
    """A change of state of a shift."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=12)
    new = models.CharField(max_length=12)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Ride(models.Model):
    """A promise to somebody whom `reference` names to whoever sold it, and nobody else.

    Places are where the vehicle stops; what is walked from the door is the seller's. `load` counts by LoadKind. One is
    met in [`earliest_at`, `latest_at`], is there by `arrive_by`, and rides `ride_limit_s` at most. `told_at` is the
    pick-up that was told last, within the window; `planned_*` are what the plan has now. `code` is what driver and
    rider tell each other.

    A month after it, places are rounded, and group, purpose and code are empty (`transit.ondemand.forgetting`).
    """

    day = models.ForeignKey(ServiceDay, on_delete=models.PROTECT, related_name="rides")
    shift = models.ForeignKey(Shift, null=True, on_delete=models.SET_NULL, related_name="rides")
    reference = models.UUIDField(unique=True)
    seller = models.CharField(max_length=40, default="self", help_text="Who sold it: we, or a provider's code.")
    state = models.CharField(max_length=10, choices=RIDE.choices, default="HELD")
    load = models.JSONField()
    origin_lon = models.FloatField()
    origin_lat = models.FloatField()
    origin_stop = models.CharField(max_length=40, blank=True)
    destination_lon = models.FloatField()
    destination_lat = models.FloatField()
    destination_stop = models.CharField(max_length=40, blank=True)
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    arrive_by = models.DateTimeField()
    ride_limit_s = models.PositiveIntegerField()
    boarding_s = models.PositiveIntegerField()
    direct_s = models.PositiveIntegerField()
    direct_m = models.PositiveIntegerField()
    group = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    priority = models.BooleanField(default=False)
    told_at = models.DateTimeField()
    planned_pickup_at = models.DateTimeField()
    planned_drop_off_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=8)
    arrived_at = models.DateTimeField(null=True)
    boarded_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "expires_at"], name="ride_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}"


class RideEvent(models.Model):
    """What happened to a ride: a change of state, or (old = new) of its plan; followed by `pk` (`changes_since`)."""

    ride = models.ForeignKey(Ride, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
