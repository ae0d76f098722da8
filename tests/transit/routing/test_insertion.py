"""Routes and insertion against every schedule, and every pair of positions, that there is."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.pooling import Rules, arrival, best_price, cost_of
from tests.transit.routing.towns_on_call import day_of, travel_of
from transit.routing.board import Board
from transit.routing.insertion import options, take
from transit.routing.kernels.routes import NODE, arrive, depart
from transit.routing.pooling import Call, Kind, Pause, Prices, Problem, Request, Route, Shift, Travel, Visit, pace_of

SEEDS = st.integers(0, 2**40)


@settings(max_examples=300, deadline=None)
@given(SEEDS, st.integers(-50, 1500), st.integers(0, 300))
def test_a_drive_takes_what_each_of_its_seconds_takes(seed: int, leave: int, seconds: int) -> None:
    travel = travel_of(random.Random(seed), 2, 60, with_pace=True)
    there = arrive(leave, seconds, travel.pace)
    assert there == arrival(Problem(travel, ()), leave, seconds)
    assert arrive(leave + 1, seconds, travel.pace) >= there
    last = depart(there, seconds, travel.pace)
    assert arrive(last, seconds, travel.pace) <= there < arrive(last + 1, seconds, travel.pace)


def _route(problem: Problem, seed: int) -> Route:
    """All requests and pauses in some order, pick-ups before drop-offs."""
    chooser = random.Random(seed)
    visits = [Visit(Kind.PAUSE, pause.key) for pause in problem.shifts[0].pauses]
    for request in problem.requests:
        i = chooser.randint(0, len(visits))
        visits.insert(i, Visit(Kind.PICKUP, request.key))
        visits.insert(chooser.randint(i + 1, min(len(visits), i + 3)), Visit(Kind.DROPOFF, request.key))
    return Route(tuple(visits))


def sites_of(board: Board) -> dict[str, dict[str, int]]:
    """Where the pauses of each shift are."""
    found: dict[str, dict[str, int]] = {}
    for vehicle, shift in enumerate(board.shifts):
        found[shift.key] = {}
        for at in range(board.rows.length[vehicle]):
            visit = board.visit(int(board.rows.visits[vehicle, at]))
            if visit and visit.kind is Kind.PAUSE:
                found[shift.key][visit.key] = int(board.world.facts[board.rows.visits[vehicle, at], NODE])
    return found


@settings(max_examples=1500, deadline=None)
@given(SEEDS, st.integers(1, 4))
def test_a_route_is_possible_if_its_rules_have_a_solution(seed: int, requests: int) -> None:
    problem = day_of(seed, requests=requests, shifts=1)
    route = _route(problem, seed)
    board = Board(problem, {"v0": route})
    rules = Rules(problem, problem.shifts[0], route.visits, sites_of(board)["v0"])
    least = rules.soonest() if rules.seats_suffice() else None
    assert (0 not in board.broken) == (least is not None)
    if least is not None:
        timed = board.times(0)
        assert [each.soonest_s for each in timed] == least
        assert board.cost == pytest.approx(rules.cost(least))
        assert rules.holds([each.latest_s for each in timed])
        assert rules.holds([each.planned_s for each in timed])
        ends = [at for at, each in enumerate(timed) if each.visit and each.visit.kind is Kind.DROPOFF]
        assert all(timed[at].planned_s == timed[at].soonest_s for at in ends)
        assert board.plan()["v0"].visits == route.visits
        assert Board(problem, board.plan()).plan() == board.plan()


def _narrowed(request: Request) -> Request:
    """The same with windows of six seconds."""
    first, last = (
        replace(call, latest_s=min(call.latest_s, call.earliest_s + 5)) for call in (request.pickup, request.dropoff)
    )
    return replace(request, pickup=first, dropoff=last)


@settings(max_examples=400, deadline=None)
@given(SEEDS, st.integers(1, 2))
def test_the_least_and_the_greatest_solution_are_those_of_all_schedules(seed: int, requests: int) -> None:
    """Every second tried: windows of some seconds, so that nothing is taken on trust."""
    problem = day_of(seed, requests=requests, shifts=1, longest_s=3)
    shift = problem.shifts[0]
    pauses = tuple(replace(each, latest_s=min(each.latest_s, each.earliest_s + 4)) for each in shift.pauses[:1])
    start_s = shift.earliest_start_s
    shift = replace(shift, pauses=pauses, latest_start_s=min(shift.latest_start_s, start_s + 5))
    problem = replace(problem, shifts=(shift,), requests=tuple(map(_narrowed, problem.requests)))
    route = _route(problem, seed)
    board = Board(problem, {"v0": route})
    rules = Rules(problem, problem.shifts[0], route.visits, sites_of(board)["v0"])
    every = list(rules.schedules()) if rules.seats_suffice() else []
    assert (0 not in board.broken) == bool(every)
    if every:
        timed = board.times(0)
        assert [each.soonest_s for each in timed] == np.min(every, axis=0).tolist()
        assert [each.latest_s for each in timed] == np.max(every, axis=0).tolist()


@settings(max_examples=500, deadline=None)
@given(SEEDS, st.integers(0, 6))
def test_the_best_way_to_take_a_request_is_the_best_of_all(seed: int, requests: int) -> None:
    problem = day_of(seed, requests=requests + 3)
    known, asked = problem.requests[:requests], problem.requests[requests:]
    board = Board(replace(problem, requests=()))
    taken: list[Request] = []
    for request in known:
        found = options(board, request, 1)
        if found and take(board, request, found[0]):
            taken.append(request)
    planned = board.cost
    frozen = {key: replace(route, frozen=min(seed % 3, len(route.visits))) for key, route in board.plan().items()}
    today = replace(problem, requests=tuple(taken))
    board = Board(today, frozen)
    assert board.cost == pytest.approx(planned)
    sites = sites_of(board)
    for request in asked:
        before = board.cost
        found = options(board, request, 9)
        expected = best_price(today, frozen, request, sites)
        assert {each.shift: pytest.approx(each.price) for each in found} == expected
        assert board.cost == before
        assert board.plan() == frozen
        for option in found:
            trial = Board(today, frozen)
            assert take(trial, request, option)
            assert trial.cost - board.cost == pytest.approx(option.price)


def test_who_is_aboard_is_only_set_down_and_in_time() -> None:
    ways = np.array([[0, 60, 90], [60, 0, 60], [90, 60, 0]], np.int32)
    travel = Travel(ways, ways)
    shift = Shift("v", 0, 100, 100, 9000, ((1,),))
    aboard = Request("a", Call(1, 0, 0), Call(2, 0, 9000), 150, boarded_s=50)
    route = {"v": Route((Visit(Kind.DROPOFF, "a"),))}
    board = Board(Problem(travel, (shift,), (aboard,)), route)
    assert [each.latest_s for each in board.times(0)][1] == 200
    other = Request("b", Call(1, 0, 9000), Call(0, 0, 9000), 600)
    (option,) = options(board, other)
    assert (option.gap.pickup, option.gap.dropoff) == (1, 1)  # the only seat is taken until then
    late = replace(aboard, boarded_s=30)
    assert Board(Problem(travel, (shift,), (late,)), route).broken == {0}


def test_a_vehicle_comes_back_for_its_pause() -> None:
    ways = np.array([[0, 60], [60, 0]], np.int32)
    travel = Travel(ways, ways)
    shift = Shift("v", 0, 0, 0, 9000, ((1,),), 0, pauses=(Pause("noon", 600, 1000, 1200),))
    board = Board(Problem(travel, (shift,), (), Prices(1.0)))
    request = Request("r", Call(1, 500, 3000), Call(1, 0, 9000), 600)
    (option,) = options(board, request)
    assert option.more_s == 120
    assert take(board, request, option)
    assert [(each.visit.kind, each.node) for each in board.times(0) if each.visit] == [
        (Kind.PICKUP, 1),
        (Kind.DROPOFF, 1),
        (Kind.PAUSE, 0),
    ]


def test_a_day_grows_as_requests_come() -> None:
    problem = day_of(7, requests=0, shifts=1)
    anytime = replace(problem.shifts[0], pauses=(), latest_end_s=10**6, max_duration_s=10**6)
    board = Board(replace(problem, shifts=(anytime,)))
    for number in range(90):
        request = Request(f"n{number}", Call(number % 6, 0, 10**6), Call((number + 1) % 6, 0, 10**6), 10**6)
        found = options(board, request)
        assert found
        assert take(board, request, found[0])
    assert len(board.plan()["v0"].visits) == 180
    for number in range(90):
        board.take_out(f"n{number}")
        board.forget(f"n{number}")
    assert board.plan() == {"v0": Route()}
    assert cost_of(replace(problem, shifts=(anytime,)), anytime, (), {}) == pytest.approx(board.cost)


@pytest.mark.parametrize(
    "factors", [[(0, 0.0)], [(0, 1.0), (0, 2.0)], [(0, float("nan"))]], ids=["zero", "same", "nan"]
)
def test_factors_that_mean_nothing_are_refused(factors: list[tuple[int, float]]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        pace_of(factors)
