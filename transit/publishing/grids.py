"""The timetable of a line in one direction as people write it: stops downwards, departures to the right.

Saving is all or nothing: a grid with a mistake anywhere leaves what was saved before as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from transit.models import HostedCall, HostedDays, HostedDeparture, HostedPattern, HostedStop
from transit.models.hosted import LATEST_S, check_times, short_code

MAX_ROWS, MAX_COLUMNS = 100, 200
_TIME = re.compile(r"(\d{1,2})[:.]?(\d{2})")


@dataclass(frozen=True, slots=True)
class Column:
    """A departure. `times` are texts as they were written, one for each row; empty = it does not stop there."""

    times: tuple[str, ...]
    days_id: int | None = None
    code: str = ""
    seats: int | None = None
    wheelchair: str = "0"


@dataclass(frozen=True, slots=True)
class Grid:
    """`stops` are codes. `errors` are sentences by (row, column): (-1, column) of a departure, (row, -1) of a stop."""

    stops: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def padded(self, rows: int, columns: int, days_id: int | None) -> Grid:
        """The same with so many empty rows and columns more, to be filled in."""
        stops = (self.stops + ("",) * rows)[:MAX_ROWS]
        wide = [replace(each, times=(each.times + ("",) * len(stops))[: len(stops)]) for each in self.columns]
        wide += [Column(("",) * len(stops), days_id)] * columns
        return Grid(stops, tuple(wide[:MAX_COLUMNS]), self.errors)


def seconds_of(text: str) -> int | None:
    """Seconds after the start of the service day of 7:05, 7.05, 0705 or 25:10; None for nothing. Raises ValueError."""
    text = text.strip()
    if not text or text in "-–—|":
        return None
    found = _TIME.fullmatch(text)
    if not found or int(found[2]) > 59 or int(found[1]) * 3600 > LATEST_S:
        raise ValueError(text)
    return int(found[1]) * 3600 + int(found[2]) * 60


def text_of(seconds: int | None) -> str:
    """The same as it is written."""
    return "" if seconds is None else f"{seconds // 3600}:{seconds // 60 % 60:02}"


def grid_of(pattern: HostedPattern) -> Grid:
    """What is saved, the departures in the order of their first times."""
    calls = list(pattern.calls.select_related("stop"))
    departures = sorted(pattern.departures.all(), key=lambda each: (_first(each.times), each.pk))
    columns = (
        Column(tuple(map(text_of, each.times)), each.days_id, each.code, each.seats, each.wheelchair)
        for each in departures
    )
    return Grid(tuple(call.stop.code for call in calls), tuple(columns))


def repeated(grid: Grid, every_min: int, until: str) -> Grid:
    """With copies of the last departure every so many minutes, the last not after `until`. Raises ValueError."""
    end, last = seconds_of(until), grid.columns[-1]
    times = [seconds_of(text) for text in last.times]
    begin = _first(times)
    if end is None or every_min < 1 or begin == LATEST_S:
        raise ValueError(until)
    made = []
    for later in range(every_min * 60, end - begin + 1, every_min * 60):
        moved = tuple(text_of(None if at is None else at + later) for at in times)
        made.append(replace(last, times=moved, code=""))
    return replace(grid, columns=(grid.columns + tuple(made))[:MAX_COLUMNS])


def save(pattern: HostedPattern, grid: Grid) -> Grid:
    """Save a grid without its empty rows and columns; the grid as it is now, or with errors and nothing saved.

    A departure keeps its code, by which bookings know it.
    """
    trimmed = _trimmed(grid)
    stops = {each.code: each for each in HostedStop.objects.filter(operator=pattern.line.service.operator)}
    days = {each.pk: each for each in pattern.season.days.all()}
    if errors := _errors(trimmed, stops, days):
        return replace(trimmed, errors=errors)
    with transaction.atomic():
        locked = HostedPattern.objects.select_for_update().get(pk=pattern.pk)
        _write_calls(locked, [stops[code] for code in trimmed.stops])
        _write_departures(locked, trimmed.columns)
    return grid_of(pattern)


def _first(times: Sequence[int | None]) -> int:
    return next((at for at in times if at is not None), LATEST_S)


def _trimmed(grid: Grid) -> Grid:
    kept = [number for number, stop in enumerate(grid.stops) if stop]
    columns = tuple(replace(each, times=tuple(each.times[number] for number in kept)) for each in grid.columns)
    return Grid(
        tuple(grid.stops[number] for number in kept),
        tuple(each for each in columns if any(text.strip() for text in each.times)),
    )


def _errors(grid: Grid, stops: Mapping[str, HostedStop], days: Mapping[int, HostedDays]) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for row, code in enumerate(grid.stops):
        if code not in stops:
            found[row, -1] = _("Choose a stop from the list.")
        elif row and code == grid.stops[row - 1]:
            found[row, -1] = _("This stop stands twice in a row.")
    if len(grid.stops) < 2:
        found[0, -1] = _("A line needs two stops at least.")
    for number, column in enumerate(grid.columns):
        if column.days_id not in days:
            found[-1, number] = _("Choose the days on which it runs.")
        found |= _time_errors(column, number)
    return found


def _time_errors(column: Column, number: int) -> dict[tuple[int, int], str]:
    times: list[int | None] = []
    found: dict[tuple[int, int], str] = {}
    latest = -1
    for row, text in enumerate(column.times):
        try:
            at = seconds_of(text)
        except ValueError:
            found[row, number] = _("Write a time such as 7:05.")
            continue
        if at is not None and at < latest:
            found[row, number] = _("This is earlier than at the stop before.")
        latest = max(latest, at if at is not None else -1)
        times.append(at)
    if not found:
        try:
            check_times(times, len(column.times))
        except ValidationError as error:
            found[-1, number] = error.messages[0]
    return found


def _write_calls(pattern: HostedPattern, stops: Sequence[HostedStop]) -> None:
    """The stops in their new order; whether one boards and alights stays with the first call at each."""
    old = {call.stop_id: call for call in reversed(list(pattern.calls.all()))}
    pattern.calls.all().delete()
    HostedCall.objects.bulk_create(
        HostedCall(
            pattern=pattern,
            seq=seq,
            stop=stop,
            boards=old[stop.pk].boards if stop.pk in old else True,
            alights=old[stop.pk].alights if stop.pk in old else True,
        )
        for seq, stop in enumerate(stops)
    )


def _write_departures(pattern: HostedPattern, columns: Sequence[Column]) -> None:
    kept = {each.code: each for each in pattern.departures.all()}
    pattern.departures.exclude(code__in=[column.code for column in columns]).delete()
    for column in columns:
        row = kept.get(column.code) or HostedDeparture(pattern=pattern, code=short_code())
        assert column.days_id is not None
        row.days_id, row.times = column.days_id, [seconds_of(text) for text in column.times]
        row.seats, row.wheelchair = column.seats, column.wheelchair
        row.save()
