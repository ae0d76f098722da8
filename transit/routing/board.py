"""A problem and a plan as arrays: what insertion and the search of neighbourhoods work on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.insertion import Gap, put, take_out
from transit.routing.kernels.routes import (
    DUE,
    EARLIEST,
    LATEST,
    LIMIT,
    NODE,
    NOWHERE,
    PARTNER,
    PEOPLE,
    SERVICE,
    Draft,
    World,
    arrive,
    calm,
    depart,
    know,
)
from transit.routing.kernels.routes import Plan as Rows
from transit.routing.pooling import (
    EVER_S,
    Call,
    Kind,
    Pause,
    Plan,
    Problem,
    Request,
    Route,
    Shift,
    Timed,
    Travel,
    Visit,
)

__all__ = ["Board"]
T = TypeVar("T", bound=np.generic)
_SPARE: Final = 16
_ROOM: Final = 32


class Board:
    """Made once for a state of the day, kept while requests come and go. Not for two threads at once.

    `broken` are the shifts whose route cannot be driven as it is (a vehicle is late, say): nothing is put into them,
    nor into those that are `retired`. What has become otherwise meanwhile is laid route by route: `strip` the old
    ones, `admit` the requests of the new ones, `lay` each.
    """

    def __init__(self, problem: Problem, plan: Plan | None = None) -> None:
        """Raises KeyError where the plan names what the problem has not."""
        self.shifts = list(problem.shifts)
        self.prices = problem.prices
        self.shift_number = {shift.key: number for number, shift in enumerate(problem.shifts)}
        self.requests: list[Request | None] = []
        self.number: dict[str, int] = {}
        self.vehicle: dict[str, int] = {}
        """Of each request that is in the plan, the number of the shift."""
        self.broken: set[int] = set()
        self.retired: set[int] = set()
        self._pauses = [(vehicle, pause) for vehicle, shift in enumerate(problem.shifts) for pause in shift.pauses]
        self._pause_visit = {
            (vehicle, pause.key): 2 * len(self.shifts) + at for at, (vehicle, pause) in enumerate(self._pauses)
        }
        self.base = 2 * len(self.shifts) + len(self._pauses)
        """The first pick-up."""
        self._lay_world(problem)
        self._free: list[int] = []
        self._grow(len(problem.requests) + _SPARE)
        for request in problem.requests:
            self.admit(request)
        self._lay_plan(plan or {})

    # What is given.

    def _lay_world(self, problem: Problem) -> None:
        kinds = len(self.shifts[0].capacities[0]) if self.shifts else 1
        ways = max((len(shift.capacities) for shift in self.shifts), default=1)
        prices, travel = problem.prices, problem.travel
        capacity = np.full((len(self.shifts), ways, kinds), -1, np.int32)
        for vehicle, shift in enumerate(self.shifts):
            capacity[vehicle, : len(shift.capacities)] = shift.capacities
        self.world = World(
            seconds=travel.seconds,
            metres=travel.metres,
            pace=travel.pace,
            facts=np.zeros((self.base, 8), np.int64),
            weight=np.zeros(self.base),
            load=np.zeros((self.base, kinds), np.int32),
            capacity=capacity,
            allowed=np.zeros((0, len(self.shifts)), np.uint8),
            prices=np.array([prices.second, prices.metre, prices.empty, prices.vehicle]),
        )
        for vehicle, shift in enumerate(self.shifts):
            self._lay_shift(vehicle, shift)

    def _lay_shift(self, vehicle: int, shift: Shift) -> None:
        facts, end = self.world.facts, len(self.shifts) + vehicle
        self.shifts[vehicle] = shift
        facts[vehicle] = _row(shift.start_node, shift.earliest_start_s, shift.latest_start_s)
        facts[end] = _row(NOWHERE if shift.end_node is None else shift.end_node, -EVER_S, shift.latest_end_s)
        facts[vehicle, PARTNER], facts[end, PARTNER] = end, vehicle
        facts[[vehicle, end], LIMIT] = shift.max_duration_s
        self.world.load[vehicle] = 0
        for pause in shift.pauses:
            visit = self._pause_visit[vehicle, pause.key]
            self._pauses[visit - 2 * len(self.shifts)] = vehicle, pause
            facts[visit] = _row(pause.node or 0, pause.earliest_s, pause.latest_s)
            facts[visit, SERVICE] = pause.seconds

    def travels(self, travel: Travel) -> None:
        """The same ways, and more of them."""
        self.world = self.world._replace(seconds=travel.seconds, metres=travel.metres)

    def _grow(self, requests: int) -> None:
        """Room for so many more requests."""
        world, known = self.world, len(self.requests)
        self.requests += [None] * requests
        self._free += range(known + requests - 1, known - 1, -1)
        self.world = world._replace(
            facts=_longer(world.facts, 2 * requests),
            weight=_longer(world.weight, 2 * requests),
            load=_longer(world.load, 2 * requests),
            allowed=_longer(world.allowed, requests),
        )
        self._lay_draft(_ROOM)

    def _lay_draft(self, columns: int) -> None:
        visits, leg_s, leg_m = np.zeros((3, columns), np.int32)
        times, flow = np.zeros((2, columns), np.int64)
        self.draft = Draft(visits, leg_s, leg_m, times, flow, np.zeros(len(self.world.facts), np.int32))

    def admit(self, request: Request) -> int:
        """Makes a request known, outside the plan; returns its number. Raises KeyError where its key is known."""
        if request.key in self.number:
            raise KeyError(request.key)
        if not self._free:
            self._grow(len(self.requests) // 4 + _SPARE)
            self.make_room()
        number = self._free.pop()
        self.requests[number], self.number[request.key] = request, number
        world, pickup = self.world, self.pickup(number)
        pickup_row, dropoff_row = self._rows(request)
        world.facts[pickup], world.facts[pickup + 1] = pickup_row, dropoff_row
        if request.boarded_s is None:
            world.facts[pickup, PARTNER], world.facts[pickup + 1, PARTNER] = pickup + 1, pickup
        world.weight[pickup] = self.prices.wait * request.weight
        world.weight[pickup + 1] = self.prices.delay * request.weight
        world.load[pickup], world.load[pickup + 1] = request.load, [-each for each in request.load]
        world.allowed[number] = request.shifts is None
        for key in request.shifts or ():
            if (vehicle := self.shift_number.get(key)) is not None:
                world.allowed[number, vehicle] = 1
        return number

    def _rows(self, request: Request) -> tuple[list[int], list[int]]:
        start, end = request.pickup, request.dropoff
        first, last = _call(start), _call(end)
        first[PEOPLE], last[PEOPLE] = 1, -1
        first[LIMIT] = last[LIMIT] = request.max_ride_s
        first[DUE] = start.earliest_s if start.due_s is None else start.due_s
        straight_s, pace = int(self.world.seconds[start.node, end.node]), self.world.pace
        last[DUE] = end.due_s if end.due_s is not None else self._due(request, straight_s)
        if request.boarded_s is not None:
            last[LATEST] = min(last[LATEST], request.boarded_s + request.max_ride_s)
            return first, last
        # What follows from the other window, whatever the route: it refuses more at once.
        first[LATEST] = min(first[LATEST], depart(last[LATEST], straight_s, pace) - start.service_s)
        first[EARLIEST] = max(first[EARLIEST], last[EARLIEST] - request.max_ride_s - start.service_s)
        last[EARLIEST] = max(last[EARLIEST], arrive(first[EARLIEST] + start.service_s, straight_s, pace))
        last[LATEST] = min(last[LATEST], first[LATEST] + start.service_s + request.max_ride_s)
        return first, last

    @staticmethod
    def _due(request: Request, straight_s: int) -> int:
        start = request.pickup
        return max(request.dropoff.earliest_s, start.earliest_s + start.service_s + straight_s)

    def forget(self, key: str) -> None:
        """Makes a request unknown that is not in the plan. Raises KeyError."""
        if key in self.vehicle:
            raise KeyError(key)
        number = self.number.pop(key)
        self.requests[number] = None
        self._free.append(number)

    def pickup(self, number: int) -> int:
        """The visit that picks up a request; the next one sets it down."""
        return self.base + 2 * number

    # The plan.

    def _lay_plan(self, plan: Plan) -> None:
        for key in plan:
            self.shift_number[key]
        routes = [self._visits_of(vehicle, plan.get(shift.key)) for vehicle, shift in enumerate(self.shifts)]
        columns, shifts = max(map(len, routes), default=0) + _ROOM, len(self.shifts)
        length, frozen = np.zeros(shifts, np.int32), np.ones(shifts, np.int32)
        visits, leg_s, leg_m, aboard = np.zeros((4, shifts, columns), np.int32)
        soonest, latest = np.zeros((2, shifts, columns), np.int64)
        load = np.zeros((shifts, columns, self.world.load.shape[1]), np.int32)
        cost, mark = np.zeros((shifts, 2)), np.zeros(shifts, np.int64)
        self.rows = Rows(visits, length, frozen, leg_s, leg_m, soonest, latest, aboard, load, cost, mark)
        self._lay_draft(columns)
        for vehicle, numbers in enumerate(routes):
            self._lay_route(vehicle, numbers, plan.get(self.shifts[vehicle].key))

    def _lay_route(self, vehicle: int, numbers: list[int], route: Route | None) -> None:
        rows = self.rows
        rows.visits[vehicle, : len(numbers)] = numbers
        rows.length[vehicle], rows.frozen[vehicle] = len(numbers), 1 + (route.frozen if route else 0)
        self._site_pauses(vehicle, route)
        self.learn(vehicle)

    def strip(self, vehicle: int, more: Iterable[str] = ()) -> None:
        """Makes all requests of a route unknown, and `more` of those that are in no route."""
        visits = self.rows.visits[vehicle, : self.rows.length[vehicle]].tolist()
        numbers = {(visit - self.base) // 2 for visit in visits if visit >= self.base}
        keys = [request.key for number in numbers if (request := self.requests[number]) is not None]
        for key in keys:
            self.vehicle.pop(key, None)
        for key in (*keys, *more):
            if key in self.number and key not in self.vehicle:
                self.forget(key)
        self.rows.visits[vehicle, :2] = vehicle, len(self.shifts) + vehicle
        self.rows.length[vehicle] = 2

    def lay(self, vehicle: int, shift: Shift, route: Route) -> None:
        """A stripped route, or one whose shift has gone on, as it is now. Raises KeyError for a break or a request that
        is not known.
        """
        self.retired.discard(vehicle)
        self._lay_shift(vehicle, shift)
        numbers = self._visits_of(vehicle, route)
        self._widen(len(numbers) + 3)
        self._lay_route(vehicle, numbers, route)

    def start(self, vehicle: int, shift: Shift) -> None:
        """A shift that can turn elsewhere at another time than before, and is otherwise as it was."""
        self.shifts[vehicle] = shift
        self.world.facts[vehicle, EARLIEST], self.world.facts[vehicle, LATEST] = (
            shift.earliest_start_s,
            shift.latest_start_s,
        )
        self.learn(vehicle)

    def retire(self, vehicle: int) -> None:
        """A stripped route is driven by nobody."""
        self.retired.add(vehicle)
        self.broken.discard(vehicle)
        self.rows.cost[vehicle, 0] = np.inf

    def _visits_of(self, vehicle: int, route: Route | None) -> list[int]:
        shift, visits, aboard = self.shifts[vehicle], [vehicle], set()
        pauses = sorted(shift.pauses, key=lambda pause: pause.earliest_s)
        for kind, key in route.visits if route else [Visit(Kind.PAUSE, pause.key) for pause in pauses]:
            if kind is Kind.PAUSE:
                visits.append(self._pause_visit[vehicle, key])
                continue
            number = self.number[key]
            visits.append(self.pickup(number) + (kind is Kind.DROPOFF))
            self.vehicle[key] = vehicle
            if kind is Kind.DROPOFF and self._is_boarded(number):
                aboard.add(number)
        facts, load = self.world.facts, self.world.load
        for number in aboard:
            facts[vehicle, PEOPLE] += 1
            load[vehicle] += load[self.pickup(number)]
        return [*visits, len(self.shifts) + vehicle]

    def _is_boarded(self, number: int) -> bool:
        request = self.requests[number]
        return request is not None and request.boarded_s is not None

    def _site_pauses(self, vehicle: int, route: Route | None) -> None:
        """Gives pauses without a place that of the plan, or of the visit before."""
        facts, visits = self.world.facts, self.rows.visits[vehicle]
        sites = dict(route.sites) if route else {}
        for at in range(1, int(self.rows.length[vehicle]) - 1):
            visit = int(visits[at])
            if self._is_pause(visit) and self._pause(visit).node is None:
                facts[visit, NODE] = sites.get(self._pause(visit).key, facts[visits[at - 1], NODE])

    def _is_pause(self, visit: int) -> bool:
        return 2 * len(self.shifts) <= visit < self.base

    def _pause(self, visit: int) -> Pause:
        return self._pauses[visit - 2 * len(self.shifts)][1]

    def learn(self, vehicle: int) -> bool:
        """Works out anew what is known of a route; False where it is broken."""
        is_possible = bool(know(self.world, self.rows, vehicle, self.draft))
        (self.broken.discard if is_possible else self.broken.add)(vehicle)
        return is_possible

    def has_pause(self, vehicle: int, key: str) -> bool:
        """Whether there is a visit for a break."""
        return (vehicle, key) in self._pause_visit

    def nodes(self) -> set[int]:
        """Those that routes lead to."""
        rows, facts = self.rows, self.world.facts
        is_used = np.arange(rows.visits.shape[1]) < rows.length[:, None]
        return set(np.unique(facts[rows.visits[is_used], NODE]).tolist())

    def make_room(self, requests: int = 1) -> None:
        """Columns for so many more requests in every route."""
        self._widen(int(self.rows.length.max(initial=0)) + 2 * requests + 1)

    def _widen(self, needed: int) -> None:
        rows = self.rows
        columns = rows.visits.shape[1]
        if columns < needed:
            needed += _ROOM
            more, columns = needed - columns, needed
            self.rows = rows._replace(
                visits=_wider(rows.visits, more),
                leg_s=_wider(rows.leg_s, more),
                leg_m=_wider(rows.leg_m, more),
                soonest=_wider(rows.soonest, more),
                latest=_wider(rows.latest, more),
                aboard=_wider(rows.aboard, more),
                load=_wider(rows.load, more),
            )
        if len(self.draft.visits) < columns or len(self.draft.place) < len(self.world.facts):
            self._lay_draft(columns)

    def put(self, key: str, vehicle: int, gap: Gap) -> bool:
        """Puts a known request into a gap of a route; False, and nothing is changed, where that cannot be driven."""
        self.make_room()
        number = self.number[key]
        if key in self.vehicle:
            raise KeyError(key)
        if not put(self.world, self.rows, vehicle, number, gap, self.draft):
            take_out(self.world, self.rows, vehicle, number, self.draft)
            return False
        self.vehicle[key] = vehicle
        return True

    def take_out(self, key: str) -> None:
        """Takes a request out of the plan. Raises KeyError where it is not in it."""
        vehicle = self.vehicle.pop(key)
        is_possible = take_out(self.world, self.rows, vehicle, self.number[key], self.draft)
        (self.broken.discard if is_possible else self.broken.add)(vehicle)

    # What it says.

    def is_free(self, number: int) -> bool:
        """Whether a request in the plan may be taken by another vehicle: nothing of it is frozen, nor is it aboard."""
        request = self.requests[number]
        vehicle = -1 if request is None else self.vehicle.get(request.key, -1)
        if request is None or vehicle < 0 or request.boarded_s is not None:
            return False
        fixed = self.rows.visits[vehicle, : self.rows.frozen[vehicle]]
        return not np.isin(fixed, (self.pickup(number), self.pickup(number) + 1)).any()

    def roams(self) -> NDArray[np.uint8]:
        """By visit, whether it is a pause that may be taken anywhere."""
        found = np.zeros(len(self.world.facts), np.uint8)
        for at, (_, pause) in enumerate(self._pauses, 2 * len(self.shifts)):
            found[at] = pause.node is None
        return found

    @property
    def cost(self) -> float:
        """Of all routes that are not broken."""
        costs = self.rows.cost[:, 0]
        return float(costs[np.isfinite(costs)].sum())

    def visit(self, number: int) -> Visit | None:
        """A visit by its number; None for the start or the end of a shift."""
        if number < 2 * len(self.shifts):
            return None
        if number < self.base:
            return Visit(Kind.PAUSE, self._pause(number).key)
        request = self.requests[(number - self.base) // 2]
        assert request is not None
        return Visit(Kind.DROPOFF if (number - self.base) % 2 else Kind.PICKUP, request.key)

    def plan(self) -> dict[str, Route]:
        """The plan as it is now."""
        found = {}
        for vehicle, shift in enumerate(self.shifts):
            numbers = self.rows.visits[vehicle, 1 : self.rows.length[vehicle] - 1].tolist()
            visits = tuple(each for number in numbers if (each := self.visit(number)) is not None)
            sites = tuple(
                (self._pause(number).key, int(self.world.facts[number, NODE]))
                for number in numbers
                if self._is_pause(number) and self._pause(number).node is None
            )
            found[shift.key] = Route(visits, int(self.rows.frozen[vehicle]) - 1, sites)
        return found

    def times(self, vehicle: int) -> list[Timed]:
        """A route that is not broken, with its start and its end."""
        rows, facts = self.rows, self.world.facts
        calm(self.world, rows, vehicle, self.draft)
        numbers = rows.visits[vehicle, : rows.length[vehicle]].tolist()
        found: list[Timed] = []
        for at, number in enumerate(numbers):
            node = int(facts[number, NODE])
            soonest, planned, latest = rows.soonest[vehicle, at], self.draft.times[at], rows.latest[vehicle, at]
            leg = int(rows.leg_s[vehicle, at]), int(rows.leg_m[vehicle, at])
            where = found[-1].node if node == NOWHERE else node
            found.append(Timed(self.visit(number), where, int(soonest), int(planned), int(latest), *leg))
        return found


def _row(node: int, earliest_s: int, latest_s: int) -> list[int]:
    return [node, earliest_s, latest_s, 0, -1, EVER_S, EVER_S, 0]


def _call(call: Call) -> list[int]:
    row = _row(call.node, call.earliest_s, call.latest_s)
    row[SERVICE] = call.service_s
    return row


def _longer(array: NDArray[T], rows: int) -> NDArray[T]:
    return np.concatenate((array, np.zeros((rows, *array.shape[1:]), array.dtype)))


def _wider(array: NDArray[T], columns: int) -> NDArray[T]:
    more = np.zeros((len(array), columns, *array.shape[2:]), array.dtype)
    return np.concatenate((array, more), axis=1)
