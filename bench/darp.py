"""Published dial-a-ride instances, beside OR-Tools with the same limit, one thread each, compilation excluded.

Answers are verified in floating point by rules of their own (`instances.faults_of`).
"""

from __future__ import annotations

import argparse
import math
import sys
from statistics import mean
from time import perf_counter

from bench.instances import best_known, cost_of, faults_of, problem_of, read
from bench.networks import DATA
from bench.or_tools import routes_of
from transit.routing.board import Board
from transit.routing.neighbourhood import Effort, improve
from transit.routing.pooling import Kind, Plan, Problem

BAR = 0.03
AIM = 0.01


def main() -> None:
    """Print the costs of both and the best known; fail above the bars."""
    folder = DATA / "darp"
    known = best_known(folder)
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--instances", default=",".join(known), help="names, or their beginnings, by comma")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--alone", action="store_true", help="without OR-Tools")
    asked = options.parse_args()
    names = [name for name in known if name.startswith(tuple(asked.instances.split(",")))]
    improve(Board(problem_of(read(folder / f"{names[0]}.txt"))), Effort(steps=20))
    print(
        f"darp: {len(names)} instances, {asked.seconds:g} s each, one thread; costs, and what they are above the least"
    )
    print(f"  {'':8}{'best known':>12}{'ours':>18}{'OR-Tools':>18}   steps")
    gaps: dict[str, list[float]] = {}
    failed = False
    for name in names:
        instance = read(folder / f"{name}.txt")
        problem = problem_of(instance)
        routes, steps = _ours(problem, asked.seconds, asked.seed)
        peer = None if asked.alone else routes_of(problem, asked.seconds)
        failed = failed or bool(faults_of(instance, routes))
        shown = ""
        for who, each in (("ours", routes), ("theirs", peer)):
            is_right = each is not None and not faults_of(instance, each)
            cost = cost_of(instance, each) if each and is_right else math.inf
            gaps.setdefault(f"{who} {name[0]}", []).append(cost / known[name] - 1)
            shown += f"{cost:10.2f} {cost / known[name] - 1:+7.2%}" if is_right else f"{'not all served':>18}"
        print(f"  {name:8}{known[name]:12.2f}{shown}   {steps:,}", flush=True)
    sys.exit(_verdict(gaps, failed=failed, alone=asked.alone))


def _ours(problem: Problem, seconds: float, seed: int) -> tuple[list[list[int]], int]:
    board = Board(problem)
    found = improve(board, Effort(seconds=seconds, clock=perf_counter, seed=seed))
    return _numbers(board.plan(), len(problem.requests)), found.steps


def _numbers(plan: Plan, requests: int) -> list[list[int]]:
    """The routes by the numbers of the instance."""
    return [
        [int(visit.key) + (requests if visit.kind is Kind.DROPOFF else 0) for visit in route.visits]
        for route in plan.values()
    ]


def _verdict(gaps: dict[str, list[float]], *, failed: bool, alone: bool) -> str | None:
    """What is above a bar; None: nothing is."""
    mine, peer = ([*gaps.get(f"{who} a", []), *gaps.get(f"{who} b", [])] for who in ("ours", "theirs"))
    long, theirs = gaps.get("ours R", []), gaps.get("theirs R", [])
    if mine:
        print(
            f"  a and b  {_mean(mine)} above the best known (at most {BAR:.0%}, aim {AIM:.0%}); OR-Tools {_mean(peer)}"
        )
    if long:
        print(f"  R        {_mean(long)}; OR-Tools {_mean(theirs)} (ours at most that, each)")
    if failed:
        return "darp: an answer breaks a rule"
    if mine and mean(mine) > BAR:
        return "darp: above the bar on a and b"
    if not alone and any(ours > other + 1e-6 for ours, other in zip(long, theirs, strict=True)):
        return "darp: dearer than OR-Tools on R"
    return None


def _mean(gaps: list[float]) -> str:
    """Of those that were solved."""
    solved = [gap for gap in gaps if gap < math.inf]
    return f"{mean(solved) if solved else math.inf:+.2%} on {len(solved)} of {len(gaps)}"


if __name__ == "__main__":
    main()
