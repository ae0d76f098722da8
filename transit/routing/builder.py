"""From rides to journeys: the walks at both ends and between rides, drawn where they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from transit.routing.access import Around, Ground
from transit.routing.changes import as_legs
from transit.routing.doors import walk_between
from transit.routing.filters import without_empty_walks
from transit.routing.hires import AroundHires
from transit.routing.journey import NO_LINE, Drive, Hire, Journey, Ridden, StreetLeg, TransitLeg, Way
from transit.routing.ondemand import Direct, End, direct_legs, first_legs, last_legs
from transit.routing.parking import AroundParks
from transit.routing.query import Mode
from transit.routing.raptor import Ride
from transit.routing.timetable import Timetable, Transfers


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
    """As in a planner's Day."""
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
