"""Small random networks, made to be awkward, that print as a page one can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from transit.routing.query import Mode
from transit.routing.timetable import Schedule

FIRST_DAY = date(2016, 10, 28).toordinal()
"""Two days before clocks go back in Berlin."""
SPRING = date(2017, 3, 24).toordinal()
"""Two days before they go forward."""
DAYS = 5
ZONES = ("Europe/Berlin", "Asia/Tokyo")
MODES = tuple(Mode)
BUS = MODES.index(Mode.BUS)


@dataclass(frozen=True)
class TripText:
    """One trip: (arrival, departure) at each stop, and its service; `runs` trips of it, each `headway_s` later."""

    times: tuple[tuple[int, int], ...]
    service: int
    runs: int = 1
    headway_s: int = 0

    def trips(self) -> list[tuple[tuple[int, int], ...]]:
        """The times of every run, as an expanded frequency has them."""
        shifts = range(0, self.runs * self.headway_s, self.headway_s) if self.headway_s else [0] * self.runs
        return [tuple((a + shift, d + shift) for a, d in self.times) for shift in shifts]


@dataclass(frozen=True)
class SequenceText:
    """A stop sequence and its trips."""

    stops: tuple[int, ...]
    pickup: tuple[int, ...]
    drop_off: tuple[int, ...]
    trips: tuple[TripText, ...]
    mode: int = BUS


@dataclass(frozen=True)
class ScheduleText:
    """A schedule written as plain values; a service is (active per day, zone)."""

    sequences: tuple[SequenceText, ...]
    stops: int
    transfers: tuple[tuple[int, int, int], ...]
    """From stop, to stop, seconds."""
    services: tuple[tuple[tuple[int, ...], int], ...] = (((1,) * DAYS, 0),)
    first_day: int = FIRST_DAY

    @cached_property
    def schedule(self) -> Schedule:
        """Its arrays."""
        return _schedule_of(self)

    @property
    def from_at(self) -> int:
        """Unix second of ten in the evening of the second day in Berlin: the night in which clocks change is ahead."""
        evening = datetime.combine(date.fromordinal(self.first_day + 1), datetime.min.time(), ZoneInfo(ZONES[0]))
        return int(evening.replace(hour=22).timestamp())

    @cached_property
    def trips(self) -> list[tuple[int, tuple[tuple[int, int], ...], int]]:
        """Of each trip its sequence, times and service."""
        return [
            (q, times, trip.service)
            for q, sequence in enumerate(self.sequences)
            for trip in sequence.trips
            for times in trip.trips()
        ]

    def __repr__(self) -> str:
        """A page: days, services, changes, trips; stops are numbers, clocks those of the service day."""
        page = [f"ScheduleText: days from {date.fromordinal(self.first_day)}, window from {clock(79200)} of the second"]
        page += [f"  service {i}: {''.join(map(str, on))} {ZONES[zone]}" for i, (on, zone) in enumerate(self.services)]
        page.append("  changes " + ", ".join(f"{a}→{b} {seconds}s" for a, b, seconds in self.transfers))
        for trip, (q, times, service) in enumerate(self.trips):
            sequence = self.sequences[q]
            calls = [
                f"{stop}{'¹' * (pickup == 1)}{'₁' * (drop_off == 1)} {clock(a)}" + (f"/{clock(d)}" if d > a else "")
                for stop, pickup, drop_off, (a, d) in zip(
                    sequence.stops, sequence.pickup, sequence.drop_off, times, strict=True
                )
            ]
            page.append(f"  trip {trip} service {service} {MODES[sequence.mode]} line {q}: " + ", ".join(calls))
        return "\n".join([*page, "  (¹ no boarding, ₁ no leaving)"])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """For Hypothesis, which else prints the fields."""
        printer.text(repr(self))


def clock(seconds: float) -> str:
    """`25:10`, with seconds where there are any."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")


def schedule_of(sequences: tuple[SequenceText, ...], stops: int, transfers: dict[tuple[int, int], int]) -> Schedule:
    """A schedule whose trips run every day in the first zone."""
    changes = tuple((a, b, seconds) for (a, b), seconds in transfers.items())
    return ScheduleText(sequences, stops, changes).schedule


def _schedule_of(text: ScheduleText) -> Schedule:
    ordered = sorted(text.transfers, key=lambda row: (row[0], row[2]))
    counts = np.bincount([a for a, _, _ in ordered], minlength=text.stops) if ordered else np.zeros(text.stops, int)
    return Schedule(
        np.cumsum([0, *(len(s.stops) for s in text.sequences)]).astype(np.uint32),
        np.array([stop for s in text.sequences for stop in s.stops], np.uint32),
        np.array([kind for s in text.sequences for kind in s.pickup], np.uint8),
        np.array([kind for s in text.sequences for kind in s.drop_off], np.uint8),
        np.array([s.mode for s in text.sequences], np.uint8),
        np.array([q for q, _, _ in text.trips], np.uint32),
        np.cumsum([0, *(len(times) for _, times, _ in text.trips)])[:-1].astype(np.uint64),
        np.array([a for _, times, _ in text.trips for a, _ in times], np.int32),
        np.array([d for _, times, _ in text.trips for _, d in times], np.int32),
        np.array([service for _, _, service in text.trips], np.uint32),
        np.array([active for active, _ in text.services], np.uint8).reshape(len(text.services), -1),
        text.first_day,
        np.array([zone for _, zone in text.services], np.uint32),
        ZONES,
        np.concatenate(([0], np.cumsum(counts))).astype(np.uint32),
        np.array([b for _, b, _ in ordered], np.uint32),
        np.array([seconds for _, _, seconds in ordered], np.int32),
    )


def trip_text(chooser: Random, stops: int, zones: list[int]) -> TripText:
    """A trip that begins in the busy hours of some day, maybe counted on past midnight; coarse times make ties."""
    service = chooser.randrange(len(zones))
    at = chooser.choice((24, 24, 25, 0, 48)) * 3600 + chooser.randint(0, 18) * 300
    at += zones[service] * 7 * 3600  # in Tokyo it is later
    times = []
    for _ in range(stops):
        wait = chooser.choice((0, 0, 60, 300))
        times.append((at, at + wait))
        at += wait + chooser.choice((0, 60, 300, 300, 600, 900))
    runs, headway_s = chooser.choice(((1, 0), (1, 0), (1, 0), (3, 0), (5, 60), (4, 600), (3, 3600)))
    return TripText(tuple(times), service, runs, headway_s)


def sequence_text(chooser: Random, stops: int, zones: list[int], trips: int) -> SequenceText:
    """A stop sequence in one part of town, often with loops, and trips of it, often overtaking each other."""
    length = chooser.randint(2, 6)
    first = chooser.randint(0, max(0, stops - 4))
    part = range(first, min(first + 4, stops))
    kinds = (0, 0, 0, 0, 0, 0, 1, 2, 3)
    return SequenceText(
        tuple(chooser.choices(part, k=length)),
        tuple(chooser.choices(kinds, k=length)),
        tuple(chooser.choices(kinds, k=length)),
        tuple(trip_text(chooser, length, zones) for _ in range(chooser.randint(1, trips))),
        chooser.choice((BUS, BUS, BUS, MODES.index(Mode.TRAM), MODES.index(Mode.FERRY))),
    )


def schedule_text(chooser: Random, lines: int, trips: int) -> ScheduleText:
    """2 … 12 stops with services of two time zones around a night in which clocks change, forward or back.

    One stop in four allows no change, transfers have a way back only by chance, and many take no time.
    """
    stops = chooser.choice((2, 4, 6, 7, 8, 9, 10, 11, 12))
    services = [
        (tuple(chooser.choices((1, 1, 1, 0), k=DAYS)), chooser.choice((0, 0, 0, 1)))
        for _ in range(chooser.randint(1, 3))
    ]
    zones = [zone for _, zone in services]
    sequences = tuple(sequence_text(chooser, stops, zones, trips) for _ in range(lines))
    pairs = {(chooser.randrange(stops), chooser.randrange(stops)) for _ in range(chooser.randint(0, 2 * stops))}
    pairs |= {(stop, stop) for stop in range(stops) if chooser.random() < 0.75}
    changes = tuple((a, b, chooser.choice((0, 60, 120, 600))) for a, b in sorted(pairs))
    return ScheduleText(sequences, stops, changes, tuple(services), chooser.choice((FIRST_DAY, SPRING)))


SEEDS = st.integers(0, 1 << 32)


@st.composite
def schedule_texts(draw: st.DrawFn) -> ScheduleText:
    """Random networks; a failing example is cut down to few lines and trips."""
    lines = draw(st.sampled_from((1, 2, 4, 6, 8, 10, 10, 12, 12, 14, 14, 14)))
    trips = draw(st.sampled_from((1, 2, 5, 5)))
    return schedule_text(Random(draw(SEEDS)), lines, trips)


def schedules() -> st.SearchStrategy[Schedule]:
    """Their arrays."""
    return schedule_texts().map(lambda text: text.schedule)


@dataclass(frozen=True)
class Asked:
    """A question to a random network."""

    access: dict[int, int]
    egress: dict[int, int]
    window: tuple[int, int]
    vehicles: int
    slack: int
    modes: frozenset[int] | None

    def __repr__(self) -> str:
        """In one line."""
        between = "–".join(f"+{clock(at)}" for at in self.window)
        modes = "all modes" if self.modes is None else "/".join(MODES[mode] for mode in sorted(self.modes))
        return (
            f"Asked: from {self.access} to {self.egress} (stop: seconds away), {between} after the window's start, "
            f"{self.vehicles} vehicles, changes {self.slack}s longer, {modes}"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """For Hypothesis, which else prints the fields."""
        printer.text(repr(self))


def ends(chooser: Random, stops: int) -> dict[int, int]:
    """Stops near a place, with seconds on foot."""
    near = chooser.sample(range(stops), min(chooser.choice((1, 1, 2, 3)), stops))
    return {stop: chooser.choice((0, 30, 60, 300)) for stop in near}


def asked(chooser: Random, text: ScheduleText) -> Asked:
    """Where, when and how one asks: at one moment, or for some hours."""
    low = chooser.choice((1, 1, 2, 0, 24)) * 3600 + chooser.randint(0, 18) * 300
    return Asked(
        ends(chooser, text.stops),
        ends(chooser, text.stops),
        (low, low + chooser.choice((0, 3600, 7200, 6 * 3600))),
        chooser.choice((1, 2, 3, 4, 5, 6)),
        chooser.choice((0, 0, 120)),
        chooser.choice((None, None, None, None, frozenset({BUS}))),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[ScheduleText, Asked]:
    """A random network and a question to it."""
    text = draw(schedule_texts())
    return text, asked(Random(draw(SEEDS)), text)


@st.composite
def in_seat(draw: st.DrawFn, text: ScheduleText) -> set[tuple[int, int]]:
    """Pairs of trips of which the first may go on as the second within the hour, and a few that never do.

    In no time a trip goes on as one of a higher number only, so that no vehicle goes round and round.
    """
    chooser = Random(draw(SEEDS))
    pairs = {(min(pair), max(pair)) for pair in (chooser.choices(range(len(text.trips)), k=2) for _ in range(4))}
    ends = [(times[-1][0], i, service) for i, (_, times, service) in enumerate(text.trips)]
    for trip, (_, times, service) in enumerate(text.trips):
        begins = times[0][1]
        before = [i for end, i, own in ends if begins - 3600 <= end and (end, i) < (begins, trip) and own == service]
        if before and chooser.random() < 0.5:
            pairs.add((chooser.choice(before), trip))
    return {(first, then) for first, then in pairs if first != then}


def told(journeys: set[tuple[float, float, int]]) -> list[str]:
    """A set of journeys as lines that can be compared by eye: hours after the window's start, and vehicles."""
    return [f"+{clock(leave)} → +{clock(arrive)} with {k}" for leave, arrive, k in sorted(journeys)]


def in_fifo_order(times: list[tuple[int, ...]]) -> bool:
    """Whether no run of a list is earlier anywhere than the one before it."""
    return all(later >= earlier for a, b in pairwise(times) for earlier, later in zip(a, b, strict=True))
