"""Routes of shared rides the slow, obvious way: every rule of every visit, second by second where that is possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from transit.routing.pooling import Kind, Plan, Problem, Request, Route, Shift, Visit

Times = list[int]


class Rules:
    """The rules for one route of a shift, each said once. Positions: 0 is the start, the last one the end."""

    def __init__(self, problem: Problem, shift: Shift, route: Sequence[Visit], sites: dict[str, int]) -> None:
        """`sites` are the places of pauses."""
        self.problem, self.shift, self.route = problem, shift, list(route)
        self.requests = {request.key: request for request in problem.requests}
        self.pauses = {pause.key: pause for pause in shift.pauses}
        stops = [self._stop(visit, sites) for visit in route]
        end = shift.end_node if shift.end_node is not None else (stops[-1][0] if stops else shift.start_node)
        far = -(10**9)
        self.stops = [
            (shift.start_node, shift.earliest_start_s, shift.latest_start_s, 0),
            *stops,
            (end, far, shift.latest_end_s, 0),
        ]
        self.limits = [(0, len(self.stops) - 1, shift.max_duration_s), *self._ride_limits()]

    def _stop(self, visit: Visit, sites: dict[str, int]) -> tuple[int, int, int, int]:
        """Node, window, service."""
        if visit.kind is Kind.PAUSE:
            pause = self.pauses[visit.key]
            return sites[visit.key], pause.earliest_s, pause.latest_s, pause.seconds
        request = self.requests[visit.key]
        call = request.pickup if visit.kind is Kind.PICKUP else request.dropoff
        latest = call.latest_s
        if visit.kind is Kind.DROPOFF and request.boarded_s is not None:
            latest = min(latest, request.boarded_s + request.max_ride_s)
        return call.node, call.earliest_s, latest, call.service_s

    def _ride_limits(self) -> Iterator[tuple[int, int, int]]:
        for key, request in self.requests.items():
            at = [i for i, visit in enumerate(self.route, 1) if visit.kind is not Kind.PAUSE and visit.key == key]
            if len(at) == 2:
                yield at[0], at[1], request.max_ride_s

    def seats_suffice(self) -> bool:
        """Whether all find places on every leg, and nobody is aboard at a pause."""
        kinds = range(len(self.shift.capacities[0]))
        picked = {visit.key for visit in self.route if visit.kind is Kind.PICKUP}
        aboard = {v.key for v in self.route if v.kind is Kind.DROPOFF and v.key not in picked}
        for visit in [None, *self.route]:
            if visit and visit.kind is Kind.PAUSE and aboard:
                return False
            if visit and visit.kind is Kind.PICKUP:
                aboard.add(visit.key)
            if visit and visit.kind is Kind.DROPOFF:
                aboard.discard(visit.key)
            taken = [sum(self.requests[key].load[k] for key in aboard) for k in kinds]
            if not any(all(taken[k] <= way[k] for k in kinds) for way in self.shift.capacities):
                return False
        return True

    def leg_s(self, i: int) -> int:
        """Seconds from the stop i to the next, at the usual pace."""
        return int(self.problem.travel.seconds[self.stops[i][0], self.stops[i + 1][0]])

    def holds(self, times: Sequence[int]) -> bool:
        """Whether a schedule obeys every rule of time."""
        for (_, earliest, latest, _), at in zip(self.stops, times, strict=True):
            if not earliest <= at <= latest:
                return False
        for i in range(len(times) - 1):
            if arrival(self.problem, times[i] + self.stops[i][3], self.leg_s(i)) > times[i + 1]:
                return False
        return all(times[b] - times[a] - self.stops[a][3] <= limit for a, b, limit in self.limits)

    def soonest(self) -> Times | None:
        """The least solution: from the windows, raise what breaks a rule until none is broken (Bellman, Ford)."""
        times = [stop[1] for stop in self.stops]
        is_moving = True
        while is_moving:
            is_moving = False
            for i in range(len(times) - 1):
                least = arrival(self.problem, times[i] + self.stops[i][3], self.leg_s(i))
                if least > times[i + 1]:
                    times[i + 1], is_moving = least, True
            for a, b, limit in self.limits:
                least = times[b] - limit - self.stops[a][3]
                if least > times[a]:
                    times[a], is_moving = least, True
            if any(at > stop[2] for at, stop in zip(times, self.stops, strict=True)):
                return None
        return times

    def schedules(self, times: tuple[int, ...] = ()) -> Iterator[Times]:
        """Every schedule in whole seconds there is: for windows of some seconds only."""
        if len(times) == len(self.stops):
            if self.holds(times):
                yield list(times)
            return
        _, earliest, latest, _ = self.stops[len(times)]
        if times:
            before = len(times) - 1
            earliest = max(earliest, arrival(self.problem, times[before] + self.stops[before][3], self.leg_s(before)))
        for at in range(earliest, min(latest, self.stops[-1][2]) + 1):
            yield from self.schedules((*times, at))

    def cost(self, times: Sequence[int]) -> float:
        """By the prices of the problem."""
        prices, travel = self.problem.prices, self.problem.travel
        picked = {visit.key for visit in self.route if visit.kind is Kind.PICKUP}
        people = sum(v.kind is Kind.DROPOFF and v.key not in picked for v in self.route)
        total = prices.vehicle if any(v.kind is not Kind.PAUSE for v in self.route) else 0.0
        for i in range(len(self.stops) - 1):
            if i > 0:
                people += {Kind.PICKUP: 1, Kind.DROPOFF: -1, Kind.PAUSE: 0}[self.route[i - 1].kind]
            a, b = self.stops[i][0], self.stops[i + 1][0]
            drive = travel.seconds[a, b] * prices.second + travel.metres[a, b] * prices.metre
            total += drive * (1 + prices.empty * (people == 0))
        for at, visit in zip(times[1:-1], self.route, strict=True):
            total += self._late(visit, at)
        return total

    def _late(self, visit: Visit, at: int) -> float:
        if visit.kind is Kind.PAUSE:
            return 0.0
        request, prices = self.requests[visit.key], self.problem.prices
        if visit.kind is Kind.PICKUP:
            due = request.pickup.earliest_s if request.pickup.due_s is None else request.pickup.due_s
            return max(at - due, 0) * prices.wait * request.weight
        straight = int(self.problem.travel.seconds[request.pickup.node, request.dropoff.node])
        soonest = request.pickup.earliest_s + request.pickup.service_s + straight
        due = max(request.dropoff.earliest_s, soonest) if request.dropoff.due_s is None else request.dropoff.due_s
        return max(at - due, 0) * prices.delay * request.weight


def arrival(problem: Problem, leave: int, seconds: int) -> int:
    """When one is there, driving second by second."""
    pace = problem.travel.pace
    if not len(pace):
        return leave + seconds
    done, at = 0, leave
    while done < seconds * 1000:
        rate = int(pace[0, 2])
        for begin, _, each in pace.tolist():
            if begin <= at:
                rate = each
        done, at = done + rate, at + 1
    return at


def cost_of(problem: Problem, shift: Shift, route: Sequence[Visit], sites: dict[str, int]) -> float | None:
    """What a route costs; None where it cannot be driven."""
    rules = Rules(problem, shift, route, sites)
    times = rules.soonest() if rules.seats_suffice() else None
    return None if times is None else rules.cost(times)


def best_price(problem: Problem, plan: Plan, request: Request, sites: dict[str, dict[str, int]]) -> dict[str, float]:
    """By shift that can take a request, the least that the plan costs more: every pair of positions."""
    found: dict[str, float] = {}
    whole = Problem(problem.travel, problem.shifts, (*problem.requests, request), problem.prices)
    for shift in problem.shifts:
        route = plan[shift.key]
        before = cost_of(problem, shift, route.visits, sites[shift.key])
        if before is None or (request.shifts is not None and shift.key not in request.shifts):
            continue
        prices = [
            cost - before
            for tried in _spliced(route, request.key)
            if (cost := cost_of(whole, shift, tried, sites[shift.key])) is not None
        ]
        if prices:
            found[shift.key] = min(prices)
    return found


def _spliced(route: Route, key: str) -> Iterator[list[Visit]]:
    visits = list(route.visits)
    for i in range(route.frozen, len(visits) + 1):
        for j in range(i, len(visits) + 1):
            yield [*visits[:i], Visit(Kind.PICKUP, key), *visits[i:j], Visit(Kind.DROPOFF, key), *visits[j:]]


def best_cost(problem: Problem) -> tuple[int, float]:
    """Of all plans that there are without pauses, the most requests served and the least that that costs."""
    found = [(0, 0.0)]

    def go_on(routes: dict[str, tuple[Visit, ...]], left: tuple[Request, ...], served: int) -> None:
        if not left:
            costs = [cost_of(problem, shift, routes[shift.key], {}) for shift in problem.shifts]
            if None not in costs:
                found.append((served, sum(cost for cost in costs if cost is not None)))
            return
        go_on(routes, left[1:], served)
        for key, visits in routes.items():
            if left[0].shifts is None or key in left[0].shifts:
                for tried in _spliced(Route(visits), left[0].key):
                    go_on({**routes, key: tuple(tried)}, left[1:], served + 1)

    go_on({shift.key: () for shift in problem.shifts}, problem.requests, 0)
    most = max(served for served, _ in found)
    return most, min(cost for served, cost in found if served == most and (served or cost))
