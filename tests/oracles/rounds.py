"""The slow, obvious search over scheduled vehicles, round by round, straight from the definitions, on plain lists."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from transit.routing.timetable import Schedule

Transfers = Mapping[tuple[int, int], int]
Links = Collection[tuple[int, int]]
"""Trips (first, second) of one service day whose passengers may stay seated as the first goes on as the second."""
Journey = tuple[float, float, int]
"""Leave, arrive, vehicles."""


@dataclass(frozen=True)
class Run:
    """One trip on one day, or several that follow each other in one vehicle; seconds after the window's start."""

    trip: int
    day: int
    stops: tuple[int, ...]
    arrivals: tuple[int, ...]
    departures: tuple[int, ...]
    pickup: tuple[bool, ...]
    drop_off: tuple[bool, ...]
    mode: int = 0

    @cached_property
    def boardable(self) -> tuple[bool, ...]:
        """Nobody boards where the run ends."""
        return (*self.pickup[:-1], False)

    @cached_property
    def alightable(self) -> tuple[bool, ...]:
        """Nobody alights where the run begins."""
        return (False, *self.drop_off[1:])


def runs_of(
    schedule: Schedule,
    from_at: int,
    until_at: int,
    links: Links = (),
    modes: Collection[int] | None = None,
) -> list[Run]:
    """Every trip on every day of its service that is under way at some moment of the window; of some modes only."""
    runs = []
    for trip, sequence in enumerate(schedule.trip_sequence.tolist()):
        service = int(schedule.trip_service[trip])
        zone = schedule.timezones[int(schedule.service_timezone[service])]
        low, high = schedule.sequence_start[sequence : sequence + 2].tolist()
        first = int(schedule.trip_event_start[trip])
        last = first + high - low - 1
        begins, ends = int(schedule.event_departures[first]), int(schedule.event_arrivals[last])
        mode = int(schedule.sequence_mode[sequence])
        if modes is not None and mode not in modes:
            continue
        for column, active in enumerate(schedule.service_active[service].tolist()):
            if not active:
                continue
            day = schedule.first_day + column
            shift = day_start(day, zone) - from_at
            if ends + shift < 0 or begins + shift > until_at - from_at:
                continue
            runs.append(
                Run(
                    trip,
                    day,
                    tuple(schedule.sequence_stops[low:high].tolist()),
                    tuple(t + shift for t in schedule.event_arrivals[first : last + 1].tolist()),
                    tuple(t + shift for t in schedule.event_departures[first : last + 1].tolist()),
                    tuple(bool(kind != 1) for kind in schedule.sequence_pickup[low:high]),
                    tuple(bool(kind != 1) for kind in schedule.sequence_drop_off[low:high]),
                    mode,
                )
            )
    return [*runs, *joined_runs(runs, links)]


@cache
def day_start(day: int, timezone: str) -> int:
    """Unix second from which the times of a service day count: noon less twelve hours."""
    return int(datetime.combine(date.fromordinal(day), time(12), ZoneInfo(timezone)).timestamp()) - 12 * 3600


def joined_runs(runs: list[Run], links: Links) -> Iterator[Run]:
    """Runs that go on as other runs, as one run each: in-seat transfers are no change of vehicle."""
    run_of = {(run.trip, run.day): run for run in runs}
    follows: dict[int, list[int]] = defaultdict(list)
    for before, after in links:
        follows[before].append(after)

    def continued(run: Run, last: Run, seen: tuple[int, ...]) -> Iterator[Run]:
        for trip in follows[last.trip]:
            then = run_of.get((trip, last.day))
            if then is not None and trip not in seen and last.arrivals[-1] <= then.departures[0]:
                longer = joined(run, then)
                yield longer
                yield from continued(longer, then, (*seen, trip))

    for run in runs:
        yield from continued(run, run, (run.trip,))


def joined(run: Run, then: Run) -> Run:
    """One run and then another in the same vehicle. As ever nobody boards where one ends or leaves where one begins."""
    return Run(
        run.trip,
        run.day,
        run.stops + then.stops,
        (*run.arrivals, then.departures[0], *then.arrivals[1:]),
        (*run.departures[:-1], run.arrivals[-1], *then.departures),
        (*run.pickup[:-1], False, *then.pickup),
        (*run.drop_off, False, *then.drop_off[1:]),
        run.mode,
    )


def transfers_of(schedule: Schedule, slack: int = 0) -> Transfers:
    """Seconds of each transfer."""
    found: dict[tuple[int, int], int] = {}
    for stop in range(len(schedule.transfer_start) - 1):
        for i in range(int(schedule.transfer_start[stop]), int(schedule.transfer_start[stop + 1])):
            found[stop, int(schedule.transfer_stops[i])] = int(schedule.transfer_seconds[i]) + slack
    return found


class Rounds:
    """The search on some runs and transfers, which are only put in an order that makes them quick to find."""

    def __init__(self, runs: Iterable[Run], transfers: Transfers) -> None:
        self.boardings: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        """Of each stop: departure, number of the run, position in it; sorted."""
        self.alightings: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self.onward: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """Of each stop: where one may board after a change there, and its seconds."""
        self.back: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.runs = list(runs)
        for number, run in enumerate(self.runs):
            for i, stop in enumerate(run.stops):
                if run.boardable[i]:
                    self.boardings[stop].append((run.departures[i], number, i))
                if run.alightable[i]:
                    self.alightings[stop].append((run.arrivals[i], number, i))
        for events in (*self.boardings.values(), *self.alightings.values()):
            events.sort()
        for (start, end), seconds in transfers.items():
            self.onward[start].append((end, seconds))
            self.back[end].append((start, seconds))

    def leaving_between(
        self, access: Mapping[int, int], egress: Mapping[int, int], window: tuple[int, int], vehicles: int
    ) -> set[Journey]:
        """The Pareto set of journeys that leave in the window: as late as they still catch their first vehicle.

        In a window of one moment they leave exactly then and wait as long as they must.
        """
        low, high = window
        if low == high:
            leaves, last = {low}, math.inf
        else:
            events = ((at - walk) for stop, walk in access.items() for at, _, _ in self.boardings[stop])
            leaves, last = {at for at in events if low <= at <= high}, high
        found = []
        for leave in leaves:
            first = {stop: (leave + walk, last + walk) for stop, walk in access.items()}
            for k, arrive in enumerate(self._arrivals(first, egress, vehicles), 1):
                if arrive < math.inf:
                    found.append((leave, arrive, k))
        return pareto(found)

    def arriving_between(
        self, access: Mapping[int, int], egress: Mapping[int, int], window: tuple[int, int], vehicles: int
    ) -> set[Journey]:
        """The Pareto set of journeys that arrive in the window; a window of one moment is a deadline."""
        low, high = window
        if low == high:
            arrives, first = {high}, -math.inf
        else:
            events = ((at + walk) for stop, walk in egress.items() for at, _, _ in self.alightings[stop])
            arrives, first = {at for at in events if low <= at <= high}, low
        found = []
        for arrive in arrives:
            last = {stop: (first - walk, arrive - walk) for stop, walk in egress.items()}
            for k, leave in enumerate(self._departures(last, access, vehicles), 1):
                if leave > -math.inf:
                    found.append((leave, arrive, k))
        return pareto(found)

    def _arrivals(
        self, board: Mapping[int, tuple[float, float]], egress: Mapping[int, int], vehicles: int
    ) -> list[float]:
        """The earliest arrival with at most 1, 2, … vehicles when one may first board stop s between board[s]."""
        found: list[float] = []
        best: dict[int, float] = {}
        bound = math.inf
        for _ in range(vehicles):
            ride: dict[int, float] = {}
            for number, i in self._first_boardings(board, bound).items():
                run = self.runs[number]
                for j in range(i + 1, len(run.stops)):
                    if run.alightable[j]:
                        ride[run.stops[j]] = min(ride.get(run.stops[j], math.inf), run.arrivals[j])
            bound = min([bound, *(at + egress[stop] for stop, at in ride.items() if stop in egress)])
            found.append(bound)
            board = {}
            for start, at in ride.items():
                for end, seconds in self.onward[start]:
                    if at + seconds < best.get(end, math.inf):
                        best[end] = at + seconds
                        board[end] = (at + seconds, math.inf)
        return found

    def _first_boardings(self, board: Mapping[int, tuple[float, float]], bound: float) -> dict[int, int]:
        """The runs that can be caught, each where it can be boarded first; none that leaves when one is there."""
        found: dict[int, int] = {}
        for stop, (low, high) in board.items():
            events = self.boardings[stop]
            for departure, number, i in events[bisect_left(events, (low,)) :]:
                if departure > min(high, bound):
                    break
                found[number] = min(i, found.get(number, i))
        return found

    def _departures(
        self, alight: Mapping[int, tuple[float, float]], access: Mapping[int, int], vehicles: int
    ) -> list[float]:
        """The latest departure with at most 1, 2, … vehicles when the last must reach stop s between alight[s]."""
        found: list[float] = []
        best: dict[int, float] = {}
        bound = -math.inf
        for _ in range(vehicles):
            leave: dict[int, float] = {}
            for number, j in self._last_alightings(alight, bound).items():
                run = self.runs[number]
                for i in range(j):
                    if run.boardable[i]:
                        leave[run.stops[i]] = max(leave.get(run.stops[i], -math.inf), run.departures[i])
            bound = max([bound, *(at - access[stop] for stop, at in leave.items() if stop in access)])
            found.append(bound)
            alight = {}
            for end, at in leave.items():
                for start, seconds in self.back[end]:
                    if at - seconds > best.get(start, -math.inf):
                        best[start] = at - seconds
                        alight[start] = (-math.inf, at - seconds)
        return found

    def _last_alightings(self, alight: Mapping[int, tuple[float, float]], bound: float) -> dict[int, int]:
        """The runs that arrive in time, each where it can be left last; none that arrives before one leaves."""
        found: dict[int, int] = {}
        for stop, (low, high) in alight.items():
            events = self.alightings[stop]
            for arrival, number, j in reversed(events[: bisect_left(events, (high, math.inf))]):
                if arrival < max(low, bound):
                    break
                found[number] = max(j, found.get(number, j))
        return found


def pareto(journeys: Iterable[Journey]) -> set[Journey]:
    """Those that no other beats in leaving later, arriving earlier and fewer vehicles at once."""
    every = set(journeys)
    return {a for a in every if not any(b != a and b[0] >= a[0] and b[1] <= a[1] and b[2] <= a[2] for b in every)}
