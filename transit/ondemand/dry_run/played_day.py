"""A service day that is played: the dispatcher's own rules and search, with rides and a clock in memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from transit.models import RuleSet, ServiceDay
from transit.ondemand.areas import zones_at
from transit.ondemand.days import Book, shifts_of
from transit.ondemand.fitting import fit
from transit.ondemand.places import Places
from transit.ondemand.quote import Quote
from transit.ondemand.quoting import boarding_s
from transit.ondemand.roads import Roads
from transit.ondemand.roster import TICK_S, URGENT, Roster
from transit.ondemand.rules import Rules, Vehicle
from transit.ondemand.stand import stand_of
from transit.records import decode
from transit.routing.board import Board
from transit.routing.insertion import take
from transit.routing.kernels.playing import drive_on, set_times
from transit.routing.kernels.routes import PEOPLE
from transit.routing.pooling import Call, Problem, Request, Route

I64 = NDArray[np.int64]
BUSY_WITHIN_S = 1800


class BrokenPlan(AssertionError):
    """A route cannot be driven as it was planned."""


@dataclass(frozen=True, slots=True)
class Drive:
    """A leg of a vehicle: `people` are the parties aboard."""

    shift: int
    metres: int
    people: int


class PlayedDay(Roster):
    """See the module. Places are those of the whole dry run; its rows are in no database."""

    def __init__(self, book: Book, day: date, roads: Roads, places: Places, now: datetime) -> None:
        row = ServiceDay(pk=day.toordinal(), date=day, rule_set=RuleSet(pk=0, number=0))
        super().__init__(row, book.rules, roads)
        self.places = places
        for pk, shift in enumerate(shifts_of(row, book), 1):
            shift.pk = pk
            self.shifts[pk], self.vehicles[pk] = shift, decode(Vehicle, shift.plan, "plan")
        self.clock_s = _tick(now)
        self.stands = {pk: stand_of(each, {}, self.clock_s, self.leave) for pk, each in self.shifts.items()}
        turns = tuple(self._turn(each, self.stands[pk]) for pk, each in self.shifts.items())
        plan = {str(pk): Route(tuple(self._visit(stop) for stop in each.todo)) for pk, each in self.stands.items()}
        self.board = Board(Problem(places.travel(self._pace), turns, (), self.prices), plan)
        self.planned: I64 = np.zeros(self.board.rows.visits.shape, np.int64)
        for vehicle in range(len(turns)):
            self._time(vehicle)

    def go_on(self, now: datetime) -> None:
        """The clock goes on: vehicles drive as planned."""
        clock_s = _tick(now)
        if clock_s <= self.clock_s:
            return
        self.clock_s = clock_s
        board = self.board
        board.make_room()
        self._widen()
        if drive_on(board.world, board.rows, self.planned, clock_s, board.draft):
            raise BrokenPlan(f"{self.date} {now}")

    def take(self, key: str, quote: Quote, *, priority: bool) -> bool:
        """Somebody takes what was quoted; False where it cannot be had any more."""
        start, end = (self.places.node(each.lon, each.lat) for each in (quote.pickup, quote.drop_off))
        earliest_s, service_s = int(quote.earliest_at.timestamp()), boarding_s(self.rules.promise, quote.load)
        request = Request(
            key,
            Call(start, earliest_s, int(quote.latest_at.timestamp()), service_s),
            Call(end, earliest_s, int(quote.arrive_by.timestamp()), service_s),
            quote.ride_limit_s,
            (*quote.load, 1),
            URGENT if priority else 1.0,
        )
        zones = [zones_at(self.rules, each.lon, each.lat) for each in (quote.pickup, quote.drop_off)]
        found = fit(self, request, (zones[0], zones[1]), priority=priority)
        if found is None or not take(self.board, found.request, found.option):
            return False
        self._time(self.board.vehicle[key])
        return True

    def busy(self, at_s: int, within_s: int = BUSY_WITHIN_S) -> float:
        """How much of the fleet has somebody to drive around a moment."""
        out = [
            number
            for number, (pk, shift) in enumerate(self.shifts.items())
            if not self.vehicles[pk].backup and shift.start_at.timestamp() <= at_s <= shift.end_at.timestamp()
        ]
        if not out:
            return 1.0
        self._widen()
        rows = self.board.rows
        columns = np.arange(rows.visits.shape[1])
        to_do = (columns >= rows.frozen[:, None]) & (columns < rows.length[:, None])
        near = to_do & (np.abs(self.planned - at_s) <= within_s) & (self.board.world.facts[rows.visits, PEOPLE] != 0)
        return float(near[out].any(axis=1).mean())

    def times(self) -> Iterator[tuple[str, int, int, int]]:
        """Of each ride: its key, when it is met, when it is set down, how long the vehicle stops before it leaves."""
        board = self.board
        for key, vehicle in board.vehicle.items():
            visit = board.pickup(board.number[key])
            visits = board.rows.visits[vehicle, : board.rows.length[vehicle]].tolist()
            met, down = (int(self.planned[vehicle, visits.index(each)]) for each in (visit, visit + 1))
            request = board.requests[board.number[key]]
            yield key, met, down, request.pickup.service_s if request else 0

    def drives(self) -> Iterator[Drive]:
        """What the vehicles have driven, to the depot in the evening too."""
        rows, shifts = self.board.rows, list(self.shifts)
        for vehicle, pk in enumerate(shifts):
            for at in range(1, int(rows.length[vehicle])):
                metres, people = int(rows.leg_m[vehicle, at]), int(rows.aboard[vehicle, at - 1])
                if metres:
                    yield Drive(pk, metres, people)

    def is_used(self, pk: int) -> bool:
        """Whether somebody rides with a shift."""
        return list(self.shifts).index(pk) in set(self.board.vehicle.values())

    def _time(self, vehicle: int) -> None:
        self._widen()
        set_times(self.board.world, self.board.rows, vehicle, self.planned, self.board.draft)

    def _widen(self) -> None:
        """As many columns as the plan has."""
        more = self.board.rows.visits.shape[1] - self.planned.shape[1]
        if more:
            self.planned = np.concatenate((self.planned, np.zeros((len(self.planned), more), np.int64)), axis=1)


def room_for(rules: Rules, spots: int) -> int:
    """How many places there can be: those of wishes, stops and depots, and one for a wish that is being tried."""
    return spots + len(rules.stops) + len(rules.vehicles) + 8


def _tick(now: datetime) -> int:
    return math.ceil(now.timestamp() / TICK_S) * TICK_S
