"""The pages of planners: ask, see how far the answer is, read it; for officers of a region and platform staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from transit.accessibility import studies
from transit.journeys.mode_words import mode_name
from transit.journeys.picks import Pick
from transit.models import Region, Study
from transit.network.current import current_network
from transit.network.store import MODES
from transit.tasks import kick_studies
from transit.web import choices, tables
from transit.web.unready import needs_network

LIMITS_MIN = (30, 45, 60, 90)
WALKS_MIN = (5, 10, 15, 20)
VEHICLES = [(0, _("Any number")), (1, "1"), (2, "2"), (3, "3")]
AREAS = (Study.Kind.ISOCHRONES, Study.Kind.OPPORTUNITIES)
GRAPHS = (Study.Kind.CLOSING, Study.Kind.CRITICAL, Study.Kind.ISLANDS)
MOST_BYTES = 2_000_000
_MISSING = _("Please choose a place from the list.")


class AreaForm(forms.Form):
    """How far, from where, when."""

    kind = forms.ChoiceField(choices=[(each.value, each.label) for each in AREAS], initial=AREAS[0])
    place_text = forms.CharField(max_length=120, required=False)
    place_at = forms.CharField(max_length=400, required=False)
    choice = forms.CharField(max_length=400, required=False)
    date = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d"))
    time = forms.TimeField(initial="08:00")
    limit = forms.TypedChoiceField(coerce=int, choices=[(each, each) for each in LIMITS_MIN], initial=60)
    walk = forms.TypedChoiceField(coerce=int, choices=[(each, each) for each in WALKS_MIN], initial=15)
    percent = forms.TypedChoiceField(
        coerce=int, choices=[(50, _("at half of the moments")), (95, _("almost always"))], initial=50
    )
    modes = forms.MultipleChoiceField(required=False, choices=lambda: [(each, mode_name(each)) for each in _running()])
    vehicles = forms.TypedChoiceField(coerce=int, choices=VEHICLES, initial=0, required=False, empty_value="0")
    opportunities = forms.FileField(required=False)

    def clean_opportunities(self) -> str:
        """The file as text."""
        file = self.cleaned_data["opportunities"]
        if file is None:
            return ""
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This file is no text in UTF-8.")) from None

    def asked(self, zone: str) -> dict[str, Any]:
        """What a study is asked."""
        given = self.cleaned_data
        at = datetime.combine(given["date"], given["time"], ZoneInfo(zone))
        limit = given["limit"]
        asked: dict[str, Any] = {
            "at": at.isoformat(), "limit_s": limit * 60, "max_walk_s": given["walk"] * 60, "percent": given["percent"],
            "minutes": [limit // 3, 2 * limit // 3, limit], "opportunities": given["opportunities"],
            "square_m": 250 if given["kind"] == Study.Kind.ISOCHRONES else 500,
            "modes": given["modes"], "max_vehicles": int(given["vehicles"]),
        }  # fmt: skip
        pick = Pick.find(given["choice"], None) or Pick.find(given["place_at"], given["place_text"])
        if given["kind"] == Study.Kind.ISOCHRONES and pick is not None:
            place = pick.location
            asked |= {"lat": place.lat, "lon": place.lon, "name": place.name}
        return asked


def _running() -> list[str]:
    """The modes of the network that answers."""
    schedule = current_network().schedule
    return sorted({MODES[int(mode)] for mode in np.unique(schedule.sequence_mode)})


class LineForm(forms.Form):
    """What hangs on what, on a day."""

    kind = forms.ChoiceField(choices=[(each.value, each.label) for each in GRAPHS])
    lines = forms.CharField(max_length=400, required=False)
    day = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        """A line that closes has a name."""
        given = super().clean() or {}
        if given.get("kind") == Study.Kind.CLOSING and not given.get("lines", "").split():
            self.add_error("lines", _("Please name the line."))
        return given

    def asked(self) -> dict[str, Any]:
        """What a study is asked."""
        given = self.cleaned_data
        asked: dict[str, Any] = {"day": given["day"].isoformat()}
        return asked | ({"lines": given["lines"].split()} if given["kind"] == Study.Kind.CLOSING else {})


@login_required
@never_cache
@needs_network
@require_http_methods(["GET", "POST"])
def planning(request: HttpRequest) -> HttpResponse:
    """The questions one can ask, and those that were asked."""
    _allow(request)
    kind, context = request.POST.get("kind", ""), _forms(request)
    try:
        if request.method == "POST" and (study := _ask(request, kind, context)) is not None:
            kick_studies()
            return redirect("study", study.code)
    except studies.TooManyStudies:
        context["busy"] = True
    except studies.NoSuchFeed:
        raise Http404 from None
    context |= {"studies": studies.list_studies(), "feeds": studies.list_feeds()}
    return render(request, "transit/planning.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_GET
def study(request: HttpRequest, code: str) -> HttpResponse:
    """One question: its answer in words, tables and a map, or how far it is."""
    _allow(request)
    found = get_object_or_404(Study, code=code)
    context: dict[str, Any] = {"study": found, "under_way": found.state in ("WAITING", "RUNNING")}
    answer = studies.answer(found)
    context |= {"tables": tables.of_study(found, answer) if answer else [], "words": tables.words(found, answer)}
    context["wishes"] = _wishes(found.asked)
    context["features"] = tables.drawn(found, answer) if answer else None
    return render(request, "transit/study.html", context)


def _wishes(asked: dict[str, Any]) -> list[str]:
    """Which vehicles a study takes, where it does not take all, and how many."""
    names = pgettext("between items of a list", ", ").join(map(mode_name, asked.get("modes", ())))
    count = asked.get("max_vehicles") or 0
    said = [gettext("Only by: %(modes)s") % {"modes": names}] if names else []
    vehicles = ngettext("In one vehicle, without changing", "In at most %(count)d vehicles one after the other", count)
    return [*said, vehicles % {"count": count}] if count else said


def _forms(request: HttpRequest) -> dict[str, Any]:
    kind = request.POST.get("kind", "")
    day = timezone.now().astimezone(ZoneInfo(Region.clock())).date() + timedelta(days=1)
    area, line = AreaForm(initial={"date": day}), LineForm(initial={"day": day})
    if kind in AREAS:
        area = AreaForm(request.POST, request.FILES)
    if kind in GRAPHS:
        line = LineForm(request.POST)
    return {"area": area, "line": line}


def _ask(request: HttpRequest, kind: str, context: dict[str, Any]) -> Study | None:
    """The study that a form asks for; None where something is missing."""
    now = timezone.now()
    if kind == Study.Kind.FEED:
        return studies.ask_feed(request.POST.get("feed", ""), now)
    form = context["area" if kind in AREAS else "line"]
    if not form.is_valid():
        return None
    asked = form.asked(Region.clock()) if kind in AREAS else form.asked()
    if kind == Study.Kind.ISOCHRONES and "lat" not in asked:
        text = form.cleaned_data["place_text"]
        context["options"] = choices.options(text, get_language() or "en") if text else []
        form.add_error("place_text", _MISSING)
        return None
    return studies.ask(kind, asked, now)


def _allow(request: HttpRequest) -> None:
    """Who may not ask does not learn that others do. Raises Http404."""
    if not request.user.has_perm("transit.study"):
        raise Http404
