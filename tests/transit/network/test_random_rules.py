"""Random feeds with transfers for some routes and trips and linked trips: built for real, and followed rule by rule.

The slow search keeps every ride apart: which trip one left and which one boards decides how long a change takes, in
the order of GTFS (transfers.txt, "Specificity of a transfer").
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import pytest

from tests.feeds import DEFAULTS, write_zip
from transit.journeys.engine import Engine
from transit.network.build import Source, build
from transit.network.store import open_network
from transit.network.transfers import CHANGE_S, TIMED_S
from transit.routing.kernels.raptor import Ends
from transit.routing.raptor import Wish, find_rides
from transit.routing.window import reverse

STOPS, ROUTES, VEHICLES = 5, 3, 3
NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)
Journey = tuple[int, int, int]


class Rule(NamedTuple):
    """A row of transfers.txt; "" and −1 where it names nothing."""

    tail: int
    head: int
    kind: int
    seconds: int
    from_route: int
    to_route: int
    from_trip: int
    to_trip: int

    def holds(self, world: World, first: int, a: int, second: int, b: int) -> bool:
        """Whether it speaks of leaving one trip at a stop and boarding another at a stop."""
        named = (
            (self.tail, a),
            (self.head, b),
            (self.from_trip, first),
            (self.to_trip, second),
            (self.from_route, world.route[first]),
            (self.to_route, world.route[second]),
        )
        return all(wanted in (-1, given) for wanted, given in named)

    @property
    def rank(self) -> int:
        """The order of GTFS, the best first."""
        trips, routes = (self.from_trip >= 0) + (self.to_trip >= 0), (self.from_route >= 0) + (self.to_route >= 0)
        return [(2, 0), (1, 1), (1, 0), (0, 2), (0, 1), (0, 0)].index((trips, routes))


@dataclass(frozen=True)
class World:
    """Trips as (stop, seconds of the day at which they stop there for no time) and rules."""

    trips: list[list[tuple[int, int]]]
    route: list[int]
    rules: list[Rule]
    links: set[tuple[int, int]]

    @classmethod
    def of(cls, seed: int) -> World:
        """A world of a few busy minutes."""
        dice = Random(seed)
        trips, route = [], []
        for _ in range(dice.randrange(6, 14)):
            at, trip = 12 * 3600 + 60 * dice.randrange(0, 40), []
            for stop in dice.sample(range(STOPS), dice.randrange(2, 4)):
                trip.append((stop, at))
                at += 60 * dice.randrange(1, 8)
            trips.append(trip)
            route.append(dice.randrange(ROUTES))
        rules: dict[tuple[int, ...], Rule] = {}
        for _ in range(dice.randrange(1, 9)):
            names = dice.choice([(), (4,), (5,), (4, 5), (6,), (7,), (6, 5), (4, 7), (6, 7)])
            row = [dice.randrange(STOPS), dice.randrange(STOPS), dice.choice((1, 2, 2, 3)), 60 * dice.randrange(0, 9)]
            row += [-1] * 4
            for name in names:
                row[name] = dice.randrange(ROUTES if name < 6 else len(trips))
            rule = Rule(*row)
            rules.setdefault((rule.tail, rule.head, *rule[4:]), rule)
        pairs = ((dice.randrange(len(trips)), dice.randrange(len(trips))) for _ in range(4))
        links = {(a, b) for a, b in pairs if trips[a][-1][1] <= trips[b][0][1] and a != b}
        return cls(trips, route, list(rules.values()), links)

    def tables(self) -> dict[str, str]:
        """The feed. Stops are 10 km apart: nobody walks."""
        stops = "".join(f"{i},{60 + i / 10},24,S{i}\n" for i in range(STOPS))
        times = "".join(
            f"{t},{_clock(at)},{_clock(at)},{stop},{i}\n"
            for t, trip in enumerate(self.trips)
            for i, (stop, at) in enumerate(trip)
        )
        rules = [",".join("" if cell == -1 else str(cell) for cell in rule) for rule in self.rules]
        rules += [f",,4,,,,{a},{b}" for a, b in self.links]
        return {
            **DEFAULTS,
            "calendar.txt": DEFAULTS["calendar.txt"].replace("20260101,20271231", "20261124,20261124"),
            "stops.txt": "stop_id,stop_lat,stop_lon,stop_name\n" + stops,
            "routes.txt": "route_id,agency_id,route_short_name,route_type\n"
            + "".join(f"{i},ag,R{i},3\n" for i in range(ROUTES)),
            "trips.txt": "route_id,service_id,trip_id\n"
            + "".join(f"{r},daily,{t}\n" for t, r in enumerate(self.route)),
            "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + times,
            "transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time,"
            "from_route_id,to_route_id,from_trip_id,to_trip_id\n" + "\n".join(rules) + "\n",
        }

    def change_s(self, first: int, a: int, second: int, b: int) -> int | None:
        """Seconds from leaving a trip at a stop to boarding another at a stop; None where one cannot."""
        rule = min(
            (rule for rule in self.rules if rule.holds(self, first, a, second, b)),
            key=lambda rule: rule.rank,
            default=None,
        )
        if rule is None:
            return CHANGE_S if a == b else None
        return {1: 0 if a == b else TIMED_S, 2: rule.seconds, 3: None}[rule.kind]

    def ends_of(self, trip: int, seen: tuple[int, ...] = ()) -> list[tuple[int, int, int]]:
        """Where one may get off who stays seated from the start of a trip: (trip, position, seconds)."""
        here = [(trip, j, at) for j, (_, at) in enumerate(self.trips[trip]) if j]
        onward = [b for a, b in self.links if a == trip and b not in seen]
        return here + [end for b in onward for end in self.ends_of(b, (*seen, trip))]

    def journeys(self, origin: int, destination: int) -> set[Journey]:
        """The Pareto set over leaving later, arriving earlier and fewer vehicles, in seconds of the day."""
        found = set()
        for trip, calls in enumerate(self.trips):
            for i, (stop, leave) in enumerate(calls[:-1]):
                if stop == origin:
                    aboard = {(trip, i)}
                    for k in range(1, VEHICLES + 1):
                        left = {
                            (t, j, at)
                            for boarded, i in aboard
                            for t, j, at in self.ends_of(boarded)
                            if t != boarded or j > i
                        }
                        found |= {(leave, at, k) for t, j, at in left if self.trips[t][j][0] == destination}
                        aboard = {
                            (other, i)
                            for t, j, at in left
                            for other, calls in enumerate(self.trips)
                            for i, (stop, departure) in enumerate(calls[:-1])
                            if (needed := self.change_s(t, self.trips[t][j][0], other, stop)) is not None
                            and at + needed <= departure
                        }
        return {a for a in found if not any(b != a and b[0] >= a[0] and b[1] <= a[1] and b[2] <= a[2] for b in found)}


def _clock(at: int) -> str:
    return f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", [range(i, i + 24) for i in range(0, 120, 24)], ids=str)
def test_followed_rule_by_rule(seeds: range) -> None:
    for seed in seeds:
        world = World.of(seed)
        with tempfile.TemporaryDirectory() as name:
            path = write_zip(Path(name) / "feed.zip", world.tables())
            source = Source("f", path, sha256(path.read_bytes()).hexdigest())
            engine = Engine(open_network(build([source], Path(name) / "networks")))
            for origin in range(STOPS):
                for destination in range(STOPS):
                    if origin != destination:
                        wanted = world.journeys(origin, destination)
                        assert _found(engine, origin, destination) == (wanted, wanted), (seed, origin, destination)


def _found(engine: Engine, origin: int, destination: int) -> tuple[set[Journey], set[Journey]]:
    """What the search finds by leaving within the day, and by arriving within it."""
    day = engine.day_at(NOON)
    midnight_s = 3 * 3600
    low, high = midnight_s + 11 * 3600, midnight_s + 15 * 3600
    ends: list[Ends] = []
    for stop in (origin, destination):
        members = np.array(engine.members(f"f:{stop}"), np.uint32)
        ends.append(Ends(members, np.zeros(len(members), np.int32)))
    forward = find_rides(day.timetable, ends[0], ends[1], Wish(low, high, VEHICLES))
    backward = find_rides(reverse(day.timetable), ends[1], ends[0], Wish(-high, -low, VEHICLES))
    return (
        {(r.leave_s - midnight_s, r.arrive_s - midnight_s, len(r.rides)) for r in forward},
        {(-r.arrive_s - midnight_s, -r.leave_s - midnight_s, len(r.rides)) for r in backward},
    )
