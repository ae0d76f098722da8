"""How one may get to the timetable, from it, and past it, where not the quickest alone counts: with what each costs.

On foot; in a hired vehicle of each fleet, to each stop the quickest way if it is quicker than walking (see `hires`); in
one's own car, the quickest way by a car park; in each ride on demand that can be ordered (see `ondemand`). Any way
of beginning goes with any way of ending. What a vehicle costs is one amount for one traveller, whatever else is ridden;
where it goes by kilometres, these are reckoned from the time that it takes, as ways are not drawn yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import mul
from typing import NamedTuple

from transit.routing.access import Around
from transit.routing.changes import as_legs
from transit.routing.criteria import ALWAYS_S, MINUTE_S, STEP_G, Feeder, Found, Kind, Side
from transit.routing.doors import AroundDoors
from transit.routing.driving import DRIVE_MPS
from transit.routing.emissions import grams
from transit.routing.fare_codes import UNKNOWN
from transit.routing.hires import AroundHires, direct, hired_leg, hiring
from transit.routing.journey import Drive, Hire, Journey, StreetLeg
from transit.routing.ondemand import Direct, End, between, soonest
from transit.routing.parking import PARK_S, AroundParks, CarParks, parking
from transit.routing.planner import Builder
from transit.routing.query import Criterion, Mode, Query
from transit.routing.raptor import Ride, Wish
from transit.routing.renting import LOCK_S, UNLOCK_S, Fleet, Renter
from transit.routing.zones import OnDemand, ZoneService


class Prices(NamedTuple):
    """What one traveller pays for a hired vehicle that is ridden so many metres, and for a ride on demand that takes so
    many seconds on a good day and nearly always at most, over so many metres; None: nobody knows.
    """

    hire: Callable[[Hire, float], int | None]
    ride: Callable[[ZoneService, tuple[int, int], float], int | None]


class Vehicles(NamedTuple):
    """What there is beside the timetable."""

    prices: Prices
    fleets: tuple[Fleet, ...] = ()
    rides: tuple[OnDemand, ...] = ()
    parks: CarParks | None = None


class _Cost(NamedTuple):
    """What a way costs: a price, steps of CO2, minutes on foot."""

    price: int = 0
    co2: int = 0
    walk: int = 0


_Ways = list[tuple[Feeder, Around | End]]


@dataclass(frozen=True)
class Fed:
    """The walks and feeders at both ends, by what each feeder goes; rides from door to door, and hires all the way."""

    build: Builder
    sides: tuple[Side, Side]
    ways: tuple[_Ways, _Ways]
    direct: list[tuple[Direct, _Cost]]
    hires: list[Journey]

    def directly(self, wish: Wish, *, arrive_by: bool) -> Iterator[tuple[int, Found]]:
        """The rides from door to door that leave as soon as a wish allows (arriving by a time: arrive as late): when,
        and what is compared.
        """
        for number, (way, cost) in enumerate(self.direct):
            one = soonest(way.backwards() if arrive_by else way, wish)
            if one is not None:
                leave, arrive = (-one.arrive, -one.leave) if arrive_by else (one.leave, one.arrive)
                yield leave, Found(arrive, *cost, (), start=number, ordered=1)

    def journey(self, found: Found, rides: tuple[Ride, ...], leave_s: int) -> tuple[Builder, Journey]:
        """A journey that was found, with these rides in place of its own, and what draws it; one from door to door
        leaves at a second.
        """
        if not rides:
            return self.build, self.build.hailed((), None, None, leave_s, self.direct[found.start][0])
        (legs,) = as_legs(self.build.timetable, [rides])
        start, end = self._way(0, found.start), self._way(1, found.end)
        build = self.build
        if isinstance(start, Around) or isinstance(end, Around):
            build = build.between(
                start if isinstance(start, Around) else build.origin,
                end if isinstance(end, Around) else build.destination,
            )
        first = start if isinstance(start, End) else End(legs[0].start_stop, 0)
        last = end if isinstance(end, End) else End(legs[-1].end_stop, 0)
        leaves = first.leaves(legs[0].start_s)
        assert leaves is not None
        return build, build.hailed(rides, first, last, leaves, None)

    def _way(self, side: int, number: int) -> Around | End | None:
        """What one goes by; None: on foot."""
        walks = len((self.build.origin, self.build.destination)[side].ends.stops)
        return None if number < walks else self.ways[side][number - walks][1]


def fed(build: Builder, query: Query, vehicles: Vehicles | None, now_at: int | None = None) -> Fed:
    """All ways to begin and to end a query's journeys; rides on demand those that can still be ordered `now_at`.

    What the query's criteria do not ask for costs nothing.
    """
    first, last = _Ways(), _Ways()
    direct, hires = list[tuple[Direct, _Cost]](), list[Journey]()
    if vehicles is not None:
        for fleet in vehicles.fleets:
            start, end, hire = _hired(build, query, fleet)
            first += _taken(start, vehicles.prices)
            last += _taken(end, vehicles.prices)
            hires += [] if hire is None else [Journey((hire,))]
        if vehicles.parks is not None:
            (last if query.car_at else first).extend(_taken(_parked(build, query, vehicles.parks), vehicles.prices))
        for rides in vehicles.rides:
            how = query.transit_modes | ({Mode.TAXI} if query.taxi else set()), query.change_slack_s, now_at
            start_rides, end_rides, through = between(rides, build.timetable, (build.origin, build.destination), how)
            first += [(_called(each, vehicles.prices), each) for each in start_rides.rides]
            last += [(_called(each, vehicles.prices), each) for each in end_rides.rides]
            direct += [(each, _through(each, vehicles.prices)) for each in through]
    sides = (
        Side.of([feeder for feeder, _ in first], query.criteria, build.origin.ends),
        Side.of([feeder for feeder, _ in last], query.criteria, build.destination.ends),
    )
    asked = _Cost(*(each in query.criteria for each in (Criterion.PRICE, Criterion.CO2, Criterion.WALKING)))
    costed = [(way, _Cost(*map(mul, cost, asked))) for way, cost in direct]
    return Fed(build, sides, (first, last), costed, hires)


def _hired(build: Builder, query: Query, fleet: Fleet) -> tuple[AroundHires, AroundHires, StreetLeg | None]:
    """The vehicles of one fleet at both ends, and all the way."""
    renter, (origin, destination) = Renter(query.walk_speed_mps, query.max_walk_s), (build.origin, build.destination)
    assert isinstance(origin, AroundDoors)
    assert isinstance(destination, AroundDoors)
    around = hiring(origin, (fleet,), renter), hiring(destination, (fleet,), renter._replace(leaving=True))
    hire = direct(origin, destination.spot, (fleet,), renter)
    return *around, None if hire is None else hired_leg(hire, build.timetable, query)


def _parked(build: Builder, query: Query, parks: CarParks) -> AroundParks:
    """One's own car, where it stands."""
    door = build.destination if query.car_at else build.origin
    assert isinstance(door, AroundDoors)
    return parking(door, parks, leaving=query.car_at is not None, speed_mps=query.walk_speed_mps)


def _taken(around: AroundHires | AroundParks, prices: Prices) -> _Ways:
    """The stops that one gets to, or from, in a vehicle that one takes oneself."""
    kept = around.drives if isinstance(around, AroundParks) else around.hires
    found: _Ways = []
    for stop in kept:
        taken = around.hire_of(stop)
        assert taken is not None
        cost = _driven(taken) if isinstance(taken, Drive) else _of_hire(taken, prices)
        found.append((Feeder(stop, around.seconds_to(stop), Kind.OWN, -ALWAYS_S, ALWAYS_S, *cost), around))
    return found


def _of_hire(hire: Hire, prices: Prices) -> _Cost:
    before, ridden, after = hire.seconds
    profile = hire.kind.profile
    metres = (ridden - UNLOCK_S - LOCK_S) * (DRIVE_MPS if profile.is_driven else profile.speed_mps)
    return _Cost(_known(prices.hire(hire, metres)), _steps(profile.mode, metres), _minutes(before) + _minutes(after))


def _driven(drive: Drive) -> _Cost:
    """What one's own car costs nobody knows."""
    walk_s, drive_s = drive.seconds if drive.leaving else drive.seconds[::-1]
    return _Cost(UNKNOWN, _steps(Mode.CAR, (drive_s - PARK_S) * DRIVE_MPS), _minutes(walk_s))


def _called(end: End, prices: Prices) -> Feeder:
    """A ride on demand at one end."""
    assert end.ride is not None
    metres = end.drive_s * DRIVE_MPS
    price = _known(prices.ride(end.ride, (end.drive_s, end.safe_s), metres))
    cost = price, _steps(end.ride.mode, metres), _minutes(end.walk_s)
    return Feeder(end.stop, end.seconds, Kind.ORDERED, end.low, end.high, *cost)


def _through(way: Direct, prices: Prices) -> _Cost:
    """A ride on demand from door to door."""
    metres = way.drive_s * DRIVE_MPS
    price = _known(prices.ride(way.ride, (way.drive_s, way.safe_s), metres))
    return _Cost(price, _steps(way.ride.mode, metres), sum(map(_minutes, way.walks)))


def _known(price: int | None) -> int:
    return UNKNOWN if price is None else min(price, UNKNOWN)


def _steps(mode: Mode, metres: float) -> int:
    return round(grams(mode, metres) / STEP_G)


def _minutes(seconds: int) -> int:
    return -(-seconds // MINUTE_S)
