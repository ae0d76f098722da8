"""A vehicle breaks down, or is late: its riders come with others; who cannot be driven as promised is told at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.features.shuttle import Shuttle, clock_of
from tests.oracles.dispatching import flaws
from tests.transit.ondemand.valley import RULES
from transit.models import ServiceDay, Shift
from transit.ondemand import rides, shifts
from transit.ondemand.edit import Edit, change
from transit.ondemand.rosters import planned
from transit.ondemand.rules import Conduct, Rules
from transit.ondemand.streets import roads_of
from transit.states import IllegalMove

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
HOME, SHOP, FAR = (60.100, 24.900), (60.110, 24.920), (60.150, 24.980)
(BUS,) = RULES.vehicles


def cars(count: int) -> Rules:
    seats = ((4, 0, 0, 2),)
    every = tuple(replace(BUS, code=f"v{i}", name=f"Car {i}", layouts=seats) for i in range(1, count + 1))
    return replace(RULES, vehicles=every, conduct=Conduct(no_show_wait_s=300))


def nothing_wrong(shuttle: Shuttle) -> bool:
    day = ServiceDay.objects.get(service__code=shuttle.code)
    return flaws(day.pk, roads_of(shuttle.rule_set), int(shuttle.now.timestamp())) == []


def test_others_come() -> None:
    shuttle = Shuttle(cars(2))
    first = shuttle.books("Aino", HOME, FAR, "11:00")
    shuttle.goes_to("10:00")
    shifts.begin(shuttle.shift(first.vehicle), shuttle.now)
    shifts.break_down(shuttle.shift(first.vehicle), shuttle.now)
    now = shuttle.ride("Aino")
    assert now.vehicle != first.vehicle
    assert (now.told_at, now.latest_at, now.arrive_by) == (first.told_at, first.latest_at, first.arrive_by)
    assert shuttle.told("Aino")[-1] == f"11:00 {now.vehicle}"
    assert shuttle.manifest(first.vehicle) == []
    assert nothing_wrong(shuttle)


def test_nobody_else_can_in_time() -> None:
    shuttle = Shuttle(cars(2))
    shuttle.books("Aino", HOME, FAR, "9:40")
    other = "v2" if shuttle.ride("Aino").vehicle == "v1" else "v1"
    shifts.break_down(shuttle.shift(other), shuttle.now)
    shuttle.goes_to("09:38")
    shifts.begin(shuttle.shift(shuttle.ride("Aino").vehicle), shuttle.now)
    shifts.delay(shuttle.shift(shuttle.ride("Aino").vehicle), 1800, shuttle.now)
    assert shuttle.told("Aino")[-1].startswith("broken: 10:")
    assert shuttle.ride("Aino").state == "CONFIRMED"
    assert nothing_wrong(shuttle)
    shifts.break_down(shuttle.shift(shuttle.ride("Aino").vehicle), shuttle.now)
    assert shuttle.ride("Aino").state == "CANCELLED"
    last = rides.changes_since(0)[-1]
    assert (last.reference, last.new, last.detail) == (
        shuttle.references["Aino"], "CANCELLED", {"broken": True, "reason": "no_vehicle"},
    )  # fmt: skip


def stranded(shuttle: Shuttle) -> list[str]:
    """Aino stands by the road at five past ten; the vehicles that she has had and has now."""
    ride = shuttle.books("Aino", HOME, FAR, "10:00")
    shuttle.goes_to("10:00")
    shifts.begin(shuttle.shift(ride.vehicle), shuttle.now)
    shifts.board(shuttle.references["Aino"], shuttle.now)
    shuttle.goes_to("10:05")
    shifts.seen(shuttle.shift(ride.vehicle), 24.93, 60.12, shuttle.now)
    shifts.break_down(shuttle.shift(ride.vehicle), shuttle.now)
    return [ride.vehicle, shuttle.ride("Aino").vehicle]


def test_who_is_aboard_is_fetched() -> None:
    shuttle = Shuttle(cars(2))
    first, _ = stranded(shuttle)
    now = shuttle.ride("Aino")
    assert (now.state, now.vehicle != first) == ("BOARDED", True)
    assert "broken" in shuttle.told("Aino")[-1]
    met, there = shifts.manifest(shuttle.shift(now.vehicle))
    assert met.place is not None
    assert (met.what, met.place.lon, met.place.lat, there.what) == ("pickup", 24.93, 60.12, "drop_off")
    shuttle.now = met.planned_at
    shifts.board(shuttle.references["Aino"], shuttle.now)
    shuttle.now = there.planned_at
    assert shifts.finish(shuttle.references["Aino"], shuttle.now).state == "DONE"


def met_at(shuttle: Shuttle, vehicle: str) -> tuple[float, float]:
    first = next(each for each in shifts.manifest(shuttle.shift(vehicle)) if each.done_at is None)
    assert first.place is not None
    assert first.what == "pickup"
    return first.place.lon, first.place.lat


def test_she_is_fetched_where_she_is_whoever_comes() -> None:
    shuttle = Shuttle(cars(3))
    _, second = stranded(shuttle)
    shifts.begin(shuttle.shift(second), shuttle.now)
    shifts.delay(shuttle.shift(second), 3600, shuttle.now)
    third = shuttle.ride("Aino").vehicle
    assert third != second
    assert met_at(shuttle, third) == (24.93, 60.12)
    assert nothing_wrong(shuttle)


def test_the_vehicle_that_broke_down_fetches_her_in_the_end() -> None:
    shuttle = Shuttle(cars(2))
    first, second = stranded(shuttle)
    shifts.begin(shuttle.shift(first), shuttle.now)
    shifts.break_down(shuttle.shift(second), shuttle.now)
    assert shuttle.ride("Aino").vehicle == first
    assert met_at(shuttle, first) == (24.93, 60.12)
    assert nothing_wrong(shuttle)
    shuttle.goes_to("10:10")
    shifts.board(shuttle.references["Aino"], shuttle.now)
    shuttle.goes_to("10:25")
    assert nothing_wrong(shuttle)
    assert shifts.finish(shuttle.references["Aino"], shuttle.now).state == "DONE"


def test_nobody_can_fetch_her() -> None:
    shuttle = Shuttle(cars(2))
    _, second = stranded(shuttle)
    shifts.break_down(shuttle.shift(second), shuttle.now)
    assert (shuttle.ride("Aino").state, shuttle.ride("Aino").vehicle) == ("BOARDED", "")
    assert rides.changes_since(0)[-1].detail == {"broken": True, "reason": "no_vehicle"}
    assert nothing_wrong(shuttle)


def test_whoever_is_left_goes_on_with_the_mended_vehicle() -> None:
    shuttle = Shuttle(cars(2))
    first, second = stranded(shuttle)
    shifts.break_down(shuttle.shift(second), shuttle.now)
    assert shuttle.ride("Aino").vehicle == "", "nobody comes"
    shuttle.goes_to("10:30")
    shifts.begin(shuttle.shift(first), shuttle.now)
    assert shuttle.ride("Aino").vehicle == first
    assert [line[6:] for line in shuttle.manifest(first)] == ["pickup Aino", "drop_off Aino"]
    assert rides.changes_since(0)[-1].detail["vehicle"] == first, "she is told"
    assert nothing_wrong(shuttle)
    shuttle.books("Veikko", HOME, FAR, "11:00", load=(4, 0, 0, 0))
    assert nothing_wrong(shuttle), "there is no room for four beside her"


def test_it_dies_while_the_mended_vehicle_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out with whoever is left, or not out: never out without them."""
    shuttle = Shuttle(cars(2))
    first, second = stranded(shuttle)
    shifts.break_down(shuttle.shift(second), shuttle.now)
    write = Edit.write

    def last(edit: Edit) -> bool:
        monkeypatch.setattr(Edit, "write", died)
        return write(edit)

    def died(edit: Edit) -> bool:
        raise SystemExit

    monkeypatch.setattr(Edit, "write", last)
    with suppress(SystemExit):
        shifts.begin(shuttle.shift(first), shuttle.now)
    assert (Shift.objects.get(vehicle=first).state, shuttle.ride("Aino").vehicle) == ("OUT", first)
    assert nothing_wrong(shuttle)


def test_she_has_not_waited_by_the_road() -> None:
    shuttle = Shuttle(cars(2))
    _, second = stranded(shuttle)
    aino = shuttle.references["Aino"]
    shifts.begin(shuttle.shift(second), shuttle.now)
    shuttle.now = shuttle.ride("Aino").planned_pickup_at
    shifts.arrive(aino, shuttle.now)
    with pytest.raises(IllegalMove):
        shifts.no_show(aino, shuttle.now)
    with pytest.raises(IllegalMove):
        rides.cancel(aino, shuttle.now)
    shuttle.now += timedelta(minutes=5)
    assert shifts.no_show(aino, shuttle.now).state == "CANCELLED", "she owes nothing"
    assert rides.is_called_off(aino)
    assert nothing_wrong(shuttle)
    assert shuttle.books("Veikko", HOME, FAR, "11:00").vehicle == second


def test_said_to_have_left_but_not_to_have_got_in() -> None:
    shuttle = Shuttle(cars(2))
    _, second = stranded(shuttle)
    shifts.begin(shuttle.shift(second), shuttle.now)
    shuttle.now = shuttle.ride("Aino").planned_drop_off_at
    assert shifts.finish(shuttle.references["Aino"], shuttle.now).state == "DONE"
    assert nothing_wrong(shuttle)
    assert shuttle.books("Veikko", HOME, FAR, "11:00").vehicle == second, "the day goes on"


def test_another_one_has_not_come_yet() -> None:
    shuttle = Shuttle(cars(2))
    first = shuttle.books("Aino", HOME, FAR, "10:00").vehicle
    shuttle.goes_to("10:00")
    shifts.begin(shuttle.shift(first), shuttle.now)
    assert shifts.arrive(shuttle.references["Aino"], shuttle.now).arrived_at == shuttle.now
    shifts.break_down(shuttle.shift(first), shuttle.now)
    now = shuttle.ride("Aino")
    assert now.vehicle not in ("", first)
    assert rides.changes_since(0)[-1].detail["vehicle"] == now.vehicle, "she is told of the other one"
    assert now.arrived_at is None, "nobody can say yet that she is not there"


def test_it_comes_too_late_and_is_there() -> None:
    shuttle = Shuttle(cars(1))
    shuttle.books("Aino", HOME, FAR, "9:40")
    shifts.begin(shuttle.shift("v1"), shuttle.now)
    shuttle.goes_to("10:10")
    assert shifts.arrive(shuttle.references["Aino"], shuttle.now).arrived_at == shuttle.now
    last = rides.changes_since(0)[-1].detail
    assert (last["arrived"], last["broken"]) == (True, True)


def test_late_by_the_clock() -> None:
    shuttle = Shuttle(cars(1))
    shuttle.books("Aino", HOME, FAR, "9:40")
    shifts.begin(shuttle.shift("v1"), shuttle.now)
    shuttle.goes_to("09:50")
    shifts.watch(ServiceDay.objects.get().pk, shuttle.now)
    assert shuttle.told("Aino")[-1] == "CONFIRMED", "within the window"
    shuttle.goes_to("10:10")
    shifts.watch(ServiceDay.objects.get().pk, shuttle.now)
    assert shuttle.told("Aino")[-1] == "broken: 10:10 v1"
    assert nothing_wrong(shuttle)


def test_somebody_does_not_come() -> None:
    shuttle = Shuttle(cars(1))
    shuttle.books("Aino", HOME, FAR, "9:40")
    shuttle.books("Veikko", SHOP, FAR, "9:45")
    aino = shuttle.references["Aino"]
    shuttle.goes_to("09:40")
    shifts.begin(shuttle.shift("v1"), shuttle.now)
    shifts.arrive(aino, shuttle.now)
    with pytest.raises(IllegalMove):
        shifts.no_show(aino, shuttle.now)
    shuttle.goes_to("09:45")
    assert shifts.no_show(aino, shuttle.now).state == "NO_SHOW"
    assert [line[6:] for line in shuttle.manifest("v1")] == ["pickup Veikko", "drop_off Veikko"]
    shifts.end(shuttle.shift("v1"), shuttle.now)
    assert shuttle.ride("Veikko").state == "CANCELLED"


def test_a_train_is_late() -> None:
    shuttle = Shuttle(cars(1))
    shuttle.books("Aino", HOME, FAR, "10:00")
    assert shifts.move(shuttle.references["Aino"], shuttle.at("10:20"), shuttle.now)
    assert clock_of(shuttle.ride("Aino").told_at) == "10:20"
    assert shuttle.told("Aino")[-1] == "10:20 v1"
    assert not shifts.move(shuttle.references["Aino"], shuttle.at("10:20"), shuttle.now), "once"
    before = shuttle.books("Veikko", FAR, HOME, "11:00")
    shuttle.books("Helmi", FAR, (60.095, 24.82), "11:30", load=(4, 0, 0, 0))
    assert not shifts.move(shuttle.references["Veikko"], shuttle.at("11:40"), shuttle.now), "Helmi would be harmed"
    assert shuttle.ride("Veikko") == before


def test_said_twice_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a train is late is said by two at once: it is moved once."""
    shuttle = Shuttle(cars(1))
    shuttle.books("Aino", HOME, FAR, "10:00")
    aino = shuttle.references["Aino"]

    def slower(*said: Any) -> Any:
        monkeypatch.setattr(shifts, "change", change)
        assert shifts.move(aino, shuttle.at("10:10"), shuttle.now)
        return change(*said)

    monkeypatch.setattr(shifts, "change", slower)
    assert not shifts.move(aino, shuttle.at("10:10"), shuttle.now)
    assert clock_of(shuttle.ride("Aino").told_at) == "10:10"


def test_where_it_is_said_to_be_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan does not bring a vehicle back to where it was when the plan was read."""
    shuttle = Shuttle(cars(1))
    shuttle.books("Aino", HOME, FAR, "10:00")
    pk, write = shuttle.shift("v1"), Edit.write
    shifts.seen(pk, 24.91, 60.11, shuttle.now)

    def later(edit: Edit) -> bool:
        shifts.seen(pk, 24.93, 60.12, shuttle.now)
        return write(edit)

    monkeypatch.setattr(Edit, "write", later)
    shifts.begin(pk, shuttle.now)
    shuttle.books("Veikko", HOME, FAR, "11:00")
    assert (Shift.objects.get().lon, Shift.objects.get().lat) == (24.93, 60.12)
    with planned(Shift.objects.get().day_id, shuttle.now) as roster:
        assert (roster.shifts[pk].lon, roster.shifts[pk].lat) == (24.93, 60.12)
