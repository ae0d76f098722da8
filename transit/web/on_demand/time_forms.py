"""Forms of when: hours, special days, booking, promises."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transit.ondemand.rules import Span
from transit.web.on_demand.fields import ClockField, DaysField, MinutesField, NumberField, SpansField
from transit.web.on_demand.parts import Day, PartForm


class SpanForm(PartForm):
    """Hours of some weekdays."""

    days = DaysField()
    start_s = ClockField(label=_("Rides begin from"), help_text=_("For example: 06:30."))
    end_s = ClockField(label=_("Rides are over by"), help_text=_("After midnight, 25:10 is ten past one."))
    last_pickup_s = ClockField(
        label=_("Last pick-up"), required=False, help_text=_("If nobody is picked up any more before the end.")
    )
    first_day = forms.DateField(
        label=_("Only from this day on"), required=False, widget=Day(), help_text=_("For a season. Empty: all year.")
    )
    last_day = forms.DateField(label=_("Only until this day"), required=False, widget=Day())

    def initial_of(self, value: Any) -> dict[str, Any]:
        """A row may be new."""
        return super().initial_of(value) if value is not None else {}

    def clean(self) -> dict[str, Any]:
        """They end after they begin."""
        given = super().clean() or {}
        start, end, last = (given.get(name) for name in ("start_s", "end_s", "last_pickup_s"))
        if start is not None and end is not None and end <= start:
            self.add_error("end_s", _("This is not after the begin. After midnight, 25:10 is ten past one."))
        elif start is not None and end is not None and last is not None and not start <= last <= end:
            self.add_error("last_pickup_s", _("Write a time between the begin and the end."))
        check_days(self, given)
        return given

    def value(self) -> Any:
        """As hours."""
        given = self.cleaned_data
        names = ("days", "start_s", "end_s", "last_pickup_s", "first_day", "last_day")
        return Span(**{name: given[name] for name in names if name in self.fields})


class PhoneRow(SpanForm):
    """Hours of the telephone."""

    last_pickup_s = None  # type: ignore[assignment]
    first_day = None  # type: ignore[assignment]
    last_day = None  # type: ignore[assignment]
    start_s = ClockField(label=_("From"))
    end_s = ClockField(label=_("Until"))


class SpecialDayForm(PartForm):
    """A holiday or a pause."""

    name = forms.CharField(label=_("What day it is"), max_length=80, help_text=_("For example: Christmas."))
    first_day = forms.DateField(label=_("First day"), widget=Day())
    last_day = forms.DateField(label=_("Last day"), widget=Day(), help_text=_("The same for a single day."))
    spans = SpansField(
        label=_("Hours on these days"),
        required=False,
        help_text=_("In place of the usual ones. For example: 10:00–14:00, 16:00–18:00. Empty: closed."),
    )

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first, nor are hours backwards."""
        given = super().clean() or {}
        check_days(self, given)
        if any(end <= start for start, end in given.get("spans") or ()):
            self.add_error("spans", _("They end after they begin. After midnight write 25:00 for one o'clock."))
        return given


class BookingForm(PartForm):
    """When a ride can be ordered."""

    rows = {"phone_hours": PhoneRow}  # noqa: RUF012
    notice_s = MinutesField(
        label=_("Minutes before the ride at the latest"),
        help_text=_("0 means that one can order at once. For example: 60."),
    )
    ahead_days = forms.IntegerField(
        label=_("Days before the ride at the earliest"),
        min_value=0,
        max_value=365,
        help_text=_("For example: 14, so that one can order two weeks ahead."),
    )
    cutoff_days = forms.IntegerField(
        label=_("Deadline: so many days before the ride"),
        required=False,
        min_value=0,
        max_value=365,
        help_text=_("Only if there is a deadline besides. 1 means the day before."),
    )
    cutoff_s = ClockField(
        label=_("Deadline: until this time"), required=False, help_text=_("On that day. For example: 16:00.")
    )
    recurring = forms.BooleanField(
        label=_("Repeating rides can be ordered"),
        required=False,
        help_text=_("For school or dialysis: the same ride on many days, ordered once."),
    )
    phone = forms.CharField(label=_("Telephone for orders"), max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        """A deadline has both of its parts."""
        given = super().clean() or {}
        if not self.errors and (given["cutoff_days"] is None) != (given["cutoff_s"] is None):
            missing = "cutoff_days" if given["cutoff_days"] is None else "cutoff_s"
            self.add_error(missing, _("Write both days and time, or none."))
        return given


class PromiseForm(PartForm):
    """What every rider is promised."""

    wait_s = MinutesField(
        label=_("Longest wait in minutes"),
        min_value=1,
        help_text=_(
            "Who orders at once is picked up within this time, or is told that it is not possible. 30 is usual."
        ),
    )
    window_s = MinutesField(
        label=_("Pick-up window in minutes"),
        min_value=1,
        help_text=_("The vehicle comes within so many minutes after the time that was told, and never before it. 15."),
    )
    detour_factor = NumberField(
        label=_("Detour: so many times the direct drive"),
        min_value=1,
        max_value=10,
        help_text=_("1.5 means that a drive of 20 minutes may take 30 with others on board."),
    )
    detour_s = MinutesField(
        label=_("Detour: and so many minutes more"), help_text=_("So that short rides can be shared as well. 10.")
    )
    ride_s = MinutesField(
        label=_("Longest ride in minutes"), min_value=5, help_text=_("However far it is, detours end here. 60.")
    )
    boarding_s = MinutesField(label=_("Minutes at each stop"), help_text=_("To get on or off. 1."))
    wheelchair_s = MinutesField(
        label=_("Minutes more with a wheelchair"), help_text=_("For the ramp and for fastening it. 3.")
    )
    connection_s = MinutesField(
        label=_("Minutes before a train leaves"), help_text=_("So early one is brought to a hub. 5.")
    )


def check_days(form: PartForm, given: dict[str, Any]) -> None:
    """The last day is not before the first."""
    first, last = given.get("first_day"), given.get("last_day")
    if first and last and last < first:
        form.add_error("last_day", _("The last day is before the first."))
