"""The form of a service on demand: its name, who runs it, on what legal basis, and its telephone."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from transit.models import Operator, Region, Service
from transit.ondemand.versions import NOT_YET, agency_of
from transit.web.on_demand.fields import PerCentField
from transit.web.on_demand.parts import Day, code_of

NEW = "new"
_LONGEST_CODE = 30
"""So that what is published of it can be named after it."""


class ServiceForm(forms.ModelForm):
    """A service of a region. Names are by the languages of the region."""

    operator_code = forms.ChoiceField(
        label=gettext_lazy("Who runs it"), help_text=gettext_lazy("The company that drives, or the region itself.")
    )
    operator_name = forms.CharField(
        label=gettext_lazy("Name of a new operator"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Only if it is not in the list above. For example: Municipality of Kallio."),
    )
    vat = PerCentField(
        label=gettext_lazy("Tax in its prices, in per cent"),
        required=False,
        help_text=gettext_lazy("Empty: the rate of your country for the carriage of passengers. 0 if no tax is due."),
    )

    class Meta:
        model = Service
        fields = ("name", "booking_phone", "url", "traffic", "council", "council_decision", "council_decided_on")
        labels = {  # noqa: RUF012
            "name": gettext_lazy("Name of the service"),
            "booking_phone": gettext_lazy("Telephone for orders"),
            "url": gettext_lazy("Web page about it"),
            "traffic": gettext_lazy("At whose risk it runs"),
            "council": gettext_lazy("Who decided that there is this service"),
            "council_decision": gettext_lazy("Number of the decision"),
            "council_decided_on": gettext_lazy("Day of the decision"),
        }
        help_texts = {  # noqa: RUF012
            "name": gettext_lazy("As it stands on the vehicles. For example: Valley Ride."),
            "booking_phone": gettext_lazy("Most people order by telephone."),
            "url": gettext_lazy("With https:// in front."),
            "traffic": "",
            "council": gettext_lazy("The legal basis. For example: Local transport council, city council."),
            "council_decision": "",
            "council_decided_on": "",
        }
        widgets = {"council_decided_on": Day}  # noqa: RUF012

    def __init__(self, region: Region, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.region = region
        known = Operator.objects.filter(region=region).order_by("legal_name").values_list("code", "legal_name")
        self.fields["operator_code"].choices = [*known, (NEW, _("a new operator"))]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["operator_code"].initial = self.instance.operator.code
            self.fields["vat"].initial = self.instance.vat_basis_points
        for code in region.languages:
            language = Locale.parse(code).get_display_name(get_language() or "en") or code
            for kind, label in (("names", _("Name")), ("descriptions", _("What it is, in a sentence"))):
                self.fields[f"{kind}_{code}"] = forms.CharField(
                    label=f"{label} ({language})",
                    required=False,
                    max_length=500,
                    initial=getattr(self.instance, kind).get(code, ""),
                )

        named_first = ["name", *(f"names_{code}" for code in region.languages), "operator_code", "operator_name"]
        self.order_fields([*named_first, *(f"descriptions_{code}" for code in region.languages)])

    def clean(self) -> dict[str, Any]:
        """A new operator has a name."""
        given = super().clean() or {}
        if given.get("operator_code") == NEW and not given.get("operator_name"):
            self.add_error("operator_name", _("Write the name of the operator."))
        return given

    def save(self, commit: bool = True) -> Service:
        """With its operator and a code for ever; nobody sees it before its rules are released."""
        given = self.cleaned_data
        row: Service = self.instance
        row.operator = self._operator()
        row.vat_basis_points = given["vat"]
        for kind in ("names", "descriptions"):
            said = getattr(row, kind) | {code: given[f"{kind}_{code}"] for code in self.region.languages}
            setattr(row, kind, {code: text for code, text in said.items() if text})
        if row._state.adding:
            taken = set(Service.objects.values_list("code", flat=True))
            row.code = code_of(given["name"][:_LONGEST_CODE], taken, "rides")
            row.sales, row.kind, row.subtype = Service.Sales.ONDEMAND, Service.Kind.ON_DEMAND, Service.Subtype.REQUEST
            row.transport_types, row.published_on = [Service.TransportType.ROAD.value], NOT_YET
            row.agency_id = agency_of(row)
        row.save()
        return row

    def _operator(self) -> Operator:
        given = self.cleaned_data
        if given["operator_code"] != NEW:
            return Operator.objects.get(code=given["operator_code"], region=self.region)
        name, taken = given["operator_name"], set(Operator.objects.values_list("code", flat=True))
        return Operator.objects.create(
            code=code_of(name, taken, "operator"), region=self.region, legal_name=name, country=self.region.country
        )
