"""Whether rules can hold: everything that is wrong with them, with what mends it. Without flaws they can be released.

What is left out has defaults; only zones, hours and a vehicle with a shift must be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from transit.ondemand import area_checks, fare_checks, fleet_checks, rider_checks, time_checks
from transit.ondemand.flaw import SECTIONS, Flaw, outside
from transit.ondemand.rules import Rules

__all__ = ["SECTIONS", "Flaw", "check"]


def check(rules: Rules) -> list[Flaw]:
    """All flaws, in the order of the sections."""
    found = chain(
        area_checks.check(rules),
        time_checks.check(rules),
        fleet_checks.check(rules),
        fare_checks.check(rules),
        rider_checks.check(rules),
        _promise(rules),
    )
    return sorted(found, key=lambda flaw: SECTIONS.index(flaw.section))


def _promise(rules: Rules) -> Iterator[Flaw]:
    promise, minute = rules.promise, 60
    for name, value, least, most in (
        (_("The longest wait in minutes"), promise.wait_s / minute, 1, 24 * 60),
        (_("The pick-up window in minutes"), promise.window_s / minute, 1, 4 * 60),
        (_("The detour factor"), promise.detour_factor, 1, 10),
        (_("The detour in minutes"), promise.detour_s / minute, 0, 4 * 60),
        (_("The longest ride in minutes"), promise.ride_s / minute, 5, 8 * 60),
        (_("The time at a stop in minutes"), promise.boarding_s / minute, 0, 30),
        (_("The time for a wheelchair in minutes"), promise.wheelchair_s / minute, 0, 30),
        (_("The time before a train in minutes"), promise.connection_s / minute, 0, 2 * 60),
    ):
        yield from outside("promise", name, value, least, most)
    if promise.detour_factor == 1 and promise.detour_s == 0 and rules.matching.pooling:
        yield Flaw("promise", _("Rides are shared, but no detour is allowed."), _("Allow a detour of some minutes."))
