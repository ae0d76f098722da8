"""What is asked of a service, one wish after the other, as a dry run plays it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from transit.ondemand.quote import Spot, Wish

MOST_PLACES: Final = 2000
_FINEST: Final = 0.0005
"""Degrees: about 50 metres."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish and when it was said. Who said it is not known."""

    asked_at: datetime
    wish: Wish


def in_order(asks: Sequence[Ask]) -> list[Ask]:
    """By time, with at most MOST_PLACES places: those that lie in one square are one of them.

    Squares grow until that is so; stops stay what they are.
    """
    size = _FINEST
    while True:
        known: dict[tuple[int, int], Spot] = {}
        found = [_snapped(each, known, size) for each in asks]
        if len(known) <= MOST_PLACES:
            return sorted(found, key=lambda each: each.asked_at)
        size *= 1.5


def _snapped(ask: Ask, known: dict[tuple[int, int], Spot], size: float) -> Ask:
    wish = ask.wish
    ends = [_at(spot, known, size) for spot in (wish.origin, wish.destination)]
    return replace(ask, wish=replace(wish, origin=ends[0], destination=ends[1]))


def _at(spot: Spot, known: dict[tuple[int, int], Spot], size: float) -> Spot:
    return spot if spot.stop else known.setdefault((int(spot.lon // size), int(spot.lat // size)), spot)
