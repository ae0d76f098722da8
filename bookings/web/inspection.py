"""The pages of those who check tickets: an operator's inspectors, drivers and staff."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from bookings.services import checks as service
from bookings.services import day_lists, inspecting
from bookings.services.viewers import allow
from bookings.web import verdicts
from transit.register.sellers import LegalEntity, find_legal_entity, list_operators
from transit.routing.query import RiderCategory


class TextForm(forms.Form):
    """The text of a code, or a number or its end."""

    text = forms.CharField(max_length=inspecting.LONGEST)
    boarding = forms.CharField(required=False)


class DayForm(forms.Form):
    """A service day."""

    date = forms.DateField(widget=forms.DateInput({"type": "date"}))


@login_required
@never_cache
@require_GET
def inspect(request: HttpRequest) -> HttpResponse:
    """The operators for whom one checks tickets; their page, where it is one."""
    user: Any = request.user
    own = [(code, name) for code, name in list_operators() if user.has_perm("bookings.inspect", code)]
    if not own:
        raise Http404
    return (
        redirect("inspect-at", own[0][0]) if len(own) == 1 else render(request, "bookings/inspect.html", {"own": own})
    )


@login_required
@ensure_csrf_cookie
def inspect_at(request: HttpRequest, code: str) -> HttpResponse:
    """Check tickets of one operator. A script does it without a network; the form does it here."""
    operator, verdict, now = _operator(request, code), None, timezone.now()
    form = TextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        boarding = form.cleaned_data["boarding"] == "yes"
        verdict = inspecting.check(
            code, form.cleaned_data["text"], boarding=boarding, user_id=request.user.pk or 0, now=now
        )
    context = {
        "code": code,
        "operator": operator,
        "form": form,
        "verdict": verdict,
        "said": verdicts.said(verdict, operator.timezone, now) if verdict else None,
        "strings": verdicts.script_strings(),
        "categories": list(RiderCategory),
    }
    return render(request, "bookings/inspect_at.html", context)


@login_required
@never_cache
@require_GET
def day_list(request: HttpRequest, code: str) -> HttpResponse:
    """The tickets of a day, departure by departure, to print."""
    operator = _operator(request, code)
    form = DayForm(request.GET or None)
    day = form.cleaned_data["date"] if form.is_bound and form.is_valid() else _today(operator, timezone.now())
    listed = day_lists.list_day(code, day)
    context = {"code": code, "operator": operator, "day": day, "departures": day_lists.by_departure(listed, day)}
    return render(request, "bookings/day_list.html", context)


@login_required
@never_cache
@require_GET
def checks(request: HttpRequest, code: str) -> HttpResponse:
    """Tickets that were shown twice, and rides of tickets that were given back afterwards."""
    operator = _operator(request, code)
    rows = [(row, verdicts.places(row)) for row in service.list_flagged(code, timezone.now())]
    context = {
        "code": code,
        "operator": operator,
        "rows": rows,
        "days": service.SHOWN_FOR.days,
    }
    return render(request, "bookings/checks.html", context)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page; it can only keep what lies below its own address."""
    path = finders.find("js/inspector-worker.js")
    assert path is not None, "a file of ours"
    headers = {"Cache-Control": "no-cache"}
    return HttpResponse(Path(str(path)).read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)


def _operator(request: HttpRequest, code: str) -> LegalEntity:
    allow(request.user, "bookings.inspect", code)
    operator = find_legal_entity(code)
    if operator is None:
        raise Http404
    return operator


def _today(operator: LegalEntity, now: datetime) -> date:
    return now.astimezone(ZoneInfo(operator.timezone)).date()
