"""Who can take a ride: the best of the fleet, with places kept for those who go first, taxis only where nobody else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Final

from transit.ondemand.roster import Roster
from transit.routing.insertion import Option, options
from transit.routing.pooling import Request

Zones = tuple[frozenset[str], frozenset[str]]
NO_SPARE: Final = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a ride can be had. `request` is what the board was asked for: with the places that are kept free."""

    option: Option
    request: Request

    @property
    def shift_id(self) -> int:
        """Whose route it comes into."""
        return int(self.option.shift)


def fit(roster: Roster, request: Request, zones: Zones, *, priority: bool) -> Fit | None:
    """The cheapest way to take a request."""
    earliest_s = request.pickup.earliest_s
    usual = roster.takers(zones, earliest_s)
    for takers in (usual, roster.takers(zones, earliest_s, backup=True) - usual):
        found = [
            Fit(each, asked)
            for asked in _with_spare(roster, replace(request, shifts=takers), earliest_s, priority=priority)
            for each in options(roster.board, asked, 1)
        ]
        if found:
            return min(found, key=lambda each: (each.option.price, each.option.shift))
    return None


def _with_spare(roster: Roster, request: Request, earliest_s: int, *, priority: bool) -> list[Request]:
    """The request with the places that each kind of vehicle keeps for others: as if it took them too."""
    matching, shifts = roster.rules.matching, request.shifts or frozenset()
    if not shifts:
        return []
    if priority or not matching.spare_share or earliest_s - roster.clock_s <= matching.spare_until_s:
        return [request]
    by_spare: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for key in shifts:
        layouts = roster.vehicles[int(key)].layouts
        most = (max(layout[kind] for layout in layouts) for kind in range(len(NO_SPARE)))
        by_spare[tuple(int(each * matching.spare_share) for each in most)].add(key)
    return [
        replace(request, load=tuple(a + b for a, b in zip(request.load, (*spare, 0), strict=True)),
                shifts=frozenset(keys))
        for spare, keys in sorted(by_spare.items())
    ]  # fmt: skip
