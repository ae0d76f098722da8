"""Seasons: their days, their timetables, the copy of the last one, and whether they are released."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transit.feeds.notices import FeedError
from transit.models import HostedDays, HostedLine, HostedPattern, HostedSeason, Operator
from transit.publishing import releases
from transit.publishing import seasons as service
from transit.web.hosted.access import editor, hosted_services

_Day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SeasonForm(forms.ModelForm):
    """A name and the days from when to when."""

    class Meta:
        model = HostedSeason
        fields = ("name", "first_day", "last_day")
        widgets = {"first_day": _Day, "last_day": _Day}  # noqa: RUF012


class DaysForm(forms.ModelForm):
    """Days of the week, and single dates besides or instead."""

    on = forms.TypedMultipleChoiceField(
        coerce=int,
        choices=list(WEEKDAYS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Days"),
    )
    also = forms.CharField(required=False, max_length=2000, label=gettext_lazy("Also on these dates"))
    never = forms.CharField(required=False, max_length=2000, label=gettext_lazy("Never on these dates"))

    class Meta:
        model = HostedDays
        fields = ("name",)

    def clean(self) -> dict[str, Any]:
        """As the row has it."""
        given = super().clean() or {}
        self.instance.weekdays = sum(1 << day for day in given.get("on", []))
        self.instance.added, self.instance.removed = self._dates("also"), self._dates("never")
        return given

    def _dates(self, field: str) -> list[str]:
        found = []
        for text in str(self.cleaned_data.get(field, "")).replace(",", " ").split():
            try:
                found.append(date.fromisoformat(text).isoformat())
            except ValueError:
                self.add_error(field, _("Write dates such as 2026-12-24, with blanks between them."))
        return found


@editor
def season(request: HttpRequest, operator: Operator, pk: int | None = None) -> HttpResponse:
    """A new season, or the page of one."""
    if pk is None:
        return _new(request, operator)
    row = get_object_or_404(HostedSeason, service__operator=operator, pk=pk)
    forms_of = {"days_form": DaysForm(instance=HostedDays(season=row)), "copy_form": SeasonForm(prefix="copy")}
    if request.method == "POST":
        answer = _ACTIONS.get(request.POST.get("do", ""), _nothing)(request, operator, row, forms_of)
        if answer is not None:
            return answer
    return _shown(request, operator, row, forms_of)


@editor
def days(request: HttpRequest, operator: Operator, pk: int) -> HttpResponse:
    """Change days, or remove those on which nothing runs."""
    row = get_object_or_404(HostedDays, season__service__operator=operator, pk=pk)
    if request.method == "POST" and request.POST.get("do") == "remove":
        try:
            row.delete()
        except ProtectedError:
            messages.error(request, _("Departures run on these days. Change them first."))
        return redirect("hosted-season", operator.code, row.season_id)
    initial = {
        "on": [day for day in WEEKDAYS if row.weekdays >> day & 1],
        "also": " ".join(row.added),
        "never": " ".join(row.removed),
    }
    form = DaysForm(request.POST or None, instance=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("hosted-season", operator.code, row.season_id)
    context = {"operator": operator, "season": row.season, "form": form}
    return render(request, "transit/hosted/days.html", context, status=422 if form.errors else 200)


def _new(request: HttpRequest, operator: Operator) -> HttpResponse:
    service = next(iter(hosted_services(operator)), None)
    if service is None:
        raise Http404
    form = SeasonForm(request.POST or None, instance=HostedSeason(service=service))
    if request.method == "POST" and form.is_valid():
        return redirect("hosted-season", operator.code, form.save().pk)
    context = {"operator": operator, "form": form}
    return render(request, "transit/hosted/season_new.html", context, status=422 if form.errors else 200)


def _shown(request: HttpRequest, operator: Operator, row: HostedSeason, forms_of: dict[str, Any]) -> HttpResponse:
    patterns = row.patterns.select_related("line").prefetch_related("departures", "calls")
    context = {
        "operator": operator,
        "season": row,
        "patterns": patterns,
        "lines": HostedLine.objects.filter(service=row.service),
    }
    wrong = any(form.errors for form in forms_of.values())
    return render(request, "transit/hosted/season.html", context | forms_of, status=422 if wrong else 200)


def _nothing(request: HttpRequest, operator: Operator, row: HostedSeason, forms_of: dict[str, Any]) -> None:
    """An action that is none."""


def _add_days(
    request: HttpRequest, operator: Operator, row: HostedSeason, forms_of: dict[str, Any]
) -> HttpResponse | None:
    form = forms_of["days_form"] = DaysForm(request.POST, instance=HostedDays(season=row))
    if not form.is_valid():
        return None
    form.save()
    return redirect("hosted-season", operator.code, row.pk)


def _add_pattern(
    request: HttpRequest, operator: Operator, row: HostedSeason, forms_of: dict[str, Any]
) -> HttpResponse | None:
    line = get_object_or_404(HostedLine, service=row.service, code=request.POST.get("line", ""))
    headsign = request.POST.get("headsign", "").strip()[:100]
    if not headsign:
        forms_of["headsign_error"] = _Missing(_("Write where it goes."))
        return None
    direction = 1 if request.POST.get("direction") == "1" else 0
    made = HostedPattern.objects.create(season=row, line=line, headsign=headsign, direction=direction)
    return redirect("hosted-grid", operator.code, made.pk)


class _Missing:
    """What is wrong with a field that has no form."""

    def __init__(self, sentence: str) -> None:
        self.errors = sentence


def _copy(request: HttpRequest, operator: Operator, row: HostedSeason, forms_of: dict[str, Any]) -> HttpResponse | None:
    form = forms_of["copy_form"] = SeasonForm(request.POST, prefix="copy", instance=HostedSeason(service=row.service))
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        made = service.copy(row, given["name"], given["first_day"], given["last_day"])
    except ValidationError as error:
        form.add_error(None, error)
        return None
    messages.success(request, _("Copied. Single dates, such as holidays, must be entered anew."))
    return redirect("hosted-season", operator.code, made.pk)


def _release(request: HttpRequest, operator: Operator, row: HostedSeason, forms_of: dict[str, Any]) -> HttpResponse:
    try:
        releases.release(row, timezone.now())
    except FeedError as error:
        messages.error(request, _REFUSALS[error.code])
    return redirect("hosted-season", operator.code, row.pk)


def _withdraw(request: HttpRequest, operator: Operator, row: HostedSeason, forms_of: dict[str, Any]) -> HttpResponse:
    releases.withdraw(row)
    return redirect("hosted-season", operator.code, row.pk)


_REFUSALS = {
    "nothing_runs": gettext_lazy("Nothing runs in this season yet. Enter departures first."),
    "season_over": gettext_lazy("This season is over. Copy it, with other days."),
}
_ACTIONS = {"days": _add_days, "pattern": _add_pattern, "copy": _copy, "release": _release, "withdraw": _withdraw}
