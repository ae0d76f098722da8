"""How late the trips of a route usually are at a stop: taken from what interfaces say, kept as counts."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Sum

from transit.feeds.messages import Refused, read
from transit.feeds.realtime import Kind, last_messages
from transit.models import DelayCount, ObservedDelay
from transit.models.delay import DayKind
from transit.network.current import NoNetwork, current_network
from transit.network.punctuality import Punctuality, punctuality_of
from transit.network.store import Network

BOUNDS_S: Final = (-60, 0, 60, 120, 180, 300, 600, 900, 1800)
"""Bucket i has delays up to BOUNDS_S[i], above the bound before; the last bucket has those above all bounds."""
_EDGES_S: Final = (-300, *BOUNDS_S, 3600)
"""Where buckets begin and end when a value in between is sought; the first and the last have no end of their own."""
BEHIND_S: Final = 180
AHEAD_S: Final = 120
"""Around now, so wide that a stop is seen once before it is past by whoever looks every minute."""
SETTLED: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=2)
FEWEST: Final = 20
"""Of fewer arrivals nothing is said: those of other hours, then those of other days are taken in."""
_ROWS = 2000

Cell = tuple[str, str, int, int, int]


@dataclass(frozen=True, slots=True)
class DelayDistribution:
    """How many arrivals fell into each bucket (one more than BOUNDS_S)."""

    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many arrivals were seen."""
        return sum(self.counts)

    def share_within(self, seconds: float) -> float:
        """The share of arrivals that were late by at most so much: the chance that such a change holds."""
        bucket = bisect_left(BOUNDS_S, seconds)
        low, high = _EDGES_S[bucket : bucket + 2]
        part = min(max((seconds - low) / (high - low), 0.0), 1.0)
        return (sum(self.counts[:bucket]) + part * self.counts[bucket]) / self.total

    def percentile(self, share: float) -> float:
        """The delay in seconds that this share of arrivals did not exceed."""
        wanted = share * self.total
        sums = list(accumulate(self.counts))
        bucket = bisect_left(sums, max(wanted, 1e-9))
        low, high = _EDGES_S[bucket : bucket + 2]
        return low + (high - low) * (wanted - sums[bucket] + self.counts[bucket]) / self.counts[bucket]


def delay_distribution(route_id: str, stop_id: str, at: datetime) -> DelayDistribution | None:
    """Of arrivals of a route (`feed:route`) at a stop, at this hour and kind of day if that has been seen often
    enough, else at all hours of it, else on all days. None where too little is known.
    """
    here = DelayCount.objects.filter(route_id=route_id, stop_id=stop_id)
    local = at.astimezone(ZoneInfo(_stop_zone(stop_id)))
    same_day = here.filter(day_kind=day_kind(local.date()))
    for rows in (same_day.filter(hour=local.hour), same_day, here):
        found = dict(rows.values_list("bucket").annotate(Sum("count")))
        if sum(found.values()) >= FEWEST:
            return DelayDistribution(tuple(found.get(bucket, 0) for bucket in range(len(BOUNDS_S) + 1)))
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
