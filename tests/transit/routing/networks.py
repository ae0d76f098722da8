"""Small random networks, made to be awkward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from transit.routing.timetable import Schedule

FIRST_DAY = date(2016, 10, 28).toordinal()
"""Two days before clocks go back in Berlin."""
DAYS = 5
ZONES = ("Europe/Berlin", "Asia/Tokyo")


@dataclass(frozen=True)
class TripText:
    """One trip: (arrival, departure) at each stop, and its service."""

    times: tuple[tuple[int, int], ...]
    service: int


@dataclass(frozen=True)
class SequenceText:
    """A stop sequence and its trips."""

    stops: tuple[int, ...]
    pickup: tuple[int, ...]
    drop_off: tuple[int, ...]
    trips: tuple[TripText, ...]
    mode: int = 5


def schedule_of(
    sequences: tuple[SequenceText, ...],
    stops: int,
    transfers: dict[tuple[int, int], int],
    services: tuple[tuple[tuple[int, ...], int], ...] = (((1,) * DAYS, 0),),
    first_day: int = FIRST_DAY,
    timezones: tuple[str, ...] = ZONES,
) -> Schedule:
    """The arrays of a schedule written as plain values; a service is (active per day, zone)."""
    trips = [(q, trip) for q, sequence in enumerate(sequences) for trip in sequence.trips]
    ordered = sorted(transfers.items(), key=lambda item: (item[0][0], item[1]))
    counts = np.bincount([a for (a, _), _ in ordered], minlength=stops) if ordered else np.zeros(stops, int)
    return Schedule(
        np.cumsum([0, *(len(s.stops) for s in sequences)]).astype(np.uint32),
        np.array([stop for s in sequences for stop in s.stops], np.uint32),
        np.array([kind for s in sequences for kind in s.pickup], np.uint8),
        np.array([kind for s in sequences for kind in s.drop_off], np.uint8),
        np.array([s.mode for s in sequences], np.uint8),
        np.array([q for q, _ in trips], np.uint32),
        np.cumsum([0, *(len(t.times) for _, t in trips)])[:-1].astype(np.uint64),
        np.array([a for _, t in trips for a, _ in t.times], np.int32),
        np.array([d for _, t in trips for _, d in t.times], np.int32),
        np.array([t.service for _, t in trips], np.uint32),
        np.array([active for active, _ in services], np.uint8).reshape(len(services), -1),
        first_day,
        np.array([zone for _, zone in services], np.uint32),
        timezones,
        np.concatenate(([0], np.cumsum(counts))).astype(np.uint32),
        np.array([b for (_, b), _ in ordered], np.uint32),
        np.array([seconds for _, seconds in ordered], np.int32),
    )


@st.composite
def trip_texts(draw: st.DrawFn, stops: int, services: int) -> TripText:
    """A trip that begins in the busy hour of some day, maybe counted on past midnight; coarse times make ties."""
    at = draw(st.sampled_from((0, 24, 24, 25, 48))) * 3600 + draw(st.integers(0, 12)) * 300
    times = []
    for _ in range(stops):
        wait = draw(st.sampled_from((0, 0, 60, 300)))
        times.append((at, at + wait))
        at += wait + draw(st.sampled_from((0, 60, 300, 300, 600, 900)))
    return TripText(tuple(times), draw(st.integers(0, services - 1)))


@st.composite
def sequence_texts(draw: st.DrawFn, stops: int, services: int) -> SequenceText:
    """A stop sequence, often with loops, and trips of it, often overtaking each other."""
    length = draw(st.integers(2, 6))
    kinds = st.sampled_from((0, 0, 0, 0, 1, 2, 3))
    return SequenceText(
        tuple(draw(st.lists(st.integers(0, stops - 1), min_size=length, max_size=length))),
        tuple(draw(st.lists(kinds, min_size=length, max_size=length))),
        tuple(draw(st.lists(kinds, min_size=length, max_size=length))),
        tuple(draw(st.lists(trip_texts(length, services), min_size=1, max_size=5))),
    )


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """A schedule of 2 … 7 stops with services of two time zones around a daylight-saving night."""
    stops = draw(st.integers(2, 7))
    days = st.tuples(*[st.sampled_from((1, 1, 0))] * DAYS)
    services = draw(st.lists(st.tuples(days, st.sampled_from((0, 0, 0, 1))), min_size=1, max_size=3))
    sequences = draw(st.lists(sequence_texts(stops, len(services)), min_size=1, max_size=6))
    pairs = draw(st.lists(st.tuples(st.integers(0, stops - 1), st.integers(0, stops - 1)), max_size=2 * stops))
    pairs += [(s, s) for s in range(stops) if draw(st.sampled_from((True, True, False)))]
    transfers = {pair: draw(st.sampled_from((0, 60, 120, 600))) for pair in pairs}
    return schedule_of(tuple(sequences), stops, transfers, tuple(services))


@st.composite
def ends(draw: st.DrawFn, stops: int) -> dict[int, int]:
    """Stops near a place, with seconds on foot."""
    near = draw(st.lists(st.integers(0, stops - 1), min_size=1, max_size=3, unique=True))
    return {stop: draw(st.sampled_from((0, 30, 60, 300))) for stop in near}


def in_fifo_order(times: list[tuple[int, ...]]) -> bool:
    """Whether no run of a list is earlier anywhere than the one before it."""
    return all(later >= earlier for a, b in pairwise(times) for earlier, later in zip(a, b, strict=True))
