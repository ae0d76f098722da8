"""Forms of whom one takes: groups with their proof, purposes, conduct."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from transit.web.on_demand.fields import MinutesField, PerCentField
from transit.web.on_demand.parts import PartForm

_MONTHS: list[tuple[Any, Any]] = [("", _("all year")), *MONTHS.items()]


def _number(label: Any, least: int, most: int, **named: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most, **named)


def _month(label: Any, **named: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=_MONTHS, required=False, coerce=int, empty_value=None, **named)


class GroupForm(PartForm):
    """Who has rights of its own."""

    texts = {"names": _("Name"), "proof": _("Proof"), "condition": _("Condition")}  # noqa: RUF012
    name = forms.CharField(
        label=_("Name of the group"), max_length=80, help_text=_("For example: people with a disability, residents.")
    )
    needs_proof = forms.BooleanField(
        label=_("A proof is needed"),
        required=False,
        help_text=_("Staff look at it once and note that it was there. No copy is kept. Say below which proof it is."),
    )
    valid_days = _number(
        _("Days for which a proof holds"), 1, 3660, help_text=_("Then it is shown again. Empty: for ever. 365.")
    )
    min_age = _number(_("From this age on"), 0, 120)
    max_age = _number(_("Up to this age"), 0, 120, help_text=_("This year included."))
    priority = forms.BooleanField(
        label=_("Their rides come first"), required=False, help_text=_("Places that are kept free are for them.")
    )
    first_month = _month(_("Only from this month on"), help_text=_("A right that holds in winter alone, for example."))
    last_month = _month(_("Only until this month"))

    def clean(self) -> dict[str, Any]:
        """Both months or none; a proof that is told."""
        given = super().clean() or {}
        if (given.get("first_month") is None) != (given.get("last_month") is None):
            self.add_error("last_month", _("Choose both, or none."))
        low, high = given.get("min_age"), given.get("max_age")
        if low is not None and high is not None and high < low:
            self.add_error("max_age", _("Exchange the two ages."))
        told = any(given.get(f"proof_{code}") for code in self.frame.languages)
        if given.get("needs_proof") and self.frame.languages and not told:
            self.add_error(f"proof_{self.frame.languages[0]}", _("Write what staff must be shown."))
        return given


class PurposeForm(PartForm):
    """What for one rides."""

    texts = {"names": _("Name")}  # noqa: RUF012
    name = forms.CharField(
        label=_("Purpose"), max_length=80, help_text=_("For example: health care, school, shopping.")
    )
    priority = forms.BooleanField(label=_("These rides come first"), required=False)
    needs_proof = forms.BooleanField(
        label=_("A proof is needed"), required=False, help_text=_("Such as an appointment. It is looked at, not kept.")
    )
    exempt = forms.BooleanField(
        label=_("The price never rises"), required=False, help_text=_("For health care and school.")
    )


class ConductForm(PartForm):
    """What follows when somebody cancels late or does not come."""

    free_until_s = MinutesField(
        label=_("Cancelling is free until so many minutes before"), help_text=_("Before the pick-up window. 60.")
    )
    late_fee_basis_points = PerCentField(
        label=_("Cancelling later costs, in per cent of the price"), help_text=_("0 for nothing.")
    )
    no_show_fee_basis_points = PerCentField(label=_("Not coming costs, in per cent of the price"))
    no_show_wait_s = MinutesField(
        label=_("Minutes that the driver waits"), max_value=60, help_text=_("After the time that was told. 5.")
    )
    no_shows = forms.IntegerField(
        label=_("After not coming so many times one may not order"),
        min_value=0,
        max_value=100,
        help_text=_("0 for never. Whoever it happens to may appeal."),
    )
    within_days = forms.IntegerField(label=_("Within so many days"), min_value=1, max_value=3660)
    suspended_days = forms.IntegerField(label=_("For so many days"), min_value=0, max_value=365)
    broken_promise_basis_points = PerCentField(
        label=_("Given back where a promise is broken, in per cent of the price"), help_text=_("100 for all of it.")
    )
