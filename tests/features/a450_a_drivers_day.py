"""A driver takes a shift, meets people by name and by their code, and leaves without who does not come."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from bookings.models import DriverAction
from tests.features.riders import HILL, LAKE, MILL, Riders
from tests.features.shuttle import load

pytestmark = pytest.mark.db


@pytest.fixture
def valley(monday: time_machine.Traveller, transactional_db: None) -> Riders:
    """Rides with Bus 1."""
    return Riders(clock=monday)


def test_from_the_first_stop_to_the_last(valley: Riders) -> None:
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00", load=load(1, 1))
    shift = valley.takes()
    page = valley.page(shift)
    assert "Bus 1" in page
    assert "Aino K." in page
    assert "Kanerva" not in page
    assert "2 people wheelchair companion" in page
    assert "Hill Road 1" in page
    assert valley.code_of("Aino Kanerva") not in page, "whoever tells it proves to be her"

    valley.goes_to("10:01")
    assert valley.does(shift, "board", "Aino Kanerva", text="0000" + valley.code_of("Aino Kanerva")) == "wrong_code"
    assert valley.does(shift, "arrive", "Aino Kanerva") == "done"
    assert valley.mails("Aino Kanerva") == ["Your vehicle is here"]
    assert f"Tell the driver this code: {valley.code_of('Aino Kanerva')}" in valley.last_mail
    assert valley.does(shift, "board", "Aino Kanerva", text=f" {valley.code_of('Aino Kanerva')} ") == "done"
    assert valley.ride("Aino Kanerva").state == "BOARDED"
    valley.goes_to("10:25")
    assert valley.does(shift, "finish", "Aino Kanerva") == "done"
    assert valley.ride("Aino Kanerva").state == "DONE"
    assert "Nothing more is to be done" in valley.page(shift)
    assert valley.does(shift, "end") == "done"
    assert valley.driver.get(f"/drive/{shift}").status_code == 404, "it is over, and nobody's any more"


def test_the_same_action_counts_once(valley: Riders) -> None:
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00")
    shift, key = valley.takes(), uuid4()
    valley.goes_to("10:01")
    for _ in range(2):
        assert valley.does(shift, "arrive", "Aino Kanerva", key=key) == "done"
    valley.goes_to("10:02")
    assert valley.does(shift, "board", "Aino Kanerva", key=key) == "not_now", "a key is of one action"
    assert DriverAction.objects.filter(what="arrive").count() == 1
    assert valley.mails("Aino Kanerva") == ["Your vehicle is here"]
    assert valley.mails("Aino Kanerva") == []


def test_what_happened_without_a_network_is_told_as_it_was(valley: Riders) -> None:
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00")
    shift = valley.takes()
    valley.goes_to("10:30")
    reference = str(valley.references["Aino Kanerva"])
    there = valley.at("10:02")
    actions = [
        {
            "key": str(uuid4()),
            "what": what,
            "at": (there + timedelta(minutes=after)).isoformat(),
            "reference": reference,
        }
        for what, after in (("arrive", 0), ("board", 1), ("finish", 20))
    ]
    assert [each["outcome"] for each in valley.send(shift, actions)] == ["done"] * 3
    ride = valley.ride("Aino Kanerva")
    assert (ride.state, ride.arrived_at, ride.done_at) == ("DONE", there, there + timedelta(minutes=20))
    assert [each["outcome"] for each in valley.send(shift, actions)] == ["done"] * 3
    assert valley.mails("Aino Kanerva") == [], "a vehicle that has left is not announced"


def test_nobody_is_left_too_soon(valley: Riders) -> None:
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00")
    shift = valley.takes()
    valley.goes_to("09:55")
    assert valley.does(shift, "no_show", "Aino Kanerva") == "too_soon", "the vehicle is not there"
    assert valley.does(shift, "arrive", "Aino Kanerva") == "done"
    valley.goes_to("10:04")
    assert valley.does(shift, "no_show", "Aino Kanerva") == "too_soon", "it came early, and that is nobody's fault"
    assert "Please wait until" in valley.page(shift)
    valley.goes_to("10:12")
    assert valley.does(shift, "no_show", "Aino Kanerva") == "done"
    assert valley.ride("Aino Kanerva").state == "NO_SHOW"
    assert "An operator says that nobody came for its ride" in valley.mails("Aino Kanerva")


def test_codes_cannot_be_guessed(valley: Riders) -> None:
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00")
    shift = valley.takes()
    valley.goes_to("10:01")
    valley.does(shift, "arrive", "Aino Kanerva")
    right = valley.code_of("Aino Kanerva")
    for guess in range(5):
        wrong = f"{(int(right) + 1 + guess) % 10_000:04}"
        assert valley.does(shift, "board", "Aino Kanerva", text=wrong) == "wrong_code"
    assert valley.does(shift, "board", "Aino Kanerva", text=right) == "too_many"
    assert valley.does(shift, "board", "Aino Kanerva") == "done", "the driver knows her"
    assert DriverAction.objects.get(outcome="done", what="board").detail == {"by": "word"}


def test_a_code_without_a_network_is_checked_when_it_is_sent(valley: Riders) -> None:
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00")
    valley.buys("Eino Salo", HILL, MILL, "10:00")
    shift = valley.takes()
    valley.goes_to("10:05")
    valley.does(shift, "arrive", "Aino Kanerva")
    right = valley.code_of("Aino Kanerva")
    assert "proof" not in valley.driver.get(f"/drive/{shift}").content.decode(), "four digits are soon tried"
    assert valley.does(shift, "board", "Aino Kanerva", text=right, offline=True) == "done"
    assert valley.does(shift, "board", "Eino Salo", text=f"9{right}", offline=True) == "done"
    boarded = DriverAction.objects.filter(what="board").order_by("pk")
    assert [each.detail["by"] for each in boarded] == ["code", "word"]


def test_what_one_driver_pressed_is_not_sent_for_the_next(valley: Riders) -> None:
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00")
    shift = valley.takes()
    own = int(valley.driver.session["_auth_user_id"])
    address = f"/api/v1/driver/shifts/{shift}/actions"
    assert f'data-driver="{own}"' in valley.driver.get(f"/drive/{shift}").content.decode()
    for driver, status in ((own, 200), (own + 1, 404)):
        body = json.dumps({"driver": driver, "actions": []})
        assert valley.driver.post(address, body, content_type="application/json").status_code == status


def test_two_at_one_place_are_met_at_once(valley: Riders) -> None:
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00")
    valley.buys("Eino Salo", HILL, MILL, "10:00")
    shift = valley.takes()
    valley.goes_to("10:05")
    assert valley.does(shift, "arrive", "Aino Kanerva") == "done"
    assert valley.ride("Eino Salo").arrived_at is not None
