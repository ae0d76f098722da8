"""Forms of money: fares, prices that move, subsidies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from transit.ondemand.rules import AtCap, DynamicPricing, Fares, GroupFare
from transit.routing.query import RiderCategory
from transit.web.on_demand.fields import MoneyField, PerCentField
from transit.web.on_demand.parts import PartForm

CATEGORIES = {
    RiderCategory.CHILD: _("children"),
    RiderCategory.YOUTH: _("young people"),
    RiderCategory.SENIOR: _("older people"),
}


class FaresForm(PartForm):
    """What a ride costs a person."""

    base_minor = MoneyField(label=_("Basic price of a ride"), help_text=_("For everybody who rides. 0 if it is free."))
    per_km_minor = MoneyField(
        label=_("And for each kilometre"), help_text=_("Of the direct way, begun ones as whole: detours cost nothing.")
    )
    per_zone_minor = MoneyField(label=_("And for each border crossed"), help_text=_("From one zone into another."))
    per_minute_minor = MoneyField(label=_("And for each minute"), help_text=_("Of the direct drive."))
    cap_minor = MoneyField(label=_("A ride costs at most"), required=False, help_text=_("Empty: no limit."))
    day_cap_minor = MoneyField(label=_("A day costs at most"), required=False, help_text=_("Empty: no limit."))
    transfer_minor = MoneyField(
        label=_("Taken off with a train or bus"),
        help_text=_("If a ride by timetable is bought in the same order."),
    )
    luggage_minor = MoneyField(label=_("A large piece of luggage costs"))
    companion_free = forms.BooleanField(
        label=_("A companion rides free"),
        required=False,
        help_text=_("The person who must come along with somebody."),
    )
    cash = forms.BooleanField(
        label=_("One can pay the driver in cash"),
        required=False,
        help_text=_("For people without a card."),
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        shares = {each.group: each.share_basis_points for each in self.base.groups}
        for code, name in self._payers():
            self.fields[f"share_{code}"] = PerCentField(
                label=_("What they pay of the price, in per cent: %(group)s") % {"group": name},
                required=False,
                initial=shares.get(code),
                help_text=_("50 is half price, 0 is free. Empty: the full price."),
            )

    def value(self) -> Fares:
        """With the shares of groups."""
        shares = [(code, self.cleaned_data[f"share_{code}"]) for code, _name in self._payers()]
        groups = tuple(GroupFare(code, share) for code, share in shares if share is not None)
        said: Fares = super().value()
        return replace(said, groups=groups)

    def _payers(self) -> list[tuple[str, Any]]:
        groups = [(group.code, group.name) for group in self.frame.rules.groups]
        known = {code for code, _name in groups}
        return [*((code.value, name) for code, name in CATEGORIES.items() if code not in known), *groups]


class PricingForm(PartForm):
    """By how much supply and demand move a price."""

    on = forms.BooleanField(
        label=_("Prices move with demand"),
        required=False,
        help_text=_("Never for health care and school, never once a ride is offered. Riders are told why."),
    )
    max_discount_basis_points = PerCentField(
        label=_("Cheaper by at most, in per cent"), help_text=_("In quiet hours. For example: 30.")
    )
    discount_below = PerCentField(
        whole=1,
        label=_("Quiet means: at most so many per cent of the vehicles are busy"),
        help_text=_("The fewer are busy, the cheaper. For example: 30."),
    )
    max_surcharge_basis_points = PerCentField(
        label=_("Dearer by at most, in per cent"), max_value=200, help_text=_("In busy hours. 0 for never.")
    )
    surcharge_above = PerCentField(
        whole=1,
        label=_("Busy means: at least so many per cent of the vehicles are busy"),
        help_text=_("The more are busy, the dearer. For example: 80."),
    )

    def __init__(self, frame: Any, value: Any, *args: Any, **named: Any) -> None:
        self.was_on = value is not None
        super().__init__(frame, value or DynamicPricing(), *args, **named)

    def initial_of(self, value: Any) -> dict[str, Any]:
        """Off unless it is there."""
        return super().initial_of(value) | {"on": self.was_on}

    def clean(self) -> dict[str, Any]:
        """Not cheap and dear at once."""
        given = super().clean() or {}
        if not self.errors and given["discount_below"] > given["surcharge_above"]:
            self.add_error("surcharge_above", _("Let the discount end before the surcharge begins, from 0 to 100."))
        return given

    def value(self) -> DynamicPricing | None:
        """None where prices do not move."""
        said: DynamicPricing = super().value()
        return said if self.cleaned_data["on"] else None


LONGEST_PAYER = 59
"""With the region's code: accounts and roles name a payer within its region."""


class SubsidyForm(PartForm):
    """What somebody else pays of a ride."""

    payer = forms.CharField(
        label=_("Who pays"), help_text=_("For example: Municipality of Kallio, or the health authority.")
    )
    group = forms.ChoiceField(label=_("For whom"), required=False)
    purpose = forms.ChoiceField(label=_("For which purpose"), required=False)
    share_basis_points = PerCentField(
        label=_("A share of the price, in per cent"), help_text=_("For example: 50. Or 0, and a fixed sum below.")
    )
    fixed_minor = MoneyField(label=_("Or a fixed sum for each ride"), help_text=_("Never more than the price."))
    monthly_rides = forms.IntegerField(
        label=_("At most so many rides a month for each person"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Empty: no limit. For example: 18."),
    )
    yearly_minor = MoneyField(
        label=_("Budget of a year"), required=False, help_text=_("You are told at 80 per cent. Empty: no limit.")
    )
    at_cap = forms.TypedChoiceField(
        label=_("When the budget is spent"),
        coerce=AtCap,
        choices=[
            (AtCap.STOP, _("nothing more is paid")),
            (AtCap.REDUCE, _("a smaller share is paid")),
            (AtCap.QUEUE, _("rides wait for money that becomes free")),
        ],
        help_text=_("Riders are told before they order."),
    )
    reduced_basis_points = PerCentField(label=_("The smaller share, in per cent"), help_text=_("For example: 20."))

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        rules, payer = self.frame.rules, self.fields["payer"]
        assert isinstance(payer, forms.CharField)
        payer.validators.append(MaxLengthValidator(LONGEST_PAYER - len(self.frame.region)))
        groups: list[tuple[str, Any]] = [
            ("", _("everybody")),
            *((code.value, name) for code, name in CATEGORIES.items()),
        ]
        groups += [(group.code, group.name) for group in rules.groups]
        purposes = [("", _("every purpose")), *((purpose.code, purpose.name) for purpose in rules.purposes)]
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A share or a sum."""
        given = super().clean() or {}
        if not self.errors and (given["share_basis_points"] > 0) == (given["fixed_minor"] > 0):
            self.add_error("fixed_minor", _("Write one of the two, and leave the other at 0."))
        return given
