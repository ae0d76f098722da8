"""Better plans, found while nobody waits; no promise is touched."""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from transit.models import PLANNED, ServiceDay
from transit.ondemand.edit import Edit
from transit.ondemand.roster import TICK_S, Roster
from transit.ondemand.streets import roads_of
from transit.ondemand.versions import rules_of
from transit.routing.neighbourhood import Effort
from transit.routing.neighbourhood import improve as search

SETTLED: Final = timedelta(minutes=10)
"""Whoever is met so soon keeps the vehicle that they were told."""
WORTH_S: Final = 60.0
"""A plan is changed for no less than so many seconds of driving."""
MOST_S: Final = 5.0
A_RIDE_S: Final = 0.05
"""So long it is looked for something better, for each ride, and MOST_S in all."""
_last: dict[int, int] = {}
"""By day, the revision that was looked at last."""


def list_due(now: datetime) -> list[tuple[int, float]]:
    """The days around now that have rides and have changed since they were looked at, and how long to look."""
    today = now.date()
    around = ServiceDay.objects.filter(date__range=(today - timedelta(days=1), today + timedelta(days=1)))
    with_rides = around.annotate(count=Count("rides", filter=Q(rides__state__in=PLANNED))).filter(count__gt=0)
    rows = list(with_rides.order_by("pk").values_list("pk", "revision", "count"))
    due = [(pk, min(MOST_S, A_RIDE_S * count)) for pk, revision, count in rows if _last.get(pk) != revision]
    _last.clear()
    _last.update({pk: revision for pk, revision, _ in rows})
    return due


def list_watched(now: datetime) -> list[int]:
    """The days around now that have rides."""
    around = now.date() - timedelta(days=1), now.date() + timedelta(days=1)
    days = ServiceDay.objects.filter(date__range=around, rides__state__in=PLANNED).distinct()
    return list(days.order_by("pk").values_list("pk", flat=True))


def improve(service_day_id: int, seconds: float, now: datetime) -> float:
    """Look for a better plan of a day for so long, and follow it if it is worth it; returns by how much it is better.

    What others change meanwhile holds: then the search was in vain.
    """
    day = ServiceDay.objects.select_related("rule_set", "service").get(pk=service_day_id)
    # A plan of its own: others of this process go on with theirs.
    roster = Roster(day, rules_of(day.rule_set), roads_of(day.rule_set))
    roster.roams = True
    roster.load(day.revision)
    roster.lay(math.ceil(now.timestamp() / TICK_S) * TICK_S)
    soon_s = roster.clock_s + SETTLED.total_seconds()
    for stand in roster.stands.values():
        for stop in stand.todo:
            if stop.ride and stop.at <= soon_s:
                roster.keep(stop.ride)
    before = roster.board.plan()
    found = search(roster.board, Effort(seconds=seconds, clock=time.monotonic))
    better = found.before - found.after
    if found.out or better < WORTH_S:
        return 0.0
    edit = Edit(roster)
    edit.touched = {int(key) for key, route in roster.board.plan().items() if route != before[key]}
    return better if edit.touched and edit.write() else 0.0
