"""Forms of vehicles, their shifts, and how rides are put together."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transit.ondemand.rules import Load, ShiftPattern
from transit.web.on_demand.area_forms import SpotForm
from transit.web.on_demand.fields import (
    BreaksField,
    ClockField,
    DaysField,
    FactorsField,
    MinutesField,
    MoneyField,
    NumberField,
    PerCentField,
)
from transit.web.on_demand.parts import Day, PartForm
from transit.web.on_demand.time_forms import check_days

_PLACES = ("seats", "wheelchairs", "child_seats", "luggage")


class LayoutRow(PartForm):
    """A way in which a vehicle can be fitted."""

    seats = forms.IntegerField(label=_("Seats"), min_value=0, max_value=60)
    wheelchairs = forms.IntegerField(label=_("Wheelchair places"), min_value=0, max_value=60, required=False)
    child_seats = forms.IntegerField(label=_("Child seats"), min_value=0, max_value=60, required=False)
    luggage = forms.IntegerField(label=_("Large pieces of luggage"), min_value=0, max_value=60, required=False)

    def initial_of(self, value: Load | None) -> dict[str, Any]:
        """Places by kind."""
        return dict(zip(_PLACES, value, strict=True)) if value else {}

    def value(self) -> Load:
        """In the order of LoadKind."""
        seats, wheelchairs, child_seats, luggage = (self.cleaned_data[name] or 0 for name in _PLACES)
        return seats, wheelchairs, child_seats, luggage


class ShiftRow(PartForm):
    """When a vehicle is out."""

    days = DaysField()
    start_s = ClockField(label=_("Leaves the depot"), help_text=_("For example: 06:00."))
    end_s = ClockField(label=_("Is back at the depot"), help_text=_("After midnight, 25:10 is ten past one."))
    breaks = BreaksField(
        label=_("Breaks"),
        required=False,
        help_text=_("One on each line: between when it begins, and how many minutes. For example: 11:00–13:00, 30."),
    )
    first_day = forms.DateField(label=_("Only from this day on"), required=False, widget=Day())
    last_day = forms.DateField(label=_("Only until this day"), required=False, widget=Day())

    def initial_of(self, value: ShiftPattern | None) -> dict[str, Any]:
        """A row may be new."""
        return super().initial_of(value) if value is not None else {}

    def clean(self) -> dict[str, Any]:
        """It ends after it begins, and breaks fit into it."""
        given = super().clean() or {}
        start, end = given.get("start_s"), given.get("end_s")
        if start is None or end is None:
            return given
        if end <= start:
            self.add_error("end_s", _("This is not after the begin. After midnight, 25:10 is ten past one."))
        for each in given.get("breaks") or ():
            if not start <= each.from_s <= each.until_s or each.until_s + each.duration_s > end:
                self.add_error("breaks", _("It begins and ends within the shift."))
        check_days(self, given)
        return given

    def value(self) -> ShiftPattern:
        """As a shift."""
        return ShiftPattern(**{name: self.cleaned_data[name] for name in self.fields})


class VehicleForm(SpotForm):
    """A vehicle."""

    rows = {"layouts": LayoutRow, "shifts": ShiftRow}  # noqa: RUF012
    rare = frozenset(
        {
            "zones", "volunteer", "backup", "driver_notice_s", "per_km_minor", "per_hour_minor", "availability_minor",
            "co2_g_per_km",
        }
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name of the vehicle"), max_length=80, help_text=_("As riders see it. For example: Blue bus 2.")
    )
    zones = forms.MultipleChoiceField(
        label=_("Only in these zones"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: in all zones."),
    )
    volunteer = forms.BooleanField(
        label=_("A volunteer with an own car"),
        required=False,
        help_text=_("The same rules hold; costs are what the volunteer gets for kilometres."),
    )
    backup = forms.BooleanField(
        label=_("A taxi in reserve"), required=False, help_text=_("It is called only where no other vehicle can come.")
    )
    driver_notice_s = MinutesField(
        label=_("Minutes that the driver must know before"),
        help_text=_("0 if the driver waits on duty. For example: 30 for somebody who is at home."),
    )
    per_km_minor = MoneyField(label=_("What a kilometre costs you"), help_text=_("Empty and full kilometres alike."))
    per_hour_minor = MoneyField(label=_("What an hour costs you"), help_text=_("From depot to depot."))
    availability_minor = MoneyField(
        label=_("What a shift costs you besides"), help_text=_("Paid for being ready, however much is driven.")
    )
    co2_g_per_km = forms.IntegerField(
        label=_("Grams of CO2 a kilometre"), min_value=0, max_value=3000, help_text=_("0 for an electric vehicle.")
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        choices = [(zone.code, zone.name) for zone in self.frame.rules.zones]
        self.fields["zones"].choices = choices  # type: ignore[attr-defined]

    def clean_zones(self) -> tuple[str, ...]:
        """As rules keep them."""
        return tuple(self.cleaned_data["zones"])

    def clean(self) -> dict[str, Any]:
        """It has places."""
        given = super().clean()
        if self.is_bound and all(row.is_blank or row.is_removed for row in self.groups["layouts"]):
            self.add_error(None, _("Write how many seats it has."))
        return given


class MatchingForm(PartForm):
    """How rides are put together."""

    pooling = forms.BooleanField(
        label=_("Rides are shared"),
        required=False,
        help_text=_("People who go the same way ride together. Without it everybody rides alone, like in a taxi."),
    )
    empty_weight = NumberField(
        label=_("Weight of empty kilometres"),
        min_value=0,
        max_value=10,
        help_text=_("How much worse a kilometre without riders is than one with. 1 means: not at all worse."),
    )
    spare_share = PerCentField(
        whole=1,
        label=_("Places kept free for priority rides, in per cent"),
        max_value=90,
        help_text=_("For medical trips that are ordered late. 0 keeps none."),
    )
    spare_until_s = MinutesField(
        label=_("Minutes before the ride until which they are kept"), help_text=_("Then everybody can have them. 60.")
    )
    speed_factors = FactorsField(
        label=_("Traffic by hour of the day"),
        required=False,
        help_text=_("24 numbers from midnight on: how many times longer a drive takes than on empty streets, or none."),
    )

    def clean_speed_factors(self) -> tuple[float, ...]:
        """For every hour, or for none."""
        factors: tuple[float, ...] = self.cleaned_data["speed_factors"]
        if len(factors) not in (0, 24):
            raise forms.ValidationError(_("Write 24 factors, or none."))
        return factors
