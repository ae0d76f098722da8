"""Calendars: calendar.txt and calendar_dates.txt → for every service the days on which it runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transit.feeds.entities import Columns
from transit.feeds.notices import FeedError, Notices

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEARS = range(1990, 2101)
MAX_CELLS = 1 << 28
"""Services × days."""


@dataclass(frozen=True)
class Services:
    """Services × days: 1 where the service runs. Column 0 is the day with ordinal `first_day`."""

    index: dict[str, int]
    active: NDArray[np.uint8]
    first_day: int


def of_tables(calendar: Any, calendar_dates: Any, notices: Notices) -> Services:
    """The services of both tables (pandas frames or None)."""
    spans = _spans(calendar, notices)
    changes = _changes(calendar_dates, notices)
    index = {service: i for i, service in enumerate(dict.fromkeys([*spans, *changes]))}
    days = [day for _, start, end in spans.values() for day in (start, end)]
    days += [day for moves in changes.values() for day in moves]
    if not days:
        return Services(index, np.zeros((len(index), 0), np.uint8), 0)
    first, last = min(days), max(days)
    if len(index) * (last - first + 1) > MAX_CELLS:
        raise FeedError(
            f"The calendars give {len(index)} services from {text_of(first)} to {text_of(last)}, which is not accepted."
            " Let end_date and the exceptions end within a few years.",
            "calendar_too_long",
        )
    active = np.zeros((len(index), last - first + 1), np.uint8)
    # `date.toordinal` 1 is a Monday.
    weekday = (np.arange(first, last + 1) - 1) % 7
    for service, (week, start, end) in spans.items():
        row = active[index[service]]
        row[start - first : end - first + 1] = week[weekday[start - first : end - first + 1]]
    for service, moves in changes.items():
        for day, runs in moves.items():
            active[index[service], day - first] = runs
    return Services(index, active, first)


def day_of(text: object) -> int | None:
    """The ordinal of a date YYYYMMDD, or None where it is no date."""
    digits = str(text).strip()
    if len(digits) != 8 or not digits.isascii() or not digits.isdigit():
        return None
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return day.toordinal() if day.year in _YEARS else None


def text_of(ordinal: int) -> str:
    """YYYYMMDD of an ordinal."""
    return (date.min + timedelta(days=ordinal - 1)).strftime("%Y%m%d")


def _spans(calendar: Any, notices: Notices) -> dict[str, tuple[NDArray[np.uint8], int, int]]:
    """The week and the first and last day of every service of calendar.txt."""
    spans: dict[str, tuple[NDArray[np.uint8], int, int]] = {}
    if calendar is None:
        return spans
    file = "calendar.txt"
    missing = [name for name in ("service_id", "start_date", "end_date") if name not in calendar.columns]
    missing_days = [name for name in _WEEKDAYS if name not in calendar.columns]
    for name in missing + missing_days:
        notices.add("missing_required_column", file, name)
    if missing:
        return spans
    names = ("service_id", "start_date", "end_date", *_WEEKDAYS)
    for line, service, begins, ends, *marks in _rows(calendar, names):
        start, end = day_of(begins), day_of(ends)
        if not service:
            notices.add("missing_required_field", file, "service_id", lines=[line])
        elif start is None:
            notices.add("invalid_date", file, "start_date", [begins], lines=[line])
        elif end is None:
            notices.add("invalid_date", file, "end_date", [ends], lines=[line])
        elif end < start:
            notices.add("start_and_end_range_out_of_order", file, "end_date", [service], lines=[line])
        elif service in spans:
            notices.add("duplicate_key", file, "service_id", [service], lines=[line])
        else:
            spans[service] = (np.array([mark == "1" for mark in marks], np.uint8), start, end)
    return spans


def _changes(calendar_dates: Any, notices: Notices) -> dict[str, dict[int, int]]:
    """The days that calendar_dates.txt adds (1) or takes away (0), by service."""
    changes: dict[str, dict[int, int]] = defaultdict(dict)
    if calendar_dates is None:
        return changes
    file = "calendar_dates.txt"
    missing = [name for name in ("service_id", "date", "exception_type") if name not in calendar_dates.columns]
    for name in missing:
        notices.add("missing_required_column", file, name)
    if missing:
        return changes
    for line, service, text, kind in _rows(calendar_dates, ("service_id", "date", "exception_type")):
        day = day_of(text)
        if not service:
            notices.add("missing_required_field", file, "service_id", lines=[line])
        elif day is None:
            notices.add("invalid_date", file, "date", [text], lines=[line])
        elif kind not in ("1", "2"):
            notices.add("unexpected_enum_value", file, "exception_type", [kind], lines=[line])
        elif day in changes.get(service, {}):
            notices.add("duplicate_key", file, "date", [f"{service} {text}"], lines=[line])
        else:
            changes[service][day] = int(kind == "1")
    return changes


def _rows(frame: Any, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The line of every row and its cells as text; a missing cell or column is ""."""
    columns = Columns(frame)
    return zip(columns.lines.tolist(), *(columns.texts(name) for name in names), strict=True)
