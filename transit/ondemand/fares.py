"""What a ride costs each of those who ride, by the fares of the rules. Pure.

The full fare of a person is base + started kilometres + further zones + started minutes, all of the direct way, moved
by supply and demand, at most `cap_minor`. Of that one pays the share of the group or the rider category, whichever is
less; less what changing from or to a timetable takes off; and for luggage. A day costs `day_cap_minor` at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transit.ondemand.rules import Fares

WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Way:
    """The direct way of a ride; `zones` are those that it goes through beyond the first."""

    metres: int
    seconds: int
    zones: int = 0


@dataclass(frozen=True, slots=True)
class Rider:
    """Somebody who rides: a rider category, a group of the rules or none, and what the same day has cost already.

    `accompanies` somebody who needs that, and rides free where the rules say so.
    """

    category: str = "adult"
    group: str = ""
    accompanies: bool = False
    spent_minor: int = 0


@dataclass(frozen=True, slots=True)
class Fare:
    """What somebody pays: `full_minor` as anybody would, `reduced_minor` for who one is, then what is taken off for
    changing, put on for luggage, and what is left after the cap of the day.
    """

    full_minor: int
    reduced_minor: int
    changing_minor: int
    luggage_minor: int
    due_minor: int


def fares_of(
    fares: Fares, way: Way, riders: Sequence[Rider], *, luggage: int = 0, changes: bool = False, moved: int = 0
) -> tuple[Fare, ...]:
    """What each pays, in their order. The first one pays for the luggage.

    `changes`: a ride by timetable is in the same order. `moved`: by how many basis points supply and demand move the
    full fare.
    """
    full = full_minor(fares, way, moved)
    return tuple(
        _fare(fares, full, rider, fares.luggage_minor * luggage if number == 0 else 0, changes=changes)
        for number, rider in enumerate(riders)
    )


def full_minor(fares: Fares, way: Way, moved: int = 0) -> int:
    """What anybody pays."""
    due = fares.base_minor + fares.per_km_minor * -(-way.metres // 1000)
    due += fares.per_zone_minor * way.zones + fares.per_minute_minor * -(-way.seconds // 60)
    due = share_of(due, WHOLE + moved)
    return due if fares.cap_minor is None else min(due, fares.cap_minor)


def share_of(minor: int, basis_points: int) -> int:
    """A share of an amount, half a unit up."""
    return (minor * basis_points + WHOLE // 2) // WHOLE


def _fare(fares: Fares, full: int, rider: Rider, luggage: int, *, changes: bool) -> Fare:
    if rider.accompanies and fares.companion_free:
        reduced = 0
    else:
        names = {rider.category, rider.group} - {""}
        reduced = min((share_of(full, each.share_basis_points) for each in fares.groups if each.group in names),
                      default=full)  # fmt: skip
    off = min(reduced, fares.transfer_minor) if changes else 0
    due = reduced - off + luggage
    if fares.day_cap_minor is not None:
        due = min(due, max(0, fares.day_cap_minor - rider.spent_minor))
    return Fare(full, reduced, off, luggage, due)
