"""Vehicles that drive as planned while the day goes on: what is done, what is open, what was driven."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from transit.routing.board import Board
from transit.routing.insertion import Option, take
from transit.routing.kernels.routes import depart
from transit.routing.pooling import EVER_S, Kind, Problem, Request, Route, Shift, Timed, Visit


@dataclass
class Drive:
    """What a day came to."""

    served: int = 0
    metres: int = 0
    empty_m: int = 0
    wait_s: int = 0
    broken: int = 0


@dataclass
class _Vehicle:
    """A shift as it is now: where and when it can turn elsewhere, who is aboard, what is to come."""

    shift: Shift
    timed: list[Timed] = field(default_factory=list)
    aboard: set[str] = field(default_factory=set)


class Fleet:
    """All vehicles. A stop is done, for the plan, once somebody drives to it: nobody is sent elsewhere on the way."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.requests = {request.key: request for request in problem.requests}
        self.vehicles = [_Vehicle(shift) for shift in problem.shifts]
        self.total = Drive()
        self._board = Board(replace(problem, requests=()))
        self.learn(self._board)

    def board(self, now_s: int) -> Board:
        """What is open at a moment: only the routes of those are laid anew who have done something since."""
        board, again = self._board, []
        for number, vehicle in enumerate(self.vehicles):
            before = vehicle.shift
            if self._go_on(vehicle, now_s):
                again.append(number)
            elif vehicle.shift is not before:
                board.start(number, vehicle.shift)
        for number in again:
            board.strip(number)
        for number in again:
            vehicle = self.vehicles[number]
            for key in {visit.key for visit in _visits(vehicle) if visit.kind is not Kind.PAUSE}:
                board.admit(self.requests[key])
            board.lay(number, vehicle.shift, _route(vehicle))
        return board

    def confirm(self, board: Board, request: Request, option: Option) -> None:
        """Takes a request as an option says. Raises ValueError where that breaks a rule."""
        if not take(board, request, option):
            raise ValueError(request.key)
        self.requests[request.key] = request
        number = board.shift_number[option.shift]
        self.vehicles[number].timed = board.times(number)

    def learn(self, board: Board) -> None:
        """Takes on the plan of a board."""
        if board.broken:
            raise ValueError(board.broken)
        for number, vehicle in enumerate(self.vehicles):
            vehicle.timed = board.times(number)

    def drive(self, now_s: int) -> Drive:
        """Drives until a moment after the last shift; what the day came to."""
        for vehicle in self.vehicles:
            self._go_on(vehicle, now_s)
            assert not _visits(vehicle)
            assert not vehicle.aboard
            self._count_leg(vehicle, vehicle.timed[-1])
        return self.total

    def _go_on(self, vehicle: _Vehicle, now_s: int) -> bool:
        """Does what is begun by now, if anything is. The times in the plan are those at which it happens."""
        timed, shift, stops = vehicle.timed, vehicle.shift, len(vehicle.timed)
        while len(timed) > 2 and self._leaves_s(timed[0], timed[1]) <= now_s:
            done = timed.pop(1)
            assert done.visit is not None
            self._count_leg(vehicle, done)
            ready_s = done.planned_s + self._do(vehicle, done)
            timed[0] = done._replace(visit=None, planned_s=ready_s)
            pauses = tuple(pause for pause in shift.pauses if pause.key != done.visit.key)
            shift = replace(
                shift,
                start_node=done.node,
                earliest_start_s=ready_s,
                latest_start_s=EVER_S,
                pauses=pauses,
            )
        if shift.earliest_start_s < now_s:
            shift = replace(shift, earliest_start_s=now_s, latest_start_s=EVER_S)
        vehicle.shift = shift
        return len(timed) < stops

    def _leaves_s(self, start: Timed, end: Timed) -> int:
        """When one drives to a stop at the latest; it is not left before."""
        return max(start.planned_s, depart(end.planned_s, end.drive_s, self.problem.travel.pace))

    def _do(self, vehicle: _Vehicle, done: Timed) -> int:
        """Seconds that a stop takes."""
        visit = done.visit
        assert visit is not None
        if visit.kind is Kind.PAUSE:
            pause = next(each for each in vehicle.shift.pauses if each.key == visit.key)
            self.total.broken += not pause.earliest_s <= done.planned_s <= pause.latest_s
            return pause.seconds
        request = self.requests[visit.key]
        call = request.pickup if visit.kind is Kind.PICKUP else request.dropoff
        self.total.broken += not call.earliest_s <= done.planned_s <= call.latest_s
        if visit.kind is Kind.PICKUP:
            vehicle.aboard.add(visit.key)
            due_s = call.earliest_s if call.due_s is None else call.due_s
            self.total.wait_s += max(done.planned_s - due_s, 0)
            self.requests[visit.key] = replace(request, boarded_s=done.planned_s + call.service_s)
        else:
            vehicle.aboard.remove(visit.key)
            self.total.served += 1
            assert request.boarded_s is not None
            self.total.broken += done.planned_s - request.boarded_s > request.max_ride_s
            del self.requests[visit.key]
        return call.service_s

    def _count_leg(self, vehicle: _Vehicle, end: Timed) -> None:
        self.total.metres += end.drive_m
        self.total.empty_m += 0 if vehicle.aboard else end.drive_m


def _visits(vehicle: _Vehicle) -> list[Visit]:
    return [timed.visit for timed in vehicle.timed if timed.visit is not None]


def _route(vehicle: _Vehicle) -> Route:
    """With the places of breaks, so that nothing is other than it was planned."""
    sites = [(timed.visit.key, timed.node) for timed in vehicle.timed if timed.visit and timed.visit.kind is Kind.PAUSE]
    return Route(tuple(_visits(vehicle)), sites=tuple(sites))
