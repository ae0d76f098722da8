"""How late trips were: facts for a short while, counts for good."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class DayKind(models.IntegerChoices):
    """Days that are alike."""

    WEEKDAY = 0
    SATURDAY = 1
    SUNDAY = 2


class ObservedDelay(models.Model):
    """How late a trip was last said to be at a stop: once for each trip, service day and position of its stops.

    `passes_at` is when it should be there by what was said. Once that is past the delay is `counted`.
    """

    trip_id = models.CharField(max_length=150)
    service_date = models.DateField()
    position = models.PositiveSmallIntegerField()
    route_id = models.CharField(max_length=150)
    stop_id = models.CharField(max_length=150)
    day_kind = models.PositiveSmallIntegerField(choices=DayKind.choices)
    hour = models.PositiveSmallIntegerField(help_text="Of the timetable's arrival, by the clocks there.")
    delay_s = models.IntegerField()
    passes_at = models.DateTimeField(db_index=True)
    counted = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["trip_id", "service_date", "position"], name="observed_delay_once"),
        ]


class DelayCount(models.Model):
    """How often arrivals of a route at a stop, in an hour of a kind of day, were late by so much.

    `bucket` is a position in `transit.routing.lateness.BOUNDS_S`.
    """

    route_id = models.CharField(max_length=150)
    stop_id = models.CharField(max_length=150)
    day_kind = models.PositiveSmallIntegerField(choices=DayKind.choices)
    hour = models.PositiveSmallIntegerField()
    bucket = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["route_id", "stop_id", "day_kind", "hour", "bucket"], name="delay_count_once"
            ),
        ]
