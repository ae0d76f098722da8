"""An itinerary of earlier as it is now, with what has changed; or why there is no such itinerary any more."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from transit.journeys.alterations import Alteration, AlterationCode, altered, lost, repriced
from transit.journeys.engine import Engine
from transit.journeys.itineraries import Translator
from transit.journeys.planning import Page, page_of
from transit.journeys.quotes import requoted
from transit.journeys.rechecking import (
    ItineraryChanged,
    find_ordered,
    find_ride,
    is_cancelled,
    put_together,
    rechecked,
    redrawn,
)
from transit.journeys.reliability import assessed, location_of
from transit.journeys.replacements import find_replacement
from transit.journeys.why_not import why_not
from transit.journeys.windows import HOUR_S
from transit.money import Money
from transit.routing.access import WALK_MPS
from transit.routing.itinerary import Itinerary, Leg
from transit.routing.query import Mobility, Query, Via
from transit.tokens import price_of

MOST_INSTEAD: Final = 3


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The itinerary as it is now (None: there is none any more), and what is otherwise. `reason` is that of
    `rechecking.ItineraryChanged`, empty where it was found; `instead` is a search from the same ends where it was not.
    """

    itinerary: Itinerary | None
    alterations: tuple[Alteration, ...]
    reason: str = ""
    instead: Page | None = None


def refreshed(
    engine: Engine, itinerary: Itinerary, price: Money | None, query: Query | None, language: str, now: datetime
) -> Refreshed:
    """The same itinerary by the network of now; where trips have changed, by those that have taken their place.

    `price` is what it cost, the query how somebody is ready to travel; None: not known, and the usual way.
    """
    like = replace(query or _usual(engine, itinerary), language=language, directions=False)
    try:
        found = requoted(engine, rechecked(engine, itinerary, language), language, now)
        refresh = Refreshed(found, tuple(altered(itinerary, found)))
    except ItineraryChanged:
        refresh = _replaced(engine, itinerary, language, now)
    if refresh.itinerary is None:
        return replace(refresh, instead=_instead(engine, itinerary, like, now))
    (sure,) = assessed(engine, [refresh.itinerary], like, now)
    dearer = repriced(sure, price, price_of(sure))
    return replace(refresh, itinerary=sure, alterations=(*refresh.alterations, *dearer))


def _usual(engine: Engine, itinerary: Itinerary) -> Query:
    start, end = (location_of(engine, place) for place in (itinerary.legs[0].start, itinerary.legs[-1].end))
    via = tuple(Via(location_of(engine, stay.place), stay.least_s) for stay in itinerary.stays)
    return Query(start, end, itinerary.start_at, travellers=itinerary.travellers, mobility=itinerary.mobility, via=via)


def _instead(engine: Engine, itinerary: Itinerary, like: Query, now: datetime) -> Page:
    """What there is at that time between the same ends."""
    asked = replace(
        like,
        origin=location_of(engine, itinerary.legs[0].start),
        destination=location_of(engine, itinerary.legs[-1].end),
        time_at=max(itinerary.start_at, now),
        arrive_by=False,
        window_s=HOUR_S,
    )
    page = page_of(engine, asked, now, at_most=MOST_INSTEAD)
    return replace(page, reasons=why_not(engine, asked, page, now))


def _replaced(engine: Engine, itinerary: Itinerary, language: str, at: datetime) -> Refreshed:
    translator = Translator(engine, language)
    rides = {i: _ride(engine, translator, itinerary, i) for i, leg in enumerate(itinerary.legs) if leg.is_transit}
    gone = [i for i, ride in rides.items() if ride is None]
    if gone:
        codes = {i: _why(engine, itinerary.legs[i]) for i in gone}
        reason = "cancelled" if AlterationCode.CANCELLED in codes.values() else "changed"
        return Refreshed(None, tuple(lost(itinerary, i, code) for i, code in codes.items()), reason)
    legs = [rides.get(i) or leg for i, leg in enumerate(itinerary.legs)]
    legs = [
        leg if leg.is_transit else _walk(engine, translator, legs, i, itinerary.mobility) for i, leg in enumerate(legs)
    ]
    try:
        now = requoted(engine, put_together(engine, translator, itinerary, legs), language, at)
    except ItineraryChanged as missed:
        code = AlterationCode.MISSED if missed.reason == "missed" else AlterationCode.GONE
        alterations = [lost(itinerary, i, code) for i in missed.legs]
        return Refreshed(None, tuple(alterations), missed.reason)
    return Refreshed(now, tuple(altered(itinerary, now)))


def _ride(engine: Engine, translator: Translator, itinerary: Itinerary, i: int) -> Leg | None:
    """A ride as it is now. Where one stays seated, only the same trips will do."""
    leg = itinerary.legs[i]
    if leg.ordering is not None:
        return find_ordered(engine, translator.language, leg)
    found = find_ride(engine, translator, leg)
    goes_on = i + 1 < len(itinerary.legs) and itinerary.legs[i + 1].stay_seated
    if found is not None:
        ride: Leg | None = replace(found.leg, stay_seated=leg.stay_seated)
    else:
        ride = None if leg.stay_seated or goes_on else find_replacement(engine, translator, leg)
    return ride if ride is not None and itinerary.mobility.may_ride(ride.wheelchair) else None


def _why(engine: Engine, leg: Leg) -> AlterationCode:
    return AlterationCode.CANCELLED if is_cancelled(engine, leg) else AlterationCode.GONE


def _walk(engine: Engine, translator: Translator, legs: list[Leg], i: int, mobility: Mobility) -> Leg:
    """A way on the ground between the rides of now; it takes as much longer as it has become."""
    leg = legs[i]
    start = legs[i - 1].end if i and legs[i - 1].is_transit else leg.start
    end = legs[i + 1].start if i + 1 < len(legs) and legs[i + 1].is_transit else leg.end
    found = redrawn(engine, translator, replace(leg, start=start, end=end), mobility)
    if (start.stop_id, end.stop_id) == (leg.start.stop_id, leg.end.stop_id):
        return found
    pace_mps = leg.distance_m / leg.duration.total_seconds() if leg.distance_m and leg.duration else WALK_MPS
    took = timedelta(seconds=math.ceil(found.distance_m / pace_mps))
    return replace(found, end_at=leg.start_at + took) if i else replace(found, start_at=leg.end_at - took)
