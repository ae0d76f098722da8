"""Questions to real cities, and the answers of the engine beside those of oracles and of nigiri."""

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
from tests.oracles.nigiri import Nigiri, in_minutes
from tests.oracles.rounds import Rounds, runs_of, transfers_of
from tests.transit.routing.networks import told
from transit.network.build import Source, build
from transit.network.store import Network, open_network
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Wish, find_rides
from transit.routing.timetable import Schedule, Timetable
from transit.routing.window import DAY_S, assemble, reverse, service_day_start

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
    range_s: int = 1800
    """The longest range of departures that is asked for; longer where little runs."""


CITIES = {
    "rnv": Hours(date(2016, 11, 4), 6, 11, 2),
    "tampere": Hours(date(2022, 2, 22), 6, 12, 3),
    "bydgoszcz": Hours(date(2020, 6, 3), 6, 11, 2),
    "helsinki": Hours(date(2022, 2, 22), 6, 10, 2),
    "yamanashi": Hours(date(2019, 8, 26), 5, 20, 8, 10800),
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
            window = (low, low + i % 3 * self.hours.range_s // 2)
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
        access, egress = _ends(question.access), _ends(question.egress)
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


@dataclass(frozen=True)
class MinuteCity:
    """The same day in whole minutes, for our engine and for nigiri; journeys leave and end on foot where one can."""

    schedule: Schedule
    day: date
    peer: Nigiri

    @classmethod
    def of_city(cls, city: City, folder: Path) -> MinuteCity:
        """The day of a city, the day before for trips after midnight, and the day after for journeys over night."""
        day = city.hours.day
        schedule = in_minutes(city.network.schedule, range(day.toordinal() - 1, day.toordinal() + 2))
        path = folder / f"{city.network.feeds[0]}-minutes.zip"
        return cls(schedule, day, Nigiri.of_schedule(path, schedule, seconds_of=city.network.schedule))

    @cached_property
    def timetable(self) -> Timetable:
        """All of it, with two days for trips that end after midnight."""
        start_at = service_day_start(self.schedule.first_day, self.schedule.timezones[0])
        return assemble(self.schedule, start_at, start_at + (self.schedule.service_active.shape[1] + 2) * DAY_S)

    @cached_property
    def walks(self) -> dict[int, dict[int, int]]:
        """From each stop to others, and to itself in no time, in seconds; the same there and back."""
        found: dict[int, dict[int, int]] = {stop: {stop: 0} for stop in range(self.timetable.stops)}
        for (start, end), seconds in transfers_of(self.schedule).items():
            if start != end:
                found[start][end] = seconds
        return found

    def questions(self, count: int, seed: int) -> list[tuple[int, int, int]]:
        """Random stops between which one cannot walk all the way, and Unix minutes of the day from five to ten."""
        chooser = Random(f"{self.day} {seed}")
        served = np.flatnonzero(np.diff(self.timetable.stop_pattern_start.astype(np.int64))).tolist()
        midnight_at = service_day_start(self.day.toordinal(), self.schedule.timezones[0])
        found: list[tuple[int, int, int]] = []
        while len(found) < count:
            start, end = chooser.choice(served), chooser.choice(served)
            if end not in self.walks[start]:
                found.append((start, end, midnight_at // 60 + chooser.randrange(5 * 60, 22 * 60)))
        return found

    def answer(self, start: int, end: int, leave_at: int) -> set[tuple[int, int]]:
        """The engine's Pareto set of (arrival in Unix minutes, vehicles)."""
        leave_s = leave_at * 60 - self.timetable.base_at
        wish = Wish(leave_s, leave_s, VEHICLES)
        found = find_rides(self.timetable, _ends(self.walks[start]), _ends(self.walks[end]), wish)
        return {((r.arrive_s + self.timetable.base_at) // 60, len(r.rides)) for r in found}

    def disagreement(self, start: int, end: int, leave_at: int) -> str:
        """What nigiri says against the engine's answer, or nothing."""
        found = self.answer(start, end, leave_at)
        expected = self.peer.journeys(str(start), str(end), leave_at, VEHICLES)
        if found == expected:
            return ""
        ours, theirs = ([(at - leave_at, k) for at, k in sorted(each)] for each in (found - expected, expected - found))
        return f"stop {start} to {end} at minute {leave_at}: (minutes, vehicles) only here {ours}, only nigiri {theirs}"


def _ends(near: dict[int, int]) -> Ends:
    return Ends(np.array(list(near), np.uint32), np.array(list(near.values()), np.int32))


def city_of(name: str, data: Path, folder: Path) -> City:
    """A city by name."""
    return City(network_of(name, data, folder), CITIES[name])
