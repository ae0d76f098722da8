"""The slow, obvious search over scheduled vehicles, straight from the definitions, on plain lists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from transit.routing.timetable import Schedule

Transfers = Mapping[tuple[int, int], int]
Journey = tuple[float, float, int]
"""Leave, arrive, vehicles."""


@dataclass(frozen=True)
class Run:
    """One trip on one day, in seconds after the window's start."""

    trip: int
    day: int
    stops: tuple[int, ...]
    arrivals: tuple[int, ...]
    departures: tuple[int, ...]
    boardable: tuple[bool, ...]
    alightable: tuple[bool, ...]


def runs_of(schedule: Schedule, from_at: int, until_at: int) -> list[Run]:
    """Every trip on every day of its service that is under way at some moment of the window."""
    runs = []
    for trip, sequence in enumerate(schedule.trip_sequence.tolist()):
        service = int(schedule.trip_service[trip])
        zone = ZoneInfo(schedule.timezones[int(schedule.service_timezone[service])])
        low, high = schedule.sequence_start[sequence : sequence + 2].tolist()
        first = int(schedule.trip_event_start[trip])
        for column, active in enumerate(schedule.service_active[service].tolist()):
            if not active:
                continue
            day = schedule.first_day + column
            noon = datetime.combine(date.fromordinal(day), time(12), zone)
            shift = int(noon.timestamp()) - 12 * 3600 - from_at
            count = high - low
            arrivals = tuple(t + shift for t in schedule.event_arrivals[first : first + count].tolist())
            departures = tuple(t + shift for t in schedule.event_departures[first : first + count].tolist())
            if arrivals[-1] < 0 or departures[0] > until_at - from_at:
                continue
            pickup, drop_off = schedule.sequence_pickup[low:high], schedule.sequence_drop_off[low:high]
            runs.append(
                Run(
                    trip,
                    day,
                    tuple(schedule.sequence_stops[low:high].tolist()),
                    arrivals,
                    departures,
                    tuple(bool(kind != 1) and i < count - 1 for i, kind in enumerate(pickup)),
                    tuple(bool(kind != 1) and i > 0 for i, kind in enumerate(drop_off)),
                )
            )
    return runs


def transfers_of(schedule: Schedule) -> Transfers:
    """Seconds of each transfer."""
    found: dict[tuple[int, int], int] = {}
    for stop in range(len(schedule.transfer_start) - 1):
        for i in range(int(schedule.transfer_start[stop]), int(schedule.transfer_start[stop + 1])):
            found[stop, int(schedule.transfer_stops[i])] = int(schedule.transfer_seconds[i])
    return found


def arrivals_by_vehicles(
    runs: Iterable[Run],
    transfers: Transfers,
    ready: dict[int, float],
    limit: dict[int, float],
    egress: Mapping[int, int],
    vehicles: int,
) -> list[float]:
    """The earliest arrival with exactly 1, 2, … vehicles when one may first board stop s from ready[s] to limit[s]."""
    found = []
    for _ in range(vehicles):
        ride: dict[int, float] = {}
        for run in runs:
            for i, stop in enumerate(run.stops):
                if run.boardable[i] and ready.get(stop, math.inf) <= run.departures[i] <= limit.get(stop, math.inf):
                    for j in range(i + 1, len(run.stops)):
                        if run.alightable[j]:
                            ride[run.stops[j]] = min(ride.get(run.stops[j], math.inf), run.arrivals[j])
        found.append(min((at + egress[stop] for stop, at in ride.items() if stop in egress), default=math.inf))
        ready = {}
        for (start, end), seconds in transfers.items():
            if start in ride:
                ready[end] = min(ready.get(end, math.inf), ride[start] + seconds)
        limit = {}
    return found


def departures_by_vehicles(
    runs: Iterable[Run],
    transfers: Transfers,
    needed: dict[int, float],
    limit: dict[int, float],
    access: Mapping[int, int],
    vehicles: int,
) -> list[float]:
    """The latest departure with exactly 1, 2, … vehicles when the last must reach stop s in limit[s] … needed[s]."""
    found = []
    for _ in range(vehicles):
        board: dict[int, float] = {}
        for run in runs:
            for j, stop in enumerate(run.stops):
                if run.alightable[j] and limit.get(stop, -math.inf) <= run.arrivals[j] <= needed.get(stop, -math.inf):
                    for i in range(j):
                        if run.boardable[i]:
                            board[run.stops[i]] = max(board.get(run.stops[i], -math.inf), run.departures[i])
        found.append(max((at - access[stop] for stop, at in board.items() if stop in access), default=-math.inf))
        needed = {}
        for (start, end), seconds in transfers.items():
            if end in board:
                needed[start] = max(needed.get(start, -math.inf), board[end] - seconds)
        limit = {}
    return found


def pareto(journeys: Iterable[Journey]) -> set[Journey]:
    """Those that no other beats in leaving later, arriving earlier and fewer vehicles at once."""
    every = set(journeys)
    return {a for a in every if not any(b != a and b[0] >= a[0] and b[1] <= a[1] and b[2] <= a[2] for b in every)}


def leaving_between(
    runs: list[Run],
    transfers: Transfers,
    access: Mapping[int, int],
    egress: Mapping[int, int],
    window: tuple[int, int],
    vehicles: int,
) -> set[Journey]:
    """The Pareto set of journeys that leave in the window: as late as they still catch their first vehicle.

    In a window of one moment they leave exactly then and wait as long as they must.
    """
    low, high = window
    leaves = (
        {low}
        if low == high
        else {
            run.departures[i] - access[stop]
            for run in runs
            for i, stop in enumerate(run.stops)
            if run.boardable[i] and stop in access and low <= run.departures[i] - access[stop] <= high
        }
    )
    limit = {} if low == high else {stop: float(high + walk) for stop, walk in access.items()}
    found = []
    for leave in leaves:
        ready = {stop: float(leave + walk) for stop, walk in access.items()}
        for k, arrive in enumerate(arrivals_by_vehicles(runs, transfers, ready, limit, egress, vehicles), 1):
            if arrive < math.inf:
                found.append((leave, arrive, k))
    return pareto(found)


def arriving_between(
    runs: list[Run],
    transfers: Transfers,
    access: Mapping[int, int],
    egress: Mapping[int, int],
    window: tuple[int, int],
    vehicles: int,
) -> set[Journey]:
    """The Pareto set of journeys that arrive in the window; a window of one moment is a deadline."""
    low, high = window
    arrives = (
        {high}
        if low == high
        else {
            run.arrivals[j] + egress[stop]
            for run in runs
            for j, stop in enumerate(run.stops)
            if run.alightable[j] and stop in egress and low <= run.arrivals[j] + egress[stop] <= high
        }
    )
    limit = {} if low == high else {stop: float(low - walk) for stop, walk in egress.items()}
    found = []
    for arrive in arrives:
        needed = {stop: float(arrive - walk) for stop, walk in egress.items()}
        for k, leave in enumerate(departures_by_vehicles(runs, transfers, needed, limit, access, vehicles), 1):
            if leave > -math.inf:
                found.append((leave, arrive, k))
    return pareto(found)
