"""The page of a region: its money, clock, languages and holidays, and whether two must release rules."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name, list_currencies
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from transit.models import Region, RegionChange, RuleSet
from transit.web.on_demand.access import AGREE, SET_UP, has_role, page

_FIXED = ("currency", "timezone")
"""What rules of services rest on."""
_KEPT = (
    "name", "names", "currency", "timezone", "languages", "country", "bounds", "holidays", "waives_four_eyes",
    "waiver_asked_by_id",
)  # fmt: skip
_BOX = re.compile(r"\s*,\s*|\s+")


class HolidaysField(forms.Field):
    """A holiday on each line: a date, and its name; in other languages after a bar."""

    widget = forms.Textarea({"rows": 8, "class": "figures"})

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        if isinstance(value, str):
            return value
        return "\n".join(f"{each['date']} {' | '.join(each.get('names', {}).values())}".strip() for each in value or ())

    def to_python(self, value: Any) -> list[tuple[str, list[str]]]:
        """Dates with names."""
        return sorted(_holiday(line) for line in str(value or "").splitlines() if line.strip())


def _holiday(line: str) -> tuple[str, list[str]]:
    day, _space, names = line.strip().partition(" ")
    try:
        return date.fromisoformat(day).isoformat(), [name.strip() for name in names.split("|") if name.strip()]
    except ValueError:
        raise forms.ValidationError(
            _("“%(line)s” is no holiday. Write a date and a name, such as 2026-12-06 Independence Day."),
            params={"line": line.strip()[:60]},
        ) from None


class RegionForm(forms.ModelForm):
    """A region."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency"), help_text=gettext_lazy("In which all prices are."))
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("The clock by which vehicles run.")
    )
    languages = forms.CharField(
        label=gettext_lazy("Languages"),
        max_length=60,
        help_text=gettext_lazy("In which names are written, by their codes, the most usual first: fi en ja."),
    )
    box = forms.CharField(
        label=gettext_lazy("Where it lies"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("West, south, east, north in degrees. For example: 24.5, 60.0, 25.5, 60.5. Or empty."),
    )
    holidays = HolidaysField(
        label=gettext_lazy("Holidays"),
        required=False,
        help_text=gettext_lazy(
            "One on each line, with its name in each of the languages. For example: 2026-12-06 Itsenäisyyspäivä |"
            " Independence Day."
        ),
    )

    class Meta:
        model = Region
        fields = ("name", "country", "currency", "timezone", "languages", "holidays", "waives_four_eyes")
        labels = {  # noqa: RUF012
            "name": gettext_lazy("Name of the region"),
            "country": gettext_lazy("Country"),
            "waives_four_eyes": gettext_lazy("One officer alone may release rules"),
        }
        help_texts = {  # noqa: RUF012
            "name": "",
            "country": gettext_lazy("Two letters, such as FI or JP. Its law says what tax is in prices."),
            "waives_four_eyes": gettext_lazy(
                "Otherwise whoever submits rules does not release them: another officer must. It holds once"
                " another officer agrees, and is written down below."
            ),
        }

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.waived = self.instance.waives_four_eyes
        self.initial["waives_four_eyes"] = self.waived or self.instance.waiver_asked_by_id is not None
        locale = get_language() or "en"
        codes = sorted(list_currencies())
        currencies = [(code, f"{code} – {get_currency_name(code, locale=locale)}") for code in codes]
        self.fields["currency"].choices = currencies  # type: ignore[attr-defined]
        self.fields["timezone"].choices = [(each, each) for each in sorted(available_timezones())]  # type: ignore[attr-defined]
        self.initial["languages"] = " ".join(self.instance.languages or [code for code, _name in settings.LANGUAGES])
        self.initial["box"] = ", ".join(f"{each:g}" for each in self.instance.bounds or ())
        for code in self.instance.languages:
            language = Locale.parse(code).get_display_name(locale) or code
            self.fields[f"names_{code}"] = forms.CharField(
                label=f"{_('Name')} ({language})",
                required=False,
                max_length=120,
                initial=self.instance.names.get(code, ""),
            )

    def clean_country(self) -> str:
        """ISO 3166-1 alpha-2."""
        code = str(self.cleaned_data["country"]).upper()
        if not re.fullmatch("[A-Z]{2}", code):
            raise forms.ValidationError(_("Write two letters, such as FI or JP."))
        return code

    def clean_languages(self) -> list[str]:
        """Codes, each once."""
        codes = list(dict.fromkeys(re.split(r"[\s,]+", self.cleaned_data["languages"].strip().lower())))
        try:
            for code in codes:
                Locale.parse(code, sep="-")
        except (ValueError, UnknownLocaleError):
            raise forms.ValidationError(_("Write codes with blanks between them, such as fi en ja.")) from None
        return codes

    def clean_box(self) -> list[float] | None:
        """[west, south, east, north]."""
        parts = [part for part in _BOX.split(self.cleaned_data["box"].strip()) if part]
        if not parts:
            return None
        try:
            west, south, east, north = map(float, parts)
        except ValueError:
            raise forms.ValidationError(_("Write four numbers: west, south, east, north.")) from None
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise forms.ValidationError(_("West is less than east, and south less than north."))
        return [west, south, east, north]

    def clean(self) -> dict[str, Any]:
        """Money and clock of rules that are there stay."""
        given = super().clean() or {}
        in_use = self.instance.pk and RuleSet.objects.filter(service__operator__region=self.instance).exists()
        for name in _FIXED:
            if in_use and name in given and given[name] != self.initial[name]:
                self.add_error(name, _("Services of your region have rules that rest on this. It cannot be changed."))
        if given.get("holidays") is not None and given.get("languages"):
            codes = given["languages"]
            given["holidays"] = [
                {"date": day, "names": dict(zip(codes, names, strict=False))} for day, names in given["holidays"]
            ]
        return given

    def save_for(self, by: Any) -> Region:
        """With names by language and the box. That one officer is enough is only asked for."""
        given = self.cleaned_data
        row: Region = self.instance
        said = {code: given.get(f"names_{code}", "") for code in row.languages}
        row.names = {code: text for code, text in (row.names | said).items() if text}
        row.bounds = given["box"]
        if not row.waives_four_eyes:
            row.waiver_asked_by = None
        elif not self.waived:
            row.waives_four_eyes = False
            row.waiver_asked_by = row.waiver_asked_by or by
        row.save()
        return row


@page
def region(request: HttpRequest, region: str) -> HttpResponse:
    """What holds for all services of a region, and who changed it when."""
    user: Any = request.user
    if not user.has_perm(SET_UP, region):
        raise Http404
    if request.POST.get("do") == "agree":
        _agree(region, user)
        return redirect("on-demand-region", region)
    row = Region.objects.select_related("waiver_asked_by").filter(code=region).first() or Region(code=region)
    before = {name: getattr(row, name) for name in _KEPT} if row.pk else dict.fromkeys(_KEPT)
    form = RegionForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = form.save_for(user)
        after = {name: getattr(saved, name) for name in _KEPT}
        fields = {name: [before[name], after[name]] for name in _KEPT if before[name] != after[name]}
        if fields:
            RegionChange.objects.create(region=saved, by=user, at=timezone.now(), fields=fields)
        messages.success(request, _("Saved."))
        return redirect("on-demand-region", region)
    context = {
        "region": row,
        "form": form,
        "may_agree": _may_agree(row, user),
        "changes": [(each, _words_of(each)) for each in row.changes.select_related("by")[:50]] if row.pk else [],
    }
    return render(request, "transit/on_demand/region.html", context, status=422 if form.errors else 200)


@page
def waiver(request: HttpRequest, region: str) -> HttpResponse:
    """Where an officer works alone, somebody of the platform's staff agrees, at an address that the officer sends."""
    user: Any = request.user
    row = Region.objects.select_related("waiver_asked_by").filter(code=region).first()
    if row is None or not has_role(user, AGREE, region):
        raise Http404
    if request.POST.get("do") == "agree":
        _agree(region, user)
        return redirect("on-demand-waiver", region)
    context = {"region": row, "may_agree": _may_agree(row, user)}
    return render(request, "transit/on_demand/waiver.html", context)


def _may_agree(row: Region, who: Any) -> bool:
    return row.waiver_asked_by_id not in {None, who.pk} and has_role(who, AGREE, row.code)


def _agree(code: str, by: Any) -> None:
    """Another officer agrees that one is enough, or the platform's staff for a region that has no other."""
    with transaction.atomic():
        row = Region.objects.select_for_update().filter(code=code).first()
        if row is None or not _may_agree(row, by):
            return
        row.waives_four_eyes, row.waiver_asked_by = True, None
        row.save(update_fields=["waives_four_eyes", "waiver_asked_by"])
        fields: dict[str, Any] = {"waives_four_eyes": [False, True]}
        if not has_role(by, SET_UP, code):
            fields["agreed_by_platform"] = [None, True]
        RegionChange.objects.create(region=row, by=by, at=timezone.now(), fields=fields)


def _words_of(change: RegionChange) -> str:
    """What was changed, in words; of the waiver, how."""
    words = {
        "name": _("name"),
        "names": _("name"),
        "currency": _("currency"),
        "timezone": _("time zone"),
        "languages": _("languages"),
        "country": _("country"),
        "bounds": _("where it lies"),
        "holidays": _("holidays"),
        "waives_four_eyes": _("two officers must release rules again"),
        "waiver_asked_by_id": _("two officers must release rules again"),
        "agreed_by_platform": _("the platform's staff have agreed, in place of a second officer"),
    }
    if change.fields.get("waiver_asked_by_id", [None, None])[1]:
        words["waiver_asked_by_id"] = _("one officer alone may release rules, once another one agrees")
    if change.fields.get("waives_four_eyes", [None, None])[1]:
        words["waives_four_eyes"] = _("one officer alone may release rules")
    return ", ".join(dict.fromkeys(words[name] for name in change.fields))
