"""What our own dispatcher is asked for a ride of an itinerary: from where, to where, and by when or from when on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from transit.journeys.dispatched import Offered, hub_stops, offered_by
from transit.journeys.engine import Engine
from transit.ondemand.quote import Quote, Spot, Wish
from transit.ondemand.rules import Load, Rules
from transit.routing.itinerary import Itinerary, Leg, Place
from transit.routing.query import Mobility, Party, Traveller

SAME: Final = 1e-6
"""Degrees between two ways of writing the same place."""


@dataclass(frozen=True, slots=True)
class Company:
    """Who rides: the travellers, how they ride, and what of them a dispatcher is told."""

    travellers: tuple[Traveller, ...]
    mobility: Mobility
    party: Party

    @property
    def load(self) -> Load:
        """What they take of a vehicle."""
        wheelchairs = int(self.mobility.rolls)
        children = min(self.party.child_seats, len(self.travellers) - wheelchairs)
        return len(self.travellers) - wheelchairs - children, wheelchairs, children, self.party.luggage


@dataclass(frozen=True, slots=True)
class Asked:
    """A ride of an itinerary that a dispatcher is asked for.

    One cannot be picked up before `not_before` (None: it does not matter), and must be set down, and have walked on,
    by `not_after`.
    """

    leg: int
    offered: Offered
    wish: Wish
    not_before: datetime | None
    not_after: datetime | None

    def best_of(self, quotes: Sequence[Quote]) -> Quote | None:
        """The choice that comes nearest to the wish; None: none fits."""
        fitting = [quote for quote in quotes if self.fits(quote)]
        return min(fitting, key=self._misses, default=None)

    def _misses(self, quote: Quote) -> tuple[bool, timedelta]:
        """Whether it is on the wrong side of the wish, and by how much it is beside it."""
        by = self.wish.at - quote.arrive_by if self.wish.arrive else quote.earliest_at - self.wish.at
        return by < timedelta(), abs(by)

    def fits(self, quote: Quote) -> bool:
        """Whether what is quoted joins what is before and after it."""
        leaves = quote.earliest_at - timedelta(seconds=quote.pickup_walk_s)
        arrives = quote.arrive_by + timedelta(seconds=quote.drop_off_walk_s)
        early = self.not_before is not None and leaves < self.not_before
        return not early and (self.not_after is None or arrives <= self.not_after)


def wishes_of(
    engine: Engine, itinerary: Itinerary, company: Company, arrive_by: bool = False, turn: int | None = None
) -> list[Asked]:
    """A wish for each ride of ours. `arrive_by`: what matters of a ride from door to door is when one is there.

    `turn` is the first leg of the way back, which nobody hurries to catch.
    """
    found = []
    for i, leg in enumerate(itinerary.legs):
        offered = offered_by(leg)
        if offered is not None:
            found.append(_asked(engine, itinerary, i, offered, (company, arrive_by, turn)))
    return found


def _asked(
    engine: Engine, itinerary: Itinerary, i: int, offered: Offered, how: tuple[Company, bool, int | None]
) -> Asked:
    (company, arrive_by, turn), legs = how, itinerary.legs
    breaks = {stay.leg for stay in itinerary.stays} | ({turn} if turn is not None else set())
    first = max((each for each in breaks if each <= i), default=0)
    last = min((each for each in breaks if each > i), default=len(legs))
    after = deadline_of(legs[i + 1 : last])
    before, connects = arrival_of(legs[first:i]), after is not None
    # A stay is as long as was wished: what is before it is over in time, what is after it begins when it may.
    stays = {stay.leg: timedelta(seconds=stay.least_s) for stay in itinerary.stays}
    if after is None and last in stays:
        after = legs[last].start_at - stays[last] - _length(legs[i + 1 : last])
    if before is None and first in stays:
        before = legs[first - 1].end_at + stays[first] + _length(legs[first:i])
    leg = legs[i]
    arrive = before is None and (after is not None or arrive_by)
    at = (after or leg.end_at) if arrive else leg.start_at
    start, end = (spot_of(engine, offered.rules, place) for place in (leg.start, leg.end))
    code, party = offered.service.code, company.party
    wish = Wish(code, start, end, at, arrive, company.load, party.group, party.purpose, connects=connects)
    return Asked(i, offered, wish, before, after)


def _length(legs: Sequence[Leg]) -> timedelta:
    return sum((leg.duration for leg in legs), timedelta())


def deadline_of(legs: Sequence[Leg]) -> datetime | None:
    """When one must set out on some legs so that one catches their first ride; None: there is none."""
    walks = timedelta()
    for leg in legs:
        if leg.service is not None:
            return leg.start_at - walks
        walks += leg.duration
    return None


def arrival_of(legs: Sequence[Leg]) -> datetime | None:
    """When one is there after some legs with a ride; None: there is none."""
    walks = timedelta()
    for leg in reversed(legs):
        if leg.service is not None:
            return leg.end_at + walks
        walks += leg.duration
    return None


def spot_of(engine: Engine, rules: Rules, place: Place) -> Spot:
    """A place as the rules name it: one of their stops, the hub of a stop of the timetable, or a door."""
    for stop in rules.stops:
        if abs(stop.lon - place.lon) < SAME and abs(stop.lat - place.lat) < SAME:
            return Spot(stop.lon, stop.lat, stop.code)
    number = None if place.stop_id is None else engine.network.find_stop(place.stop_id)
    if number is not None:
        for zone in rules.zones:
            code = hub_stops(engine, rules, zone).get(number)
            if code is not None:
                hub = next(stop for stop in rules.stops if stop.code == code)
                return Spot(hub.lon, hub.lat, hub.code)
    return Spot(place.lon, place.lat)
