"""While nobody waits a better plan is looked for: whoever gets another vehicle is told, no promise is touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F

from tests.features.shuttle import Shuttle
from tests.oracles.dispatching import flaws
from tests.transit.ondemand.valley import RULES
from transit import tasks
from transit.models import Ride, ServiceDay
from transit.ondemand import edit, improving, rides, shifts, standing
from transit.ondemand.roster import Roster
from transit.ondemand.streets import roads_of

pytestmark = pytest.mark.django_db(transaction=True)
SOUTH, NORTH, WEST, EAST = (60.092, 24.900), (60.158, 24.900), (60.12, 24.81), (60.12, 24.99)
(BUS,) = RULES.vehicles
FLEET = replace(RULES, vehicles=(BUS, replace(BUS, code="v2", name="Bus 2", lon=24.95)))


def crossed(shuttle: Shuttle) -> ServiceDay:
    """A plan that grew by chance: most of those between who was booked have given up."""
    places = (SOUTH, EAST, NORTH, WEST)
    for number in range(12):
        origin, end = places[number % 4], places[(number + 1 + number % 3) % 4]
        shuttle.books(f"P{number}", origin, end, f"{11 + number // 8}:{5 * (number % 8):02}")
    for number in (0, 3, 5, 8):
        rides.cancel(shuttle.references[f"P{number}"], shuttle.now)
    return ServiceDay.objects.get()


def test_no_promise_is_touched() -> None:
    shuttle = Shuttle(FLEET)
    day = crossed(shuttle)
    promised = {each.pk: (each.earliest_at, each.latest_at, each.arrive_by) for each in Ride.objects.all()}
    had = {each.pk: each.shift_id for each in Ride.objects.all()}
    (due,) = improving.list_due(shuttle.now)
    assert due == (day.pk, 0.4)
    assert improving.list_due(shuttle.now) == [], "nothing has changed"
    better = improving.improve(day.pk, 2.0, shuttle.now)
    day.refresh_from_db()
    assert flaws(day.pk, roads_of(shuttle.rule_set), int(shuttle.now.timestamp())) == []
    rows = list(Ride.objects.filter(state="CONFIRMED"))
    assert all((each.earliest_at, each.latest_at, each.arrive_by) == promised[each.pk] for each in rows)
    moved = [each for each in rows if each.shift_id != had[each.pk]]
    assert all(each.shift and each.events.latest("pk").detail["vehicle"] == each.shift.vehicle for each in moved)
    assert better == 0 or len(improving.list_due(shuttle.now)) == 1


def test_what_others_change_meanwhile_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    shuttle = Shuttle(FLEET)
    day = crossed(shuttle)
    monkeypatch.setattr(improving, "WORTH_S", -1e9)
    write, seen = edit.Edit.write, []

    def late(self: edit.Edit) -> bool:
        ServiceDay.objects.filter(pk=day.pk).update(revision=F("revision") + 1)
        seen.append(write(self))
        return seen[-1]

    before = list(Ride.objects.values_list("pk", "shift_id"))
    monkeypatch.setattr(edit.Edit, "write", late)
    monkeypatch.setattr(Roster, "keep", lambda self, ride_id: None)
    assert improving.improve(day.pk, 0.5, shuttle.now) == 0
    assert list(Ride.objects.values_list("pk", "shift_id")) == before
    assert seen in ([], [False])


def test_tasks_do_it(settings: object) -> None:
    shuttle = Shuttle(FLEET)
    day = crossed(shuttle)
    Ride.objects.filter(pk=Ride.objects.latest("pk").pk).update(state="HELD", expires_at=shuttle.now)
    tasks.expire_rides()
    assert Ride.objects.filter(state="EXPIRED").count() == 1
    tasks.watch_day(day_id=day.pk)
    tasks.improve_day(day_id=day.pk, seconds=0.2)
    assert flaws(day.pk, roads_of(shuttle.rule_set), int(shuttle.now.timestamp())) == []


def test_idle_vehicles_wait_where_people_are_expected() -> None:
    shuttle = Shuttle(replace(RULES, vehicles=(BUS,)))
    for number in range(6):
        shuttle.books(f"P{number}", NORTH if number else SOUTH, EAST, f"11:{5 * number:02}")
    # As if they had all ridden a week ago, when it was as late as it is now.
    Ride.objects.update(told_at=shuttle.now - timedelta(days=7) + timedelta(minutes=20))
    day = ServiceDay.objects.get()
    assert standing.position(day.pk, shuttle.now) == 0, "nobody is out yet"
    shifts.begin(shuttle.shift("v1"), shuttle.now)
    assert standing.position(day.pk, shuttle.now) == 1
    (shift,) = shifts.list_shifts("valley", day.date)
    assert (shift.stand_lat, shift.stand_lon) == NORTH
    shuttle.goes_to("10:55")
    assert standing.position(day.pk, shuttle.now) == 0, "it is on its way to somebody"
    shift.refresh_from_db()
    assert shift.stand_lat is None
