"""The timetable of a line in one direction, as a table to fill in. It works without scripts: buttons send the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from transit.models import HostedPattern, HostedStop, Operator
from transit.publishing import grids
from transit.publishing.grids import MAX_COLUMNS, MAX_ROWS, Column, Grid
from transit.web.forms import number_of
from transit.web.hosted.access import editor

MORE = 3
"""So many empty rows and columns wait to be filled in."""


@editor
def grid(request: HttpRequest, operator: Operator, pk: int) -> HttpResponse:
    """Fill in, add rows and columns, repeat the last departure, save."""
    pattern = get_object_or_404(
        HostedPattern.objects.select_related("season", "line__service__operator"),
        line__service__operator=operator,
        pk=pk,
    )
    shown, problem = grids.grid_of(pattern), ""
    if request.method == "POST":
        action = request.POST.get("do")
        if action == "remove":
            pattern.delete()
            return redirect("hosted-season", operator.code, pattern.season_id)
        shown = _sent(request.POST, keep=action == "more")
        if action == "repeat":
            shown, problem = _repeated(shown, request.POST)
        elif action == "save":
            shown = grids.save(pattern, shown)
            if not shown.errors:
                messages.success(request, _("Saved."))
                return redirect("hosted-grid", operator.code, pattern.pk)
    context = _context(operator, pattern, shown, problem)
    return render(request, "transit/hosted/grid.html", context, status=422 if shown.errors or problem else 200)


def _context(operator: Operator, pattern: HostedPattern, shown: Grid, problem: str) -> dict[str, Any]:
    days = list(pattern.season.days.all())
    first_days = shown.columns[-1].days_id if shown.columns else next((each.pk for each in days), None)
    wide = shown.padded(MORE, MORE, first_days)
    return {
        "operator": operator,
        "pattern": pattern,
        "days": days,
        "stops": operator.hosted_stops.all(),
        "rows": list(_rows(wide)),
        "columns": [(number, each, wide.errors.get((-1, number), "")) for number, each in enumerate(wide.columns)],
        "wheelchairs": HostedStop.Wheelchair.choices,
        "problem": problem,
        "wrong": bool(wide.errors),
        "repeatable": bool(shown.columns),
    }


def _rows(wide: Grid) -> Iterator[dict[str, Any]]:
    for row, stop in enumerate(wide.stops):
        cells = [(n, column.times[row], wide.errors.get((row, n), "")) for n, column in enumerate(wide.columns)]
        yield {"number": row, "stop": stop, "error": wide.errors.get((row, -1), ""), "cells": cells}


def _sent(posted: Any, *, keep: bool) -> Grid:
    """The table as sent: `stop` of rows; `days`, `code`, `seats`, `wheelchair` of columns; times `t<row>-<column>`.

    Empty rows at its end are kept by whoever wants still more of them; they are there anew on every page.
    """
    stops = tuple(posted.getlist("stop")[:MAX_ROWS])
    columns = [_column(posted, number, len(stops)) for number in range(min(len(posted.getlist("days")), MAX_COLUMNS))]
    filled = [number for number, each in enumerate(columns) if any(text.strip() for text in each.times)]
    columns = columns[: filled[-1] + 1 if filled else 0]
    while not keep and stops and not stops[-1] and not any(each.times[-1].strip() for each in columns):
        stops, columns = stops[:-1], [replace(each, times=each.times[:-1]) for each in columns]
    return Grid(stops, tuple(columns))


def _column(posted: Any, number: int, rows: int) -> Column:
    days, code, seats, wheelchair = (_at(posted.getlist(name), number) for name in _OF_A_COLUMN)
    return Column(
        tuple(posted.get(f"t{row}-{number}", "")[:8] for row in range(rows)),
        number_of(days) or None,
        code[:16],
        int(seats) if seats.isdecimal() and len(seats) < 6 else None,
        wheelchair if wheelchair in HostedStop.Wheelchair.values else "0",
    )


_OF_A_COLUMN = ("days", "code", "seats", "wheelchair")


def _at(values: list[str], number: int) -> str:
    return values[number] if number < len(values) else ""


def _repeated(shown: Grid, posted: Any) -> tuple[Grid, str]:
    try:
        return grids.repeated(shown, int(posted.get("every") or 0), posted.get("until", "")), ""
    except (ValueError, IndexError):
        return shown, _("Write after how many minutes it goes again, and until when, such as 18:00.")
