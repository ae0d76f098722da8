"""Journeys with rides on demand: to the timetable, from it, both, or from door to door.

A ride may begin at any second of its window that can still be ordered, so that the ends of a search depend on the time
of day. The search itself (`raptor`) knows ends of fixed length: it is asked without the windows, which bounds what is
possible from below. Where all that it finds keeps the windows, that is the answer; else the ends are halved and asked
again, down to beginnings of one window and endings at one stop, whose windows can be obeyed exactly: one that lies
after the way is a wait, and one that closes before the ride is a moment of leaving of its own. So what is found is all
that no other journey beats in departure, arrival and number of vehicles, a ride on demand being one.

The model: one is met and set down at the door in a zone, and at the stop that is nearest on foot where an area is a set
of stops; between a ride on demand and a vehicle there is no change but at the same stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np

from transit.routing.access import Around
from transit.routing.driving import Drives, Stand, drive_s
from transit.routing.journey import HailedLeg, StreetLeg, TransitLeg
from transit.routing.kernels.raptor import Ends
from transit.routing.query import Mode
from transit.routing.raptor import Ride, Wish, find_rides
from transit.routing.timetable import Timetable
from transit.routing.window import DAY_S
from transit.routing.zones import OnDemand, ZoneService

__all__ = [
    "Direct", "End", "Hailed", "Sides", "between", "direct_legs", "first_legs", "hailed", "last_legs", "soonest",
]  # fmt: skip
ALWAYS_S = 1 << 29
LATER_S = 6 * 3600
"""Who asks for a moment is shown a ride from door to door that begins so much later at most."""


class End(NamedTuple):
    """A way between a door and a stop of the timetable, and when the door can be left (or reached): [low, high].

    Without a `ride` it is a walk. `met` is the stop at which one is picked up or set down, walking `walk_s` between it
    and the door; None: at the door. `seconds` is all of it.
    """

    stop: int
    seconds: int
    low: int = -ALWAYS_S
    high: int = ALWAYS_S
    ride: ZoneService | None = None
    day: int = 0
    drive_s: int = 0
    safe_s: int = 0
    walk_s: int = 0
    met: int | None = None

    def backwards(self) -> End:
        """The same in a timetable that is turned round."""
        return self._replace(low=-self.high, high=-self.low)

    def leaves(self, departure: int) -> int | None:
        """When one leaves the door at the latest to catch a departure; None: one cannot."""
        at = min(departure - self.seconds, self.high)
        return at if at >= self.low else None

    def arrives(self, arrival: int) -> int | None:
        """When one is at the door after an arrival; None: never."""
        at = max(arrival + self.seconds, self.low)
        return at if at <= self.high else None


class Direct(NamedTuple):
    """A ride from door to door, with walks at stops, that takes `seconds`: leaving in [low, high]."""

    seconds: int
    low: int
    high: int
    ride: ZoneService
    day: int
    drive_s: int
    safe_s: int
    walks: tuple[int, int] = (0, 0)
    met: tuple[int | None, int | None] = (None, None)

    def backwards(self) -> Direct:
        """The same seen from its end."""
        return self._replace(low=-self.high - self.seconds, high=-self.low - self.seconds)


@dataclass(frozen=True, slots=True)
class Sides:
    """How one gets from a door to the timetable, or back: on foot, or by a ride on demand."""

    walks: tuple[End, ...] = ()
    rides: tuple[End, ...] = ()

    def backwards(self) -> Sides:
        """As in `End`."""
        return Sides(*(tuple(end.backwards() for end in ends) for ends in (self.walks, self.rides)))


class Hailed(NamedTuple):
    """A journey in the seconds and the direction of a search: what it does between its ends, and these."""

    leave: int
    arrive: int
    vehicles: int
    rides: tuple[Ride, ...] = ()
    start: End | None = None
    end: End | None = None
    direct: Direct | None = None


def hailed(
    timetable: Timetable, sides: tuple[Sides, Sides], direct: Sequence[Direct], wish: Wish, others: Iterable[Hailed]
) -> list[Hailed]:
    """The journeys with rides on demand that leave in the range of a wish and that none beats, `others` included.

    A ride from door to door fits any time of its window: it is there once, as soon as the range allows.
    """
    point = wish.earliest_s == wish.latest_s
    found = list(_through(timetable, sides, wish)) if any(side.rides for side in sides) else []
    rivals = [*others, *found]
    if found and not point:
        after = replace(wish, earliest_s=wish.latest_s + 1, latest_s=wish.latest_s + 1)
        rivals += _through(timetable, sides, after, on_foot=True)
    kept: dict[tuple[object, ...], Hailed] = {}
    for each in found:
        if not any(_beats(rival, each, point=point) for rival in rivals) and not _is_slower(each, direct, wish):
            kept.setdefault(each[:3] if not point else (0, *each[1:3]), each)
    ridden = [one for way in direct if (one := soonest(way, wish)) is not None]
    for one in ridden:
        if not any(_beats(rival, one, point=point) for rival in (*rivals, *(ridden if point else ()))):
            kept.setdefault((*one[:3], one.direct), one)
    return list(kept.values())


def soonest(way: Direct, wish: Wish) -> Hailed | None:
    """A ride from door to door that leaves as soon as the wish allows, by whole minutes; None: too late for it."""
    soonest = max(wish.earliest_s, way.low)
    at = min(-(-soonest // 60) * 60, way.high)
    latest = wish.earliest_s + LATER_S if wish.earliest_s == wish.latest_s else wish.latest_s
    if not soonest <= at <= latest:
        return None
    return Hailed(at, at + way.seconds, 1, direct=way)


def _beats(rival: Hailed, mine: Hailed, *, point: bool) -> bool:
    """Whether another journey is no worse in anything and better in something."""
    theirs, ours = ((each.arrive, each.vehicles, 0 if point else -each.leave) for each in (rival, mine))
    return theirs != ours and all(a <= b for a, b in zip(theirs, ours, strict=True))


def _is_slower(mine: Hailed, direct: Sequence[Direct], wish: Wish) -> bool:
    """Whether a ride from door to door that leaves no sooner is there as soon."""
    leave = wish.earliest_s if wish.earliest_s == wish.latest_s else mine.leave
    return any(max(leave, way.low) <= way.high and max(leave, way.low) + way.seconds <= mine.arrive for way in direct)


def _through(
    timetable: Timetable, sides: tuple[Sides, Sides], wish: Wish, *, on_foot: bool = False
) -> Iterator[Hailed]:
    """What uses the timetable and at least one ride on demand (or none): each way of beginning with each of ending."""
    first, last = sides
    for extra, starts, ends in (
        (1, first.rides, last.walks),
        (1, first.walks, last.rides),
        (2, first.rides, last.rides),
        *(((0, first.walks, last.walks),) if on_foot else ()),
    ):
        if wish.max_vehicles > extra:
            search = _Search(timetable, replace(wish, max_vehicles=wish.max_vehicles - extra), extra)
            yield from search.found(starts, ends)


@dataclass(frozen=True)
class _Search:
    """A search between ends that all cost as many vehicles."""

    timetable: Timetable
    wish: Wish
    extra: int

    def found(self, starts: Sequence[End], ends: Sequence[End]) -> Iterator[Hailed]:
        """What none of the same ends beats, among others."""
        starts = [end for end in starts if end.low <= end.high and self._may_start(end)]
        if not starts or not ends:
            return
        alike: dict[tuple[int, int], list[End]] = {}
        for end in starts:
            alike.setdefault((end.low, end.high), []).append(end)
        if len(alike) == 1:
            yield from self._from_alike(starts, ends)
        elif any(end.high <= self.wish.latest_s for end in starts):
            for some in alike.values():
                yield from self._from_alike(some, ends)
        else:
            yield from self._asked(starts, ends)

    def _may_start(self, end: End) -> bool:
        """Whether one can leave in the range at all; who asks for one moment may wait."""
        point = self.wish.earliest_s == self.wish.latest_s
        return end.high >= self.wish.earliest_s and (point or end.low <= self.wish.latest_s)

    def _halved(self, starts: Sequence[End], ends: Sequence[End], *, of_starts: bool) -> Iterator[Hailed]:
        """The same of halves. Endings at one stop stay together: they are one search, whatever their windows are."""
        if of_starts:
            middle = len(starts) // 2
            yield from self.found(starts[:middle], ends)
            yield from self.found(starts[middle:], ends)
        else:
            stops = sorted({end.stop for end in ends})
            middle = stops[len(stops) // 2]
            yield from self.found(starts, [end for end in ends if end.stop < middle])
            yield from self.found(starts, [end for end in ends if end.stop >= middle])

    def _from_alike(self, starts: Sequence[End], ends: Sequence[End]) -> Iterator[Hailed]:
        """From ends of one window: leaving in it, and leaving as it closes."""
        start, earliest, latest = starts[0], self.wish.earliest_s, self.wish.latest_s
        if earliest == latest:
            moments = [(max(earliest, start.low),) * 2]
        else:
            low, high = max(earliest, start.low), min(latest, start.high)
            moments = [(low, high)] if low < high else []
            moments += [(high, high)] if low == high or high == start.high else []
        for low, high in moments:
            inside = replace(self, wish=replace(self.wish, earliest_s=low, latest_s=high))
            for each in inside._asked(starts, ends):
                if earliest == latest or earliest <= each.leave <= latest:
                    yield each

    def _asked(self, starts: Sequence[End], ends: Sequence[End]) -> Iterator[Hailed]:
        """What the search finds, if it keeps the windows; else the same of halves."""
        wish = self.wish
        single = all(end.stop == ends[0].stop for end in ends)
        egress = Ends(np.array([ends[0].stop], np.uint32), np.zeros(1, np.int32)) if single else _fixed(ends)
        access = _fixed(starts)
        soonest = dict(zip(egress.stops.tolist(), egress.seconds.tolist(), strict=True))
        latest = dict(zip(access.stops.tolist(), access.seconds.tolist(), strict=True))
        kept: list[Hailed] = []
        for found in find_rides(self.timetable, access, egress, wish):
            departure, _, first, _ = called(self.timetable, found.rides[0])
            _, arrival, _, last = called(self.timetable, found.rides[-1])
            begin = max(_usable(starts, first, departure, End.leaves), default=(-ALWAYS_S, 0))
            finish = min(_usable(ends, last, arrival, End.arrives), default=None)
            point = wish.earliest_s == wish.latest_s
            too_soon = begin[0] < wish.earliest_s
            if len(starts) > 1 and (too_soon or (not point and begin[0] != departure - latest[first])):
                yield from self._halved(starts, ends, of_starts=True)
                return
            if not single and (finish is None or finish[0] != arrival + soonest[last]):
                yield from self._halved(starts, ends, of_starts=False)
                return
            if not too_soon and finish is not None:
                vehicles = len(found.rides) + self.extra
                start, end = starts[begin[1]], ends[finish[1]]
                kept.append(Hailed(begin[0], finish[0], vehicles, found.rides, start, end))
        yield from kept


def _usable(
    ends: Sequence[End], stop: int, called_at: int, time_of: Callable[[End, int], int | None]
) -> Iterator[tuple[int, int]]:
    """The moments that the ends at a stop allow, each with the position of the end."""
    for i, end in enumerate(ends):
        if end.stop == stop and (at := time_of(end, called_at)) is not None:
            yield at, i


def _fixed(ends: Sequence[End]) -> Ends:
    """The ends without their windows: the shortest at each stop."""
    shortest: dict[int, int] = {}
    for end in ends:
        shortest[end.stop] = min(end.seconds, shortest.get(end.stop, end.seconds))
    stops = sorted(shortest)
    return Ends(np.array(stops, np.uint32), np.array([shortest[stop] for stop in stops], np.int32))


def called(timetable: Timetable, ride: Ride) -> tuple[int, int, int, int]:
    """Departure, arrival, first and last stop of a ride."""
    t = timetable
    pattern = int(np.searchsorted(t.pattern_trip_start, ride.trip, side="right")) - 1
    low, high = t.pattern_stop_start[pattern : pattern + 2].tolist()
    first, end = t.pattern_trip_start[pattern : pattern + 2].tolist()
    zero, trips, at = int(t.pattern_event_start[pattern]), end - first, ride.trip - first
    departure = int(t.departures[zero + ride.board * trips + at])
    arrival = int(t.arrivals[zero + at * (high - low) + ride.alight])
    return departure, arrival, int(t.pattern_stops[low + ride.board]), int(t.pattern_stops[low + ride.alight])


class _Met(NamedTuple):
    """Where a vehicle meets somebody."""

    walk_s: int
    stop: int | None
    """None: at the door."""
    at: Stand


def between(
    rides: OnDemand, timetable: Timetable, doors: tuple[Around, Around], how: tuple[frozenset[Mode], int, int | None]
) -> tuple[Sides, Sides, list[Direct]]:
    """How one gets from the origin to the timetable, from it to the destination, and from the one to the other.

    `how`: the modes that are wished for, the seconds added to every change, and now (Unix; None: whenever).
    """
    modes, slack_s, now_at = how
    ground = doors[0].ground
    drives = Drives(ground)
    calls = np.zeros((2, timetable.stops), bool)
    calls[0, timetable.pattern_stops[timetable.boardable == 1]] = True
    calls[1, timetable.pattern_stops[timetable.alightable == 1]] = True
    first: list[End] = []
    last: list[End] = []
    direct: list[Direct] = []

    @cache
    def met_at(area: int, door: int) -> _Met | None:
        """Many services share an area."""
        return _met(rides, area, doors[door])

    # A window may reach over midnight, and two days into what the timetable holds.
    today = timetable.base_at // DAY_S + _EPOCH
    for ride in rides.services:
        if ride.mode not in modes:
            continue
        met, left = met_at(ride.origin, 0), met_at(ride.destination, 1)
        if (met is None and left is None) or (ride.takes_s is not None and None in (met, left)):
            continue
        days = [day for day in range(today - 2, today + 4) if rides.days.runs(ride.service, day)]
        spans = _Spans(rides, ride, days, timetable.base_at, now_at)
        if met is not None and ride.takes_s is None:
            stops = rides.areas.stops_of(ride.destination)
            stops = stops[calls[0, stops]]
            for stop, seconds in _driven(drives, met, stops, ride, leaving=False):
                first += (
                    End(stop, met.walk_s + safe_s + slack_s, low - met.walk_s, high - met.walk_s, ride, day, seconds,
                        safe_s, met.walk_s, met.stop)
                    for day, safe_s, low, high in spans.of(seconds, met.walk_s) if stop != met.stop
                )  # fmt: skip
        if left is not None and ride.takes_s is None:
            stops = rides.areas.stops_of(ride.origin)
            stops = stops[calls[1, stops]]
            for stop, seconds in _driven(drives, left, stops, ride, leaving=True):
                last += (
                    End(stop, slack_s + safe_s + left.walk_s, low + safe_s + left.walk_s, high + safe_s + left.walk_s,
                        ride, day, seconds, safe_s, left.walk_s, left.stop)
                    for day, safe_s, low, high in spans.of(seconds) if stop != left.stop
                )  # fmt: skip
        if met is not None and left is not None and (met.stop is None or met.stop != left.stop):
            seconds = drive_s(ground, met.at, left.at)
            direct += (
                Direct(met.walk_s + safe_s + left.walk_s, low - met.walk_s, high - met.walk_s, ride, day, seconds,
                       safe_s, (met.walk_s, left.walk_s), (met.stop, left.stop))
                for day, safe_s, low, high in spans.of(seconds, met.walk_s)
            )  # fmt: skip
    walks = [tuple(map(End, door.ends.stops.tolist(), door.ends.seconds.tolist())) for door in doors]
    return Sides(walks[0], tuple(first)), Sides(walks[1], tuple(last)), direct


_EPOCH = 719_163
"""The ordinal of 1970-01-01."""


class _Spans(NamedTuple):
    """When a service may begin a ride."""

    rides: OnDemand
    ride: ZoneService
    days: list[int]
    base_at: int
    now_at: int | None

    def of(self, drive_s: int, walk_s: int = 0) -> Iterator[tuple[int, int, int, int]]:
        """Service day, safe duration, first and last second (of the timetable) of a pick-up, for a way to drive and
        one to walk before it.
        """
        safe_s = self.ride.safe_s(drive_s)
        for day in self.days:
            span = self.rides.pickups(self.ride, day, safe_s, self.now_at)
            if span is not None:
                first = span[0] if self.now_at is None else max(span[0], self.now_at + walk_s)
                yield day, safe_s, first - self.base_at, span[1] - self.base_at


def _met(rides: OnDemand, area: int, door: Around) -> _Met | None:
    """Where a vehicle of an area meets somebody at a door; None: nowhere."""
    spot = door.spot
    if rides.areas.is_zone(area):
        inside = rides.areas.holds(area, np.array([spot.lon]), np.array([spot.lat]))
        return _Met(0, None, Stand(spot.lat, spot.lon)) if inside[0] else None
    walked = [(door.seconds_of[stop], stop) for stop in rides.areas.stops_of(area).tolist() if stop in door.seconds_of]
    if not walked:
        return None
    seconds, stop = min(walked)
    at = Stand(float(door.ground.stop_lat[stop]), float(door.ground.stop_lon[stop]))
    return _Met(seconds, stop, at)


def _driven(
    drives: Drives, met: _Met, stops: np.ndarray, ride: ZoneService, *, leaving: bool
) -> Iterator[tuple[int, int]]:
    """Stops and the seconds to drive between each and a place."""
    found = drives.seconds(met.at, leaving=leaving)[stops].astype(np.int64)
    for stop, seconds in zip(stops.tolist(), found.tolist(), strict=True):
        if ride.most_s is None or seconds <= ride.most_s:
            yield stop, seconds


Legs = tuple[StreetLeg | HailedLeg, ...]


def first_legs(end: End, leave_s: int) -> Legs:
    """From the door to the timetable."""
    assert end.ride is not None
    at = leave_s + end.walk_s
    ride = HailedLeg(at, at + end.safe_s, end.met, end.stop, end.ride.number, end.day, end.drive_s)
    return (ride,) if end.met is None else (StreetLeg(Mode.WALK, leave_s, at, None, end.met), ride)


def last_legs(end: End, last: TransitLeg) -> Legs:
    """From the timetable to the door."""
    assert end.ride is not None
    done = end.arrives(last.end_s)
    assert done is not None
    at = done - end.walk_s
    ride = HailedLeg(at - end.safe_s, at, end.stop, end.met, end.ride.number, end.day, end.drive_s)
    return (ride,) if end.met is None else (ride, StreetLeg(Mode.WALK, at, done, end.met, None))


def direct_legs(way: Direct, leave_s: int) -> Legs:
    """From door to door."""
    (before_s, after_s), (start, end) = way.walks, way.met
    at = leave_s + before_s
    ride = HailedLeg(at, at + way.safe_s, start, end, way.ride.number, way.day, way.drive_s)
    walks = (
        StreetLeg(Mode.WALK, leave_s, at, None, start),
        StreetLeg(Mode.WALK, ride.end_s, ride.end_s + after_s, end, None),
    )
    return (*(walks[:1] if start is not None else ()), ride, *(walks[1:] if end is not None else ()))
