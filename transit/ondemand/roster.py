"""A day as it is planned: its shifts and rides as rows, and as the arrays in which rides are put together."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from transit.models import Ride, ServiceDay, Shift
from transit.ondemand.areas import zones_at
from transit.ondemand.hours import second
from transit.ondemand.places import Places
from transit.ondemand.roads import Roads
from transit.ondemand.route import BREAK, DROP_OFF, PICKUP, Stop, read
from transit.ondemand.rules import Load, Rules, Vehicle
from transit.ondemand.stand import Place, Stand, origin_of, stand_of
from transit.records import decode
from transit.routing.board import Board
from transit.routing.kernels.routes import LATEST, NODE, arrive, depart
from transit.routing.pooling import EVER_S, Call, Kind, Pause, Prices, Problem, Request, Route, Visit, pace_of
from transit.routing.pooling import Shift as Turn

TICK_S: Final = 15
"""The clock of a plan goes in such steps, up, so that it is not made anew for every question."""
ACTIVE: Final = ("PLANNED", "OUT")
WAIT_PRICE: Final = 0.2
"""What a second of a rider's waiting weighs beside one of driving; of riding longer than straight, half of it."""
URGENT: Final = 3.0
"""How many times more the waiting of those weighs who go first."""
ALONE: Final = 1
CROWD: Final = 1000


@dataclass(frozen=True, slots=True)
class _Laid:
    """A shift as the board has it. `met` is where those are met who are not where they asked to be."""

    turn: Turn
    requests: list[Request]
    route: Route
    met: dict[int, Place]


class Roster:
    """What is known of a day at a revision. One thread at a time, which holds `lock`.

    After a change only the shifts are read that it changed, and only their routes are laid anew; when the clock goes
    on, those of vehicles that stand otherwise. The board is as it would be if all of it were laid anew.
    """

    def __init__(self, day: ServiceDay, rules: Rules, roads: Roads) -> None:
        self.day_id, self.mark, self.date, self.rule_set_id = day.pk, day.mark, day.date, day.rule_set_id
        self.rule_set = day.rule_set
        self.service_id, self.number = day.service_id, day.rule_set.number
        self.rules = rules
        self.revision = -1
        self.clock_s = 0
        self.shifts: dict[int, Shift] = {}
        self.rides: dict[int, Ride] = {}
        self.stands: dict[int, Stand] = {}
        self.vehicles: dict[int, Vehicle] = {}
        self.late: set[int] = set()
        """Shifts that break a promise by where they are now."""
        self.strained: set[int] = set()
        """Shifts whose breaks or end are later than they should be; no promise is broken by that."""
        self.gone: set[int] = set()
        """Shifts that are being taken off the road."""
        self.back: set[int] = set()
        """Shifts that are being brought back to it."""
        self.met: dict[int, Place] = {}
        """Where those are met who are not where they asked to be: their vehicle has broken down."""
        self.roams = False
        """Whether rides may go to other vehicles: a better plan is looked for."""
        self.dirty: set[int] = set()
        """Shifts of which the board is not that of the rows, whatever is read."""
        self.lock = threading.RLock()
        self.places = Places(roads)
        self.board: Board
        self._is_whole = False
        """Whether there is a board with all shifts that go on."""
        self._laid: dict[int, _Laid] = {}
        self._stops: dict[int, tuple[Any, list[Stop]]] = {}
        """By shift its route as the row has it, and as it was read."""
        self._riders: dict[int, set[int]] = {}
        """By shift the rides of its route."""
        hours = [int(second(day.date, rules.timezone, 3600 * hour).timestamp()) for hour in range(36)]
        factors = rules.matching.speed_factors
        self._pace = pace_of([(at, factors[i % 24]) for i, at in enumerate(hours)] if factors else [])
        self._zones: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    # Rows.

    def load(self, revision: int) -> None:
        """Read what has changed since the revision that is known."""
        self.back = set()
        changed = list(Shift.objects.filter(day_id=self.day_id, revision__gt=self.revision))
        if self.revision < 0 or self._is_reopened(changed):
            changed = list(Shift.objects.filter(day_id=self.day_id))
            for known in (self.shifts, self.vehicles, self.rides, self._riders, self._stops):
                known.clear()
            self._is_whole = False
        stale: set[int] = set()
        for each in changed:
            if each.pk not in self.shifts or self.shifts[each.pk].plan != each.plan:
                self.vehicles[each.pk] = decode(Vehicle, each.plan, "plan")
            self.shifts[each.pk] = each
            stops = [stop for stop in self.stops_of(each) if stop.what != BREAK]
            self._riders[each.pk] = {stop.ride for stop in stops}
            stale |= {stop.ride for stop in stops if stop.done_at is None}
            self.dirty.add(each.pk)
        routed = set().union(*self._riders.values())
        for pk in self.rides.keys() - routed:
            del self.rides[pk]
        for chunk in _chunks(sorted(stale | (routed - self.rides.keys())), 500):
            self.rides |= Ride.objects.in_bulk(chunk)
        self.revision = revision

    def stops_of(self, shift: Shift) -> list[Stop]:
        """The route of a shift."""
        known = self._stops.get(shift.pk)
        if known is None or known[0] is not shift.route:
            known = self._stops[shift.pk] = (shift.route, read(shift.route))
        return known[1]

    def forget(self) -> None:
        """Rows and board were changed in vain: all is read anew."""
        self.revision, self._is_whole = -1, False

    def _is_reopened(self, changed: list[Shift]) -> bool:
        """Whether the day has other shifts than were known."""
        return any(each.pk not in self.shifts for each in changed)

    def look(self) -> None:
        """Read where vehicles were seen last."""
        rows = Shift.objects.filter(day_id=self.day_id).values_list("pk", "lon", "lat", "seen_at")
        for pk, lon, lat, seen_at in rows:
            if (shift := self.shifts.get(pk)) is not None:
                shift.lon, shift.lat, shift.seen_at = lon, lat, seen_at

    # Arrays.

    def lay(self, clock_s: int) -> None:
        """Make the plan of the rows at a moment."""
        self.clock_s, self.gone, before = clock_s, set(), self.stands
        out = [each for each in self.shifts.values() if self._is_out(each)]
        self.stands = {each.pk: stand_of(each, self.rides, clock_s, self.leave, self.stops_of(each)) for each in out}
        self._is_whole = self._is_whole and not self.roams and all(self._is_known(pk) for pk in self.stands)
        if self._is_whole:
            again = [pk for pk in self.stands if pk in self.dirty or pk not in before or self._is_other(before[pk], pk)]
            on = [pk for pk in self.stands if pk not in again and self.stands[pk] != before[pk]]
            self.met = {ride: at for pk in self.stands if pk not in again for ride, at in self._laid[pk].met.items()}
            self._lay_some(again, on, gone=before.keys() - self.stands.keys())
        else:
            self.met = {}
            self._lay_all()
        self.late = {int(self.board.shifts[number].key) for number in self.board.broken}
        self.late |= {pk for pk, stand in self.stands.items() if self._is_late(stand)}
        self.dirty.clear()

    def _is_known(self, pk: int) -> bool:
        """Whether the board has a shift, and all its breaks."""
        number = self.board.shift_number.get(str(pk))
        breaks = (stop.number for stop in self.stands[pk].todo if stop.what == BREAK)
        return number is not None and all(self.board.has_pause(number, str(each)) for each in breaks)

    def _is_other(self, was: Stand, pk: int) -> bool:
        """Whether a vehicle has other things to do than before; not, that it is only elsewhere, or later."""
        now = self.stands[pk]
        is_bound = was.is_bound or now.is_bound
        return (is_bound and was != now) or (was.todo, was.done) != (now.todo, now.done) or was.aboard != now.aboard

    def _lay_all(self) -> None:
        self._laid = {pk: self._lay_one(pk) for pk in self.stands}
        self.places.keep()
        laid = self._laid.values()
        requests = tuple(request for each in laid for request in each.requests)
        plan = {each.turn.key: each.route for each in laid}
        turns = tuple(each.turn for each in laid)
        self.board = Board(Problem(self.places.travel(self._pace), turns, requests, self.prices), plan)
        self.strained = set()
        self._is_whole = True
        for number in sorted(self.board.broken):
            self._strain(number)

    def _lay_some(self, again: list[int], on: list[int], gone: Iterable[int]) -> None:
        """Some routes anew; of those that only went `on`, where and when the vehicle is."""
        board = self.board
        numbers = {pk: board.shift_number[str(pk)] for pk in (*again, *on, *gone)}
        for pk in (*again, *gone):
            known = self._laid.get(pk)
            board.strip(numbers[pk], [each.key for each in known.requests] if known else ())
        for pk in gone:
            board.retire(numbers[pk])
            self.strained.discard(pk)
        laid = {pk: self._lay_one(pk) for pk in again}
        laid |= {pk: replace(self._laid[pk], turn=self._turn(self.shifts[pk], self.stands[pk])) for pk in on}
        self._laid |= laid
        self.places.keep()
        board.travels(self.places.travel(self._pace))
        for pk in again:
            for request in laid[pk].requests:
                board.admit(request)
        for pk, each in laid.items():
            is_bent = pk in self.strained or numbers[pk] in board.broken
            self.strained.discard(pk)
            if pk in again or is_bent or each.turn.start_node != board.shifts[numbers[pk]].start_node:
                board.lay(numbers[pk], each.turn, each.route)
            else:
                board.start(numbers[pk], each.turn)
            if numbers[pk] in board.broken:
                self._strain(numbers[pk])
        if self.places.count > 4 * len(self.rides) + 256:
            self.places.sweep(board.nodes())

    def _lay_one(self, pk: int) -> _Laid:
        shift, stand = self.shifts[pk], self.stands[pk]
        met = {stop.ride: stop.place for stop in stand.todo if stop.what == PICKUP and stop.place is not None}
        self.met |= met
        visits = tuple(self._visit(stop) for stop in stand.todo)
        route = Route(visits, int(stand.is_bound), self._sites(stand))
        return _Laid(self._turn(shift, stand), self._requests(shift, stand), route, met)

    def _strain(self, number: int) -> None:
        self.bend(number)
        if number not in self.board.broken:
            self.strained.add(int(self.board.shifts[number].key))

    def _sites(self, stand: Stand) -> tuple[tuple[str, int], ...]:
        """Where breaks are."""
        breaks = (each for each in stand.todo if each.what == BREAK)
        return tuple((str(each.number), self.places.node(*each.place)) for each in breaks if each.place is not None)

    @property
    def prices(self) -> Prices:
        """What plans are measured by."""
        weight = max(self.rules.matching.empty_weight - 1, 0.0)
        return Prices(empty=weight, wait=WAIT_PRICE, delay=WAIT_PRICE / 2)

    def leave(self, by_s: int, start: Place, end: Place) -> int:
        """When one leaves a place at the latest to be at another by a moment."""
        return int(depart(by_s, self.places.seconds(self.places.node(*start), self.places.node(*end)), self._pace))

    def drive_s(self, at_s: int, start: int, end: int) -> int:
        """How long it takes from a node to another for who leaves at a moment."""
        return int(arrive(at_s, self.places.seconds(start, end), self._pace)) - at_s

    def _is_out(self, shift: Shift) -> bool:
        return shift.state in ACTIVE or shift.pk in self.back

    def _turn(self, shift: Shift, stand: Stand) -> Turn:
        vehicle = self.vehicles[shift.pk]
        party = CROWD if self.rules.matching.pooling else ALONE
        pauses: list[Pause] = []
        for stop in stand.todo:
            if stop.what == BREAK:
                bounds = shift.breaks[stop.number]
                bound = stand.is_bound and stop is stand.todo[0]
                window = (stand.at_s, stand.at_s) if bound else (bounds["from"], bounds["until"])
                pauses.append(Pause(str(stop.number), stop.seconds, window[0], window[1]))
        return Turn(
            str(shift.pk),
            self.places.node(*stand.place),
            stand.at_s,
            stand.at_s,
            int(shift.end_at.timestamp()),
            tuple((*layout, party) for layout in vehicle.layouts),
            self.places.node(vehicle.lon, vehicle.lat),
            pauses=tuple(pauses),
        )

    def _requests(self, shift: Shift, stand: Stand) -> list[Request]:
        """The rides that are to be done by a shift."""
        bound = stand.todo[0] if stand.is_bound else None
        found = []
        for stop in stand.todo:
            if stop.what != DROP_OFF:
                continue
            own = None if self.roams else frozenset((str(shift.pk),))
            request = self.request(self.rides[stop.ride], shift.pk, shifts=own)
            if stop.ride in stand.aboard:
                request = replace(request, boarded_s=stand.met_s(stop.ride))
            if bound is not None and bound.ride == stop.ride:
                request = _bound(request, bound.what, stand.at_s)
            found.append(request)
        return found

    def request(
        self,
        ride: Ride,
        shift_id: int | None = None,
        *,
        key: str = "",
        shifts: frozenset[str] | None = None,
    ) -> Request:
        """A ride as one asks for it; of the shift that has it, of some, or of all that may take it."""
        start = self.places.node(*self.met.get(ride.pk, origin_of(ride)))
        end = self.places.node(ride.destination_lon, ride.destination_lat)
        earliest_s, latest_s = int(ride.earliest_at.timestamp()), int(ride.latest_at.timestamp())
        return Request(
            key or str(ride.pk),
            Call(start, earliest_s, latest_s, ride.boarding_s),
            Call(end, earliest_s, int(ride.arrive_by.timestamp()), ride.boarding_s),
            ride.ride_limit_s,
            (*ride.load, 1),
            URGENT if ride.priority else 1.0,
            shifts if shifts is not None else self.takers(self.zones_of(ride), earliest_s, keeps=shift_id),
        )

    def zones_of(self, ride: Ride) -> tuple[frozenset[str], frozenset[str]]:
        """The zones of both ends of a ride."""
        known = self._zones.get(ride.pk)
        if known is None:
            origin = zones_at(self.rules, *origin_of(ride))
            known = origin, zones_at(self.rules, ride.destination_lon, ride.destination_lat)
            self._zones[ride.pk] = known
        return known

    def takers(
        self,
        zones: tuple[frozenset[str], frozenset[str]],
        earliest_s: int,
        *,
        keeps: int | None = None,
        backup: bool = False,
    ) -> frozenset[str]:
        """The shifts that may take somebody between zones from a moment on; one that has the ride `keeps` it."""
        found = set()
        for pk, shift in self.shifts.items():
            vehicle = self.vehicles[pk]
            own = frozenset(vehicle.zones)
            is_near = not own or (bool(own & zones[0]) and bool(own & zones[1]))
            is_told = earliest_s - self.clock_s >= vehicle.driver_notice_s or not vehicle.driver_notice_s
            is_out = self._is_out(shift) and pk not in self.gone
            if pk == keeps or (is_out and is_near and is_told and (backup or not vehicle.backup)):
                found.add(str(pk))
        return frozenset(found)

    def _visit(self, stop: Stop) -> Visit:
        if stop.what == BREAK:
            return Visit(Kind.PAUSE, str(stop.number))
        return Visit(Kind.PICKUP if stop.what == PICKUP else Kind.DROPOFF, str(stop.ride))

    def bend(self, number: int) -> None:
        """Where a route cannot be driven, let breaks and the end of the shift be late, as they are then in truth."""
        board, facts = self.board, self.board.world.facts
        visits = board.rows.visits[number, : board.rows.length[number]].tolist()
        kinds = [board.visit(each) for each in visits[1:]]
        own = [each for each, seen in zip(visits[1:], kinds, strict=True) if seen is None or seen.kind is Kind.PAUSE]
        for visit in own:
            facts[visit, LATEST] = EVER_S
        if board.learn(number):
            for at, visit in enumerate(visits):
                if visit in own:
                    facts[visit, LATEST] = board.rows.soonest[number, at]
            board.learn(number)

    def ease(self, number: int) -> bool:
        """Whether a route can be driven with breaks and the end of the shift in their time; where not, they are late.

        Breaks are where the vehicle is then.
        """
        board, turn = self.board, self.board.shifts[number]
        known = {pause.key: pause.latest_s for pause in turn.pauses}
        facts, visits = board.world.facts, board.rows.visits[number, : board.rows.length[number]].tolist()
        for before, visit in pairwise(visits):
            seen = board.visit(visit)
            if seen is None:
                facts[visit, LATEST] = turn.latest_end_s
            elif seen.kind is Kind.PAUSE:
                facts[visit, LATEST], facts[visit, NODE] = known[seen.key], facts[before, NODE]
        if board.learn(number):
            return True
        self.bend(number)
        return False

    def is_stranded(self, ride_id: int) -> bool:
        """Whether somebody who has been aboard is to be met again."""
        shift_id = next((pk for pk, each in self.stands.items() if ride_id in each.stranded), None)
        return shift_id is not None

    def _is_late(self, stand: Stand) -> bool:
        """Whether a vehicle is not at its next stop by the time promised."""
        if not stand.is_bound or stand.todo[0].what == BREAK:
            return False
        return stand.at_s > stand.by_s(self.rides[stand.todo[0].ride])

    def keep(self, ride_id: int) -> None:
        """Whoever has a ride keeps it."""
        board, key = self.board, str(ride_id)
        if key in board.vehicle:
            board.world.allowed[board.number[key]] = 0
            board.world.allowed[board.number[key], board.vehicle[key]] = 1

    # What a plan says.

    def route(self, shift_id: int) -> list[Stop]:
        """The route of a shift as the board has it, after what is done."""
        stand, number = self.stands[shift_id], self.board.shift_number[str(shift_id)]
        old = {(each.what, each.ride, each.number): each for each in stand.todo}
        stops = list(stand.done)
        if number in self.board.broken:
            own = {key for key, vehicle in self.board.vehicle.items() if vehicle == number}
            return stops + [each for each in stand.todo if each.what == BREAK or str(each.ride) in own]
        for timed in self.board.times(number):
            if timed.visit is None:
                continue
            kind, key = timed.visit
            if kind is Kind.PAUSE:
                seconds = int(self.shifts[shift_id].breaks[int(key)]["duration"])
                place = self.places.place(timed.node)
                begun_at = stand.todo[0].arrived_at if stand.todo[0] is old[BREAK, 0, int(key)] else None
                stops.append(Stop(BREAK, timed.planned_s, 0, None, begun_at, seconds, int(key), place))
                continue
            what = PICKUP if kind is Kind.PICKUP else DROP_OFF
            known = old.get((what, int(key), 0))
            met = self.met.get(int(key)) if kind is Kind.PICKUP else None
            made = known or Stop(what, timed.planned_s, int(key), place=met)
            stops.append(replace(made, at=timed.planned_s))
        return stops

    def busy(self, at_s: int, within_s: int = 1800) -> float:
        """How much of the fleet has somebody to drive around a moment."""
        out = busy = 0
        for pk, stand in self.stands.items():
            shift = self.shifts[pk]
            if self.vehicles[pk].backup or not shift.start_at.timestamp() <= at_s <= shift.end_at.timestamp():
                continue
            out += 1
            busy += any(abs(stop.at - at_s) <= within_s for stop in stand.todo if stop.what != BREAK)
        return busy / out if out else 1.0

    def capacity_of(self, shift_id: int) -> tuple[Load, ...]:
        """The ways in which a vehicle can be fitted."""
        return self.vehicles[shift_id].layouts


def _bound(request: Request, what: str, at_s: int) -> Request:
    """A ride whose next stop is under way: it is then, whatever was promised."""
    if what == PICKUP:
        return replace(request, pickup=replace(request.pickup, earliest_s=at_s, latest_s=at_s))
    return replace(request, dropoff=replace(request.dropoff, earliest_s=at_s, latest_s=at_s), max_ride_s=EVER_S >> 1)


def _chunks(values: list[int], size: int) -> Iterable[list[int]]:
    return (values[i : i + size] for i in range(0, len(values), size))


def times_of(stops: Iterable[Stop]) -> Mapping[tuple[int, str], int]:
    """When rides are met and set down by a route."""
    return {(each.ride, each.what): each.at for each in stops if each.what != BREAK}
