"""The search for cheaper, greener and shorter-to-walk journeys finds what the slow one finds, whatever one rides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import count, pairwise, product
from math import hypot
from operator import le
from random import Random

import numpy as np
from hypothesis import HealthCheck, given, settings

from tests.oracles import restricted as slow
from tests.oracles.rounds import Rounds, Run, runs_of, transfers_of
from tests.oracles.tickets import Rule, Tariff
from tests.transit.routing.networks import (
    MODES,
    SEEDS,
    ScheduleText,
    SequenceText,
    TripText,
    clock,
    ends,
    schedule_text,
)
from transit.money import Money
from transit.routing.criteria import STEP_G, USUALLY, Charges, Feeder, Field, Found, Kind, Side, restricted
from transit.routing.emissions import GRAMS_PER_KM
from transit.routing.fare_codes import UNKNOWN, Line, codes_of
from transit.routing.fares import Fare, FareTable, Ride, cheapest_cover
from transit.routing.query import Criterion
from transit.routing.raptor import Wish, find_rides, lines_of
from transit.routing.timetable import Timetable
from transit.routing.window import assemble, reverse

MANY = settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
LENGTH_S = 30 * 3600
ROOMY = 40
ZONES = ("f:A", "f:B", "f:C")


def feeders(chooser: Random, near: dict[int, int], stops: int, moment: int) -> list[Feeder]:
    """Walks, and beside them hired vehicles and rides on demand, several to some stops; at times these alone."""
    found = [Feeder(stop, seconds, walk=slow.minutes(seconds)) for stop, seconds in near.items()]
    for _ in range(chooser.choice((0, 1, 2, 3, 4))):
        kind, seconds = chooser.choice((Kind.OWN, Kind.ORDERED)), chooser.choice((60, 240, 600))
        low, high = -(1 << 29), 1 << 29
        if kind == Kind.ORDERED and chooser.random() < 0.7:
            low = moment + 300 * chooser.randrange(-2, 12)
            high = chooser.choice((high, low + 300 * chooser.randrange(12)))
        costs = chooser.choice((0, 50, 300, UNKNOWN)), chooser.choice((0, 1, 6)), chooser.choice((0, 2))
        found.append(Feeder(chooser.randrange(stops), seconds, kind, low, high, *costs))
    return found if chooser.random() < 0.7 else [each for each in found if each.kind != Kind.FOOT]


def fare(number: int, minor: int, transfers: int | None = 0, lasts_s: int | None = None, agency: str = "") -> Fare:
    return Fare(f"f:{number}", Money(minor, "EUR"), agency, False, transfers, lasts_s)


def tariff_of(chooser: Random, routes: list[str]) -> Tariff:
    """Published fares of a kind that the search counts exactly."""
    kind = chooser.choice((0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6))
    limit = chooser.choice((None, 600, 1800, 3600))
    if kind == 0:
        return Tariff((), ())
    if kind == 1:
        return Tariff((fare(0, 200), fare(1, 250)), ())
    if kind == 2:
        return Tariff((fare(0, 200, chooser.choice((1, 2, None)), limit),), ())
    if kind == 3:
        rules: list[Rule] = [(0 if i % 2 else 1, route, None, None, None) for i, route in enumerate(routes)]
        return Tariff((fare(0, 150), fare(1, 280, 1, limit)), tuple(rules))
    if kind == 4:
        pairs: list[Rule] = [
            (i % 4, chooser.choice((None, None, *routes)), tail, head, None)
            for i, (tail, head) in enumerate(product(ZONES, (*ZONES, None)))
            if chooser.random() < 0.8
        ]
        return Tariff(tuple(fare(i, 100 + 50 * i) for i in range(4)), tuple(pairs))
    if kind == 5:
        sets = [[zone for i, zone in enumerate(ZONES) if mask >> i & 1] for mask in range(1, 8)]
        inside: list[Rule] = [(i, None, None, None, zone) for i, zones in enumerate(sets) for zone in zones]
        return Tariff(tuple(fare(i, 100 + 90 * len(zones), None) for i, zones in enumerate(sets)), tuple(inside))
    agencies = (fare(0, 200, None, limit, "f:0"), fare(1, 180, 1, 1800, "f:1"), fare(2, 90, 0, None, "f:2"))
    return Tariff(agencies, ())


@dataclass(frozen=True)
class Case:
    """A random network with fares, and a question to it."""

    seed: int

    @cached_property
    def chooser(self) -> Random:
        return Random(self.seed)

    @cached_property
    def text(self) -> ScheduleText:
        lines, trips = self.chooser.choice((3, 4, 5, 6)), self.chooser.choice((1, 2))
        texts = (schedule_text(self.chooser, lines, trips) for _ in count())
        return next(text for text in texts if text.stops <= 6 and len(text.trips) <= 12)

    @cached_property
    def asked(self) -> tuple[list[Feeder], list[Feeder], int, int, int, int]:
        """From, to, when, leaving within, vehicles, slack."""
        _ = self.text
        near = ends(self.chooser, self.text.stops), ends(self.chooser, self.text.stops)
        at = self.chooser.choice((1, 1, 2, 0)) * 3600 + self.chooser.randint(0, 18) * 300
        within = self.chooser.choice((599, 3599, 10 * 3600, 10 * 3600))
        first, last = (feeders(self.chooser, each, self.text.stops, at) for each in near)
        return first, last, at, within, self.chooser.choice((1, 2, 3, 3, 3)), self.chooser.choice((0, 0, 120))

    @cached_property
    def lines(self) -> list[Line]:
        """By trip; of one sequence of stops they are often several."""
        _ = self.asked
        several = self.chooser.random() < 0.5
        numbers = [(q + several * i) % 4 for i, (q, _, _) in enumerate(self.text.trips)]
        return [Line(f"f:r{number}", f"f:{number % 3}") for number in numbers]

    @cached_property
    def zones(self) -> list[str]:
        _ = self.lines
        return [self.chooser.choice(ZONES) for _ in range(self.text.stops)]

    @cached_property
    def tariff(self) -> Tariff:
        _ = self.zones
        return tariff_of(self.chooser, sorted({line.route_id for line in self.lines}))

    @cached_property
    def timetable(self) -> Timetable:
        return assemble(self.text.schedule, self.text.from_at, self.text.from_at + LENGTH_S)

    def metres(self, stop: int) -> tuple[float, float]:
        """Where a stop lies."""
        return Random(self.seed + stop).random() * 3000, Random(self.seed - stop - 1).random() * 3000

    def grams(self, stops: tuple[int, ...], mode: int) -> list[float]:
        """From the first stop to each."""
        found = [0.0]
        for tail, head in pairwise(stops):
            (x, y), (u, v) = self.metres(tail), self.metres(head)
            found.append(found[-1] + hypot(x - u, y - v) * GRAMS_PER_KM[MODES[mode]] / 1000)
        return found

    @cached_property
    def charges(self) -> Charges:
        t = self.timetable
        lines, zones = sorted(set(self.lines)), sorted(set(self.zones))
        passed = {line: frozenset(zones) for line in lines}
        grams = [
            each
            for p in range(t.patterns)
            for each in self.grams(
                tuple(t.pattern_stops[t.pattern_stop_start[p] : t.pattern_stop_start[p + 1]].tolist()),
                int(t.pattern_mode[p]),
            )
        ]
        return Charges.of(
            t,
            codes_of(self.table, [line._replace(zones=passed[line]) for line in lines], zones),
            np.array([lines.index(self.lines[trip]) for trip in t.trip_source.tolist()], np.int64),
            np.array([zones.index(zone) for zone in self.zones], np.uint32),
            np.array(grams, np.float64),
            np.arange(t.stops),
        )

    def ride(self, run: Run, i: int, j: int) -> Ride:
        line, zones = self.lines[run.trip], tuple(self.zones[stop] for stop in run.stops[i : j + 1])
        return Ride(0, line.route_id, line.agency_id, "", run.departures[i], zones)

    def co2(self, run: Run, i: int, j: int) -> int:
        steps = np.rint(np.array(self.grams(run.stops, run.mode)) / STEP_G).astype(int)
        return int(steps[j] - steps[i])

    def by_definition(self) -> set[slow.Vector]:
        access, egress, moment, within, vehicles, slack = self.asked
        runs = runs_of(self.text.schedule, self.text.from_at, self.text.from_at + LENGTH_S)
        rounds = Rounds(runs, transfers_of(self.text.schedule, slack))
        world = slow.World(rounds, slack, cache(self.ride), cache(self.co2), self.tariff, (moment, moment + within))
        return slow.restricted(world, (access, egress), vehicles)

    @cached_property
    def table(self) -> FareTable:
        return FareTable.of(self.tariff.fares, self.tariff.rules)

    @cached_property
    def _asked(self) -> tuple[Field, Wish, list[tuple[int, int]]]:
        access, egress, moment, within, vehicles, slack = self.asked
        t, near = self.timetable, (Side.of(access, set(Criterion)), Side.of(egress, set(Criterion)))
        wish = Wish(moment, moment, vehicles, slack)
        anchors = list[tuple[int, int]]()
        for kind in Kind:
            if kind < Kind.ORDERED or not anchors:
                found = find_rides(t, near[0].ends(kind), near[1].ends(kind), wish)
                anchors += [(each.arrive_s, len(each.rides) + (kind == Kind.ORDERED)) for each in found]
        backward = reverse(t).bounded_by(t.landmarks.backwards())
        return Field(t, backward, *near), replace(wish, latest_s=moment + within), anchors

    def found(self, later: list[Found], room: int = USUALLY) -> list[Found]:
        """By the search, given journeys that leave later."""
        field, wish, anchors = self._asked
        costs = self.charges.costs(lines_of(self.timetable), frozenset(Criterion))
        return restricted(field, costs, wish, anchors, later, room)

    def price(self, found: Found) -> int:
        """By what prices itineraries, with what its feeders cost."""
        t, rides = self.timetable, list[Ride]()
        fed = self.asked[0][found.start].price + self.asked[1][found.end].price
        for ride in found.rides:
            p = int(np.searchsorted(t.pattern_trip_start, ride.trip, side="right")) - 1
            low, first = int(t.pattern_stop_start[p]), int(t.pattern_trip_start[p])
            trips = int(t.pattern_trip_start[p + 1]) - first
            at = int(t.departures[int(t.pattern_event_start[p]) + ride.board * trips + ride.trip - first])
            stops = t.pattern_stops[low + ride.board : low + ride.alight + 1].tolist()
            line = self.lines[int(t.trip_source[ride.trip])]
            zones = tuple(self.zones[stop] for stop in stops)
            rides.append(Ride(len(rides), line.route_id, line.agency_id, "", at, zones))
        sold = cheapest_cover(self.table, rides)
        unknown = len(rides) - sum(len(part) for _, part in sold)
        return fed + unknown * UNKNOWN + sum(fare.price.minor for fare, _ in sold)


def told(vectors: set[slow.Vector]) -> list[str]:
    return [f"+{clock(at)} with {k}, {price}, CO2 {co2}, walk {walk}" for at, k, price, co2, walk in sorted(vectors)]


@given(SEEDS)
@MANY
def test_restricted_sets(seed: int) -> None:
    case = Case(seed)
    found, expected = case.found([]), case.by_definition()
    vectors = [each.vector for each in found]
    assert len(set(vectors)) == len(vectors)
    assert told(set(vectors)) == told(expected)
    assert [each.price for each in found] == [case.price(each) for each in found]
    later = [
        each._replace(arrive_s=each.arrive_s - 60 * (i % 2), walk=each.walk + i % 2) for i, each in enumerate(found)
    ][::2]
    left = {each for each in expected if not any(all(map(le, known.vector, each)) for known in later)}
    assert told({each.vector for each in case.found(later)}) == told(left)


def line(stops: tuple[int, ...], *times: int) -> SequenceText:
    calls = tuple((79200 + at, 79200 + at) for at in times)
    return SequenceText(stops, (0,) * len(stops), (0,) * len(stops), (TripText(calls, 0),))


class Told(Case):
    """Two ways to stop 1, of which the second is on the ticket that goes on from there."""

    text = ScheduleText(
        (line((0, 1), 3600, 4200), line((0, 1), 3600, 4260), line((1, 2), 4500, 5100)), 3, ((1, 1, 60),)
    )
    asked = [Feeder(0, 0)], [Feeder(2, 0)], 3600, 599, 2, 0
    lines = [Line("f:single", "f:2"), Line("f:ticket", "f:0"), Line("f:ticket", "f:0")]  # noqa: RUF012
    zones = ["f:A"] * 3
    lasts_s = 3600

    @cached_property
    def tariff(self) -> Tariff:
        return Tariff((fare(0, 200, 1, self.lasts_s, "f:0"), fare(1, 90, 0, None, "f:2")), ())


def test_a_ticket_in_hand_is_worth_its_price() -> None:
    """The cheaper ride is there sooner, but the ticket is not bought twice."""
    case = Told(0)
    assert [each.price for each in case.found([])] == [200]
    late = Told(1)
    vars(late)["lasts_s"] = 899
    assert [each.price for each in late.found([])] == [290], "it ends one second too soon"


def test_more_room_is_taken_where_it_is_too_little() -> None:
    case = Case(ROOMY)
    expected = case.found([])
    assert len(expected) > 3
    assert told({each.vector for each in case.found([], 8)}) == told({each.vector for each in expected})
