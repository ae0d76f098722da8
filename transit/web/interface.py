"""What is known of an interface of the register: for its operator, its government and the staff of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from transit.register import capabilities, evidence
from transit.register.conformance.words import CAPABILITIES, STEPS, VERDICTS, WHY
from transit.register.evidence import Day, Evidence
from transit.register.probes.codes import CRITERIA
from transit.register.uptime import Uptime

BAR, HEIGHT = 8, 60
"""Of the chart, in its own units."""
ALL_UP, MOST_UP = 0.9995, 0.95


@dataclass(frozen=True, slots=True)
class Bar:
    """A day in the chart: where it stands, and what it looks like."""

    left: int
    top: float
    height: float
    look: str


@login_required
@never_cache
@require_GET
def interface(request: HttpRequest, name: str) -> HttpResponse:
    """Grade, reasons, how it could be reached, what the last probe found, and the trial of selling."""
    require(request, name, "transit.view_probes")
    found = evidence.get_evidence(name, timezone.now())
    seen = [day for day in reversed(found.days) if day.share is not None]
    context = {
        "found": found,
        "criteria": _criteria(found),
        "month": _percent(found.month),
        "quarter": _percent(found.quarter),
        "bars": [_bar(number, day) for number, day in enumerate(found.days) if day.share is not None],
        "chart": {"width": BAR * len(found.days), "height": HEIGHT, "bar": BAR - 2},
        "seen": [(day, _percent_of(day.share)) for day in seen],
        "trial": _trial(found),
        "tried_at": datetime.fromisoformat(found.trial["at"]) if found.trial else None,
        "capability": CAPABILITIES.get(found.capability, ""),
        "offered": CAPABILITIES.get(found.offered, ""),
        "may_accept": evidence.may(request.user, name, "transit.accept_capability"),
    }
    return render(request, "transit/interface.html", context)


@login_required
@require_POST
def accept_capability(request: HttpRequest, name: str) -> HttpResponse:
    """An officer accepts the class of safety that was proven."""
    require(request, name, "transit.accept_capability")
    found = evidence.get_evidence(name, timezone.now())
    try:
        capabilities.accept(found.interface_id, timezone.now())
        messages.success(request, _("The class is accepted. From now on it holds for what is sold."))
    except capabilities.NothingOffered:
        messages.warning(request, _("Nothing is offered any more."))
    return redirect("interface", name)


def require(request: HttpRequest, name: str, permission: str) -> None:
    """Who may not see an interface does not learn that there is one. Raises Http404."""
    if not evidence.may(request.user, name, permission):
        raise Http404


def _criteria(found: Evidence) -> list[dict[str, Any]]:
    """Every criterion with what is said of it; the gravest says how it is met."""
    rows = []
    for criterion, title in CRITERIA.items():
        if criterion == "sells" and not found.sells:
            continue
        reasons = [each for each in found.grade.reasons if each.criterion == criterion] if found.grade else []
        rows.append({"title": title, "level": reasons[0].level if reasons else "good", "reasons": reasons})
    return rows


def _percent(up: Uptime) -> str:
    return _percent_of(up.share)


def _percent_of(share: float | None) -> str:
    """Rounded down, so that 100 % is never said of less."""
    return "" if share is None else f"{int(share * 1000) / 10:.1f}"


def _bar(number: int, day: Day) -> Bar:
    share = day.share or 0.0
    look = "good" if share >= ALL_UP else "weak" if share >= MOST_UP else "bad"
    height = max(2.0, HEIGHT * share)
    return Bar(number * BAR, HEIGHT - height, height, look)


def _trial(found: Evidence) -> list[dict[str, Any]]:
    """The steps of the last trial in words."""
    rows = []
    for row in found.trial["steps"] if found.trial else []:
        verdict = row["verdict"]
        rows.append(
            {"step": STEPS.get(row["step"], row["step"]), "verdict": VERDICTS.get(verdict, verdict),
             "look": verdict.lower(), "why": WHY.get(row["code"], ""), "said": row["said"]}
        )  # fmt: skip
    return rows
