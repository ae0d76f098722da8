"""Journeys by way of some places, each part of them by the timetables of its own days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from transit.journeys.engine import Engine
from transit.journeys.instants import instant
from transit.journeys.itineraries import Piece
from transit.journeys.windows import LONGEST_S, Window, day_at, parts_of
from transit.routing import via
from transit.routing.filters import is_best, worth_showing
from transit.routing.journey import HailedLeg, Journey, StreetLeg, TransitLeg
from transit.routing.planner import Day, Ends, Found, find, find_on_foot
from transit.routing.preferences import with_fewest_changes
from transit.routing.query import Mode, Query
from transit.routing.via import Option, Part, Whole

MINUTE_S = 60
DAY_S = 86400


class Way(NamedTuple):
    """A journey in its parts; Unix seconds."""

    start_at: int
    end_at: int
    pieces: tuple[Piece, ...]


class Ways(NamedTuple):
    """The journeys of a window in order, the way on foot, and whether that is best."""

    rides: list[Way]
    walk: Way | None
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
    at = int(query.time_at.timestamp())
    parts = [_Part(engine, each, now_at) for each in _parts(query)]
    stays = [0, *(each.stay_s for each in query.via)]
    if query.arrive_by:
        searched = [part.backwards(stay_s) for part, stay_s in zip(parts[::-1], [0, *stays[:0:-1]], strict=True)]
        low, high = -at, query.window_s - at
    else:
        searched = [part.forwards(stay_s) for part, stay_s in zip(parts, stays, strict=True)]
        low, high = at, at + query.window_s
    found = via.leaving_between(searched, low, high) if query.window_s else via.earliest(searched, high)
    wholes = [_Whole(parts, _turned(each) if query.arrive_by else each) for each in found]
    walked = via.on_foot(searched)
    on_foot = None if walked is None else _Whole(parts, _placed(query, at, walked))
    return _shown(query, wholes, on_foot, now_at)


def _parts(query: Query) -> Iterator[Query]:
    """The query of each part, with scheduled vehicles and on foot."""
    alone = replace(query, via=(), bicycle=False, rental_modes=frozenset())
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
        return Part(self._departing, self.walk_s, stay_s)

    def backwards(self, stay_s: int) -> Part:
        """The same with all seconds negated."""
        return Part(self._arriving, self.walk_s, stay_s)

    def on_foot(self, piece: via.Piece) -> Piece:
        """The way on foot at its time."""
        assert self.walk is not None
        day = self.engine.day_at(instant(piece.depart), self.query.mobility)
        base_at = day.timetable.base_at
        leg = replace(self.walk, start_s=piece.depart - base_at, end_s=piece.arrive - base_at)
        return Piece(Journey((leg,)), day.timetable, self.query)

    @cached_property
    def ends(self) -> Ends:
        """The stops that are its ends."""
        return Ends(*(self.engine.members(each.stop_id) for each in (self.query.origin, self.query.destination)))

    @cached_property
    def walk(self) -> StreetLeg | None:
        """The way on foot."""
        day = self.engine.day_at(self.query.time_at, self.query.mobility)
        return find_on_foot(day, self.engine.ground_for(self.query.mobility), self.query, self.ends)

    @property
    def walk_s(self) -> int | None:
        """How long that takes, in whole minutes."""
        return None if self.walk is None else _later(self.walk.end_s - self.walk.start_s)

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
        found = find(day, self.engine.ground_for(self.query.mobility), asked, self.ends)
        rides = [_Ride(journey, day, found, self.query) for journey in found.journeys]
        return [ride for ride in rides if ride.start_at >= self.now_at]


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
    def pieces(self) -> tuple[Piece, ...]:
        """Its parts, drawn."""
        return tuple(
            part.on_foot(piece) if piece.ride is None else piece.ride.piece
            for piece, part in zip(self.whole.pieces, self.parts, strict=True)
        )


def _moved(leg: StreetLeg | TransitLeg | HailedLeg, by: int) -> StreetLeg | TransitLeg | HailedLeg:
    """The same so much later."""
    start_s, end_s = leg.start_s + by, leg.end_s + by
    if isinstance(leg, StreetLeg):
        return replace(leg, start_s=start_s, end_s=end_s)
    return leg._replace(start_s=start_s, end_s=end_s)


def _shown(query: Query, wholes: Sequence[_Whole], on_foot: _Whole | None, now_at: int) -> Ways:
    """The journeys that somebody would take, in order."""
    if on_foot is not None and on_foot.whole.depart < now_at:
        on_foot = None
    walk = None if on_foot is None else StreetLeg(Mode.WALK, on_foot.whole.depart, on_foot.whole.arrive, None, None)
    by_journey = {id(each.journey): each for each in wholes}
    kept = worth_showing([each.journey for each in wholes], walk)
    kept = with_fewest_changes(kept) if query.fewest_changes else kept
    ways = [
        Way(each.whole.depart, each.whole.arrive, each.pieces)
        for each in sorted((by_journey[id(journey)] for journey in kept), key=lambda each: each.whole[:3])
    ]
    if on_foot is None or walk is None:
        return Ways(ways, None, walk_first=False)
    first = is_best(walk, kept, arrive_by=query.arrive_by)
    return Ways(ways, Way(*on_foot.whole[:2], on_foot.pieces), walk_first=first)


def _later(at: int) -> int:
    """The whole minute at or after a second."""
    return -(-at // MINUTE_S) * MINUTE_S
