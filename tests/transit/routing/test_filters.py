"""Each rule drops what it should and nothing else."""

from __future__ import annotations

from transit.routing.filters import (
    by_departure,
    quicker_than_walking,
    without_detours,
    without_empty_walks,
    without_worse_neighbours,
)
from transit.routing.journey import Journey, StreetLeg, TransitLeg
from transit.routing.query import Mode


def journey(start_min: int, end_min: int, walk_min: int = 0, vehicles: int = 1) -> Journey:
    """A walk, then rides one after the other."""
    start, end, board = start_min * 60, end_min * 60, (start_min + walk_min) * 60
    step = (end - board) // vehicles
    rides = [TransitLeg(board + i * step, board + (i + 1) * step, 0, 1, 0, 0, 0, 1) for i in range(vehicles)]
    return Journey((StreetLeg(Mode.WALK, start, board, None, 0), *rides))


def walk(minutes: int) -> StreetLeg:
    return StreetLeg(Mode.WALK, 0, minutes * 60, None, None)


def test_who_walks_as_fast_needs_no_bus() -> None:
    slow, same, quick = journey(100, 131), journey(0, 30), journey(50, 79)
    assert quicker_than_walking([slow, same, quick], walk(30)) == [quick]
    assert quicker_than_walking([slow], None) == [slow]


def test_a_walk_of_no_time_is_no_leg() -> None:
    assert len(without_empty_walks(journey(0, 10, 0)).legs) == 1
    assert len(without_empty_walks(journey(0, 10, 1)).legs) == 2
    nothing = Journey((StreetLeg(Mode.WALK, 0, 0, None, None),))
    assert without_empty_walks(nothing) == nothing
    across = Journey((*journey(0, 10).legs, StreetLeg(Mode.WALK, 600, 600, 1, 2), *journey(10, 20).legs))
    assert [leg.start_stop for leg in without_empty_walks(across).legs] == [0, 1, 0], "to another platform in no time"


def test_no_journey_waits_through_the_night_where_another_does_not() -> None:
    quick, slow, night = journey(0, 60), journey(10, 190), journey(20, 201)
    assert without_detours([quick, slow, night]) == [quick, slow]
    assert without_detours([night]) == [night]
    assert without_detours([]) == []


def test_nobody_walks_half_an_hour_to_leave_ten_minutes_later() -> None:
    comfortable, strenuous = journey(0, 40, 5), journey(10, 41, 25)
    assert without_worse_neighbours([comfortable, strenuous]) == [comfortable]


def test_fewer_vehicles_are_worth_a_walk() -> None:
    comfortable, strenuous = journey(0, 40, 5, vehicles=2), journey(10, 41, 25)
    assert without_worse_neighbours([comfortable, strenuous]) == [comfortable, strenuous]


def test_every_departure_of_a_line_stays() -> None:
    line = [journey(at, at + 30, 5) for at in range(0, 120, 10)]
    assert without_worse_neighbours(line) == line


def test_order_is_that_of_departure() -> None:
    late, early = journey(5, 20), journey(0, 30)
    assert by_departure([late, early]) == [early, late]
