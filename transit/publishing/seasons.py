"""Last season's timetable as the beginning of the next one's."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from transit.models import HostedCall, HostedDays, HostedDeparture, HostedPattern, HostedSeason
from transit.models.hosted import short_code


def copy(season: HostedSeason, name: str, first_day: date, last_day: date) -> HostedSeason:
    """A draft with the same departures for other days. Single dates are left behind: they were that season's.

    Raises ValidationError for days that cannot be a season.
    """
    made = HostedSeason(service=season.service, name=name, first_day=first_day, last_day=last_day)
    made.full_clean()
    with transaction.atomic():
        made.save()
        days = {each.pk: _copied_days(each, made) for each in season.days.all()}
        for pattern in season.patterns.prefetch_related("calls", "departures"):
            _copy_pattern(pattern, made, days)
    return made


def _copied_days(days: HostedDays, season: HostedSeason) -> HostedDays:
    return HostedDays.objects.create(season=season, name=days.name, weekdays=days.weekdays)


def _copy_pattern(pattern: HostedPattern, season: HostedSeason, days: dict[int, HostedDays]) -> None:
    made = HostedPattern.objects.create(
        season=season, line=pattern.line, headsign=pattern.headsign, direction=pattern.direction
    )
    HostedCall.objects.bulk_create(
        HostedCall(pattern=made, seq=each.seq, stop_id=each.stop_id, boards=each.boards, alights=each.alights)
        for each in pattern.calls.all()
    )
    HostedDeparture.objects.bulk_create(
        HostedDeparture(
            pattern=made,
            days=days[each.days_id],
            code=short_code(),
            times=each.times,
            seats=each.seats,
            wheelchair=each.wheelchair,
        )
        for each in pattern.departures.all()
    )
