"""Why a search found no ride, and the nearest change of it that would: diagnosed by searching otherwise.

A change is suggested only where a search with it has found a ride, and one that leaves sooner than what there is
without it. All this is done for an empty answer alone, and is a handful of searches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from transit.journeys.diagnosis import Diagnosis, leaving_at
from transit.journeys.engine import Engine
from transit.journeys.planning import Page
from transit.journeys.quotes import Refused
from transit.journeys.reasons import Reason, ReasonCode
from transit.journeys.unreached import MOST_WALK_S, walk_limit, without_stops, without_zones
from transit.journeys.unserved import unserved
from transit.routing.itinerary import Itinerary, Leg
from transit.routing.query import MOST_VEHICLES, TRANSIT_MODES, Mobility, Mode, Query

LONG_BEFORE: Final = timedelta(days=60)
"""Then every ride on demand can still be ordered."""


def why_not(
    engine: Engine, query: Query, page: Page, now: datetime, refused: Sequence[Refused] = ()
) -> tuple[Reason, ...]:
    """The reasons why the first page of a search has no ride, or none before the next day, the plainest first.

    None where it has one, or where one can walk. `refused` is what our own dispatcher said of rides that were found.
    """
    if any(each.is_walk for each in page.itineraries):
        return ()
    rides = [each for each in page.itineraries if each.vehicles]
    # What our dispatcher can do, it is asked for itself: other searches for it would find what it may refuse.
    asked = replace(query, directions=False, bicycle=False, rental_modes=frozenset(), dispatched=False)
    search = Diagnosis(engine, asked, now, min(rides, key=lambda each: each.start_at, default=None))
    if search.shown is not None:
        return () if query.arrive_by else tuple(_gone(search, search.shown))
    own = unserved(search, refused) if query.dispatched else []
    found = own or [*without_stops(search), *without_zones(search)]
    if own or not found:
        found = [*own, *_unordered(search), *_relaxed(search), *_times(search)]
    return tuple(found) or (search.reason(ReasonCode.NO_CONNECTION),)


def _gone(search: Diagnosis, shown: Itinerary) -> Iterator[Reason]:
    """Why the first ride that is shown leaves on a later day than is asked for."""
    if search.service_day(shown.start_at) > search.day:
        yield from (replace(reason, next_at=None, change=()) for reason in _times(search))


def _times(search: Diagnosis) -> Iterator[Reason]:
    """What the time has to do with it."""
    network, day, after, before = search.engine.network, search.day.toordinal(), search.after, search.before
    change, next_at = (_leaving(after), _rides(after)[0].start_at) if after else ((), None)
    if not network.first_day <= day <= network.last_day:
        days = map(date.fromordinal, (network.first_day, network.last_day))
        facts: dict[str, Any] = dict(zip(("first_on", "last_on"), days, strict=True))
        yield search.reason(ReasonCode.OUTSIDE_TIMETABLE, next_at=next_at, change=change, **facts)
    elif after is not None and search.service_day(after.start_at) == search.day:
        if search.query.arrive_by and before is not None and before.start_at >= search.now:
            facts = {"at": _rides(before)[0].start_at, "line": _line(_rides(before)[0]), "change": _leaving(before)}
            yield search.reason(ReasonCode.EARLIER_RIDE, **facts)
        facts = {"at": next_at, "line": _line(_rides(after)[0]), "next_at": next_at, "change": change}
        yield search.reason(ReasonCode.LATER_RIDE, **facts)
    elif before is not None:
        facts = {
            "at": _rides(before)[0].start_at,
            "line": _line(_rides(before)[0]),
            "next_at": next_at,
            "change": change,
        }
        yield search.reason(ReasonCode.LAST_RIDE_GONE, **facts)
    elif after is not None:
        yield search.reason(ReasonCode.NO_SERVICE_THAT_DAY, next_at=next_at, change=change)


def _relaxed(search: Diagnosis) -> Iterator[Reason]:
    """Wishes that what there is cannot meet."""
    query = search.query
    if query.mobility.rolls:
        yield from _for_wheelchairs(search)
    if query.mobility == Mobility.STEP_FREE and (found := search.otherwise(mobility=Mobility.ANY)):
        yield search.reason(ReasonCode.NOT_STEP_FREE, change=search.change(found, step_free="false"))
    if query.change_slack_s and (found := search.otherwise(change_slack_s=0)):
        yield search.reason(ReasonCode.CHANGES_TOO_SHORT, change=search.change(found, change_slack="0"))
    if query.transit_modes < TRANSIT_MODES and (found := search.otherwise(transit_modes=TRANSIT_MODES)):
        missing = tuple({leg.mode: None for leg in _rides(found) if leg.mode not in query.transit_modes})
        modes = sorted({*query.transit_modes, *missing})
        yield search.reason(
            ReasonCode.MODES_EXCLUDED, modes=missing, change=search.change(found, modes=",".join(modes))
        )
    if query.max_vehicles < MOST_VEHICLES and (found := search.otherwise(max_vehicles=MOST_VEHICLES)):
        change = search.change(found, max_vehicles=f"{found.vehicles}")
        yield search.reason(ReasonCode.TOO_FEW_VEHICLES, vehicles=found.vehicles, change=change)
    if query.max_walk_s < MOST_WALK_S and (found := search.otherwise(max_walk_s=MOST_WALK_S)):
        walk_s = max((int(leg.duration.total_seconds()) for leg in found.legs if leg.mode == Mode.WALK), default=0)
        if walk_s > query.max_walk_s:
            walk_s = walk_limit(walk_s)
            yield search.reason(
                ReasonCode.WALK_TOO_LONG, walk_s=walk_s, change=search.change(found, max_walk=f"{walk_s}")
            )


def _for_wheelchairs(search: Diagnosis) -> Iterator[Reason]:
    """What keeps somebody in a wheelchair away. What they cannot do is not suggested to them."""
    careful = search.query.mobility == Mobility.WHEELCHAIR_KNOWN
    if careful and (found := search.otherwise(mobility=Mobility.WHEELCHAIR)):
        change = search.change(found, wheelchair="true", wheelchair_known="false")
        yield search.reason(ReasonCode.WHEELCHAIR_UNKNOWN, change=change)
    elif search.otherwise(mobility=Mobility.ANY):
        yield search.reason(ReasonCode.NOT_FOR_WHEELCHAIRS)


def _unordered(search: Diagnosis) -> Iterator[Reason]:
    """Rides on demand that could have been ordered."""
    if not search.engine.network.flex.rides.services:
        return
    found = search.if_nearer(search.first(search.query, search.now - LONG_BEFORE))
    if found is None or found.start_at < search.now:
        return
    for leg in _rides(found):
        until = leg.ordering.order_until_at if leg.ordering else None
        if until is not None and until < search.now:
            after = search.after
            next_at, change = (_rides(after)[0].start_at, _leaving(after)) if after else (None, ())
            yield search.reason(ReasonCode.BOOKING_CLOSED, line=_line(leg), at=until, next_at=next_at, change=change)
            return


def _leaving(itinerary: Itinerary) -> tuple[tuple[str, str], ...]:
    return tuple(leaving_at(itinerary).items())


def _rides(itinerary: Itinerary) -> list[Leg]:
    return [leg for leg in itinerary.legs if leg.is_transit]


def _line(leg: Leg) -> str:
    return leg.service.line if leg.service else ""
