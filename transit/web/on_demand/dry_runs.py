"""The pages on which a version is tried out before its release, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from transit.models import DryRun, RuleSet
from transit.money import Money
from transit.ondemand.dry_run import runs
from transit.ondemand.dry_run.report import CELL
from transit.ondemand.dry_run.runs import TooManyRuns, Wanted
from transit.tasks import kick_dry_runs
from transit.web.on_demand import bars
from transit.web.on_demand.access import of_version

Json = dict[str, Any]
REASONS: Final = {
    "full": _("no vehicle could come in time"),
    "closed": _("outside the hours"),
    "outside": _("outside the zones, or no stop near"),
    "not_between": _("not between these zones"),
    "excluded": _("an exclusion holds"),
    "too_late": _("ordered too late"),
    "too_early": _("ordered too early"),
    "not_eligible": _("no right to it"),
    "unknown": _("no such ride"),
    "changed": _("no longer to be had"),
}
_FAULTS: Final = {
    "Nobody has asked": _("Nobody has asked for a ride in this time. Choose a demand that is made up."),
    "Of what was asked": _(
        "Of what was asked these rules allow rides between too few pairs of places: figures of so few could be traced"
        " to people. Choose more weeks, wider rules, or a demand that is made up."
    ),
}
"""What a worker has said, by its beginning."""
_LEVELS: Final = (0.5, 0.25, 0.1)
"""How much of a square is lost, from which on it is drawn darker."""
_MOST_CELLS: Final = 60
_IN_SHORT: Final = (1, 3, 5, 8, 11, 13)
"""Of the figures: served, waiting, detour, empty kilometres, cost and subsidy."""


class DryRunForm(forms.Form):
    """Which wishes."""

    source = forms.ChoiceField(
        label=_("Which wishes?"), choices=DryRun.Source.choices, widget=forms.RadioSelect, initial="made_up"
    )
    weeks = forms.IntegerField(
        label=_("Of the last weeks"), min_value=1, max_value=runs.MOST_WEEKS, initial=4, required=False
    )
    per_week = forms.IntegerField(
        label=_("Made up: rides wanted in a week"), min_value=10, max_value=runs.MOST_PER_WEEK, initial=500,
        required=False, help_text=_("From houses in your zones to shops, schools, doctors and stops, over one week."),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Made up: number of the draw"), min_value=1, max_value=1_000_000, initial=1, required=False,
        help_text=_("The same number makes the same wishes, so that you can compare."),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of this version, beside the one before."""

    name: Any
    now: str
    before: str


@of_version
def dry_runs(request: HttpRequest, version: RuleSet) -> HttpResponse:
    """Have the version tried out; the runs that there are."""
    form = DryRunForm(request.POST if request.method == "POST" else None, initial={"source": "made_up"})
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value is not None}
        try:
            run = runs.ask(version, Wanted(**given), request.user, timezone.now())
        except TooManyRuns:
            messages.error(request, gettext("Several dry runs wait already. Please try again in some minutes."))
            return redirect("on-demand-dry-runs", version.pk)
        kick_dry_runs()
        return redirect("on-demand-dry-run", version.pk, run.pk)
    context = {"version": version, "service": version.service, "form": form, "runs": runs.list_of(version)}
    return render(request, "transit/on_demand/dry_runs.html", context, status=422 if form.errors else 200)


@of_version
def dry_run(request: HttpRequest, version: RuleSet, pk: int) -> HttpResponse:
    """What came of one; a script that waits for it asks for its state alone."""
    run = DryRun.objects.filter(rule_set=version, pk=pk).select_related("rule_set", "before", "asked_by").first()
    if run is None:
        raise Http404
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"state": run.state})
    context: Json = {"version": version, "service": version.service, "run": run, "is_current": runs.is_current(run)}
    context["under_way"] = run.state in ("WAITING", "RUNNING")
    context["fault"] = next((text for begin, text in _FAULTS.items() if run.fault.startswith(begin)), run.fault)
    if run.result:
        context |= shown(run.result)
    return render(request, "transit/on_demand/dry_run.html", context)


def shown(result: Json) -> Json:
    """A result as its page shows it."""
    now, before = result["now"], result.get("before")
    placed = [cell for cell in result["cells"] if cell["lon"] is not None]
    rest = next((cell for cell in result["cells"] if cell["lon"] is None), None)
    return {
        "lines": lines(result),
        "change": result.get("change"),
        "refusals": _refusals(now, before),
        "refused_chart": bars.pairs([(str(a), b, c) for a, b, c in _refusals(now, before)]),
        "hours_chart": bars.columns(now["by_hour"], before["by_hour"] if before else None),
        "hours": [
            (hour, *row, before["by_hour"][hour][1] if before else None) for hour, row in enumerate(now["by_hour"])
        ],
        "cells": [(number, cell, _level(cell)) for number, cell in enumerate(placed[:_MOST_CELLS], 1)],
        "rest": rest,
        "features": _features(placed[:_MOST_CELLS]) if placed else None,
        "has_before": before is not None,
    }


def lines(result: Json) -> list[Line]:
    """The figures, one for each."""
    now, before = _texts(result["now"], result["currency"]), None
    if "before" in result:
        before = _texts(result["before"], result["currency"])
    return [Line(name, text, before[number][1] if before else "") for number, (name, text) in enumerate(now)]


def _texts(figures: Json, currency: str) -> list[tuple[Any, str]]:
    rides = figures["served"]
    subsidies = sum(figures["subsidies_minor"].values())
    return [
        (_("Rides wanted"), f"{figures['asked']}"),
        (_("Served"), f"{rides} ({_percent(rides, figures['asked'])})"),
        (_("Waiting, in the middle"), _minutes(figures["wait_s"]["median"])),
        (_("Waiting, nine of ten at most"), _minutes(figures["wait_s"]["p90"])),
        (_("Ride, in the middle"), _minutes(figures["ride_s"]["median"])),
        (_("Ride beside the direct drive, mean"), f"{figures['detour']['mean']:.2f} ×"),
        (_("Kilometres with riders"), _km(figures["full_m"])),
        (_("of these with several parties"), _km(figures["shared_m"])),
        (_("Kilometres empty"), _km(figures["empty_m"])),
        (_("Hours that vehicles are out"), f"{figures['vehicle_h']:.0f}"),
        (_("Rides in such an hour"), f"{figures['rides_per_vehicle_h']:.2f}"),
        (_("Cost of a ride"), _each(figures["cost_minor"], rides, currency)),
        (_("Fare of a ride"), _each(figures["fares_minor"], rides, currency)),
        (_("Subsidy of a ride, of the fare"), _each(subsidies, rides, currency)),
        (_("Cost that fares do not cover, of a ride"),
         _each(figures["cost_minor"] - figures["fares_minor"], rides, currency)),
        (_("Rides at the lower price of quiet times"), f"{figures['quiet']}"),
        (_("Rides at the higher price of busy times"), f"{figures['busy']}"),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """The newest result of a version, in short."""

    pk: int
    lines: list[Line]
    lost: int
    is_current: bool


def summary_of(version: RuleSet) -> Summary | None:
    """What who releases a version should see of its dry runs; None where it was not tried out."""
    run = DryRun.objects.filter(rule_set=version, state="DONE").select_related("rule_set").first()
    if run is None or run.result is None:
        return None
    found = lines(run.result)
    lost = run.result.get("change", {}).get("lost", 0)
    return Summary(run.pk, [found[number] for number in _IN_SHORT], lost, runs.is_current(run))


def _refusals(now: Json, before: Json | None) -> list[tuple[Any, int, int | None]]:
    codes = dict.fromkeys([*now["refused"], *(before["refused"] if before else ())])
    return [
        (REASONS.get(code, code), now["refused"].get(code, 0), before["refused"].get(code, 0) if before else None)
        for code in codes
    ]


def _features(cells: list[Json]) -> Json:
    """The squares, darker where more is lost or refused."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [_ring(cell)]},
                "properties": {"level": _level(cell)},
            }
            for cell in cells
        ],
    }


def _ring(cell: Json) -> list[list[float]]:
    west, south = cell["lon"], cell["lat"]
    east, north = round(west + 2 * CELL, 6), round(south + CELL, 6)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _level(cell: Json) -> int:
    """By what share of the wishes of a square is not served."""
    share = 1 - cell["served"] / cell["asked"] if cell["asked"] else 0.0
    return next((level for level, least in enumerate(_LEVELS) if share >= least), len(_LEVELS))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _minutes(seconds: float) -> str:
    return gettext("%(count)s min") % {"count": round(seconds / 60)}


def _km(metres: int) -> str:
    return f"{metres / 1000:.0f} km"


def _each(minor: int, rides: int, currency: str) -> str:
    return bars.money(Money(round(minor / rides), currency)) if rides else "–"
