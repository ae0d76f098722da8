"""Hours in the syntax of OpenStreetMap (opening_hours 0.7.x, that GBFS 3.0 uses too)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from transit.register.entries import Hours, OtherHours, ServiceEntry

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_ALL_WEEK = 7


def opening_hours(entry: ServiceEntry) -> str:
    """Usual hours, then the days on which others hold: `Mo-Fr 08:00-16:00; 2026 Dec 24 off`."""
    rules = [_usual(each) for each in entry.hours]
    return "; ".join([*rules, *(_other(each) for each in entry.exceptions)])


def _usual(hours: Hours) -> str:
    season = _span(hours.start_date, hours.end_date)
    return " ".join(filter(None, [season, _weekdays(hours.weekdays), _times(hours.opens, hours.closes)]))


def _other(hours: OtherHours) -> str:
    span = _span(hours.start_date, hours.end_date)
    return (
        f"{span} off" if hours.opens is None or hours.closes is None else f"{span} {_times(hours.opens, hours.closes)}"
    )


def _times(opens: time, closes: time) -> str:
    return f"{opens:%H:%M}-{closes:%H:%M}" if closes != time(0) else f"{opens:%H:%M}-24:00"


def _weekdays(weekdays: tuple[int, ...]) -> str:
    if len(weekdays) == _ALL_WEEK:
        return ""
    return ",".join(_DAYS[run[0]] if len(run) == 1 else f"{_DAYS[run[0]]}-{_DAYS[run[-1]]}" for run in runs(weekdays))


def runs(weekdays: Iterable[int]) -> list[list[int]]:
    """Days that follow each other, together."""
    found: list[list[int]] = []
    for day in weekdays:
        if found and found[-1][-1] == day - 1:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _span(first: date | None, last: date | None) -> str:
    """Days of the calendar; empty for all the year."""
    if first is None and last is None:
        return ""
    if first == last and first is not None:
        return f"{first:%Y %b %d}"
    return (
        f"{_day(first)}-{_day(last)}" if first and last else f"{_day(first)}+" if first else f"1970 Jan 01-{_day(last)}"
    )


def _day(day: date | None) -> str:
    return f"{day:%Y %b %d}" if day else ""
