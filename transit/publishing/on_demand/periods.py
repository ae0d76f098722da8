"""When which released rules hold, and when rides run by them: what every writer begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from transit.models import RuleSet, Service
from transit.ondemand import versions
from transit.ondemand.rules import ALL_DAYS, Rules

AHEAD: Final = timedelta(days=365)
"""So far ahead hours are published. They are written anew every day."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days, both included, on which the rules of a version hold."""

    number: int
    rules: Rules
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Run:
    """Hours of some weekdays within a period; not on the days `without`. `key` names it within the period."""

    key: str
    weekdays: tuple[int, ...]
    first: date
    last: date
    start_s: int
    last_pickup_s: int
    end_s: int
    without: tuple[date, ...] = ()


def periods_of(service: Service, today: date) -> list[Period]:
    """The version that holds and those to come, each until the next one begins."""
    held = versions.current(service.code, today)
    rows: list[RuleSet] = [*([held] if held else []), *versions.coming(service.code, today)]
    begins = [max(row.effective_on or today, today) for row in rows]
    ends = [*(day - timedelta(days=1) for day in begins[1:]), max([today, *begins]) + AHEAD]
    return [
        Period(row.number, versions.rules_of(row), first, last)
        for row, first, last in zip(rows, begins, ends, strict=False)
    ]


def runs_of(period: Period) -> list[Run]:
    """All hours within a period, special days taken out of the usual ones."""
    rules = period.rules
    special = sorted({day for each in rules.special_days for day in _days(each.first_day, each.last_day, period)})
    found = []
    for number, span in enumerate(rules.spans, 1):
        first, last = max(span.first_day or period.first, period.first), min(span.last_day or period.last, period.last)
        without = tuple(day for day in special if first <= day <= last and day.weekday() in span.days)
        closes = span.end_s if span.last_pickup_s is None else span.last_pickup_s
        if _some_day(span.days, first, last, without):
            found.append(Run(f"h{number}", span.days, first, last, span.start_s, closes, span.end_s, without))
    for number, each in enumerate(rules.special_days, 1):
        first, last = max(each.first_day, period.first), min(each.last_day, period.last)
        for part, (start_s, end_s) in enumerate(each.spans, 1):
            if first <= last:
                found.append(Run(f"s{number}-{part}", ALL_DAYS, first, last, start_s, end_s, end_s))
    return found


def _days(first: date, last: date, period: Period) -> list[date]:
    begin, end = max(first, period.first), min(last, period.last)
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def _some_day(weekdays: tuple[int, ...], first: date, last: date, without: tuple[date, ...]) -> bool:
    """Whether there is a day at all: empty calendars are no use to anybody."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return any(day.weekday() in weekdays and day not in without for day in days)
