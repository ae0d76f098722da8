"""When a service is offered, in the reader's language: Monday–Friday 8:00–16:00."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from babel.dates import format_time, get_day_names
from django.utils.translation import gettext, pgettext

from transit.journeys.clocks import CLOCK, date_text, language
from transit.models.texts import in_language
from transit.publishing.opening_hours import runs
from transit.register.entries import Hours, OtherHours, ServiceEntry

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Line:
    """Days, times, and what else is said of them."""

    days: str
    times: str
    note: str


def usual(entry: ServiceEntry) -> list[Line]:
    """The usual hours, a line for each row of the register."""
    return [
        Line(_days(each), _times(each.opens, each.closes), in_language(each.notes, language())) for each in entry.hours
    ]


def exceptions(entry: ServiceEntry, today: date) -> list[Line]:
    """The days with other hours that are not over."""
    return [
        Line(_span(each.start_date, each.end_date), _other(each), in_language(each.notes, language()))
        for each in entry.exceptions
        if each.end_date >= today
    ]


def _days(hours: Hours) -> str:
    days = gettext("Every day") if len(hours.weekdays) == 7 else _weekdays(hours.weekdays)
    season = _span(hours.start_date, hours.end_date)
    return f"{season}: {days}" if season else days


def _weekdays(weekdays: Iterable[int]) -> str:
    names = get_day_names("wide", "stand-alone", locale=language())
    found = [
        names[run[0]] if len(run) == 1 else pgettext("from – to", "%(first)s–%(last)s")
        % {"first": names[run[0]], "last": names[run[-1]]}
        for run in runs(weekdays)
    ]  # fmt: skip
    text = pgettext("between items of a list", ", ").join(found)
    return text[:1].upper() + text[1:]


def _span(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return ""
    if first == last and first is not None:
        return date_text(first)
    if first is None or last is None:
        words = gettext("from %(day)s") if first else gettext("until %(day)s")
        return words % {"day": date_text(first or last)}  # type: ignore[arg-type]
    return pgettext("from – to", "%(first)s–%(last)s") % {"first": date_text(first), "last": date_text(last)}


def _other(hours: OtherHours) -> str:
    return gettext("closed") if hours.opens is None or hours.closes is None else _times(hours.opens, hours.closes)


def _times(opens: time, closes: time) -> str:
    if opens == closes == MIDNIGHT:
        return gettext("around the clock")
    said = pgettext("from – to", "%(first)s–%(last)s") % {"first": clock(opens), "last": clock(closes)}
    return gettext("%(times)s (the next day)") % {"times": said} if MIDNIGHT < closes <= opens else said


def clock(at: time) -> str:
    """A time of day; midnight ends a day."""
    return format_time(at, CLOCK.get(language(), "HH:mm"), locale=language())
