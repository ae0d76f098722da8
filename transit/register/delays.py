"""How late the trips of a route usually are at a stop: taken from what interfaces say, kept as counts."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Sum, When

from transit.feeds.messages import Refused, read
from transit.feeds.realtime import Kind, last_messages
from transit.models import DelayCount, ObservedDelay
from transit.models.delay import DayKind
from transit.network.current import NoNetwork, current_network
from transit.network.punctuality import Punctuality, punctuality_of
from transit.network.store import Network
from transit.routing.lateness import BOUNDS_S, DelayDistribution

BEHIND_S: Final = 180
AHEAD_S: Final = 120
"""Around now, so wide that a stop is seen once before it is past by whoever looks every minute."""
SETTLED: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=2)
FEWEST: Final = 20
"""Of fewer arrivals nothing is said: those of other hours, then those of other days are taken in."""
_ROWS = 2000

Cell = tuple[str, str, int, int, int]


class Arrival(NamedTuple):
    """A route (`feed:route`) that arrives at a stop in an hour of a kind of day, by the clocks there."""

    route_id: str
    stop_id: str
    day_kind: DayKind
    hour: int


def arrival_of(route_id: str, stop_id: str, at: datetime, timezone: str) -> Arrival:
    """What counts of an arrival, in the time zone of its stop."""
    local = at.astimezone(ZoneInfo(timezone))
    return Arrival(route_id, stop_id, day_kind(local.date()), local.hour)


def delay_distribution(route_id: str, stop_id: str, at: datetime) -> DelayDistribution | None:
    """Of arrivals of a route (`feed:route`) at a stop, as `delay_distributions` has it; None where little is known."""
    arrival = arrival_of(route_id, stop_id, at, _stop_zone(stop_id))
    return delay_distributions([arrival]).get(arrival)


def delay_distributions(arrivals: Collection[Arrival]) -> dict[Arrival, DelayDistribution]:
    """Of each of some arrivals at its hour and kind of day if that has been seen often enough, else at all hours of it,
    else on all days. Those of which too little is known are left out. One query for all.
    """
    if not arrivals:
        return {}
    hours = {arrival.hour for arrival in arrivals}
    rows = (
        DelayCount.objects.filter(
            route_id__in={arrival.route_id for arrival in arrivals},
            stop_id__in={arrival.stop_id for arrival in arrivals},
        )
        .annotate(asked_hour=Case(When(hour__in=hours, then=F("hour")), default=None, output_field=IntegerField()))
        .values_list("route_id", "stop_id", "day_kind", "asked_hour", "bucket")
        .annotate(Sum("count"))
    )
    seen: dict[tuple[str, str], list[_Seen]] = {}
    for route_id, stop_id, *seen_there in rows:
        seen.setdefault((route_id, stop_id), []).append(_Seen(*seen_there))
    found = {each: _distribution(each, seen.get((each.route_id, each.stop_id), [])) for each in arrivals}
    return {arrival: delays for arrival, delays in found.items() if delays is not None}


class _Seen(NamedTuple):
    """So many arrivals of a kind of day, in an hour (None: in others than those asked for), in a bucket."""

    day_kind: int
    hour: int | None
    bucket: int
    arrivals: int


def _distribution(arrival: Arrival, seen: list[_Seen]) -> DelayDistribution | None:
    same_day = [each for each in seen if each.day_kind == arrival.day_kind]
    same_hour = [each for each in same_day if each.hour == arrival.hour]
    for rows in (same_hour, same_day, seen):
        if sum(each.arrivals for each in rows) >= FEWEST:
            counts = [0] * (len(BOUNDS_S) + 1)
            for each in rows:
                counts[each.bucket] += each.arrivals
            return DelayDistribution(tuple(counts))
    return None


def observe(now: datetime) -> int:
    """Note what is said of arrivals around now, and count what is past. How many were counted. May run twice."""
    try:
        network = current_network()
    except NoNetwork:
        return 0
    for last in last_messages(Kind.TRIP_UPDATES):
        if last.is_stale(now):
            continue
        try:
            message = read(last.path.read_bytes())
        except (OSError, Refused):
            continue
        said = punctuality_of(network, message, last.feed)
        _note([row for each in said if not each.cancelled for row in _passing(network, each, now)])
    ObservedDelay.objects.filter(passes_at__lt=now - KEPT).delete()
    return _count(now)


def day_kind(day: date) -> DayKind:
    """Weekday, Saturday or Sunday. Of holidays nothing is known."""
    return DayKind(max(0, day.weekday() - 4))


def _stop_zone(stop_id: str) -> str:
    try:
        network = current_network()
    except NoNetwork:
        return "UTC"
    stop = network.find_stop(stop_id)
    return network.schedule.timezones[0] if stop is None else network.stop_timezone(stop)


def _passing(network: Network, said: Punctuality, now: datetime) -> Iterator[ObservedDelay]:
    """The stops that a trip is about to reach or has just left."""
    moment = int(now.timestamp())
    for position, (at, delay_s) in enumerate(zip(said.arrivals_at, said.delays_s, strict=True)):
        if delay_s is None or not moment - BEHIND_S <= at + delay_s <= moment + AHEAD_S:
            continue
        stop = network.trip_stops(said.trip)[position]
        local = datetime.fromtimestamp(at, ZoneInfo(network.stop_timezone(stop)))
        yield ObservedDelay(
            trip_id=network.trip_id(said.trip),
            service_date=date.fromordinal(said.day),
            position=position,
            route_id=network.routes.ids.texts[int(network.trips.route[said.trip])],
            stop_id=network.stop_id(stop),
            day_kind=day_kind(local.date()),
            hour=local.hour,
            delay_s=delay_s,
            passes_at=datetime.fromtimestamp(at + delay_s, UTC),
        )


def _note(rows: list[ObservedDelay]) -> None:
    """The last word on each counts, until it is counted."""
    ObservedDelay.objects.bulk_create(
        {(row.trip_id, row.service_date, row.position): row for row in rows}.values(),
        batch_size=_ROWS,
        update_conflicts=True,
        unique_fields=["trip_id", "service_date", "position"],
        update_fields=["delay_s", "passes_at"],
    )


def _count(now: datetime) -> int:
    """Count what is past. Who counts at the same time waits for the rows, and finds them counted."""
    counted = 0
    while True:
        with transaction.atomic():
            past = ObservedDelay.objects.select_for_update().filter(counted=False, passes_at__lte=now - SETTLED)
            rows = list(past.order_by("pk")[:_ROWS])
            _add(Counter(map(_cell, rows)))
            ObservedDelay.objects.filter(pk__in=[row.pk for row in rows]).update(counted=True)
        counted += len(rows)
        if len(rows) < _ROWS:
            return counted


def _cell(row: ObservedDelay) -> Cell:
    return row.route_id, row.stop_id, row.day_kind, row.hour, bisect_left(BOUNDS_S, row.delay_s)


def _add(counts: Counter[Cell]) -> None:
    """Django's upsert replaces; this one adds, in SQL that SQLite and PostgreSQL share."""
    rows = [(*cell, count) for cell, count in sorted(counts.items())]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO transit_delaycount (route_id, stop_id, day_kind, hour, bucket, count)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (route_id, stop_id, day_kind, hour, bucket)"
            " DO UPDATE SET count = transit_delaycount.count + excluded.count",
            rows,
        )
