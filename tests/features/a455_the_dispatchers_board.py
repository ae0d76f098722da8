"""An operator's dispatcher sees the shifts of the day: who drives, what is late, what is not seen; and can act."""

from __future__ import annotations

from dataclasses import replace

import pytest
import time_machine

from bookings.models import DriverAction
from tests.features.riders import HILL, LAKE, Riders, text_of
from tests.transit.ondemand.valley import RULES
from transit.models import Shift

pytestmark = pytest.mark.django_db(transaction=True)
AINO = "Aino Kanerva"
(BUS,) = RULES.vehicles


@pytest.fixture
def valley(monday: time_machine.Traveller) -> Riders:
    """Two buses, and Aino, who is met at ten."""
    rules = replace(RULES, vehicles=(BUS, replace(BUS, code="v2", name="Bus 2")))
    found = Riders(rules=rules, clock=monday)
    found.buys(AINO, HILL, LAKE, "10:00")
    return found


def board(valley: Riders, **asked: str) -> str:
    if "staff" not in valley.browsers:
        valley.browsers["staff"] = valley.staff("operator_staff")
    return text_of(valley.browsers["staff"].get("/operators/valley/rides", asked).content.decode())


def test_what_is_going_on(valley: Riders) -> None:
    page = board(valley)
    assert page.count("Nobody has taken this shift.") == 2
    assert valley.code_of(AINO) in page
    assert "Aino" not in page, "who it is the driver alone needs"
    vehicle = valley.driven_by(AINO).vehicle
    shift = valley.takes(vehicle)
    page = board(valley)
    assert "Driver: Driver One" in page
    assert "on the road" in page
    assert "The vehicle does not say where it is." in page
    valley.goes_to("10:09")
    assert "1 person is met later than they were told." in board(valley)
    valley.does(shift, "arrive", AINO)
    valley.does(shift, "board", AINO)
    page = board(valley)
    assert "1 taken aboard without a code or a ticket." in page
    assert "1 stop is done." in page
    assert "No shifts on this day." in board(valley, date="2026-11-25")


def test_a_quiet_day(monday: time_machine.Traveller) -> None:
    """Nobody has asked for a ride yet, and the driver can begin all the same."""
    quiet = Riders(clock=monday)
    assert "Bus 1" in board(quiet)
    assert "Take this shift" in text_of(quiet.driver.get("/drive").content.decode())
    shift = quiet.takes()
    assert "Nothing more is to be done at the moment." in quiet.page(shift)


def test_a_shift_is_called_off(valley: Riders) -> None:
    board(valley)
    first = valley.driven_by(AINO)
    staff = valley.browsers["staff"]
    staff.post("/operators/valley/rides/act", {"shift": first.pk, "action": "call_off"})
    assert Shift.objects.get(pk=first.pk).state == "CALLED_OFF"
    assert DriverAction.objects.get(shift=first.pk, what="call_off").driver.email == "operator_staff@valley.example"
    assert valley.driven_by(AINO) != first
    assert "called off" in board(valley)
    assert valley.driver.post(f"/drive/{first.pk}/take").status_code == 404
    staff.post("/operators/valley/rides/act", {"shift": first.pk, "action": "break_down"})
    assert "This is not possible any more" in board(valley)


def test_a_shift_is_freed_of_its_driver(valley: Riders) -> None:
    board(valley)
    shift = valley.takes(valley.driven_by(AINO).vehicle)
    valley.browsers["staff"].post("/operators/valley/rides/act", {"shift": shift, "action": "free"})
    assert valley.driver.get(f"/drive/{shift}").status_code == 404
    assert valley.driver.post(f"/drive/{shift}/take").headers["Location"] == f"/drive/{shift}"


def test_nobody_elses(valley: Riders) -> None:
    shift = valley.driven_by(AINO).pk
    stranger = valley.staff("operator_staff", "elsewhere")
    for who in (stranger, valley.driver, valley.browsers[AINO]):
        assert who.get("/operators/valley/rides").status_code == 404
        assert who.post("/operators/valley/rides/act", {"shift": shift, "action": "call_off"}).status_code == 404
    assert Shift.objects.get(pk=shift).state == "PLANNED"
