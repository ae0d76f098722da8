"""Whose vehicle broke down is on the next driver's page, and gets in there as everybody does."""

from __future__ import annotations

from dataclasses import replace

import pytest
import time_machine

from tests.features.riders import HILL, LAKE, Riders
from tests.transit.ondemand.valley import RULES

pytestmark = pytest.mark.django_db(transaction=True)


def test_she_gets_in_again(monday: time_machine.Traveller) -> None:
    (bus,) = RULES.vehicles
    valley = Riders(rules=replace(RULES, vehicles=(bus, replace(bus, code="v2", name="Bus 2"))), clock=monday)
    valley.buys("Aino Kanerva", HILL, LAKE, "10:00")
    first = valley.ride("Aino Kanerva").vehicle
    shift = valley.takes(first)
    valley.goes_to("10:01")
    assert [valley.does(shift, what, "Aino Kanerva") for what in ("arrive", "board")] == ["done", "done"]
    assert valley.does(shift, "break_down") == "done"
    shift = valley.takes(
        valley.ride("Aino Kanerva").vehicle, who=(other := valley.staff("driver", email="o@x.example"))
    )
    page = valley.page(shift, who=other)
    assert "Pick up" in page
    valley.goes_to("10:04")
    assert valley.does(shift, "no_show", "Aino Kanerva", who=other) == "too_soon", "this vehicle is not there yet"
    assert valley.does(shift, "arrive", "Aino Kanerva", who=other) == "done"
    assert valley.does(shift, "board", "Aino Kanerva", who=other, text="x") == "wrong_code"
    assert valley.does(shift, "board", "Aino Kanerva", who=other) == "done"
    assert "Pick up" not in valley.page(shift, who=other)
    valley.goes_to("10:25")
    assert valley.does(shift, "finish", "Aino Kanerva", who=other) == "done"
    assert valley.ride("Aino Kanerva").state == "DONE"
