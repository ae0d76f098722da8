"""What is asked of services, noted without a person, so that rules can be tried out on it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.db import DatabaseError, transaction

from transit.models import RideRequest, RuleSet
from transit.ondemand.asks import Ask
from transit.ondemand.quote import Spot, Wish

log = logging.getLogger(__name__)
KEPT: Final = timedelta(days=90)
QUOTED: Final = "quoted"
AGAIN: Final = timedelta(minutes=30)
"""Who asks for the same way again so soon is the same, and has changed their mind about the time."""
MOST: Final = 50_000
"""The newest are played."""
MOST_A_MINUTE: Final = 300
"""Of one service."""
_DIGITS: Final = 3
_STEP_S: Final = 300


def note(rule_set: RuleSet, wish: Wish, result: str, now: datetime) -> None:
    """Somebody has asked. Nobody goes without an answer because it cannot be noted.

    When is kept coarsely, too: else an offer of that second would tell who. Of who asks without end only the first
    wishes of a minute are kept, so that nobody drowns the others.
    """
    if _too_many(rule_set.service_id, now):
        return
    start, end = _rounded(wish.origin), _rounded(wish.destination)
    row = RideRequest(
        service_id=rule_set.service_id,
        asked_at=_begun(now),
        wished_at=_coarse(wish.at),
        arrive=wish.arrive,
        origin_lon=start.lon,
        origin_lat=start.lat,
        origin_stop=start.stop,
        destination_lon=end.lon,
        destination_lat=end.lat,
        destination_stop=end.stop,
        load=list(wish.load),
        group=wish.group,
        purpose=wish.purpose,
        result=result,
    )
    try:
        with transaction.atomic():  # a savepoint, where a transaction is open
            row.save(force_insert=True)
    except DatabaseError:
        log.warning("what was asked of service %s was not noted", rule_set.service_id, exc_info=True)


def list_asks(service_code: str, since: datetime, until: datetime) -> list[Ask]:
    """What was asked in a time, each wish once: of those who asked again, the last."""
    rows = RideRequest.objects.filter(service__code=service_code, asked_at__gte=since, asked_at__lt=until)
    return list(_once(reversed(rows.order_by("-asked_at", "-pk")[:MOST]), service_code))


def tidy(now: datetime) -> int:
    """Forget what was asked long ago. How many."""
    return RideRequest.objects.filter(asked_at__lt=now - KEPT).delete()[0]


def _once(rows: Iterable[RideRequest], service_code: str) -> Iterator[Ask]:
    latest: dict[tuple[object, ...], Ask] = {}
    for row in rows:
        ask = _ask(row, service_code)
        wish = ask.wish
        mark = wish.origin, wish.destination, wish.load, wish.group, wish.purpose, wish.arrive
        earlier = latest.get(mark)
        if earlier is not None and ask.asked_at - earlier.asked_at > AGAIN:
            yield earlier
        latest[mark] = ask
    yield from latest.values()


def _ask(row: RideRequest, service_code: str) -> Ask:
    load = (row.load[0], row.load[1], row.load[2], row.load[3])
    start = Spot(row.origin_lon, row.origin_lat, row.origin_stop)
    end = Spot(row.destination_lon, row.destination_lat, row.destination_stop)
    wish = Wish(service_code, start, end, row.wished_at, row.arrive, load, row.group, row.purpose)
    return Ask(row.asked_at, wish)


def _rounded(spot: Spot) -> Spot:
    return Spot(round(spot.lon, _DIGITS), round(spot.lat, _DIGITS), spot.stop)


def _too_many(service_id: int, now: datetime) -> bool:
    key = f"ride-requests:{service_id}:{int(now.timestamp()) // 60}"
    cache.add(key, 0, 120)
    try:
        return cache.incr(key) > MOST_A_MINUTE
    except ValueError:  # the minute is over
        return False


def _begun(at: datetime) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // _STEP_S * _STEP_S, at.tzinfo)


def _coarse(at: datetime) -> datetime:
    return datetime.fromtimestamp(round(at.timestamp() / _STEP_S) * _STEP_S, at.tzinfo)
