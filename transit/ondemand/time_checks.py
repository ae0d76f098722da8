"""Flaws of when one is taken and when one orders: hours, special days, booking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from transit.ondemand.flaw import Flaw, outside
from transit.ondemand.rules import Rules, Span

MOST_S = 36 * 3600
"""Hours end at the latest at noon of the day after."""
DAY_S = 86_400


def check(rules: Rules) -> Iterator[Flaw]:
    """All of these."""
    return chain(_hours(rules), _special_days(rules), _booking(rules))


def clock(seconds: int) -> str:
    """HH:MM; 25:10 is legal."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def _hours(rules: Rules) -> Iterator[Flaw]:
    if not rules.spans:
        yield Flaw("hours", _("There are no hours yet."), _("Enter on which days and at what times rides are offered."))
    yield from _spans("hours", rules.spans)


def _spans(section: str, spans: Sequence[Span]) -> Iterator[Flaw]:
    for span in spans:
        hours = {"from": clock(span.start_s), "until": clock(span.end_s)}
        if not span.days or not set(span.days) <= set(range(7)):
            what = _("The hours from %(from)s to %(until)s hold on no day.") % hours
            yield Flaw(section, what, _("Choose at least one day of the week."))
        if not 0 <= span.start_s < span.end_s <= MOST_S or span.start_s >= DAY_S:
            what = _("The hours from %(from)s to %(until)s are not possible.") % hours
            yield Flaw(section, what, _("They end after they begin. After midnight write 25:00 for one o'clock."))
        if span.end_s - span.start_s > DAY_S:
            what = _("The hours from %(from)s to %(until)s are longer than a day.") % hours
            yield Flaw(section, what, _("Let them end where they begin again on the next day."))
        if span.last_pickup_s is not None and not span.start_s <= span.last_pickup_s <= span.end_s:
            what = _("The last pick-up at %s is not within the hours.") % clock(span.last_pickup_s)
            yield Flaw(section, what, _("Write a time between the begin and the end."))
        if span.first_day and span.last_day and span.last_day < span.first_day:
            what = _("The season of the hours from %(from)s to %(until)s ends before it begins.") % hours
            yield Flaw(section, what, _("Exchange the two days."))
    yield from _overlaps(section, spans)


def _overlaps(section: str, spans: Sequence[Span]) -> Iterator[Flaw]:
    for day, name in WEEKDAYS.items():
        held = sorted((span for span in spans if day in span.days), key=lambda span: (span.start_s, span.end_s))
        if any(b.start_s < a.end_s and _same_season(a, b) for a, b in pairwise(held)):
            yield Flaw(
                section, _("Two hours on %s overlap.") % name, _("Join them, or let one end where the next begins.")
            )


def _same_season(a: Span, b: Span) -> bool:
    return not (
        (a.last_day and b.first_day and a.last_day < b.first_day)
        or (b.last_day and a.first_day and b.last_day < a.first_day)
    )


def _special_days(rules: Rules) -> Iterator[Flaw]:
    for each in rules.special_days:
        if each.last_day < each.first_day:
            yield Flaw("special_days", _("“%s” ends before it begins.") % each.name, _("Exchange the two days."))
        if (each.last_day - each.first_day).days > 366:
            yield Flaw("special_days", _("“%s” is longer than a year.") % each.name, _("Write another last day."))
        for start_s, end_s in each.spans:
            if not 0 <= start_s < end_s <= MOST_S:
                named = {"name": each.name, "from": clock(start_s), "until": clock(end_s)}
                what = _("On “%(name)s” the hours from %(from)s to %(until)s are not possible.") % named
                yield Flaw(
                    "special_days", what, _("They end after they begin. After midnight write 25:00 for one o'clock.")
                )
        if any(b[0] < a[1] for a, b in pairwise(sorted(each.spans))):
            yield Flaw("special_days", _("Two hours on “%s” overlap.") % each.name, _("Join them."))
    ordered = sorted(rules.special_days, key=lambda each: each.first_day)
    for before, after in pairwise(ordered):
        if after.first_day <= before.last_day:
            what = _("“%(one)s” and “%(other)s” have a day in common.") % {"one": before.name, "other": after.name}
            yield Flaw("special_days", what, _("Let one of them leave it out, so that it is clear what holds."))


def _booking(rules: Rules) -> Iterator[Flaw]:
    booking = rules.booking
    yield from outside("booking", _("The number of days ahead"), booking.ahead_days, 0, 365)
    yield from outside("booking", _("The notice in minutes"), booking.notice_s / 60, 0, 30 * 1440)
    if booking.notice_s > (booking.ahead_days + 1) * DAY_S:
        yield Flaw("booking", _("The notice is longer than one can book ahead."), _("Make one of them fit."))
    if (booking.cutoff_days is None) != (booking.cutoff_s is None):
        yield Flaw("booking", _("Only half of the booking deadline is there."), _("Write both days and time, or none."))
    if booking.cutoff_days is not None and not 0 <= booking.cutoff_days <= booking.ahead_days:
        yield Flaw("booking", _("The booking deadline is before one can book."), _("Allow to book more days ahead."))
    if booking.cutoff_s is not None and not 0 <= booking.cutoff_s <= DAY_S:
        yield Flaw("booking", _("The booking deadline is at no time of the day."), _("Write 00:00 to 24:00."))
    yield from _spans("booking", booking.phone_hours)
    if booking.phone_hours and not booking.phone:
        yield Flaw("booking", _("The telephone has hours, but no number."), _("Write the number."))
