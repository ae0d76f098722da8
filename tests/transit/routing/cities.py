"""Questions to real cities, and the answers of engine and oracles side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np

from tests.oracles.expanded import Expanded
from tests.oracles.rounds import Rounds, runs_of, transfers_of
from tests.transit.routing.networks import told
from transit.network.build import Source, build
from transit.network.store import Network, open_network
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Wish, find_rides
from transit.routing.timetable import Schedule, Timetable
from transit.routing.window import assemble, reverse, service_day_start

Journeys = set[tuple[float, float, int]]
VEHICLES = 6


@dataclass(frozen=True)
class Hours:
    """The part of a day that is searched: trips under way between two hours, journeys asked for within the first."""

    day: date
    first: int
    last: int
    asked: int
    """Queries leave within so many hours."""


CITIES = {
    "rnv": Hours(date(2016, 11, 4), 6, 11, 2),
    "tampere": Hours(date(2022, 2, 22), 6, 12, 3),
    "bydgoszcz": Hours(date(2020, 6, 3), 6, 11, 2),
    "helsinki": Hours(date(2022, 2, 22), 6, 10, 2),
    "yamanashi": Hours(date(2019, 8, 26), 5, 20, 8),
}


def network_of(city: str, data: Path, folder: Path) -> Network:
    """The network of a city's feed; without streets, changes are straight lines, which is all the same to a search."""
    (feed,) = sorted((data / city).glob("*.zip"))
    folder.mkdir(parents=True, exist_ok=True)
    return open_network(build([Source(city, feed, hashlib.sha256(feed.read_bytes()).hexdigest())], folder))


@dataclass(frozen=True)
class Question:
    """Stops with seconds on foot at both ends, seconds of the window, and in which sense they are meant."""

    access: dict[int, int]
    egress: dict[int, int]
    window: tuple[int, int]
    arriving: bool


@dataclass(frozen=True)
class City:
    """A real network on one day."""

    network: Network
    hours: Hours

    @property
    def window(self) -> tuple[Schedule, int, int]:
        """What all searches are made of."""
        schedule = self.network.schedule
        start_at = service_day_start(self.hours.day.toordinal(), schedule.timezones[0])
        return schedule, start_at + self.hours.first * 3600, start_at + self.hours.last * 3600

    @cached_property
    def forward(self) -> Timetable:
        """For leaving."""
        return assemble(*self.window)

    @cached_property
    def backward(self) -> Timetable:
        """For arriving."""
        return reverse(self.forward)

    @cached_property
    def rounds(self) -> Rounds:
        """The oracle on plain lists."""
        return Rounds(runs_of(*self.window), transfers_of(self.network.schedule))

    @cached_property
    def expanded(self) -> Expanded:
        """The oracle on a graph."""
        return Expanded(*self.window)

    @cached_property
    def served(self) -> list[int]:
        """Where something can be boarded."""
        return np.flatnonzero(np.diff(self.forward.stop_pattern_start.astype(np.int64))).tolist()

    @cached_property
    def metres(self) -> Callable[[int], np.ndarray]:
        """From one stop to all, in a straight line."""
        lat, lon = np.asarray(self.network.stops.lat), np.asarray(self.network.stops.lon)
        east = lon * np.cos(np.radians(lat.mean()))
        return lambda stop: np.hypot(lat - lat[stop], east - east[stop]) * 111_195

    def questions(self, count: int, seed: int) -> list[Question]:
        """Random ones: half between stops, half with the stops around; half to arrive; two thirds for a range."""
        chooser = Random(f"{self.network.feeds} {seed}")
        found = []
        for i in range(count):
            start, end = self._pair(chooser)
            low = chooser.randrange(self.hours.asked * 3600)
            arriving = i // 2 % 2 == 1
            if arriving:
                low += 3600
            window = (low, low + (0, 900, 1800)[i % 3])
            access, egress = (self._ends(stop) if i % 2 else {stop: 0} for stop in (start, end))
            found.append(Question(access, egress, window, arriving))
        return found

    def _pair(self, chooser: Random) -> tuple[int, int]:
        """Two stops, every other time in one neighbourhood: across a whole region hardly anything goes."""
        start = chooser.choice(self.served)
        if chooser.random() < 0.5:
            return start, chooser.choice(self.served)
        near = [stop for stop in np.argsort(self.metres(start), kind="stable").tolist() if stop in set(self.served)]
        return start, chooser.choice(near[1:100])

    def _ends(self, stop: int) -> dict[int, int]:
        """A stop and those within five minutes' walk, at most six."""
        metres = self.metres(stop)
        near = (other for other in np.argsort(metres, kind="stable").tolist() if metres[other] <= 375)
        return {other: round(metres[other] / 1.25) for other in islice(near, 6)}

    def answer(self, question: Question) -> Journeys:
        """The engine's."""
        access, egress = (
            Ends(np.array(list(near), np.uint32), np.array(list(near.values()), np.int32))
            for near in (question.access, question.egress)
        )
        low, high = question.window
        if question.arriving:
            found = find_rides(self.backward, egress, access, Wish(-high, -low, VEHICLES))
            return {(-r.arrive_s, -r.leave_s, len(r.rides)) for r in found}
        return {
            (r.leave_s, r.arrive_s, len(r.rides))
            for r in find_rides(self.forward, access, egress, Wish(low, high, VEHICLES))
        }

    def disagreement(self, question: Question, oracle: Rounds | Expanded) -> str:
        """What an oracle says against the engine's answer, or nothing."""
        search = oracle.arriving_between if question.arriving else oracle.leaving_between
        expected = search(question.access, question.egress, question.window, VEHICLES)
        found = self.answer(question)
        if found == expected:
            return ""
        return f"{question}: only the engine finds {told(found - expected)}, only the oracle {told(expected - found)}"


def city_of(name: str, data: Path, folder: Path) -> City:
    """A city by name."""
    return City(network_of(name, data, folder), CITIES[name])
