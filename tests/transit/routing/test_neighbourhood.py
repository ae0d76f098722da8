"""The search of large neighbourhoods: no promise is broken, nobody is dropped, and small days are planned at best."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.pooling import Rules, best_cost
from tests.transit.routing.test_insertion import sites_of
from tests.transit.routing.towns_on_call import day_of
from transit.routing import insertion
from transit.routing.board import Board
from transit.routing.insertion import options, take
from transit.routing.kernels import insertion as kernels
from transit.routing.kernels.neighbourhood import search
from transit.routing.kernels.routes import know
from transit.routing.neighbourhood import Effort, improve, warm
from transit.routing.pooling import Kind, Problem, Request, Visit

SEEDS = st.integers(0, 2**40)


def _check(problem: Problem, board: Board) -> set[str]:
    """Every route by the oracle; returns who is in the plan."""
    served: list[str] = []
    total = 0.0
    for vehicle, shift in enumerate(board.shifts):
        if vehicle in board.broken:
            continue
        visits = board.plan()[shift.key].visits
        rules = Rules(problem, shift, visits, sites_of(board)[shift.key])
        least = rules.soonest()
        assert rules.seats_suffice()
        assert least is not None
        total += rules.cost(least)
        assert sorted(visit.key for visit in visits if visit.kind is Kind.PAUSE) == sorted(p.key for p in shift.pauses)
        served += [visit.key for visit in visits if visit.kind is Kind.DROPOFF]
        for key in (visit.key for visit in visits if visit.kind is Kind.DROPOFF):
            assert visits.index(Visit(Kind.PICKUP, key)) < visits.index(Visit(Kind.DROPOFF, key))
            request = rules.requests[key]
            assert request.shifts is None or shift.key in request.shifts
    assert len(served) == len(set(served))
    if not board.broken:
        assert board.cost == pytest.approx(total)
    return set(served)


def _taken(problem: Problem, requests: tuple[Request, ...]) -> Board:
    """One after the other, as they come."""
    board = Board(replace(problem, requests=()))
    for request in requests:
        found = options(board, request, 1)
        if found:
            take(board, request, found[0])
    return board


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 8), st.integers(0, 3))
def test_a_better_plan_keeps_every_promise(seed: int, requests: int, frozen: int) -> None:
    problem = day_of(seed, requests=requests + 2, shifts=3)
    before = _taken(problem, problem.requests[:requests])
    known = {key: replace(route, frozen=min(frozen, len(route.visits))) for key, route in before.plan().items()}
    promised = set(before.vehicle)
    board = Board(problem, known)
    if board.broken:
        # A shift that cannot even take its pauses.
        assert all(not any(v.kind is not Kind.PAUSE for v in known[f"v{each}"].visits) for each in board.broken)
    found = improve(board, Effort(steps=60, seed=seed))
    served = _check(problem, board)
    assert promised <= served
    assert served == set(board.vehicle)
    assert set(found.out) == {request.key for request in problem.requests} - served
    after = board.plan()
    for key, route in known.items():
        assert after[key].frozen == route.frozen
        assert after[key].visits[: route.frozen] == route.visits[: route.frozen]
    if promised == served:
        assert board.cost <= before.cost + 1e-6 or before.broken
    again = Board(problem, known)
    assert improve(again, Effort(steps=60, seed=seed)) == found
    assert again.plan() == after


@pytest.mark.parametrize("seed", range(40))
def test_a_small_day_is_planned_as_well_as_can_be(seed: int) -> None:
    problem = day_of(seed, requests=3)
    problem = replace(problem, shifts=tuple(replace(each, pauses=()) for each in problem.shifts))
    board = Board(problem)
    if board.broken:
        return
    equal = tuple(replace(each, weight=1.0) for each in problem.requests)
    problem = replace(problem, requests=equal)
    board = Board(problem)
    found = improve(board, Effort(steps=400, seed=seed))
    served = _check(problem, board)
    assert len(served) == 3 - len(found.out)
    most, cost = best_cost(problem)
    assert len(served) == most
    if most:
        assert board.cost == pytest.approx(cost)


def test_an_effort_ends() -> None:
    board = Board(day_of(3, requests=2))
    with pytest.raises(ValueError, match="ends"):
        improve(board, Effort())
    ticks = iter(range(100))
    found = improve(board, Effort(seconds=5.0, clock=lambda: float(next(ticks)), batch=7))
    assert found.steps > 0
    assert found.steps % 7 == 0


def test_what_is_warm_is_not_compiled_again() -> None:
    insertion.warm()
    warm()
    compiled = [len(kernel.signatures) for kernel in (kernels.gaps, kernels.put, search, know)]
    board = Board(day_of(5, requests=4))
    improve(board, Effort(steps=3))
    options(board, replace(board.requests[0] or pytest.fail("no request"), key="again"))
    assert [len(kernel.signatures) for kernel in (kernels.gaps, kernels.put, search, know)] == compiled
