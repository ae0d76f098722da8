"""A driver rests later or longer than planned, or could not rest in time: others drive whom they can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.features.shuttle import Shuttle, clock_of
from tests.oracles.dispatching import flaws
from tests.transit.ondemand.valley import DAYS, RULES
from transit.models import ServiceDay
from transit.ondemand import shifts
from transit.ondemand.rules import Break, Rules, ShiftPattern
from transit.ondemand.streets import roads_of
from transit.states import IllegalMove

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600
HOME, FAR = (60.100, 24.900), (60.150, 24.980)
(BUS,) = RULES.vehicles


def rules(count: int) -> Rules:
    """Drivers rest for half an hour that begins between a quarter to eleven and twenty past."""
    rests = ShiftPattern(DAYS, 6 * HOUR, 22 * HOUR, (Break(10 * HOUR + 2700, 11 * HOUR + 1200, 1800),))
    fleet = tuple(replace(BUS, code=f"v{i}", name=f"Bus {i}", shifts=(rests,)) for i in range(1, count + 1))
    return replace(RULES, vehicles=fleet)


def break_of(shuttle: Shuttle, vehicle: str = "v1") -> str:
    (line,) = [each for each in shuttle.manifest(vehicle) if each.endswith("break")]
    return line[:5]


def nothing_wrong(shuttle: Shuttle) -> bool:
    day = ServiceDay.objects.get(service__code=shuttle.code)
    return flaws(day.pk, roads_of(shuttle.rule_set), int(shuttle.now.timestamp())) == []


def test_it_begins_when_the_driver_says() -> None:
    shuttle = Shuttle(rules(1))
    shuttle.books("Aino", HOME, FAR, "12:00")
    shifts.begin(shuttle.shift("v1"), shuttle.now)
    shuttle.goes_to("11:55")
    shifts.pause(shuttle.shift("v1"), shuttle.now)
    assert break_of(shuttle) == "11:55"
    told = clock_of(shuttle.ride("Aino").planned_pickup_at)
    assert told == "12:25", "until then nobody drives"
    assert shuttle.told("Aino")[-1] == "broken: 12:25 v1"
    assert nothing_wrong(shuttle)
    shifts.pause(shuttle.shift("v1"), shuttle.now)
    shuttle.goes_to("12:10")
    shifts.resume(shuttle.shift("v1"), shuttle.now)
    assert clock_of(shuttle.ride("Aino").planned_pickup_at) == "12:10", "it was short"
    assert nothing_wrong(shuttle)


def test_said_again_it_is_the_same_break() -> None:
    later = Break(13 * HOUR, 14 * HOUR, 1800)
    (bus,) = rules(1).vehicles
    (rests,) = bus.shifts
    both = replace(rests, breaks=(*rests.breaks, later))
    shuttle = Shuttle(replace(RULES, vehicles=(replace(bus, shifts=(both,)),)))
    shuttle.books("Aino", HOME, FAR, "15:00")
    shifts.begin(shuttle.shift("v1"), shuttle.now)
    shuttle.goes_to("11:00")
    begun_at = shuttle.now
    shifts.pause(shuttle.shift("v1"), begun_at)
    shuttle.goes_to("11:30")
    shifts.resume(shuttle.shift("v1"), shuttle.now)
    before = shuttle.manifest("v1")
    shifts.pause(shuttle.shift("v1"), shuttle.now, at=begun_at)
    assert shuttle.manifest("v1") == before, "the second one is still to come"


def test_another_one_comes_meanwhile() -> None:
    shuttle = Shuttle(rules(2))
    ride = shuttle.books("Aino", HOME, FAR, "12:00")
    shifts.begin(shuttle.shift(ride.vehicle), shuttle.now)
    shuttle.goes_to("11:55")
    shifts.pause(shuttle.shift(ride.vehicle), shuttle.now)
    now = shuttle.ride("Aino")
    assert now.vehicle not in ("", ride.vehicle)
    assert (now.told_at, now.latest_at, now.arrive_by) == (ride.told_at, ride.latest_at, ride.arrive_by)
    assert nothing_wrong(shuttle)


def test_nobody_rests_with_people_aboard() -> None:
    shuttle = Shuttle(rules(1))
    shuttle.books("Aino", HOME, FAR, "10:20")
    shifts.begin(shuttle.shift("v1"), shuttle.now)
    shuttle.goes_to("10:20")
    shifts.board(shuttle.references["Aino"], shuttle.now)
    with pytest.raises(IllegalMove):
        shifts.pause(shuttle.shift("v1"), shuttle.now)


def test_others_drive_so_that_one_can_rest_in_time() -> None:
    shuttle = Shuttle(rules(2))
    late = shuttle.books("Aino", HOME, FAR, "10:30").vehicle
    before = shuttle.books("Veikko", FAR, HOME, "10:55")
    assert before.vehicle == late
    shuttle.goes_to("10:15")
    shifts.begin(shuttle.shift(late), shuttle.now)
    shifts.delay(shuttle.shift(late), 14 * 60, shuttle.now)
    assert shuttle.ride("Aino").vehicle == late
    assert break_of(shuttle, late) <= "11:20"
    now = shuttle.ride("Veikko")
    assert (now.vehicle != late, now.latest_at, now.arrive_by) == (True, before.latest_at, before.arrive_by)
    assert nothing_wrong(shuttle)
