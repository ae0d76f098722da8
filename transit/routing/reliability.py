"""The chance that a change holds: that one is at the next vehicle before it leaves. Pure.

A change has some slack: what is left between an arrival and the next departure after the walk between them. It holds
where the arriving vehicle is late by no more than that, and by as much more as the next one is late itself, which never
leaves early. How late that one is counts where it has been seen often enough at that stop, and then by the lower bound
of each bucket; else it is reckoned to leave as expected. So the chance is rather too small than too great. Changes are
taken to be independent of each other, and so are the two vehicles of one.

Times that are known of now are the expected ones already. What is left to chance then is how far the forecast is off:
the spread of the usual delays stays, around the forecast instead of the timetable, which errs on the same side.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from transit.routing.itinerary import Basis, Fallback, Itinerary, Leg, Transfer
from transit.routing.lateness import PRIORS, DelayDistribution

TIGHT: Final = 0.9
"""A change that holds less often is tight: it is said how one goes on who misses it."""
SAFE: Final = 0.95
"""How often a ride on demand is there by its safe duration (GTFS-Flex, trips.txt `safe_duration_factor`)."""
PHASES: Final = 8
"""Of a line that keeps no exact times any moment between two vehicles is as likely; so many are tried."""
NIGHT: Final = timedelta(hours=4)
"""Until then it is still the day before."""


class Change(NamedTuple):
    """The ride that is left, the position of the one that is boarded, and the seconds to spare."""

    left: Leg
    boards: int
    slack_s: int


def changes_of(itinerary: Itinerary) -> list[Change]:
    """The changes of an itinerary, in order."""
    legs = itinerary.legs
    found = []
    for boards in itinerary.changed_to:
        leaves = max(i for i in range(boards) if legs[i].is_transit)
        walks = sum((leg.duration for leg in legs[leaves + 1 : boards]), timedelta())
        spare = legs[boards].start_at - legs[leaves].end_at - walks
        found.append(Change(legs[leaves], boards, int(spare.total_seconds())))
    return found


def transfer_of(
    change: Change, boarded: Leg, history: DelayDistribution | None, waits: DelayDistribution | None = None
) -> Transfer:
    """How sure a change is, given how late the line that is left usually is there, if that is known, and (`waits`) how
    late the one that is boarded is.
    """
    if boarded.headway_s is not None:
        return Transfer(1.0, Basis.FREQUENT, change.slack_s, is_tight=False)
    delays = history or PRIORS[change.left.mode]
    # What is known of now has moved the departure already.
    late = [(1.0, 0)] if waits is None or boarded.real_time is not None else waits.at_least
    chance = sum(share * _chance(change._replace(slack_s=change.slack_s + more_s), delays) for share, more_s in late)
    basis = Basis.PRIOR if history is None or change.left.ordering else Basis.HISTORY
    return Transfer(round(chance, 3), basis, change.slack_s, is_tight=chance < TIGHT)


def _chance(change: Change, delays: DelayDistribution) -> float:
    left, slack_s = change.left, change.slack_s
    if left.ordering is not None:
        return SAFE if slack_s >= 0 else 0.0
    within_s = slack_s + (0 if left.real_time is None else delays.percentile(0.5))
    if left.headway_s is None:
        return delays.share_within(within_s)
    phases = [left.headway_s * ((phase + 0.5) / PHASES - 0.5) for phase in range(PHASES)]
    return sum(delays.share_within(within_s - phase) for phase in phases) / PHASES


def followed(transfer: Transfer, missed: Leg, ways_on: list[Itinerary]) -> Transfer:
    """A tight change with what is left to who misses it: of the ways on, the one that is there first."""
    soonest = min(ways_on, key=lambda each: (each.end_at, each.vehicles, -each.start_at.timestamp()), default=None)
    if soonest is None:
        return replace(transfer, is_followed=True, is_last=True)
    first = next((leg for leg in soonest.legs if leg.is_transit), soonest.legs[0])
    line, headsign = (first.service.line, first.service.headsign) if first.service else ("", "")
    ends = first.start, soonest.legs[-1].end
    fallback = Fallback(first.mode, line, headsign, *ends, first.start_at, soonest.end_at)
    zone = ZoneInfo(missed.start.timezone)
    days = {(at.astimezone(zone) - NIGHT).date() for at in (missed.start_at, fallback.departs_at)}
    return replace(transfer, is_followed=True, fallback=fallback, is_last=len(days) > 1)
