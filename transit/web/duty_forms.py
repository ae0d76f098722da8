"""The forms of duties, exemptions, disclosers, requests and complaints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transit.models import AccessRequest, Complaint, DutyLevel, Exemption, Interface, Operator, Service, Supervision
from transit.register import complaints
from transit.register.contents import KINDS
from transit.register.duty import Reach, Span
from transit.register.exemptions import Wish
from transit.register.stated import Stated

_KINDS = [(each, Service.Kind(each).label) for each in KINDS]
_EVERY_KIND: list[tuple[str, Any]] = [("", _("every kind of service")), *_KINDS]
_EVERY_LEVEL: list[tuple[Any, Any]] = [("", _("every level")), *DutyLevel.choices]


class _Day(forms.DateInput):
    """The browser's own field for a date."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _level(text: str) -> int | None:
    return int(text) if text else None


class StatedForm(forms.Form):
    """What a region states to be owed."""

    kind = forms.ChoiceField(label=_("Kind of service"), choices=_KINDS)
    level = forms.TypedChoiceField(label=_("Level"), coerce=int, choices=DutyLevel.choices)
    operator = forms.ChoiceField(label=_("For whom"), required=False)
    due_on = forms.DateField(label=_("Last day to be ready"), widget=_Day())
    legal_basis = forms.CharField(label=_("Legal basis, as everybody reads it"), max_length=300)
    legal_url = forms.URLField(
        label=_("Where the law can be read (web address)"), max_length=500, required=False, assume_scheme="https"
    )

    def __init__(self, region: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Operator.objects.filter(region__code=region).order_by("legal_name").values_list("code", "legal_name")
        choices: Any = [("", _("every operator of the region")), *known]
        self.fields["operator"].choices = choices  # type: ignore[attr-defined]

    def stated(self) -> Stated:
        """As a value."""
        return Stated(**self.cleaned_data)


class SupervisionForm(forms.ModelForm):
    """Who oversees, and how long answers may take."""

    class Meta:
        model = Supervision
        fields = ("authority", "email", "answer_days", "decision_days")
        labels = {  # noqa: RUF012
            "authority": _("Who oversees the duty"),
            "email": _("E-mail for new complaints and silent operators"),
            "answer_days": _("Days in which an operator answers a request for access"),
            "decision_days": _("Days in which it decides"),
        }


class _DaysForm(forms.Form):
    """A kind, a level, and days."""

    kind = forms.ChoiceField(label=_("Kind of service"), choices=_EVERY_KIND, required=False)
    level = forms.TypedChoiceField(
        label=_("Level"), coerce=_level, empty_value=None, choices=_EVERY_LEVEL, required=False
    )
    first_day = forms.DateField(label=_("First day"), widget=_Day())
    last_day = forms.DateField(label=_("Last day, empty for no end"), widget=_Day(), required=False)

    def clean(self) -> dict[str, Any]:
        """It ends after it begins."""
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        return given


class ExemptionForm(_DaysForm):
    """What an operator asks to be freed from."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Exemption.Reason.choices)
    text = forms.CharField(
        label=_("Why, in words that everybody may read. Please name no person."),
        max_length=400,
        min_length=5,
        widget=forms.Textarea({"rows": 3}),
    )

    def wish(self) -> Wish:
        """As a value."""
        return Wish(**self.cleaned_data)


class DiscloserForm(_DaysForm):
    """Who discloses for an operator."""

    by = forms.ChoiceField(label=_("Who discloses for you"))

    def __init__(self, operator: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Operator.objects.exclude(code=operator).order_by("legal_name").values_list("code", "legal_name")
        self.fields["by"].choices = list(others)  # type: ignore[attr-defined]

    @property
    def reach(self) -> Reach:
        """Of which duties."""
        return Reach(self.cleaned_data["kind"], self.cleaned_data["level"])

    @property
    def days(self) -> Span:
        """On which days."""
        return Span(self.cleaned_data["first_day"], self.cleaned_data["last_day"])


class DecisionForm(forms.Form):
    """An officer's answer to a wish for exemption."""

    decision = forms.ChoiceField(choices=[("grant", ""), ("refuse", "")])
    answer = forms.CharField(max_length=400)
    last_day = forms.DateField(required=False)


class AskForm(forms.Form):
    """A provider asks for access."""

    interface = forms.ChoiceField(label=_("Interface"), required=False)
    level = forms.TypedChoiceField(label=_("For what"), coerce=int, choices=DutyLevel.choices, initial=3)
    organisation = forms.CharField(label=_("Your organisation"), max_length=150)
    business_id = forms.CharField(label=_("Its business ID"), max_length=40)
    contact = forms.CharField(label=_("Whom the operator can ask"), max_length=150)
    email = forms.EmailField(label=_("E-mail address"))
    purpose = forms.CharField(
        label=_("What you want to do with it"), max_length=2000, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, operator: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Interface.objects.filter(operator__code=operator).order_by("name")
        known = [(each.name, f"{each.name} ({each.get_format_display()})") for each in rows]
        choices: Any = [("", _("the one that serves this")), *known]
        self.fields["interface"].choices = choices  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """The next step of a request."""

    to = forms.CharField(max_length=11)
    reason = forms.ChoiceField(choices=[("", ""), *AccessRequest.Reason.choices], required=False)
    answer = forms.CharField(max_length=1000, required=False)


class ComplaintForm(forms.Form):
    """Somebody complains."""

    about = forms.ChoiceField(label=_("What is wrong?"), choices=Complaint.About.choices)
    text = forms.CharField(
        label=_("Please tell us what you noticed, and when."),
        max_length=complaints.LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5}),
    )
    name = forms.CharField(label=_("Your name (you need not give it)"), max_length=150, required=False)
    email = forms.EmailField(label=_("Your e-mail address"), max_length=254)


class RulingForm(forms.Form):
    """What an officer does with a complaint."""

    to = forms.CharField(max_length=12)
    reason = forms.CharField(max_length=1000, required=False)
