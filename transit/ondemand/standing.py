"""Where idle vehicles wait: where people asked for rides at this hour of this weekday in the last weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transit.models import Ride, Shift
from transit.ondemand.roster import Roster
from transit.ondemand.rosters import planned
from transit.ondemand.stand import Place

F64 = NDArray[np.float64]
WEEKS: Final = 4
AHEAD: Final = timedelta(hours=1)
IDLE: Final = timedelta(minutes=20)
"""Who has nothing to do for so long may be sent somewhere."""
FEWEST: Final = 5
"""What fewer people did is no habit."""
MOST: Final = 150
FAR_S: Final = 1200
"""A vehicle that is farther away than this is as good as none."""
WORTH_S: Final = 120
"""Nobody is sent anywhere that brings the vehicles so little closer, in all, for each who is expected."""


def position(service_day_id: int, now: datetime) -> int:
    """Say where idle vehicles wait; returns how many were sent elsewhere. They are free all the while."""
    with planned(service_day_id, now) as roster:
        idle = _idle(roster, now)
        wanted = _wanted(roster, now) if idle else []
        sent = _sent(roster, idle, wanted) if len(wanted) >= FEWEST else {}
        for pk, shift in roster.shifts.items():
            place = sent.get(pk, (None, None))
            if pk in idle and (shift.stand_lon, shift.stand_lat) == place:
                continue
            if pk in sent or shift.stand_lon is not None:
                Shift.objects.filter(pk=pk).update(stand_lon=place[0], stand_lat=place[1])
                shift.stand_lon, shift.stand_lat = place
    return len(sent)


def _idle(roster: Roster, now: datetime) -> list[int]:
    """The shifts that are out and have nothing to do for a while."""
    until_s = (now + IDLE).timestamp()
    return [
        pk
        for pk, stand in sorted(roster.stands.items())
        if roster.shifts[pk].state == "OUT" and not stand.is_bound and not any(stop.at < until_s for stop in stand.todo)
    ]


def _wanted(roster: Roster, now: datetime) -> list[Place]:
    """Where people were met in the hour that comes, on the same weekdays before."""
    found: list[Place] = []
    for weeks in range(1, WEEKS + 1):
        then = now - timedelta(weeks=weeks)
        rows = Ride.objects.filter(day__service_id=roster.service_id, told_at__gte=then, told_at__lt=then + AHEAD)
        found += rows.exclude(state__in=("RELEASED", "EXPIRED")).values_list("origin_lon", "origin_lat")[:MOST]
    return found[:MOST]


def _sent(roster: Roster, idle: list[int], wanted: list[Place]) -> dict[int, Place]:
    """One vehicle after the other goes where it shortens the ways to those who are expected the most."""
    nodes = [roster.places.node(*each) for each in wanted]
    here = {pk: roster.places.node(*roster.stands[pk].place) for pk in idle}
    from_here = {pk: _seconds(roster, [node], nodes)[0] for pk, node in here.items()}
    between = _seconds(roster, nodes, nodes)
    sent: dict[int, Place] = {}
    for pk in idle:
        others = [between[nodes.index(roster.places.node(*sent[each]))] if each in sent else from_here[each]
                  for each in idle if each != pk]  # fmt: skip
        near = np.min([*others, np.full(len(nodes), FAR_S)], axis=0)
        stays = np.minimum(near, from_here[pk]).sum()
        goes = np.minimum(near, between).sum(axis=1)
        best = int(goes.argmin())
        if stays - goes[best] > WORTH_S * len(nodes):
            sent[pk] = wanted[best]
    return sent


def _seconds(roster: Roster, starts: list[int], ends: list[int]) -> F64:
    return np.array([[roster.places.seconds(start, end) for end in ends] for start in starts], np.float64)
