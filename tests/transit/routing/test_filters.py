"""Each rule drops what it should and nothing else."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.pointless import can_be_walked, is_around_the_block, is_pointless_vehicle, left
from transit.routing.filters import (
    in_order,
    quicker_than_walking,
    without,
    without_detours,
    without_empty_walks,
    worth_showing,
)
from transit.routing.journey import Journey, StreetLeg, TransitLeg
from transit.routing.kernels.pointless import RULES
from transit.routing.query import Mode


def journey(start_min: int, end_min: int, walk_min: int = 0, vehicles: int = 1) -> Journey:
    """A walk, then rides one after the other."""
    start, end, board = start_min * 60, end_min * 60, (start_min + walk_min) * 60
    step = (end - board) // vehicles
    rides = [TransitLeg(board + i * step, board + (i + 1) * step, 0, 1, 0, 0, 0, 1) for i in range(vehicles)]
    return Journey((StreetLeg(Mode.WALK, start, board, None, 0), *rides))


without_rides_one_can_walk = partial(without, rules=RULES[:1])
without_pointless_vehicles = partial(without, rules=RULES[1:2])
without_walks_around_the_block = partial(without, rules=RULES[2:])


def walk(minutes: int) -> StreetLeg:
    return StreetLeg(Mode.WALK, 0, minutes * 60, None, None)


EACH = (
    without_rides_one_can_walk,
    without_pointless_vehicles,
    without_walks_around_the_block,
    without_detours,
)
JOURNEYS = st.lists(
    st.tuples(st.integers(0, 90), st.integers(3, 90), st.integers(0, 20), st.integers(1, 4)).map(
        lambda drawn: journey(drawn[0], drawn[0] + drawn[1] + drawn[2], drawn[2], drawn[3])
    ),
    max_size=12,
)


def test_who_walks_as_fast_needs_no_bus() -> None:
    slow, same, seconds, minute = journey(100, 131), journey(0, 30), quicker_by(30, 59), quicker_by(30, 60)
    assert quicker_than_walking([slow, same, seconds, minute], walk(30)) == [minute]
    assert quicker_than_walking([slow], None) == [slow]


def quicker_by(minutes: int, seconds: int) -> Journey:
    return Journey((TransitLeg(0, minutes * 60 - seconds, 0, 1, 0, 0, 0, 1),))


def test_a_walk_of_no_time_is_no_leg() -> None:
    assert len(without_empty_walks(journey(0, 10, 0)).legs) == 1
    assert len(without_empty_walks(journey(0, 10, 1)).legs) == 2
    nothing = Journey((StreetLeg(Mode.WALK, 0, 0, None, None),))
    assert without_empty_walks(nothing) == nothing
    across = Journey((*journey(0, 10).legs, StreetLeg(Mode.WALK, 600, 600, 1, 2), *journey(10, 20).legs))
    assert [leg.start_stop for leg in without_empty_walks(across).legs] == [0, 1, 0], "to another platform in no time"


def riding(start_s: int, *parts: tuple[str, int]) -> Journey:
    """Parts one after the other: walk, wait or ride, and for how many seconds."""
    legs: list[StreetLeg | TransitLeg] = []
    for kind, seconds in parts:
        end_s = start_s + seconds
        if kind == "walk":
            legs.append(StreetLeg(Mode.WALK, start_s, end_s, None, None))
        elif kind == "ride":
            legs.append(TransitLeg(start_s, end_s, 0, 1, 0, 0, 0, 1))
        start_s = end_s
    return Journey(tuple(legs))


def test_a_last_ride_that_is_not_quicker_than_walking_that_part() -> None:
    walked = riding(0, ("ride", 900), ("walk", 480))
    waited = riding(0, ("ride", 900), ("wait", 240), ("ride", 150), ("walk", 40))  # 50 s sooner
    assert without_rides_one_can_walk([walked, waited]) == [walked]


def test_a_first_ride_that_is_not_quicker_than_walking_that_part() -> None:
    walked = riding(0, ("walk", 480), ("ride", 900))
    waited = riding(50, ("walk", 40), ("ride", 150), ("wait", 240), ("ride", 900))
    assert without_rides_one_can_walk([walked, waited]) == [walked]


def test_a_ride_that_gains_a_minute_or_spares_a_long_walk_is_kept() -> None:
    walked = riding(0, ("ride", 900), ("walk", 480))
    minute = riding(0, ("ride", 900), ("wait", 230), ("ride", 150), ("walk", 40))
    assert without_rides_one_can_walk([walked, minute]) == [walked, minute]
    far = riding(0, ("ride", 900), ("walk", 900))
    waited = riding(0, ("ride", 900), ("wait", 400), ("ride", 430), ("walk", 40))
    assert without_rides_one_can_walk([far, waited]) == [far, waited]


def test_a_second_bus_for_a_minute_is_pointless() -> None:
    stays, changes = riding(0, ("ride", 1800), ("walk", 120)), riding(0, ("ride", 1500), ("wait", 60), ("ride", 300))
    assert without_pointless_vehicles([stays, changes]) == [stays]


def test_a_later_bus_that_takes_much_longer_is_pointless() -> None:
    direct, round_trip = riding(0, ("ride", 1800)), riding(120, ("ride", 3600))
    assert without_pointless_vehicles([direct, round_trip]) == [direct]


def test_a_second_vehicle_that_gains_five_minutes_is_kept() -> None:
    stays, changes = riding(0, ("ride", 1800)), riding(0, ("ride", 900), ("wait", 100), ("ride", 500))
    assert without_pointless_vehicles([stays, changes]) == [stays, changes]


def test_a_second_vehicle_that_spares_a_walk_is_kept() -> None:
    stays, changes = riding(0, ("ride", 900), ("walk", 600)), riding(0, ("ride", 900), ("wait", 100), ("ride", 400))
    assert without_pointless_vehicles([stays, changes]) == [stays, changes]


def test_nobody_walks_half_an_hour_to_leave_ten_minutes_later() -> None:
    comfortable, strenuous = journey(0, 40, 5), journey(10, 41, 25)
    assert without_walks_around_the_block([comfortable, strenuous]) == [comfortable]


def test_a_walk_that_gains_more_than_it_takes_is_kept() -> None:
    comfortable, quick = journey(0, 40, 5), journey(10, 35, 10)
    assert without_walks_around_the_block([comfortable, quick]) == [comfortable, quick]


def test_fewer_vehicles_are_worth_a_walk() -> None:
    comfortable, strenuous = journey(0, 40, 5, vehicles=2), journey(10, 41, 25)
    assert worth_showing([comfortable, strenuous], None) == [comfortable, strenuous]


def test_no_journey_waits_through_the_night_where_another_does_not() -> None:
    quick, slow, night = journey(0, 60), journey(10, 190), journey(20, 201)
    assert without_detours([quick, slow, night]) == [quick, slow]
    assert without_detours([night]) == [night]
    assert without_detours([]) == []


def test_every_departure_of_a_line_stays() -> None:
    line = [journey(at, at + 30, 5) for at in range(0, 120, 10)]
    assert worth_showing(line, None) == line


@given(JOURNEYS)
def test_the_rules_are_those_that_are_told(found: list[Journey]) -> None:
    assert without_rides_one_can_walk(found) == left(found, can_be_walked)
    assert without_pointless_vehicles(found) == left(found, is_pointless_vehicle)
    assert without_walks_around_the_block(found) == left(found, is_around_the_block)


@given(JOURNEYS)
def test_one_rule_after_the_other(found: list[Journey]) -> None:
    kept = found
    for rule in (can_be_walked, is_pointless_vehicle, is_around_the_block):
        kept = left(kept, rule)
    assert without(found, RULES) == kept


@given(JOURNEYS)
def test_no_rule_empties_a_list_or_adds_to_it(found: list[Journey]) -> None:
    for rule in EACH:
        kept = rule(found)
        assert bool(kept) == bool(found)
        assert [each for each in found if each in kept] == kept
        assert rule(kept) == kept, "what is left is left for good"
    assert bool(worth_showing(found, None)) == bool(found)


@given(JOURNEYS)
def test_what_feels_best_is_kept(found: list[Journey]) -> None:
    for rule in (without_pointless_vehicles, without_walks_around_the_block):
        assert min(map(felt, found), default=0) == min(map(felt, rule(found)), default=0)


def felt(journey: Journey) -> int:
    """Seconds from door to door, those on foot twice, and five minutes for each change."""
    walked = sum(leg.end_s - leg.start_s for leg in journey.legs if isinstance(leg, StreetLeg))
    return journey.end_s - journey.start_s + walked + 300 * (journey.vehicles - 1)


def test_order_is_that_of_departure_and_walking_is_first_where_it_is_best() -> None:
    late, early = journey(5, 20), journey(0, 30)
    assert in_order([late, early], None, None, arrive_by=False) == [early, late]
    on_foot = {minutes: Journey((walk(minutes),)) for minutes in (20, 21)}
    assert in_order([early, late], walk(20), None, arrive_by=False) == [on_foot[20], early, late]
    assert in_order([early, late], walk(21), walk(9), arrive_by=False) == [
        early, late, on_foot[21], Journey((walk(9),)),
    ]  # fmt: skip
    assert in_order([], walk(90), None, arrive_by=False) == [Journey((walk(90),))]
    assert in_order([late], walk(20), None, arrive_by=True)[0] == late, "it lets one leave later"


@given(JOURNEYS, st.none() | st.integers(0, 90))
def test_all_rules_at_once(found: list[Journey], walk_min: int | None) -> None:
    on_foot = None if walk_min is None else walk(walk_min)
    expected = without_detours(without(quicker_than_walking(found, on_foot), RULES))
    assert worth_showing(found, on_foot) == expected
