"""From a query to journeys: access × transit × egress, and the direct ways beside them. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise

import numpy as np

from transit.routing.access import WALK_MPS, Around, Ground, find_way, spot_at
from transit.routing.changes import Between, Near, as_legs, with_best_changes
from transit.routing.doors import AroundDoors, Walker, around, find_walk
from transit.routing.filters import in_order, quicker_than_walking, without_empty_walks, worth_showing
from transit.routing.hires import AroundHires, direct, hiring
from transit.routing.journey import NO_LINE, HailedLeg, Journey, StreetLeg, TransitLeg, Way
from transit.routing.kernels.raptor import Ends as Walks
from transit.routing.kernels.ways import by_stop
from transit.routing.ondemand import Direct, End, Hailed, between, hailed
from transit.routing.query import TRANSIT_MODES, Location, Mode, Query
from transit.routing.raptor import Ride, Rides, Wish, find_rides
from transit.routing.rentals import Form, Rentals, Return, Station, StationStatus, Status, System, Vehicle, VehicleType
from transit.routing.renting import Fleet, Renter, fleets_of
from transit.routing.streets import BICYCLE, NO_EDGE, WALK, Streets
from transit.routing.timetable import U8, Schedule, Timetable, Transfers
from transit.routing.window import assemble, reverse
from transit.routing.zones import OnDemand

MODES = list(Mode)
# Nobody is offered a longer ride by bicycle.
MAX_BICYCLE_S = 3600
# A transfer's way is drawn along streets up to this length, else as a straight line.
MAX_TRANSFER_M = 2500.0


@dataclass(frozen=True)
class Day:
    """A timetable, the same seen backwards for arriving by a time, and which of its transfers have no steps."""

    timetable: Timetable
    step_free: Transfers | None = None
    """None: of no station is it known."""

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
) -> list[Journey]:
    """Every journey worth showing, ordered by `filters.in_order`; times are seconds after the timetable's `base_at`.

    The journeys with vehicles are those of `find_journeys`, less what the rules of `filters` drop; beside them stand
    the direct ways on foot and by bicycle within their limits. What would have to leave before `now_at` (Unix seconds)
    is not among them, nor does it make anything pointless. Journeys with vehicles of `fleets`, and those of `ondemand`
    with `rides` that can still be ordered, stand beside the others where these do not make them pointless; they make
    none of these pointless.
    """
    origin, destination = _places(ground, query, ends)
    walk = _on_foot(day, origin, destination, query)
    build = _builder(day, origin, destination, query)
    bicycle = _by_bicycle(day, ground, query) if query.bicycle else None
    possible = _journeys(day, build, query)
    hires = _with_hires(day, (origin, destination), query, fleets)
    hired, ridden = hires.journeys, hires.direct
    if now_at is not None:
        now_s = now_at - day.timetable.base_at
        possible, hired = ([each for each in every if each.start_s >= now_s] for every in (possible, hired))
        walk, bicycle, ridden = (
            leg if leg is not None and leg.start_s >= now_s else None for leg in (walk, bicycle, ridden)
        )
    kept = worth_showing(possible, walk)
    if rides is not None and rides.services:
        asked = _on_demand(day, build, query, (rides, now_at), possible)
        scheduled = {id(journey) for journey in kept}
        kept += [journey for journey in worth_showing([*kept, *asked], walk) if id(journey) not in scheduled]
    shown = [without_empty_walks(build.drawn(journey)) for journey in kept]
    hired = quicker_than_walking(hired, ridden)
    own = {id(journey) for journey in hired}
    shown += [hires.drawn(each) for each in worth_showing([*kept, *hired], walk) if id(each) in own]
    listed = in_order(shown, walk, bicycle, arrive_by=query.arrive_by)
    return listed if ridden is None else [*listed, Journey((ridden,))]


@dataclass(frozen=True)
class _Hires:
    """Journeys with a hired vehicle before the first ride or after the last, and the quickest one without others."""

    build: Builder | None = None
    journeys: list[Journey] = field(default_factory=list)
    direct: StreetLeg | None = None

    def drawn(self, journey: Journey) -> Journey:
        """One of the journeys with its ways."""
        assert self.build is not None
        return without_empty_walks(self.build.drawn(journey))


def _with_hires(day: Day, ends: tuple[AroundDoors, AroundDoors], query: Query, fleets: Sequence[Fleet]) -> _Hires:
    """What hired vehicles add. Who can ride all the way at any time takes no other vehicle that gains nothing."""
    if not fleets:
        return _Hires()
    renter, (origin, destination) = Renter(query.walk_speed_mps, query.max_walk_s), ends
    around = hiring(origin, fleets, renter), hiring(destination, fleets, renter._replace(leaving=True))
    build = _builder(day, *around, query)
    found = [
        journey
        for journey in _journeys(day, build, query)
        if any(isinstance(leg, StreetLeg) and leg.hire for leg in journey.legs)
    ]
    hire = direct(origin, destination.spot, fleets, renter)
    if hire is None:
        return _Hires(build, found)
    at, seconds = int(query.time_at.timestamp()) - day.timetable.base_at, sum(hire.seconds)
    start_s = at - seconds if query.arrive_by else at
    way = Way(sum(way.metres for way in hire.ways), NO_LINE.line)
    return _Hires(build, found, StreetLeg(Mode.WALK, start_s, start_s + seconds, None, None, way, hire=hire))


def find_journeys(day: Day, ground: Ground, query: Query, ends: Ends | None = None) -> list[Journey]:
    """The journeys with vehicles that leave in the window (arriving by a time: that arrive in it) and that no other
    beats in departure, arrival and number of vehicles, be it inside the window or outside; ways are not drawn.

    Whether a journey is among them does not depend on where the window begins and ends, so that windows side by side
    have all of them, each once.
    """
    origin, destination = _places(ground, query, ends)
    build = _builder(day, origin, destination, query)
    return [without_empty_walks(journey) for journey in _journeys(day, build, query)]


def warm() -> None:
    """Compiles the kernels or loads them from the cache, so that the first query does not wait for it."""
    day, ground = hamlet()
    for arrive_by in (False, True):
        for window_s in (0, 3600):
            query = Query(
                Location(0, 0), Location(0, 0.01), _NOON, arrive_by=arrive_by, window_s=window_s, walk_speed_mps=1
            )
            plan(day, ground, query)
    plan(day, ground, query, fleets=fleets_of(ground, _VEHICLES, is_known=True, has_vehicles=True))


def _places(ground: Ground, query: Query, ends: Ends | None) -> tuple[AroundDoors, AroundDoors]:
    """The stops around the origin and around the destination."""
    ends = ends or Ends()
    origin = _around(ground, query.origin, ends.origin, query)
    return origin, _around(ground, query.destination, ends.destination, query, leaving=True)


def asked(day: Day, ground: Ground, query: Query, ends: Ends | None = None) -> tuple[Builder, Wish]:
    """What other searches for a query than `plan` begin with: the ends, in what makes journeys of rides, and the wish;
    arriving by a time, the wish is in the seconds of the timetable that is turned round.
    """
    origin, destination = _places(ground, query, ends)
    return _builder(day, origin, destination, query), _wish(day, query)


def _builder(day: Day, origin: Around, destination: Around, query: Query) -> Builder:
    """What makes journeys of the rides between two ends."""
    parts = day.timetable, origin.ground, origin, destination, _pace(query), day.step_free
    return Builder(*parts, avoids_steps=query.step_free)


def _journeys(day: Day, build: Builder, query: Query) -> list[Journey]:
    """The rides that were found as journeys, each with the best places to change."""
    between = build.between(query.change_slack_s)
    found = _by_vehicles(day, build.origin, build.destination, query)
    return build.journeys(with_best_changes(between, found))


def _around(
    ground: Ground, place: Location, chosen: tuple[int, ...], query: Query, *, leaving: bool = False
) -> AroundDoors:
    """The stops around one end. Walking has no one-way streets, so ways to the destination are searched from it."""
    spot = spot_at(ground, place.lat, place.lon)
    walker = Walker(query.walk_speed_mps, query.max_walk_s, leaving, query.step_free)
    return around(ground, spot, chosen, walker)


def _wish(day: Day, query: Query) -> Wish:
    """What a search is asked; arriving by a time, in the seconds of the timetable that is turned round."""
    at = int(query.time_at.timestamp()) - day.timetable.base_at
    low, high = (-at, query.window_s - at) if query.arrive_by else (at, at + query.window_s)
    allowed = _allowed(day.timetable, query)
    return Wish(low, high, query.max_vehicles, query.change_slack_s, allowed, _pace(query))


def _on_demand(
    day: Day, build: Builder, query: Query, asked: tuple[OnDemand, int | None], others: Sequence[Journey]
) -> list[Journey]:
    """The journeys with rides on demand, given the others."""
    rides, now_at = asked
    how = query.transit_modes, query.change_slack_s, now_at
    first, last, direct = between(rides, day.timetable, (build.origin, build.destination), how)
    if not query.arrive_by:
        known = [Hailed(each.start_s, each.end_s, each.vehicles) for each in others]
        found = hailed(day.timetable, (first, last), direct, _wish(day, query), known)
        return [build.hailed(each.rides, each.start, each.end, each.leave, each.direct) for each in found]
    known = [Hailed(-each.end_s, -each.start_s, each.vehicles) for each in others]
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


def _by_vehicles(day: Day, origin: Around, destination: Around, query: Query) -> list[tuple[Ride, ...]]:
    """The rides of each journey, by the forward timetable."""
    wish = _wish(day, query)
    if not query.arrive_by:
        return [found.rides for found in unbeaten(day.timetable, origin.ends, destination.ends, wish)]
    found = unbeaten(day.backward, destination.ends, origin.ends, wish)
    return [_forward(day.timetable, rides.rides) for rides in found]


def unbeaten(timetable: Timetable, access: Walks, egress: Walks, wish: Wish) -> list[Rides]:
    """The rides of a range that none beats, not even by leaving after it.

    Whatever leaves later and beats a journey of the range is beaten or equalled in arrival and vehicles by what one
    finds who leaves right after it.
    """
    found = find_rides(timetable, access, egress, wish)
    if not found or wish.earliest_s == wish.latest_s:
        return found
    after = replace(wish, earliest_s=wish.latest_s + 1, latest_s=wish.latest_s + 1)
    later = find_rides(timetable, access, egress, after)
    return [
        rides
        for rides in found
        if not any(each.arrive_s <= rides.arrive_s and len(each.rides) <= len(rides.rides) for each in later)
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


def _on_foot(day: Day, origin: Around, destination: Around, query: Query) -> StreetLeg | None:
    """Walking all the way, within the limit of a walk."""
    limit_m = query.max_walk_s * query.walk_speed_mps
    if origin.spot.link is None or destination.spot.link is None:
        way = find_way(origin.ground, origin.spot, destination.spot, WALK, limit_m)
    else:
        way = origin.way_to(destination.spot)
    if way is None or way.metres > limit_m:
        return None
    return _direct(day, query, Mode.WALK, way, query.walk_speed_mps)


def _by_bicycle(day: Day, ground: Ground, query: Query) -> StreetLeg | None:
    """Cycling all the way on one's own bicycle."""
    start = spot_at(ground, query.origin.lat, query.origin.lon, BICYCLE)
    end = spot_at(ground, query.destination.lat, query.destination.lon, BICYCLE)
    way = find_way(ground, start, end, BICYCLE, MAX_BICYCLE_S * query.bicycle_speed_mps)
    return None if way is None else _direct(day, query, Mode.BICYCLE, way, query.bicycle_speed_mps)


def _direct(day: Day, query: Query, mode: Mode, way: Way, speed_mps: float) -> StreetLeg:
    """A way without vehicles, at the time asked for."""
    at = int(query.time_at.timestamp()) - day.timetable.base_at
    seconds = int(np.ceil(way.metres / speed_mps))
    start_s = at - seconds if query.arrive_by else at
    return StreetLeg(mode, start_s, start_s + seconds, None, None, way)


@dataclass(frozen=True)
class Builder:
    """Makes journeys of rides; remembers the ways between stops that it has drawn."""

    timetable: Timetable
    ground: Ground
    origin: Around
    destination: Around
    pace: float
    step_free: Transfers | None = None
    """As in Day."""
    avoids_steps: bool = False
    _transfers: dict[tuple[int, int], Way] = field(default_factory=dict)
    _egress_ways: dict[int, Way] = field(default_factory=dict)

    def between(self, slack_s: int) -> Between:
        """What lies around the rides."""
        access_s, egress_s = (by_stop(end.ends, self.timetable.stops) for end in (self.origin, self.destination))
        near = Near(access_s, egress_s, self.ground.original, self.ground.station)
        return Between(self.timetable, near, slack_s, self.pace)

    def journeys(self, found: Sequence[tuple[Ride, ...]]) -> list[Journey]:
        """Access, rides with the transfers between them, egress. One leaves as late as the first ride allows."""
        return [self._journey(ridden) for ridden in as_legs(self.timetable, found)]

    def _journey(self, ridden: list[TransitLeg]) -> Journey:
        return Journey((self._access(ridden[0]), *self._ridden(ridden), self._egress(ridden[-1])))

    def _ridden(self, ridden: list[TransitLeg]) -> list[StreetLeg | TransitLeg]:
        """Rides with the transfers between them."""
        legs: list[StreetLeg | TransitLeg] = []
        for before, after in pairwise(ridden):
            legs.append(before)
            if not self.ground.are_one_stop(before.end_stop, after.start_stop):
                legs.append(self._transfer(before, after))
        return [*legs, ridden[-1]]

    def hailed(
        self, rides: tuple[Ride, ...], start: End | None, end: End | None, leave_s: int, direct: Direct | None
    ) -> Journey:
        """A journey with rides on demand (see `ondemand`) that leaves its door at a second."""
        if direct is not None:
            return Journey(_direct_legs(direct, leave_s))
        assert start is not None
        assert end is not None
        (ridden,) = as_legs(self.timetable, [rides])
        first, last = ridden[0], ridden[-1]
        begun = (self._access(first),) if start.ride is None else _first_legs(start, leave_s)
        finished = (self._egress(last),) if end.ride is None else _last_legs(end, last)
        return Journey((*begun, *self._ridden(ridden), *finished))

    def _access(self, ride: TransitLeg) -> StreetLeg:
        leave_s = ride.start_s - self.origin.seconds_of[ride.start_stop]
        stop = ride.start_stop
        step_free, entrance = self.origin.is_step_free(stop), self.origin.entrance_of(stop)
        hire = self.origin.hire_of(stop)
        return StreetLeg(
            Mode.WALK, leave_s, ride.start_s, None, stop, step_free=step_free, entrance=entrance, hire=hire
        )

    def _egress(self, ride: TransitLeg) -> StreetLeg:
        arrive_s = ride.end_s + self.destination.seconds_of[ride.end_stop]
        stop = ride.end_stop
        step_free, entrance = self.destination.is_step_free(stop), self.destination.entrance_of(stop)
        hire = self.destination.hire_of(stop)
        return StreetLeg(Mode.WALK, ride.end_s, arrive_s, stop, None, step_free=step_free, entrance=entrance, hire=hire)

    def _transfer(self, before: TransitLeg, after: TransitLeg) -> StreetLeg:
        start, end = before.end_stop, after.start_stop
        t = self.timetable
        found = Transfers(t.transfer_start, t.transfer_stops, t.transfer_seconds).find(start, end)
        assert found is not None
        seconds = int(np.ceil(found * self.pace))
        step_free = self._is_step_free(start, end, found)
        return StreetLeg(Mode.WALK, before.end_s, before.end_s + seconds, start, end, step_free=step_free)

    def _is_step_free(self, start: int, end: int, seconds: int) -> bool | None:
        """Whether a transfer can be made without steps in the same time."""
        doors = self.ground.doors
        if self.step_free is None or doors is None or max(doors.component[start], doors.component[end]) < 0:
            return None
        free = self.step_free.find(start, end)
        return free is not None and free <= seconds

    def drawn(self, journey: Journey) -> Journey:
        """The journey with the length and line of every walk; left to the journeys that are shown."""
        return Journey(tuple(self._drawn(leg) if isinstance(leg, StreetLeg) else leg for leg in journey.legs))

    def _drawn(self, leg: StreetLeg) -> StreetLeg:
        end = self.origin if leg.start_stop is None else self.destination
        if leg.hire is not None and isinstance(end, AroundHires):
            stop = leg.end_stop if leg.start_stop is None else leg.start_stop
            return replace(leg, hire=end.drawn(leg.hire, stop))
        way = self._way(leg.start_stop, leg.end_stop)
        return StreetLeg(
            leg.mode, leg.start_s, leg.end_s, leg.start_stop, leg.end_stop, way, leg.step_free, leg.entrance
        )

    def _way(self, start: int | None, end: int | None) -> Way:
        if start is None and end is not None:
            return self.origin.way_to_stop(end)
        if start is not None and end is None:
            if start not in self._egress_ways:
                self._egress_ways[start] = self.destination.way_to_stop(start).backwards()
            return self._egress_ways[start]
        if start is None or end is None:
            raise ValueError("a direct way is drawn where it is found")
        if (start, end) not in self._transfers:
            way = find_walk(self.ground, start, end, MAX_TRANSFER_M, step_free=self.avoids_steps)
            self._transfers[start, end] = way
        return self._transfers[start, end]


_VEHICLES = Rentals(
    "",
    System("", (), "UTC", types=(VehicleType("", Form.BICYCLE, Return.HYBRID),), stations=(Station("", (), 0, 0),)),
    Status(
        datetime(1970, 1, 1, tzinfo=UTC),
        (StationStatus("", {"": 1}, {"": 1}),),
        (Vehicle("", 0, 0.001, ""),),
    ),
)

Legs = tuple[StreetLeg | HailedLeg, ...]


def _first_legs(end: End, leave_s: int) -> Legs:
    """From the door to the timetable."""
    assert end.ride is not None
    at = leave_s + end.walk_s
    ride = HailedLeg(at, at + end.safe_s, end.met, end.stop, end.ride.number, end.day, end.drive_s)
    return (ride,) if end.met is None else (StreetLeg(Mode.WALK, leave_s, at, None, end.met), ride)


def _last_legs(end: End, last: TransitLeg) -> Legs:
    """From the timetable to the door."""
    assert end.ride is not None
    done = end.arrives(last.end_s)
    assert done is not None
    at = done - end.walk_s
    ride = HailedLeg(at - end.safe_s, at, end.stop, end.met, end.ride.number, end.day, end.drive_s)
    return (ride,) if end.met is None else (ride, StreetLeg(Mode.WALK, at, done, end.met, None))


def _direct_legs(way: Direct, leave_s: int) -> Legs:
    """From door to door."""
    (before_s, after_s), (start, end) = way.walks, way.met
    at = leave_s + before_s
    ride = HailedLeg(at, at + way.safe_s, start, end, way.ride.number, way.day, way.drive_s)
    walks = (
        StreetLeg(Mode.WALK, leave_s, at, None, start),
        StreetLeg(Mode.WALK, ride.end_s, ride.end_s + after_s, end, None),
    )
    return (*(walks[:1] if start is not None else ()), ride, *(walks[1:] if end is not None else ()))


_NOON = datetime(1970, 1, 1, 12, tzinfo=UTC)


def hamlet() -> tuple[Day, Ground]:
    """One street, two stops, one trip at noon: enough for every kernel to be called with the types of real arrays."""

    def numbers(*values: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
        return np.array(values, np.uint32)

    def bytes_(*values: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        return np.array(values, np.uint8)

    times = np.array([43800, 44400], np.int32)
    schedule = Schedule(
        numbers(0, 2), numbers(0, 1), bytes_(0, 0), bytes_(0, 0), bytes_(MODES.index(Mode.BUS)), numbers(0),
        np.zeros(1, np.uint64), times, times.copy(), numbers(0), np.ones((1, 1), np.uint8), _NOON.toordinal(),
        numbers(0), ("UTC",), numbers(0, 1, 2), numbers(0, 1), np.zeros(2, np.int32),
    )  # fmt: skip
    lon, lat = np.array([0.0, 0.01]), np.zeros(2)
    streets = Streets(
        lon, lat, numbers(0, 1, 2), numbers(1, 0), np.full(2, 1112, np.float32), bytes_(3, 3), numbers(0, 0),
        bytes_(0, 1), numbers(0, 0), bytes_(0, 0), numbers(0, 2), lon.copy(), lat.copy(), numbers(0, 1), numbers(0),
        np.array([-0.01, -0.01, 0.03, 0.03, 1, 1]), numbers(0, int(NO_EDGE)), np.zeros(2, np.float32),
        np.zeros(2, np.float32),
    )  # fmt: skip
    return Day(assemble(schedule, 0, 86400)), Ground(lat.copy(), lon.copy(), streets)
