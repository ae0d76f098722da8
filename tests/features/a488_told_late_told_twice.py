"""A phone tells late, twice, or by a wrong clock what its driver did: it counts as it was, and once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from bookings.models import DriverAction
from tests.features.riders import HILL, LAKE, Riders
from transit.models import Shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def valley(monday: time_machine.Traveller, transactional_db: None) -> Riders:
    """Aino has a ride at ten; the shift is taken, and the phone was heard of at nine."""
    found = Riders(clock=monday)
    found.buys("Aino Kanerva", HILL, LAKE, "10:00")
    found.goes_to("09:00")
    found.takes()
    return found


def action(valley: Riders, what: str, at: datetime, **said: Any) -> dict[str, Any]:
    """What the phone keeps of a button."""
    about = str(valley.references["Aino Kanerva"]) if what in ("arrive", "board", "no_show", "finish") else None
    return {"key": str(uuid4()), "what": what, "at": at.isoformat(), "reference": about, **said}


def was_there(valley: Riders, clock: str) -> bool:
    """Whether the vehicle came at a time, to the second."""
    at = valley.ride("Aino Kanerva").arrived_at
    return at is not None and abs(at - valley.at(clock)) < timedelta(seconds=1)


def test_a_clock_that_is_wrong_is_put_right(valley: Riders) -> None:
    valley.goes_to("10:02")
    wrong = valley.now - timedelta(days=400)
    body = {"sent_at": wrong.isoformat(), "actions": [action(valley, "arrive", wrong - timedelta(minutes=1))]}
    address = f"/api/v1/driver/shifts/{valley.shift('v1')}/actions"
    answer = valley.driver.post(address, json.dumps(body), content_type="application/json")
    assert answer.json()["actions"][0]["outcome"] == "done"
    assert was_there(valley, "10:01")


def test_nobody_was_there_before_the_phone_was_heard_of(valley: Riders) -> None:
    shift = valley.shift("v1")
    valley.goes_to("10:11")
    assert valley.does(shift, "pause") == "done"
    valley.goes_to("10:12")
    late = [action(valley, "arrive", valley.at("09:59")), action(valley, "no_show", valley.now)]
    assert [each["outcome"] for each in valley.send(shift, late)] == ["done", "too_soon"]
    assert was_there(valley, "10:09"), "two minutes are allowed to clocks"


def test_a_delay_counts_once(valley: Riders) -> None:
    shift = valley.shift("v1")
    planned = valley.ride("Aino Kanerva").planned_pickup_at
    valley.goes_to("09:55")
    pressed = [action(valley, "delay", valley.at("09:50"), minutes=minutes) for minutes in (10, 12)]
    for _ in range(2):
        assert [each["outcome"] for each in valley.send(shift, pressed)] == ["done", "done"]
        assert valley.ride("Aino Kanerva").planned_pickup_at - planned == timedelta(minutes=12)
        DriverAction.objects.filter(what="delay").update(outcome="")  # as if it had died before it was written down
    assert [each.detail["minutes"] for each in DriverAction.objects.filter(what="delay").order_by("pk")] == [10, 12]


def test_late_on_a_shift_that_is_no_more(valley: Riders) -> None:
    shift = valley.shift("v1")
    Shift.objects.filter(pk=shift).delete()
    assert valley.does(shift, "delay", minutes=10) == "not_now"
