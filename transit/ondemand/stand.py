"""Where a vehicle is in its route, and when it can next turn elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from transit.models import Ride, Shift
from transit.ondemand.route import BREAK, PICKUP, Stop, read

SEEN: Final = timedelta(minutes=3)
"""Where it was seen so long ago at most, it is."""
Place = tuple[float, float]
Leave = Callable[[int, Place, Place], int]
"""When one leaves a place at the latest to be at another by a moment."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A vehicle is at `place`, and at `at_s` it can turn elsewhere. With `is_bound`, it is at the first stop to do or
    under way to it: that is where and when it can. Rides `aboard` have been picked up.
    """

    place: Place
    at_s: int
    is_bound: bool
    done: tuple[Stop, ...]
    todo: tuple[Stop, ...]
    aboard: frozenset[int]

    @property
    def stranded(self) -> frozenset[int]:
        """Those to be met again whose vehicle broke down under way."""
        return frozenset(each.ride for each in self.todo if each.what == PICKUP and each.place is not None)

    def met_s(self, ride_id: int) -> int | None:
        """When somebody was picked up; the last time, where a vehicle has taken them up again."""
        return next((each.done_at for each in reversed(self.done) if (each.ride, each.what) == (ride_id, PICKUP)), None)

    def by_s(self, ride: Ride) -> int:
        """When the first stop to do, which is one of a ride, must be reached at the latest."""
        if self.todo[0].what == PICKUP:
            return int(ride.latest_at.timestamp())
        met_s, by_s = self.met_s(ride.pk), int(ride.arrive_by.timestamp())
        return by_s if met_s is None else min(by_s, met_s + ride.ride_limit_s)


def place_of(stop: Stop, rides: Mapping[int, Ride]) -> Place | None:
    """Where a stop is; None for a break of which that is not known yet, and where the ride is not known any more."""
    if stop.place is not None:
        return stop.place
    ride = rides.get(stop.ride)
    if ride is None:
        return None
    return origin_of(ride) if stop.what == PICKUP else (ride.destination_lon, ride.destination_lat)


def origin_of(ride: Ride) -> Place:
    """Where somebody is met."""
    return ride.origin_lon, ride.origin_lat


def stand_of(
    shift: Shift, rides: Mapping[int, Ride], clock_s: int, leave: Leave, stops: Sequence[Stop] | None = None
) -> Stand:
    """Where a vehicle is at a moment; `stops` are those of its route, if they are known."""
    done, todo = _parted(read(shift.route) if stops is None else stops, clock_s)
    to_meet = {each.ride for each in todo if each.what == PICKUP}
    aboard = ({each.ride for each in done if each.what == PICKUP} & {each.ride for each in todo}) - to_meet
    place = _last_place(shift, done, rides, clock_s)
    start_s = int(shift.start_at.timestamp())
    at_s, late_s = max(clock_s, start_s), int(shift.late_until.timestamp()) if shift.late_until else 0
    known = (place, at_s, False, tuple(done), tuple(todo), frozenset(aboard))
    if not todo:
        return replace(Stand(*known), at_s=max(at_s, late_s))
    there = place_of(todo[0], rides) or place
    arrived = todo[0].arrived_at is not None
    is_under_way = clock_s >= start_s and clock_s >= leave(todo[0].at, place, there)
    if not arrived and not is_under_way and late_s <= clock_s:
        return Stand(*known)
    begun = todo[0].what == BREAK and todo[0].at <= clock_s
    at_s = todo[0].at if begun else max(todo[0].at, late_s, clock_s)
    return replace(Stand(*known), place=there, at_s=at_s, is_bound=True)


def _parted(stops: Sequence[Stop], clock_s: int) -> tuple[list[Stop], list[Stop]]:
    """What is done, and what is to be done. A break is over by the clock, unless something comes before it."""
    done, todo = [each for each in stops if each.done_at is not None], [each for each in stops if each.done_at is None]
    while todo and todo[0].what == BREAK and todo[0].at + todo[0].seconds <= clock_s:
        done.append(replace(todo[0], done_at=todo[0].at + todo[0].seconds))
        todo = todo[1:]
    return done, todo


def _last_place(shift: Shift, done: list[Stop], rides: Mapping[int, Ride], clock_s: int) -> Place:
    """Where it was seen just now, else where it last stopped, else where it begins."""
    last_s = max((each.done_at or 0 for each in done if each.what != BREAK), default=0)
    if shift.lon is not None and shift.lat is not None and shift.seen_at is not None:
        seen_s = shift.seen_at.timestamp()
        if clock_s - seen_s <= SEEN.total_seconds() and seen_s >= last_s:
            return shift.lon, shift.lat
    for stop in reversed(done):
        if (place := place_of(stop, rides)) is not None:
            return place
    return shift.plan["lon"], shift.plan["lat"]
