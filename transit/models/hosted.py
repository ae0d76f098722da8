"""The timetables of operators without a system of their own, as their staff have entered them.

From these rows `transit.publishing` writes the feed, which is imported as everybody's. Nothing else reads them:
journeys and bookings know the feed alone.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from transit.models.operator import Operator
from transit.models.service import Service
from transit.states import Machine

HOSTED_SEASON = Machine.of("season", DRAFT="RELEASED", RELEASED="DRAFT")
MAX_SEASON_DAYS = 550
"""A year and a half: what is further ahead is entered when it is known."""
LATEST_S = 36 * 3600
"""Times after midnight belong to the day on which the trip began."""


def short_code() -> str:
    """Eight characters that name a stop, a line or a departure in the feed, for ever."""
    return secrets.token_hex(4)


class HostedStop(models.Model):
    """Where the operator's vehicles stop. `zone` is that of its fares."""

    class Wheelchair(models.TextChoices):
        """Whether somebody in a wheelchair can board here (GTFS `wheelchair_boarding`)."""

        UNKNOWN = "0", _("not known")
        YES = "1", _("yes")
        NO = "2", _("no")

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="hosted_stops")
    code = models.CharField(max_length=16, default=short_code)
    name = models.CharField(_("name"), max_length=120)
    lat = models.FloatField(_("latitude"), validators=[MinValueValidator(-85), MaxValueValidator(85)])
    lon = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    zone = models.CharField(_("fare zone"), max_length=12, blank=True)
    wheelchair = models.CharField(
        _("wheelchairs can board here"), max_length=1, choices=Wheelchair.choices, default=Wheelchair.UNKNOWN
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["operator", "code"], name="hosted_stop_once"),
        ]

    def __str__(self) -> str:
        return self.name


class HostedLine(models.Model):
    """A line under the name that passengers know (GTFS route)."""

    class Mode(models.TextChoices):
        """What runs (GTFS `route_type`)."""

        BUS = "3", _("bus")
        FERRY = "4", _("ferry")
        TRAM = "0", _("tram")
        RAIL = "2", _("train")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="hosted_lines")
    code = models.CharField(max_length=16, default=short_code)
    short_name = models.CharField(_("number"), max_length=12)
    long_name = models.CharField(_("from where to where"), max_length=150, blank=True)
    mode = models.CharField(_("vehicle"), max_length=1, choices=Mode.choices, default=Mode.BUS)
    colour = models.CharField(
        _("colour"), max_length=6, blank=True, validators=[RegexValidator("^[0-9A-Fa-f]{6}$")], help_text="RRGGBB"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["short_name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service", "code"], name="hosted_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.short_name} {self.long_name}".strip()


class HostedSeason(models.Model):
    """Days (both included) for which a timetable is made. What is released is in the feed from its next publication."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="hosted_seasons")
    name = models.CharField(_("name"), max_length=60)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    state = models.CharField(max_length=8, choices=HOSTED_SEASON.choices, default="DRAFT")

    class Meta:
        ordering: ClassVar[list[str]] = ["first_day", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """It ends after it begins, and not in years."""
        if not self.first_day or not self.last_day:
            return
        if self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day is before the first.")})
        if self.last_day - self.first_day > timedelta(days=MAX_SEASON_DAYS):
            raise ValidationError({"last_day": _("A season may last a year and a half at most.")})


class HostedSeasonEvent(models.Model):
    """A state change of a season."""

    season = models.ForeignKey(HostedSeason, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=8)
    new = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class HostedDays(models.Model):
    """Days of a season on which the same departures run (GTFS service), such as school days.

    `weekdays` is a sum of 1 for Monday, 2 for Tuesday … 64 for Sunday; `added` and `removed` are lists of ISO dates.
    """

    season = models.ForeignKey(HostedSeason, on_delete=models.CASCADE, related_name="days")
    name = models.CharField(_("name"), max_length=60)
    weekdays = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(127)])
    added = models.JSONField(default=list, blank=True)
    removed = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        verbose_name_plural = "hosted days"

    def __str__(self) -> str:
        return self.name

    def runs_on(self, day: date) -> bool:
        """Whether it is one of these days."""
        if not self.season.first_day <= day <= self.season.last_day or day.isoformat() in self.removed:
            return False
        return bool(self.weekdays >> day.weekday() & 1) or day.isoformat() in self.added

    def clean(self) -> None:
        """The dates are dates of the season, each said once; there is a day."""
        said = [*self.added, *self.removed]
        if len(said) != len(set(said)):
            raise ValidationError(_("A date is named twice."))
        first, last = self.season.first_day.isoformat(), self.season.last_day.isoformat()
        if outside := [day for day in said if not (_is_date(day) and first <= day <= last)]:
            raise ValidationError(_("%(day)s is no day of this season.") % {"day": outside[0]})
        if not self.weekdays and not self.added:
            raise ValidationError(_("Choose at least one day of the week, or name a date."))


class HostedPattern(models.Model):
    """The stops of a line in one direction in one season, in their order (`calls`), and who leaves when."""

    season = models.ForeignKey(HostedSeason, on_delete=models.CASCADE, related_name="patterns")
    line = models.ForeignKey(HostedLine, on_delete=models.CASCADE, related_name="patterns")
    headsign = models.CharField(_("direction, as it stands on the vehicle"), max_length=100)
    direction = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(1)])

    class Meta:
        ordering: ClassVar[list[str]] = ["line__short_name", "direction", "pk"]

    def __str__(self) -> str:
        return f"{self.line.short_name} {self.headsign}"


class HostedCall(models.Model):
    """A stop of a pattern."""

    pattern = models.ForeignKey(HostedPattern, on_delete=models.CASCADE, related_name="calls")
    seq = models.PositiveSmallIntegerField()
    stop = models.ForeignKey(HostedStop, on_delete=models.PROTECT, related_name="calls")
    boards = models.BooleanField(_("one can board"), default=True)
    alights = models.BooleanField(_("one can alight"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["pattern", "seq"], name="hosted_call_once"),
        ]


class HostedDeparture(models.Model):
    """A column of the timetable (GTFS trip): `times` has an entry for each call of the pattern.

    An entry is seconds after the start of the service day, or null where it does not stop. `seats` counts those that
    are sold here; null is what its service says.
    """

    pattern = models.ForeignKey(HostedPattern, on_delete=models.CASCADE, related_name="departures")
    days = models.ForeignKey(HostedDays, on_delete=models.PROTECT, related_name="departures")
    code = models.CharField(max_length=16, default=short_code)
    times = models.JSONField()
    seats = models.PositiveIntegerField(null=True, blank=True)
    wheelchair = models.CharField(max_length=1, choices=HostedStop.Wheelchair.choices, default="0")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["pattern", "code"], name="hosted_departure_once"),
        ]

    def clean(self) -> None:
        """Two stops at least, and never backwards."""
        check_times(self.times, self.pattern.calls.count())


class HostedFare(models.Model):
    """A single ticket of a service. With zones, it holds from the one to the other and back; without, everywhere.

    `transfer_s` is for how long one may change to other lines of the service; 0 = the ticket is for one ride.
    """

    class Category(models.TextChoices):
        """For whom (GTFS-Fares v2 rider category)."""

        ADULT = "adult", _("adults")
        CHILD = "child", _("children")
        YOUTH = "youth", _("young people")
        SENIOR = "senior", _("older people")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="hosted_fares")
    name = models.CharField(_("name"), max_length=60)
    category = models.CharField(_("for whom"), max_length=8, choices=Category.choices, default=Category.ADULT)
    amount_minor = models.PositiveIntegerField(_("price"))
    transfer_s = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(86_400)])
    from_zone = models.CharField(_("from zone"), max_length=12, blank=True)
    to_zone = models.CharField(_("to zone"), max_length=12, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["from_zone", "to_zone", "category", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["service", "category", "from_zone", "to_zone"],
                name="hosted_fare_once",
                violation_error_message=_("There is a price for these already."),
            ),
            models.CheckConstraint(
                condition=models.Q(from_zone="", to_zone="") | (~models.Q(from_zone="") & ~models.Q(to_zone="")),
                name="hosted_fare_zones",
                violation_error_message=_("Name both zones, or none."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One price for the same: forms that do not show the service leave it to us."""
        self.validate_constraints()


class HostedAlert(models.Model):
    """What passengers should know (GTFS-Realtime alert): of one line, or of everything that the operator runs."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="hosted_alerts")
    line = models.ForeignKey(HostedLine, on_delete=models.CASCADE, related_name="alerts", null=True, blank=True)
    text = models.CharField(_("what passengers should know"), max_length=300)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-from_at", "-pk"]

    def __str__(self) -> str:
        return self.text


def check_times(times: Any, calls: int) -> None:
    """Raises ValidationError where `times` is no column of a timetable with so many stops."""
    if not isinstance(times, list) or len(times) != calls:
        raise ValidationError(_("There must be a time, or nothing, for each stop."))
    said = [each for each in times if each is not None]
    if not all(isinstance(each, int) and 0 <= each <= LATEST_S for each in said):
        raise ValidationError(_("A time is not a time of the day."))
    if len(said) < 2:
        raise ValidationError(_("A departure needs two stops at least."))
    if said != sorted(said):
        raise ValidationError(_("The times go backwards."))


def _is_date(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
