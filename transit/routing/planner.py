"""From a query to journeys: access × transit × egress, and the direct ways beside them. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.routing.access import WALK_MPS, Around, Ground
from transit.routing.changes import ANY, Standard, Stops, Unbeaten, as_legs, find_legs
from transit.routing.doors import AroundDoors, Walker, walk_between
from transit.routing.driving import Drives, Stand, drive_s, find_drive
from transit.routing.filters import in_order, quicker_than_walking, seconds_of, without_empty_walks, worth_showing
from transit.routing.hamlet import NOON, VEHICLES, hamlet
from transit.routing.hires import AroundHires, direct, hired_leg, hiring
from transit.routing.journey import NO_LINE, Drive, HailedLeg, Hire, Journey, Ridden, StreetLeg, TransitLeg, Way
from transit.routing.ondemand import (
    ALWAYS_S,
    Direct,
    End,
    Hailed,
    Sides,
    between,
    direct_legs,
    first_legs,
    hailed,
    last_legs,
)
from transit.routing.parking import PARK_S, AroundParks, CarParks, parking
from transit.routing.query import MAX_WALK_S, TRANSIT_MODES, Location, Mode, Query
from transit.routing.raptor import Ride, Wish
from transit.routing.renting import Fleet, Renter, fleets_of
from transit.routing.surroundings import LONG_ROWS, Place, Surroundings, surroundings
from transit.routing.timetable import U8, Timetable, Transfers
from transit.routing.window import assemble, reverse
from transit.routing.zones import OnDemand, ZoneService

MODES = list(Mode)
# Nobody is offered a longer ride by bicycle.
MAX_BICYCLE_S = 3600
# A day remembers what it is without longer walks for so many of the limits that were asked for last.
LIMITS_KEPT = 8
# Who is there on foot so soon calls no vehicle to the door.
NEAR_S = 900


@dataclass(frozen=True)
class Day:
    """A timetable, the same seen backwards for arriving by a time, and which of its transfers have no steps."""

    timetable: Timetable
    step_free: Transfers | None = None
    """None: of no station is it known."""

    @cached_property
    def _limited(self) -> dict[float, Day]:
        """What was made of it without longer walks, by their limit."""
        return {}

    def walked_within(self, limit_s: float, original: NDArray[np.int64], *, backward: bool) -> Day:
        """The same as `Timetable.walked_within` has it, `backward` too where that is wanted."""
        found = self._limited.get(limit_s)
        if found is None:
            found = self._limited[limit_s] = Day(self.timetable.walked_within(limit_s, original), self.step_free)
            if len(self._limited) > LIMITS_KEPT:  # each step is one that no thread divides
                self._limited.pop(next(iter(tuple(self._limited))), None)
        if backward and "backward" not in vars(found):
            vars(found)["backward"] = self.backward.walked_within(limit_s, original)
        return found

    @cached_property
    def backward(self) -> Timetable:
        """Made when first needed."""
        return reverse(self.timetable).bounded_by(self.timetable.landmarks.backwards())


@dataclass(frozen=True)
class Ends:
    """The stops that stand for the origin and the destination where a stop or station was chosen."""

    origin: tuple[int, ...] = ()
    destination: tuple[int, ...] = ()


def plan(
    day: Day,
    ground: Ground,
    query: Query,
    ends: Ends | None = None,
    now_at: int | None = None,
    fleets: Sequence[Fleet] = (),
    rides: OnDemand | None = None,
    taxis: OnDemand | None = None,
    parks: CarParks | None = None,
    called: OnDemand | None = None,
) -> list[Journey]:
    """Every journey worth showing, ordered by `filters.in_order`; times are seconds after the timetable's `base_at`.

    The journeys with vehicles are those of `find_journeys`, less what the rules of `filters` drop; beside them stand
    the direct ways on foot and by bicycle within their limits. What would have to leave before `now_at` (Unix seconds)
    is not among them, nor does it make anything pointless. Journeys with vehicles of `fleets`, and those of `ondemand`
    with `rides`, or with those `called`, that can still be ordered, stand beside the others where these do not make
    them pointless; they make none of these pointless. One of those called that goes all the way is there whatever else
    goes there, unless one is there on foot by then. So do those with `taxis`, of which one that goes all the way
    makes no other pointless: it is quicker than most, and dearer than all. With `parks`, one drives to one of these or
    all the way, or (a car that stands elsewhere) from one.
    """
    day = with_short_walks(day, ground, query)
    origin, destination, on_foot, by_bicycle = _surroundings(ground, query, ends)
    walk, bicycle = _direct(day, query, Mode.WALK, on_foot), _direct(day, query, Mode.BICYCLE, by_bicycle)
    build = _builder(day, origin, destination, query)
    now_s = -ALWAYS_S if now_at is None else now_at - day.timetable.base_at
    walk, bicycle = (leg if leg is not None and leg.start_s >= now_s else None for leg in (walk, bicycle))
    found = _ridden(day, build, query, Standard(now_s, seconds_of(walk)))
    hires = _with_hires(day, (origin, destination), query, fleets)
    hired = [each for each in hires.journeys if each.start_s >= now_s]
    ridden = hires.direct if hires.direct is not None and hires.direct.start_s >= now_s else None
    kept: list[Ridden | Journey] = [*found.shown]
    on_demand = [each for each in (rides, called) if each is not None and each.services]
    possible = found.possible if on_demand or taxis is not None else []
    if on_demand:
        asked = [ride for each in on_demand for ride in _on_demand(day, build, query, (each, now_at), possible)]
        if called is not None:
            asked = [ride for ride in asked if not _is_door_to_door(ride)]
        scheduled = {id(journey) for journey in kept}
        kept += [journey for journey in worth_showing([*kept, *asked], walk) if id(journey) not in scheduled]
    if called is not None and (walk is None or query.is_spared or walk.end_s - walk.start_s > NEAR_S):
        kept += _from_door_to_door(day, build, query, (called, now_at))
    if taxis is not None:
        kept += _by_taxi(day, build, query, (taxis, now_at), (possible, walk))
    shown = [build.shown(each) for each in kept]
    if hired := quicker_than_walking(hired, ridden):
        own = {id(journey) for journey in hired}
        shown += [hires.shown(each) for each in worth_showing([*kept, *hired], walk) if id(each) in own]
    if parks is not None:
        driven = _with_car(day, (origin, destination), query, parks)
        own = {id(each) for each in driven.journeys if each.start_s >= now_s}
        shown += [driven.shown(each) for each in worth_showing([*kept, *driven.journeys], walk) if id(each) in own]
    listed = in_order(shown, walk, bicycle, arrive_by=query.arrive_by)
    listed += [Journey((leg,)) for leg in (ridden, _by_car(day, ground, query)) if leg is not None]
    return listed


@dataclass(frozen=True)
class _Hires:
    """Journeys with a hired vehicle before the first ride or after the last, and the quickest one without others."""

    build: Builder | None = None
    journeys: list[Journey] = field(default_factory=list)
    direct: StreetLeg | None = None

    def shown(self, journey: Ridden | Journey) -> Journey:
        """One of the journeys with its ways."""
        assert self.build is not None
        return self.build.shown(journey)


def _with_hires(day: Day, ends: tuple[AroundDoors, AroundDoors], query: Query, fleets: Sequence[Fleet]) -> _Hires:
    """What hired vehicles add. Who can ride all the way at any time takes no other vehicle that gains nothing."""
    if not fleets:
        return _Hires()
    renter, (origin, destination) = Renter(query.walk_speed_mps, query.max_walk_s), ends
    around = hiring(origin, fleets, renter), hiring(destination, fleets, renter._replace(leaving=True))
    build = _builder(day, *around, query)
    found = [
        journey
        for journey in (build.journey(each.legs) for each in _ridden(day, build, query).every)
        if any(isinstance(leg, StreetLeg) and leg.hire for leg in journey.legs)
    ]
    hire = direct(origin, destination.spot, fleets, renter)
    if hire is None:
        return _Hires(build, found)
    return _Hires(build, found, hired_leg(hire, day.timetable, query))


def _with_car(day: Day, ends: tuple[AroundDoors, AroundDoors], query: Query, parks: CarParks) -> _Hires:
    """Journeys with one's own car before the first ride, or after the last where it stands there."""
    origin, destination = ends
    away, speed = query.car_at is not None, query.walk_speed_mps
    sides: tuple[Around, Around] = (
        (origin, parking(destination, parks, leaving=True, speed_mps=speed))
        if away
        else (parking(origin, parks, leaving=False, speed_mps=speed), destination)
    )
    build = _builder(day, *sides, query)
    found = [build.journey(each.legs) for each in _ridden(day, build, query).every]
    return _Hires(build, [each for each in found if any(isinstance(leg, StreetLeg) and leg.hire for leg in each.legs)])


def find_journeys(day: Day, ground: Ground, query: Query, ends: Ends | None = None) -> list[Journey]:
    """The journeys with vehicles that leave in the window (arriving by a time: that arrive in it) and that no other
    beats in departure, arrival and number of vehicles, be it inside the window or outside; ways are not drawn.

    Whether a journey is among them does not depend on where the window begins and ends, so that windows side by side
    have all of them, each once.
    """
    return find(day, ground, query, ends).journeys


class Found(NamedTuple):
    """What `find_journeys` finds, and what draws a journey of it; beside them a hired vehicle all the way, at any time,
    and rides on demand from door to door.
    """

    journeys: list[Journey]
    drawn: Callable[[Journey], Journey]
    hire: StreetLeg | None = None
    direct: Sequence[Direct] = ()


def find(day: Day, ground: Ground, query: Query, ends: Ends | None = None) -> Found:
    """`find_journeys`, for who draws some of them later."""
    day = with_short_walks(day, ground, query)
    origin, destination, *_ = _surroundings(ground, replace(query, bicycle=False), ends)
    build = _builder(day, origin, destination, query)
    return Found([build.journey(each.legs) for each in _ridden(day, build, query).every], build.shown)


def find_hired(day: Day, ground: Ground, query: Query, ends: Ends | None, fleets: Sequence[Fleet]) -> Found:
    """The same where one may hire a vehicle to the first stop and from the last one; none of one that does not."""
    day = with_short_walks(day, ground, query)
    origin, destination, *_ = _surroundings(ground, replace(query, bicycle=False), ends)
    found = _with_hires(day, (origin, destination), query, fleets)
    return Found(found.journeys, found.shown, found.direct)


def find_on_demand(
    day: Day, ground: Ground, query: Query, ends: Ends | None, now_at: int, rides: Sequence[OnDemand]
) -> Found:
    """`find`, and the journeys with rides on demand that can still be ordered."""
    day = with_short_walks(day, ground, query)
    origin, destination, *_ = _surroundings(ground, replace(query, bicycle=False), ends)
    build = _builder(day, origin, destination, query)
    possible, direct = _ridden(day, build, query).every, list[Direct]()
    journeys = [build.journey(each.legs) for each in possible]
    for each in rides:
        first, last, through = _ways(day, build, query, (each, now_at))
        journeys += _asked(day, build, query, ((first, last), []), possible)
        direct += through
    return Found(journeys, build.shown, direct=direct)


def find_direct(day: Day, ground: Ground, query: Query, ends: Ends | None = None) -> dict[Mode, StreetLeg]:
    """The ways on foot and by bicycle, if they are not too long."""
    around = _surroundings(ground, query, ends)
    ways = {Mode.WALK: around.walk, Mode.BICYCLE: around.bicycle}
    return {mode: leg for mode, way in ways.items() if (leg := _direct(day, query, mode, way)) is not None}


def warm() -> None:
    """Compiles the kernels or loads them from the cache, so that the first query does not wait for it."""
    schedule, ground = hamlet()
    day = Day(assemble(schedule, 0, 86400))
    for arrive_by in (False, True):
        for window_s in (0, 3600):
            query = Query(
                Location(0, 0), Location(0, 0.01), NOON, arrive_by=arrive_by, window_s=window_s, walk_speed_mps=1
            )
            plan(day, ground, query)
    ground.effort.note(32 * LONG_ROWS)
    plan(day, ground, query)
    drives, here, there = Drives(ground), Stand(0.0, 0.0), Stand(0.0, 0.01)
    for leaving in (False, True):
        drives.seconds(here, leaving=leaving)
    find_drive(ground, here, there)
    plan(day, ground, query, fleets=fleets_of(ground, VEHICLES, is_known=True, has_vehicles=True))


def with_short_walks(day: Day, ground: Ground, query: Query) -> Day:
    """The day without changes that are longer walks than somebody wants who wants shorter ones than usual."""
    if query.max_walk_s >= MAX_WALK_S:
        return day
    return day.walked_within(query.max_walk_s / _pace(query), ground.original, backward=query.arrive_by)


def _surroundings(ground: Ground, query: Query, ends: Ends | None) -> Surroundings:
    """The stops around the origin and around the destination, and the direct ways."""
    ends, start, end = ends or Ends(), query.origin, query.destination
    places = Place(start.lat, start.lon, ends.origin), Place(end.lat, end.lon, ends.destination)
    walker = Walker(query.walk_speed_mps, query.max_walk_s, step_free=query.step_free)
    return surroundings(ground, places, walker, MAX_BICYCLE_S * query.bicycle_speed_mps if query.bicycle else 0.0)


def asked(day: Day, ground: Ground, query: Query, ends: Ends | None = None) -> tuple[Builder, Wish]:
    """What other searches for a query than `plan` begin with: the ends, in what makes journeys of rides, and the wish;
    arriving by a time, the wish is in the seconds of the timetable that is turned round.
    """
    origin, destination, *_ = _surroundings(ground, replace(query, bicycle=False), ends)
    return _builder(day, origin, destination, query), _wish(day, query)


def _builder(day: Day, origin: Around, destination: Around, query: Query) -> Builder:
    """What makes journeys of the rides between two ends."""
    parts = day.timetable, origin.ground, origin, destination, _pace(query), day.step_free
    return Builder(*parts, avoids_steps=query.step_free)


def _ridden(day: Day, build: Builder, query: Query, standard: Standard = ANY) -> Unbeaten:
    """The journeys that none beats, each with the best places to change."""
    timetables = day.backward if query.arrive_by else day.timetable, day.timetable
    ends, ground = (build.origin.ends, build.destination.ends), build.ground
    return find_legs(timetables, ends, _wish(day, query), Stops(ground.original, ground.station), standard)


def _wish(day: Day, query: Query) -> Wish:
    """What a search is asked; arriving by a time, in the seconds of the timetable that is turned round."""
    at = int(query.time_at.timestamp()) - day.timetable.base_at
    low, high = (-at, query.window_s - at) if query.arrive_by else (at, at + query.window_s)
    allowed = _allowed(day.timetable, query)
    return Wish(low, high, query.max_vehicles, query.change_slack_s, allowed, _pace(query))


def _by_taxi(
    day: Day,
    build: Builder,
    query: Query,
    asked: tuple[OnDemand, int | None],
    others: tuple[Sequence[Ridden], StreetLeg | None],
) -> list[Journey]:
    """The journeys with a taxi: with the timetable, of which nobody takes what the timetable alone does as well, and
    all the way.
    """
    (possible, walk), (rides, now_at) = others, asked
    first, last, direct = _ways(day, build, query, (rides, None))
    soonest = {ride.number: _ready_s(ride, now_at, day) for ride in rides.services}
    later = _not_before(query, day, min(soonest.values(), default=0))
    mixed = _asked(day, build, query, ((Sides(first.walks), last), []), possible)
    mixed += _asked(day, build, later, ((Sides((), first.rides), last), []), possible)
    every: list[Ridden | Journey] = [*possible, *mixed]
    kept = [each for each in worth_showing(every, walk) if isinstance(each, Journey)]
    ready = [way._replace(low=max(way.low, int(soonest[way.ride.number]))) for way in direct]
    kept += quicker_than_walking(_asked(day, build, query, ((Sides(), Sides()), ready), ()), walk)
    return [each for each in kept if each.start_s >= _begins(each, soonest)]


def _ready_s(ride: ZoneService, now_at: int | None, day: Day) -> int:
    """When one who orders now is picked up at the soonest."""
    wait_s = max((rule.notice_min_s or 0 for rule in ride.rules), default=0)
    return -ALWAYS_S if now_at is None else now_at + wait_s - day.timetable.base_at


def _begins(journey: Journey, soonest: dict[int, int]) -> int:
    """When a journey can begin at the soonest."""
    first = journey.legs[0]
    return soonest[first.service] if isinstance(first, HailedLeg) else min(soonest.values())


def _not_before(query: Query, day: Day, soonest_s: int) -> Query:
    """A query for departures from a second on."""
    past_s = soonest_s + day.timetable.base_at - int(query.time_at.timestamp())
    if query.arrive_by or past_s <= 0:
        return query
    window_s = max(query.window_s - past_s, 1) if query.window_s else 0
    return replace(query, time_at=query.time_at + timedelta(seconds=past_s), window_s=window_s)


def _on_demand(
    day: Day, build: Builder, query: Query, asked: tuple[OnDemand, int | None], others: Sequence[Ridden]
) -> list[Journey]:
    """The journeys with rides on demand, given the others."""
    first, last, direct = _ways(day, build, query, asked)
    return _asked(day, build, query, ((first, last), direct), others)


def _from_door_to_door(day: Day, build: Builder, query: Query, asked: tuple[OnDemand, int | None]) -> list[Journey]:
    """The first ride all the way in each service that is called: no bus does what it does."""
    *_, direct = _ways(day, build, query, asked)
    found = _asked(day, build, query, ((Sides(), Sides()), direct), ())
    ridden = [(leg.service, each) for each in found for leg in each.legs if isinstance(leg, HailedLeg)]
    return list(dict(reversed(ridden)).values())


def _is_door_to_door(journey: Journey) -> bool:
    """Whether one is in a ride on demand alone, of a service that is called."""
    rides = [leg for leg in journey.legs if not isinstance(leg, StreetLeg)]
    return len(rides) == 1 and isinstance(rides[0], HailedLeg) and rides[0].service < 0


def _ways(
    day: Day, build: Builder, query: Query, asked: tuple[OnDemand, int | None]
) -> tuple[Sides, Sides, list[Direct]]:
    """The rides on demand at both ends, and from door to door."""
    rides, now_at = asked
    how = query.transit_modes | {Mode.TAXI} if query.taxi else query.transit_modes, query.change_slack_s, now_at
    return between(rides, day.timetable, (build.origin, build.destination), how)


def _asked(
    day: Day,
    build: Builder,
    query: Query,
    ways: tuple[tuple[Sides, Sides], list[Direct]],
    others: Sequence[Ridden],
) -> list[Journey]:
    """The journeys with some rides on demand, given the others."""
    (first, last), direct = ways
    if not query.arrive_by:
        known = [Hailed(*facts[:3]) for facts, _ in others]
        found = hailed(day.timetable, (first, last), direct, _wish(day, query), known)
        return [build.hailed(each.rides, each.start, each.end, each.leave, each.direct) for each in found]
    known = [Hailed(-facts.end_s, -facts.start_s, facts.vehicles) for facts, _ in others]
    turned = last.backwards(), first.backwards()
    backwards = [way.backwards() for way in direct]
    found = hailed(day.backward, turned, backwards, _wish(day, query), known)
    return [
        build.hailed(
            _forward(day.timetable, each.rides),
            each.end and each.end.backwards(),
            each.start and each.start.backwards(),
            -each.arrive,
            each.direct,
        )
        for each in found
    ]


def _allowed(timetable: Timetable, query: Query) -> U8 | None:
    """The patterns of the modes wished for."""
    if query.transit_modes >= TRANSIT_MODES:
        return None
    wished = np.array([mode in query.transit_modes for mode in MODES], np.uint8)
    return wished[timetable.pattern_mode]


def _pace(query: Query) -> float:
    """How much longer than timed a transfer takes this walker; never less, as connections are published."""
    return max(1.0, WALK_MPS / query.walk_speed_mps)


def _forward(timetable: Timetable, rides: Sequence[Ride]) -> tuple[Ride, ...]:
    """Rides found in the reversed timetable as rides of the timetable itself: see `window.reverse`."""
    found = []
    for ride in reversed(rides):
        pattern = pattern_of(timetable, ride.trip)
        first, end = timetable.pattern_trip_start[pattern : pattern + 2].tolist()
        low, high = timetable.pattern_stop_start[pattern : pattern + 2].tolist()
        last = high - low - 1
        found.append(Ride(first + end - 1 - ride.trip, last - ride.alight, last - ride.board))
    return tuple(found)


def pattern_of(timetable: Timetable, trip: int) -> int:
    """The pattern of a trip of the timetable."""
    return bisect_right(timetable.pattern_trip_start.data, trip) - 1


def _by_car(day: Day, ground: Ground, query: Query) -> StreetLeg | None:
    """Driving all the way in one's own car, and parking it."""
    if not query.car or query.car_at is not None:
        return None
    stands = Stand(query.origin.lat, query.origin.lon), Stand(query.destination.lat, query.destination.lon)
    way = find_drive(ground, *stands)
    if way is None:
        return None
    at, seconds = int(query.time_at.timestamp()) - day.timetable.base_at, drive_s(ground, *stands) + PARK_S
    start_s = at - seconds if query.arrive_by else at
    return StreetLeg(Mode.CAR, start_s, start_s + seconds, None, None, way)


def _direct(day: Day, query: Query, mode: Mode, way: Way | None) -> StreetLeg | None:
    """A way without vehicles, at the time asked for."""
    if way is None:
        return None
    at = int(query.time_at.timestamp()) - day.timetable.base_at
    seconds = ceil(way.metres / (query.walk_speed_mps if mode == Mode.WALK else query.bicycle_speed_mps))
    start_s = at - seconds if query.arrive_by else at
    return StreetLeg(mode, start_s, start_s + seconds, None, None, way)


class _Walk(NamedTuple):
    """A walk at any time: what a StreetLeg says of it."""

    seconds: int
    way: Way
    step_free: bool | None
    entrance: int | None = None
    hire: Hire | Drive | None = None


@dataclass(frozen=True)
class Builder:
    """Makes journeys of rides; remembers the walks that it has drawn."""

    timetable: Timetable
    ground: Ground
    origin: Around
    destination: Around
    pace: float
    step_free: Transfers | None = None
    """As in Day."""
    avoids_steps: bool = False
    _ends: dict[tuple[int, bool, bool], _Walk] = field(default_factory=dict)
    _changes: dict[tuple[int, int, bool], _Walk | None] = field(default_factory=dict)

    def between(self, origin: Around, destination: Around) -> Builder:
        """The same for other ways to the stops around both ends; what it has drawn between stops it keeps."""
        return replace(self, origin=origin, destination=destination, _ends={})

    def journey(self, rides: list[TransitLeg], *, is_drawn: bool = False) -> Journey:
        """Access, rides with the transfers between them, egress. One leaves as late as the first ride allows."""
        access, egress = self._access(rides[0], is_drawn=is_drawn), self._egress(rides[-1], is_drawn=is_drawn)
        return Journey((*access, *self._joined(rides, is_drawn=is_drawn), *egress))

    def _joined(self, rides: list[TransitLeg], *, is_drawn: bool = False) -> list[StreetLeg | TransitLeg]:
        """Rides with the transfers between them."""
        legs: list[StreetLeg | TransitLeg] = []
        for before, after in pairwise(rides):
            walk = self._change(before, after, is_drawn=is_drawn)
            legs += (before,) if walk is None else (before, walk)
        return [*legs, rides[-1]]

    def hailed(
        self, rides: tuple[Ride, ...], start: End | None, end: End | None, leave_s: int, direct: Direct | None
    ) -> Journey:
        """A journey with rides on demand (see `ondemand`) that leaves its door at a second."""
        if direct is not None:
            return Journey(direct_legs(direct, leave_s))
        assert start is not None
        assert end is not None
        (ridden,) = as_legs(self.timetable, [rides])
        first, last = ridden[0], ridden[-1]
        begun = self._access(first) if start.ride is None else first_legs(start, leave_s)
        finished = self._egress(last) if end.ride is None else last_legs(end, last)
        return Journey((*begun, *self._joined(ridden), *finished))

    def _access(self, ride: TransitLeg, *, is_drawn: bool = False) -> tuple[StreetLeg, ...]:
        """The way to the first ride; none from a stop to itself."""
        stop, at = ride.start_stop, ride.start_s
        walk = self._end(stop, leaving=False, is_drawn=is_drawn)
        return (StreetLeg(Mode.WALK, at - walk.seconds, at, None, stop, *walk[1:]),) if walk.seconds else ()

    def _egress(self, ride: TransitLeg, *, is_drawn: bool = False) -> tuple[StreetLeg, ...]:
        """The way from the last ride; none from a stop to itself."""
        stop, at = ride.end_stop, ride.end_s
        walk = self._end(stop, leaving=True, is_drawn=is_drawn)
        return (StreetLeg(Mode.WALK, at, at + walk.seconds, stop, None, *walk[1:]),) if walk.seconds else ()

    def _end(self, stop: int, *, leaving: bool, is_drawn: bool) -> _Walk:
        """The walk between an end and a stop; many journeys have the same."""
        known = self._ends.get((stop, leaving, is_drawn))
        if known is None:
            end = self.destination if leaving else self.origin
            seconds = end.seconds_to(stop)
            way = self._way(*((stop, None) if leaving else (None, stop))) if seconds and is_drawn else NO_LINE
            known = _Walk(seconds, way, end.is_step_free(stop), end.entrance_of(stop), end.hire_of(stop))
            self._ends[stop, leaving, is_drawn] = known
        return known

    def _change(self, before: TransitLeg, after: TransitLeg, *, is_drawn: bool) -> StreetLeg | None:
        """The walk of a change; None where the two stops are one to people."""
        start, end, at = before.end_stop, after.start_stop, before.end_s
        key = start, end, is_drawn
        if key not in self._changes:
            self._changes[key] = self._transfer(*key)
        walk = self._changes[key]
        return walk and StreetLeg(Mode.WALK, at, at + walk.seconds, start, end, walk.way, walk.step_free)

    def _transfer(self, start: int, end: int, is_drawn: bool) -> _Walk | None:
        if self.ground.are_one_stop(start, end):
            return None
        found = self.timetable.transfers.find(start, end)
        assert found is not None
        way = self._way(start, end) if is_drawn else NO_LINE
        return _Walk(ceil(found * self.pace), way, self._is_step_free(start, end, found))

    def _is_step_free(self, start: int, end: int, seconds: int) -> bool | None:
        """Whether a transfer can be made without steps in the same time."""
        doors = self.ground.doors
        if self.step_free is None or doors is None or max(doors.component[start], doors.component[end]) < 0:
            return None
        free = self.step_free.find(start, end)
        return free is not None and free <= seconds

    def shown(self, journey: Ridden | Journey) -> Journey:
        """The journey with the length and line of every walk; left to the journeys that are shown."""
        if isinstance(journey, Ridden):
            return self.journey(journey.legs, is_drawn=True).with_facts(journey.facts)
        legs = (self._drawn(leg) if isinstance(leg, StreetLeg) else leg for leg in journey.legs)
        return without_empty_walks(Journey(tuple(legs)))

    def _drawn(self, leg: StreetLeg) -> StreetLeg:
        end = self.origin if leg.start_stop is None else self.destination
        stop = leg.end_stop if leg.start_stop is None else leg.start_stop
        if isinstance(leg.hire, Hire) and isinstance(end, AroundHires):
            return replace(leg, hire=end.drawn(leg.hire, stop))
        if isinstance(leg.hire, Drive) and isinstance(end, AroundParks):
            return replace(leg, hire=end.drawn(leg.hire, stop))
        way = self._way(leg.start_stop, leg.end_stop)
        return StreetLeg(
            leg.mode, leg.start_s, leg.end_s, leg.start_stop, leg.end_stop, way, leg.step_free, leg.entrance
        )

    def _way(self, start: int | None, end: int | None) -> Way:
        if start is None and end is not None:
            return self.origin.way_to_stop(end)
        if start is not None and end is None:
            return self.destination.way_to_stop(start).backwards()
        if start is None or end is None:
            raise ValueError("a direct way is drawn where it is found")
        return walk_between(self.ground, start, end, step_free=self.avoids_steps)
