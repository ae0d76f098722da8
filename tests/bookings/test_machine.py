"""The short form of bar 5; `make bars BARS=machine` is the whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.bookings import machine, mutations
from tests.bookings.invariants import Violation
from tests.bookings.machine import NewWorld

pytestmark = [pytest.mark.exhaustive]
SEEDED: tuple[Any, ...] = (mutations._captures_early, mutations._undoes_nothing)


def test_whatever_happens_in_whatever_order(new_world: NewWorld) -> None:
    if wished := os.environ.get("MAAS_MACHINE"):
        runs, steps, counts = wished.split(",")
        machine.run(new_world, int(runs), int(steps), counts=Path(counts))
    else:
        machine.run(new_world, runs=12, steps=25)


@pytest.mark.parametrize("planner", SEEDED)
def test_the_machine_sees_seeded_bugs(new_world: NewWorld, planner: Any) -> None:
    with pytest.raises(Violation):
        machine.run(new_world, 40, 25, planner=planner)
