"""A version: what is set, what is missing, and its way from a draft to release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from transit.models import RuleSet
from transit.ondemand import versions
from transit.ondemand.checks import check
from transit.ondemand.dry_run import runs
from transit.ondemand.versions import VersionError
from transit.tasks import kick_on_demand
from transit.web.on_demand import dry_runs
from transit.web.on_demand.access import frame_of, of_version
from transit.web.on_demand.facts import differences, facts_of, title_of
from transit.web.on_demand.parts import Day, Frame
from transit.web.on_demand.sections import SECTIONS, Section

_REFUSALS: Final[Mapping[str, Any]] = {
    "not_draft": _("This version is no draft any more. Make a new one to change the rules."),
    "not_submitted": _("This version does not wait for release any more."),
    "not_released": _("This version is not released any more."),
    "flawed": _("Something is still missing. Please look at the list below."),
    "no_day": _("Write from which day on it holds."),
    "past": _("This day is past. Choose another day."),
    "own": _("You have submitted it yourself. Another officer of your region must release it."),
}


class SubmitForm(forms.Form):
    """From when on it holds, and what changes."""

    effective_on = forms.DateField(
        label=_("It holds from this day on"), widget=Day(), help_text=_("Today at the earliest.")
    )
    note = forms.CharField(
        label=_("What changes, and why"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For whoever releases it, and for the history."),
    )


@of_version
def version(request: HttpRequest, version: RuleSet) -> HttpResponse:
    """Where one sees what is still missing, and what can be done with it."""
    today = versions.today_of(version.service, timezone.now())
    initial = {"effective_on": version.effective_on or today, "note": version.note}
    do = request.POST.get("do", "")
    form = SubmitForm(request.POST if do == "submit" else None, initial=initial)
    if request.method == "POST" and (do != "submit" or form.is_valid()):
        return _act(request, version, do, form)
    user: Any = request.user
    frame, region = frame_of(version), versions.region_of(version.service)
    flaws = check(frame.rules)
    held = versions.current(version.service.code, today)
    context = {
        "version": version,
        "service": version.service,
        "region": region,
        "sections": [_Line(each, frame, [flaw for flaw in flaws if flaw.section == each.code]) for each in _ordered()],
        "flaws": [(flaw, SECTIONS[flaw.section]) for flaw in flaws],
        "events": version.events.select_related("by"),
        "held": held if held is not None and held.pk != version.pk else None,
        "may_release": region.waives_four_eyes or version.submitted_by_id != user.pk,
        "is_coming": version.state == "RELEASED" and version.effective_on is not None and version.effective_on > today,
        "form": form,
        "runs": runs.list_of(version),
        "trial": dry_runs.summary_of(version),
    }
    return render(request, "transit/on_demand/version.html", context, status=422 if form.errors else 200)


@of_version
def compare(request: HttpRequest, version: RuleSet, other: int) -> HttpResponse:
    """What this version has otherwise than another one of the service."""
    before = version.service.rule_sets.filter(pk=other).first()
    if before is None:
        raise Http404
    languages = frame_of(version).languages
    context = {
        "version": version,
        "before": before,
        "others": version.service.rule_sets.exclude(pk=version.pk).exclude(state="DISCARDED"),
        "differences": differences(versions.rules_of(before), versions.rules_of(version), languages),
    }
    return render(request, "transit/on_demand/compare.html", context)


class _Line:
    """A section in the list of all."""

    def __init__(self, section: Section, frame: Frame, flaws: list[Any]) -> None:
        self.section, self.flaws = section, flaws
        value = section.read(frame.rules)
        if value is None or (section.is_list and not value):
            self.text = str(section.empty)
        elif section.new is None:
            facts = facts_of(section, value, frame)
            self.text = " · ".join(f"{each.label}: {each.text}" for each in facts[:4] if not each.is_off)
        else:
            names = [title_of(section, each, frame.rules) for each in value[:4]]
            more = len(value) - len(names)
            rest = [ngettext("%(count)s more", "%(count)s more", more) % {"count": more}] if more > 0 else []
            self.text = " · ".join([*names, *rest])


def _ordered() -> list[Section]:
    return list(SECTIONS.values())


def _act(request: HttpRequest, row: RuleSet, do: str, form: SubmitForm) -> HttpResponse:
    if do not in _ACTIONS:
        raise Http404
    try:
        said, where = _ACTIONS[do](request, row, form)
        messages.success(request, str(said))
    except VersionError as refusal:
        messages.error(request, str(_REFUSALS[refusal.code]))
        return redirect("on-demand-version", row.pk)
    if where:
        return redirect("on-demand-service", row.service.code)
    return redirect("on-demand-version", row.pk)


def _submit(request: HttpRequest, row: RuleSet, form: SubmitForm) -> tuple[Any, bool]:
    day: date = form.cleaned_data["effective_on"]
    versions.submit(row, request.user, day, form.cleaned_data["note"], timezone.now())
    if versions.region_of(row.service).waives_four_eyes:
        return _("It is submitted. You or another officer can release it."), False
    return _("It is submitted. Another officer of your region can release it now."), False


def _release(request: HttpRequest, row: RuleSet, form: SubmitForm) -> tuple[Any, bool]:
    versions.release(row, request.user, timezone.now())
    kick_on_demand(row.service_id)
    return gettext("It is released. The register and the open data are being written."), True


def _send_back(request: HttpRequest, row: RuleSet, form: SubmitForm) -> tuple[Any, bool]:
    versions.send_back(row, request.user, timezone.now(), request.POST.get("why", ""))
    return _("It is a draft again."), False


def _discard(request: HttpRequest, row: RuleSet, form: SubmitForm) -> tuple[Any, bool]:
    versions.discard(row, request.user, timezone.now())
    return _("The draft is given up."), True


def _withdraw(request: HttpRequest, row: RuleSet, form: SubmitForm) -> tuple[Any, bool]:
    versions.withdraw(row, request.user, timezone.now())
    kick_on_demand(row.service_id)
    return _("It will not hold. The version before stays."), True


_ACTIONS: Final[Mapping[str, Callable[[HttpRequest, RuleSet, SubmitForm], tuple[Any, bool]]]] = {
    "submit": _submit,
    "release": _release,
    "send-back": _send_back,
    "discard": _discard,
    "withdraw": _withdraw,
}
