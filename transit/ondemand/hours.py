"""When a service runs on a day: spans of weekdays, special days, holidays of the region (which run as Sundays do)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from transit.ondemand.rules import Rules, ShiftPattern, Span

SUNDAY: Final = 6
_HALF_A_DAY: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Open:
    """A span of a service day: pick-ups in [`start_at`, `last_pickup_at`], all over by `end_at`."""

    start_at: datetime
    end_at: datetime
    last_pickup_at: datetime


def start_of(day: date, timezone: str) -> datetime:
    """Noon less twelve hours: what the seconds of a service day count from."""
    zone = ZoneInfo(timezone)
    return (datetime.combine(day, time(12), zone).astimezone(ZoneInfo("UTC")) - _HALF_A_DAY).astimezone(zone)


def second(day: date, timezone: str, seconds: int) -> datetime:
    """The instant of a second of a service day."""
    zone = ZoneInfo(timezone)
    return (start_of(day, timezone).astimezone(ZoneInfo("UTC")) + timedelta(seconds=seconds)).astimezone(zone)


def day_of(at: datetime, timezone: str) -> date:
    """The date on the region's calendars."""
    return at.astimezone(ZoneInfo(timezone)).date()


def holidays_of(listed: Iterable[object]) -> frozenset[date]:
    """The dates of a region's list of holidays."""
    return frozenset(date.fromisoformat(str(each["date"])) for each in listed if isinstance(each, dict))


def runs_on(each: Span | ShiftPattern, day: date, holidays: frozenset[date]) -> bool:
    """Whether a span or a shift is one of a day."""
    weekday = SUNDAY if day in holidays else day.weekday()
    begun = each.first_day is None or each.first_day <= day
    return begun and (each.last_day is None or day <= each.last_day) and weekday in each.days


def spans_of(rules: Rules, day: date, holidays: frozenset[date]) -> list[Open]:
    """The spans of a day, the earliest first. A special day has its own, whatever the weekday is."""
    special = next((each for each in rules.special_days if each.first_day <= day <= each.last_day), None)
    if special is not None:
        found = [(start_s, end_s, end_s) for start_s, end_s in special.spans]
    else:
        spans = [each for each in rules.spans if runs_on(each, day, holidays)]
        found = [(each.start_s, each.end_s, min(each.end_s, each.last_pickup_s or each.end_s)) for each in spans]
    return [Open(*(second(day, rules.timezone, each) for each in span)) for span in sorted(found)]


def find_span(rules: Rules, at: datetime, holidays: frozenset[date], *, arrive: bool) -> tuple[date, Open] | None:
    """The service day and its span in which one may be met (`arrive`: set down) at a moment."""
    today = day_of(at, rules.timezone)
    for day in (today, today - timedelta(days=1)):
        for span in spans_of(rules, day, holidays):
            if span.start_at <= at <= (span.end_at if arrive else span.last_pickup_at):
                return day, span
    return None


def next_opening(rules: Rules, at: datetime, holidays: frozenset[date]) -> datetime | None:
    """When it opens next, within the days for which rides can be ordered."""
    today = day_of(at, rules.timezone)
    for ahead in range(-1, rules.booking.ahead_days + 1):
        for span in spans_of(rules, today + timedelta(days=ahead), holidays):
            if span.start_at > at:
                return span.start_at
    return None
