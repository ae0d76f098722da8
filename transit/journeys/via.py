"""Journeys by way of some places, each part of them by the timetables of its own days.

There is a search for what goes on foot and by timetable, and one for each kind of vehicle beside these that is asked
for: hired ones, rides on demand, taxis. Of the latter the journeys with such a vehicle in some part are shown where
they are worth it beside the first; as in `planner.plan`, they make none of these pointless. All the way one goes on
foot, by one's own bicycle, or (where no part has another ride) in hired vehicles, at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from transit.feeds.gofs_files import list_on_call
from transit.journeys.dispatched import dispatched_around, is_offered
from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.itineraries import Piece
from transit.journeys.on_call import called_around
from transit.journeys.rentals import fleets
from transit.journeys.wheelchairs import rides_for
from transit.journeys.windows import LONGEST_S, Window, day_at, parts_of
from transit.routing import via
from transit.routing.filters import is_best, worth_showing
from transit.routing.journey import HailedLeg, Journey, StreetLeg, TransitLeg
from transit.routing.ondemand import LATER_S, Direct, direct_legs
from transit.routing.planner import (
    Day,
    Ends,
    Found,
    find,
    find_direct,
    find_hired,
    find_on_demand,
)
from transit.routing.preferences import with_fewest_changes
from transit.routing.query import Mode, Query
from transit.routing.via import Called, Option, Part, Whole
from transit.routing.zones import OnDemand

MINUTE_S = 60
DAY_S = 86400


class Way(NamedTuple):
    """A journey in its parts; Unix seconds."""

    start_at: int
    end_at: int
    pieces: tuple[Piece, ...]


class Ways(NamedTuple):
    """The journeys of a window in order, the ways that fit any time, and whether the first of these is best."""

    rides: list[Way]
    direct: list[Way]
    walk_first: bool


class _Ride(NamedTuple):
    """A part with vehicles, as it was found."""

    journey: Journey
    day: Day
    found: Found
    query: Query

    @property
    def start_at(self) -> int:
        """When it is shown to begin."""
        at, first = self.at(arrive_by=False), self.journey.legs[0]
        return at // MINUTE_S * MINUTE_S if isinstance(first, StreetLeg) and first.start_stop is None else at

    @property
    def end_at(self) -> int:
        """When it is shown to end."""
        at, last = self.at(arrive_by=True), self.journey.legs[-1]
        return _later(at) if isinstance(last, StreetLeg) and last.end_stop is None else at

    @property
    def piece(self) -> Piece:
        """The same, drawn."""
        return Piece(self.found.drawn(self.journey), self.day.timetable, self.query)

    def at(self, *, arrive_by: bool) -> int:
        """The second at which it begins or ends."""
        return self.day.timetable.base_at + (self.journey.end_s if arrive_by else self.journey.start_s)


def by_way_of(engine: Engine, query: Query, now_at: int) -> Ways:
    """What `plan` gives, by way of the places of a query: whole journeys that none beats, less those that the rules of
    `filters` drop. What leaves before `now_at` does not count.

    Each part is shown by whole minutes where it begins or ends on foot, and one stays as long as was asked by these.
    """
    found = _Search(engine, query, now_at, _Part).found()
    walk = _Search(engine, query, now_at, _Part).on_the_ground()
    others = [_Search(engine, query, now_at, kind) for kind in _kinds(engine, query, now_at)]
    more = [[whole for whole in search.found() if whole.has_more] for search in others]
    hired = [search.on_the_ground() for search in others if search.kind is _Hired]
    cycled = _Search(engine, query, now_at, _Cycled).on_the_ground() if query.bicycle else None
    ground = [walk, cycled, *(whole for whole in hired if whole is not None and whole.has_more)]
    return _shown(query, found, more, [None if each is None or each.whole.depart < now_at else each for each in ground])


def _kinds(engine: Engine, query: Query, now_at: int) -> Iterator[type[_Part]]:
    """What beside the timetable has searches of its own."""
    if fleets(engine, query, instant(now_at)):
        yield _Hired
    if rides_for(engine.network, query.mobility).services or (query.dispatched and is_offered()):
        yield _Ordered
    if query.taxi or list_on_call():
        yield _CalledOut


@dataclass(frozen=True)
class _Search:
    """The search with one kind of parts."""

    engine: Engine
    query: Query
    now_at: int
    kind: type[_Part]

    def found(self) -> list[_Whole]:
        """Every journey of the window that none beats."""
        query, at = self.query, int(self.query.time_at.timestamp())
        low, high = (-at, query.window_s - at) if query.arrive_by else (at, at + query.window_s)
        found = via.leaving_between(self._searched, low, high) if query.window_s else via.earliest(self._searched, high)
        return [_Whole(self._parts, _turned(each) if query.arrive_by else each) for each in found]

    def on_the_ground(self) -> _Whole | None:
        """The journey that can be made at any time, at the time asked for."""
        whole = via.at_any_time(self._searched)
        if whole is None:
            return None
        return _Whole(self._parts, _placed(self.query, int(self.query.time_at.timestamp()), whole))

    @cached_property
    def _parts(self) -> list[_Part]:
        return [self.kind(self.engine, each, self.now_at) for each in _parts(self.query)]

    @cached_property
    def _searched(self) -> list[Part]:
        parts, stays = self._parts, [0, *(each.stay_s for each in self.query.via)]
        if self.query.arrive_by:
            return [part.backwards(stay_s) for part, stay_s in zip(parts[::-1], [0, *stays[:0:-1]], strict=True)]
        return [part.forwards(stay_s) for part, stay_s in zip(parts, stays, strict=True)]


def _parts(query: Query) -> Iterator[Query]:
    """The query of each part."""
    alone = replace(query, via=())
    places = [query.origin, *(each.place for each in query.via), query.destination]
    return (replace(alone, origin=start, destination=end) for start, end in pairwise(places))


def _turned(whole: Whole) -> Whole:
    """A journey found against the clock."""
    pieces = tuple(via.Piece(-piece.arrive, -piece.depart, piece.ride) for piece in reversed(whole.pieces))
    return Whole(-whole.arrive, -whole.depart, whole.vehicles, pieces)


def _placed(query: Query, at: int, walked: Whole) -> Whole:
    """The way on foot at the time asked for."""
    walked = _turned(walked) if query.arrive_by else walked
    by = at - (walked.arrive if query.arrive_by else walked.depart)
    pieces = tuple(piece.moved(by) for piece in walked.pieces)
    return Whole(walked.depart + by, walked.arrive + by, 0, pieces)


@dataclass(frozen=True)
class _Part:
    """One part of the way, searched by the clock or against it."""

    engine: Engine
    query: Query
    now_at: int

    def forwards(self, stay_s: int) -> Part:
        """As `via` takes it."""
        return Part(self._departing, self.ground_s, stay_s, self._called, self._later_s)

    def backwards(self, stay_s: int) -> Part:
        """The same with all seconds negated."""
        return Part(self._arriving, self.ground_s, stay_s, self._called, self._later_s)

    @property
    def _later_s(self) -> int | None:
        """Who asks for a moment waits so long for a ride on demand at most, as without a place on the way."""
        return None if self.query.window_s else LATER_S

    def on_the_ground(self, piece: via.Piece) -> Piece:
        """The way that can be gone at any time, at its time."""
        assert self.ground is not None
        day = self.engine.day_at(instant(piece.depart), self.query.mobility)
        base_at = day.timetable.base_at
        leg = replace(self.ground, start_s=piece.depart - base_at, end_s=piece.arrive - base_at)
        return Piece(Journey((leg,)), day.timetable, self.query)

    @cached_property
    def ends(self) -> Ends:
        """The stops that are its ends."""
        return Ends(*(self.engine.members(each.stop_id) for each in (self.query.origin, self.query.destination)))

    @cached_property
    def direct(self) -> dict[Mode, StreetLeg]:
        """The ways on foot and by bicycle."""
        day, asked = self.engine.day_at(self.query.time_at, self.query.mobility), self.query
        if asked.mobility.rolls:
            asked = replace(asked, bicycle=False)
        return find_direct(day, self.engine.ground_for(self.query.mobility), asked, self.ends)

    @cached_property
    def ground(self) -> StreetLeg | None:
        """The way that can be gone at any time: on foot."""
        return self.direct.get(Mode.WALK)

    @property
    def ground_s(self) -> int | None:
        """How long that takes, in whole minutes."""
        return None if self.ground is None else _later(self.ground.end_s - self.ground.start_s)

    def _called(self, low: int, high: int) -> list[Called]:
        return []

    def _departing(self, low: int, high: int) -> list[Option]:
        # What begins on foot is shown up to 59 seconds earlier.
        rides = self._found(Window(low, high + MINUTE_S - 1, True)) + self._first(high + MINUTE_S)
        return [Option(ride.start_at, ride.end_at, ride.journey.vehicles, ride) for ride in rides]

    def _arriving(self, low: int, high: int) -> list[Option]:
        rides = self._found(Window(-high - MINUTE_S + 1, -low, False)) + self._first(-high - MINUTE_S)
        return [Option(-ride.end_at, -ride.start_at, ride.journey.vehicles, ride) for ride in rides]

    def _found(self, window: Window) -> list[_Ride]:
        """The rides of a window."""
        rides = list[_Ride]()
        for part in parts_of(self.engine, self.query.arrive_by, window):
            for low in range(part.from_at, part.until_at + 1, DAY_S):
                inside = part._replace(from_at=low, until_at=min(part.until_at, low + DAY_S - 1))
                found = self._search(inside, max(1, inside.until_at - inside.from_at))
                rides += [ride for ride in found if inside.holds(ride.at(arrive_by=self.query.arrive_by))]
        return rides

    def _first(self, at: int) -> list[_Ride]:
        """The rides that arrive first of those that leave at a second or later, by number of vehicles; or the other way
        round.
        """
        return self._search(Window(at, at, not self.query.arrive_by), 0)

    def _search(self, window: Window, window_s: int) -> list[_Ride]:
        arrive_by = self.query.arrive_by
        moment = instant(window.until_at if arrive_by else window.from_at)
        at = window.until_at - LONGEST_S if not window_s and arrive_by else day_at(arrive_by, window)
        day = self.engine.day_at(instant(at if window_s or arrive_by else window.from_at), self.query.mobility)
        asked = replace(self.query, time_at=moment, window_s=window_s)
        rides = [_Ride(each, day, found, self.query) for found in self._all(day, asked) for each in found.journeys]
        return [ride for ride in rides if ride.start_at >= self.now_at]

    def _all(self, day: Day, asked: Query) -> list[Found]:
        """What is found in the timetable of a day."""
        return [find(day, self.engine.ground_for(asked.mobility), asked, self.ends)]


class _Cycled(_Part):
    """By one's own bicycle all the way."""

    @cached_property
    def ground(self) -> StreetLeg | None:
        """By bicycle."""
        return self.direct.get(Mode.BICYCLE)


class _Hired(_Part):
    """With hired vehicles as well."""

    @cached_property
    def ground(self) -> StreetLeg | None:
        """On foot or in a hired vehicle, whichever is quicker."""
        asked = replace(self.query, window_s=0)
        day = self.engine.day_at(asked.time_at, asked.mobility)
        hired = [found.hire for found in self._all(day, asked) if found.hire is not None]
        ways = [*hired, *(leg for leg in (self.direct.get(Mode.WALK),) if leg is not None)]
        return min(ways, key=lambda leg: leg.end_s - leg.start_s, default=None)

    def _all(self, day: Day, asked: Query) -> list[Found]:
        vehicles, ground = fleets(self.engine, asked, instant(self.now_at)), self.engine.ground_for(asked.mobility)
        return [*super()._all(day, asked), find_hired(day, ground, asked, self.ends, vehicles)]


class _Ordered(_Part):
    """With rides on demand of feeds and our own as well."""

    def _rides(self, asked: Query, base_at: int) -> list[OnDemand | None]:
        return [rides_for(self.engine.network, asked.mobility), dispatched_around(self.engine, asked, base_at)]

    def _all(self, day: Day, asked: Query) -> list[Found]:
        rides = [each for each in self._rides(asked, day.timetable.base_at) if each is not None and each.services]
        ground = self.engine.ground_for(asked.mobility)
        return [find_on_demand(day, ground, asked, self.ends, self.now_at, rides)]

    def _called(self, low: int, high: int) -> list[Called]:
        """The rides from door to door that begin on the day of the first moment, or of the last."""
        arrive_by, found = self.query.arrive_by, dict[int, list[Called]]()
        for at in (-high, -low) if arrive_by else (low, high):
            day = self.engine.day_at(instant(at), self.query.mobility)
            if id(day) not in found:
                asked = replace(self.query, time_at=instant(at), window_s=0)
                found[id(day)] = [self._from(way, day) for one in self._all(day, asked) for way in one.direct]
        return [each for ways in found.values() for each in ways]

    def _from(self, way: Direct, day: Day) -> Called:
        base_at, arrive_by = day.timetable.base_at, self.query.arrive_by

        def ridden(at: int) -> _Ride:
            journey = Journey(direct_legs(way, (-at - way.seconds if arrive_by else at) - base_at))
            return _Ride(journey, day, Found([journey], lambda each: each), self.query)

        low, high = base_at + way.low, base_at + way.high
        return (
            Called(-high - way.seconds, -low - way.seconds, way.seconds, ridden)
            if arrive_by
            else Called(low, high, way.seconds, ridden)
        )


class _CalledOut(_Ordered):
    """With taxis and rides of other operators as well."""

    def _rides(self, asked: Query, base_at: int) -> list[OnDemand | None]:
        return [called_around(self.engine, asked, base_at)]


@dataclass(frozen=True)
class _Whole:
    """A journey in its parts, of rides as they were found."""

    parts: Sequence[_Part]
    whole: Whole

    @cached_property
    def journey(self) -> Journey:
        """All of it in Unix seconds, for the rules of `filters`."""
        legs = list[StreetLeg | TransitLeg | HailedLeg]()
        for piece in self.whole.pieces:
            if piece.ride is None:
                legs.append(StreetLeg(Mode.WALK, piece.depart, piece.arrive, None, None))
            else:
                legs += [_moved(leg, piece.ride.day.timetable.base_at) for leg in piece.ride.journey.legs]
        return Journey(tuple(legs))

    @property
    def has_more(self) -> bool:
        """Whether any part is in a hired vehicle or in a ride on demand."""
        ground = [p.ground for p, piece in zip(self.parts, self.whole.pieces, strict=True) if piece.ride is None]
        legs = [*self.journey.legs, *ground]
        return any(isinstance(leg, HailedLeg) or (isinstance(leg, StreetLeg) and leg.hire) for leg in legs)

    @property
    def way(self) -> Way:
        """As it is shown."""
        return Way(self.whole.depart, self.whole.arrive, self.pieces)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Its parts, drawn."""
        return tuple(
            part.on_the_ground(piece) if piece.ride is None else piece.ride.piece
            for piece, part in zip(self.whole.pieces, self.parts, strict=True)
        )


def _moved(leg: StreetLeg | TransitLeg | HailedLeg, by: int) -> StreetLeg | TransitLeg | HailedLeg:
    """The same so much later."""
    start_s, end_s = leg.start_s + by, leg.end_s + by
    if isinstance(leg, StreetLeg):
        return replace(leg, start_s=start_s, end_s=end_s)
    return leg._replace(start_s=start_s, end_s=end_s)


def _shown(
    query: Query, found: Sequence[_Whole], more: Sequence[Sequence[_Whole]], ground: Sequence[_Whole | None]
) -> Ways:
    """The journeys that somebody would take, in order; on the ground first on foot, then the others."""
    on_foot = ground[0]
    walk = None if on_foot is None else StreetLeg(Mode.WALK, on_foot.whole.depart, on_foot.whole.arrive, None, None)
    by_journey = {id(each.journey): each for each in (*found, *(each for wholes in more for each in wholes))}
    kept = worth_showing([each.journey for each in found], walk)
    for wholes in more:
        own = {id(each.journey) for each in wholes}
        beside = worth_showing([*kept, *(each.journey for each in wholes)], walk)
        kept += [journey for journey in beside if id(journey) in own]
    kept = with_fewest_changes(kept) if query.fewest_changes else kept
    ways = [each.way for each in sorted((by_journey[id(each)] for each in kept), key=lambda each: each.whole[:3])]
    first = walk is not None and is_best(walk, kept, arrive_by=query.arrive_by)
    return Ways(ways, [each.way for each in ground if each is not None], walk_first=first)


def _later(at: int) -> int:
    """The whole minute at or after a second."""
    return -(-at // MINUTE_S) * MINUTE_S
