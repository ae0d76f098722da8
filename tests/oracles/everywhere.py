"""The slow, obvious version of `kernels.ranges`: for each moment, ride and walk until nothing gets earlier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count

from tests.oracles.rounds import Run, Transfers

UNREACHED = float("inf")


def arrivals(
    runs: Iterable[Run], transfers: Transfers, access: Mapping[int, int], leave: int, vehicles: int = 0
) -> dict[int, float]:
    """The earliest arrival by vehicle at every stop that is reached by leaving at a moment, in so many vehicles at most
    (0: any number).
    """
    runs, arrive = list(runs), dict[int, float]()
    ready: dict[int, float] = {stop: leave + seconds for stop, seconds in access.items()}
    for ridden in count(1):
        before = dict(arrive)
        for run in runs:
            for i, stop in enumerate(run.stops):
                if run.boardable[i] and run.departures[i] >= ready.get(stop, UNREACHED):
                    for there, at, may in zip(
                        run.stops[i + 1 :], run.arrivals[i + 1 :], run.alightable[i + 1 :], strict=True
                    ):
                        if may:
                            arrive[there] = min(at, arrive.get(there, UNREACHED))
        for (start, end), seconds in transfers.items():
            if start in arrive:
                ready[end] = min(ready.get(end, UNREACHED), arrive[start] + seconds)
        if arrive == before or ridden == vehicles:
            break
    return arrive


def times_to_points(found: Mapping[int, float], near: list[dict[int, int]], leave: int, limit_s: int) -> list[float]:
    """Seconds from the moment of leaving to each point, which has stops near it; UNREACHED beyond the limit."""
    reached = [
        min((found[stop] + seconds for stop, seconds in stops.items() if stop in found), default=UNREACHED) - leave
        for stops in near
    ]
    return [seconds if seconds <= limit_s else UNREACHED for seconds in reached]


def percentile(times: list[float], percent: float) -> float:
    """The least time within which one arrives at so many percent of the moments."""
    return min(t for t in sorted(times) if sum(each <= t for each in times) * 100 >= percent * len(times))
