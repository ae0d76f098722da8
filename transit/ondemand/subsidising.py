"""What subsidies give of a fare, by the region's rules and what is left of their budgets. Pure: no rows, no clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from transit.ondemand.rules import AtCap, Subsidy

_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Room:
    """What a subsidy can still give: money of its budget, rides of the person's month; none where there is no end.

    `queue`: somebody waits for money already, and comes first.
    """

    left_minor: int | None = None
    rides_left: int | None = None
    queue: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What a subsidy gives of one fare. `reduced`: beyond its budget; `waits`: nothing now, so much once it is free."""

    subsidy: str
    payer: str
    minor: int
    reduced: bool = False
    waits: bool = False


def holds(subsidy: Subsidy, groups: Collection[str], purpose: str) -> bool:
    """Whether a subsidy is for such riders and such rides."""
    return (not subsidy.group or subsidy.group in groups) and (not subsidy.purpose or subsidy.purpose == purpose)


def grant(
    subsidies: Sequence[Subsidy],
    groups: Collection[str],
    purpose: str,
    fare_minor: int,
    rooms: Mapping[str, Room],
) -> list[Grant]:
    """What is given of one fare, in the order of the rules, together never more than it.

    A share is of the whole fare, rounded half up. What a budget cannot give whole, it does not give: then holds what
    is declared for its end.
    """
    found: list[Grant] = []
    left = fare_minor
    for subsidy in subsidies:
        given = _given(subsidy, fare_minor, left, rooms.get(subsidy.code, Room()))
        if given is not None and holds(subsidy, groups, purpose):
            left -= given.minor
            found.append(given)
    return found


def after(rooms: Mapping[str, Room], grants: Sequence[Grant]) -> dict[str, Room]:
    """What is left for the next fare of the same order."""
    return dict(rooms) | {each.subsidy: _less(rooms.get(each.subsidy, Room()), each) for each in grants}


def _given(subsidy: Subsidy, fare_minor: int, left: int, room: Room) -> Grant | None:
    if room.rides_left is not None and room.rides_left <= 0:
        return None
    whole = min(left, subsidy.fixed_minor or _share(fare_minor, subsidy.share_basis_points))
    if whole <= 0:
        return None
    if room.left_minor is None or (whole <= room.left_minor and not room.queue):
        return Grant(subsidy.code, subsidy.payer, whole)
    if subsidy.at_cap == AtCap.QUEUE:
        return Grant(subsidy.code, subsidy.payer, whole, waits=True)
    reduced = min(whole, _share(fare_minor, subsidy.reduced_basis_points))
    if subsidy.at_cap == AtCap.REDUCE and reduced > 0:
        return Grant(subsidy.code, subsidy.payer, reduced, reduced=True)
    return None


def _less(room: Room, given: Grant) -> Room:
    spent = 0 if given.reduced or given.waits else given.minor
    return replace(
        room,
        left_minor=None if room.left_minor is None else room.left_minor - spent,
        rides_left=None if room.rides_left is None else room.rides_left - 1,
        queue=room.queue or given.waits,
    )


def _share(minor: int, basis_points: int) -> int:
    return (2 * minor * basis_points + _WHOLE) // (2 * _WHOLE)
