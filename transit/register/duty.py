"""Who is late: what is owed, what of it is disclosed and where, reckoned from facts alone.

A duty is kept on a day on which everything owed is disclosed, by the operator's own interfaces or by those of who
discloses for it, over any number of hands. Days are those of the region's calendar; first and last are included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from transit.register.contents import NOTHING, Item, Items, owed

_DAY: Final = timedelta(days=1)


class Standing(StrEnum):
    """How it stands with a duty, the worst first."""

    LATE = "late"
    EXEMPT = "exempt"
    DUE = "due"
    FULFILLED = "fulfilled"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last; an open side is None."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def __and__(self, other: Span) -> Span:
        firsts = [each for each in (self.first, other.first) if each is not None]
        lasts = [each for each in (self.last, other.last) if each is not None]
        return Span(max(firsts, default=None), min(lasts, default=None))


@dataclass(frozen=True, slots=True)
class Reach:
    """The duties that something is about: of a kind, of a level; of every one where that is not said."""

    kind: str = ""
    level: int | None = None

    def covers(self, kind: str, level: int) -> bool:
        """Whether it is about this duty."""
        return self.kind in ("", kind) and self.level in (None, level)

    def shared_with(self, other: Reach) -> Reach | None:
        """What both are about; None where that is nothing."""
        kinds, levels = {self.kind, other.kind} - {""}, {self.level, other.level} - {None}
        if len(kinds) > 1 or len(levels) > 1:
            return None
        return Reach(self.kind or other.kind, self.level or other.level)


@dataclass(frozen=True, slots=True)
class Owed:
    """What an operator has to disclose of a service after `due_on`, and by which law, as the region states it."""

    operator: str
    service: str
    kind: str
    level: int
    due_on: date
    legal_basis: str = ""
    legal_url: str = ""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What an interface of an operator, or its entry in the register, holds of some `services`; None is all of them."""

    operator: str
    items: Items
    where: str
    services: frozenset[str] | None = None
    days: Span = Span()


@dataclass(frozen=True, slots=True)
class Freed:
    """An exemption of an operator; `reason` and `text` are public."""

    operator: str
    reach: Reach
    days: Span
    reason: str = ""
    text: str = ""
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Through:
    """`by` discloses for `operator`."""

    operator: str
    by: str
    reach: Reach
    days: Span


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a reckoning knows, by operator."""

    disclosed: Mapping[str, Sequence[Disclosed]] = field(default_factory=dict)
    freed: Mapping[str, Sequence[Freed]] = field(default_factory=dict)
    through: Mapping[str, Sequence[Through]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an item is disclosed, and whose interface that is."""

    item: Item
    where: str
    by: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A duty on a day. `late_since` is the first day of this lateness; an `exemption` may stand without need."""

    owed: Owed
    standing: Standing
    missing: tuple[Item, ...]
    sources: tuple[Source, ...]
    late_since: date | None = None
    exemption: Freed | None = None


def reckon(duty: Owed, facts: Facts, today: date) -> Reckoned:
    """How it stands with a duty today."""
    items, found, freed = owed(duty.kind, duty.level), list(_disclosed_for(duty, facts)), list(_freed(duty, facts))
    now = [each for each in found if today in each.days]
    missing = items - _all(now)
    exemption = next((each for each in freed if today in each.days), None)
    standing, since = Standing.FULFILLED, None
    if missing:
        standing = Standing.DUE if today <= duty.due_on else Standing.LATE
    if missing and exemption is not None:
        standing = Standing.EXEMPT
    if standing == Standing.LATE:
        since = _late_since(duty, items, found, freed, today)
    sources = [Source(item, each.where, each.operator) for item in Item for each in now if item in items & each.items]
    ordered = tuple(item for item in Item if item in missing)
    return Reckoned(duty, standing, ordered, tuple(dict.fromkeys(sources)), since, exemption)


def find_loop(through: Mapping[str, Sequence[Through]], new: Through) -> tuple[str, ...]:
    """The operators of a chain that would end where it begins, if `new` were added; empty where there is none.

    Only hands that are about the same duty make a loop. Days are not asked: nobody discloses for each other by turns.
    """
    stack: list[tuple[tuple[str, ...], Reach]] = [((new.operator, new.by), new.reach)]
    while stack:
        chain, reach = stack.pop()
        if chain[-1] == new.operator:
            return chain
        for hand in through.get(chain[-1], ()):
            both = reach.shared_with(hand.reach)
            if both is not None and hand.by not in chain[1:]:
                stack.append(((*chain, hand.by), both))
    return ()


def _disclosed_for(duty: Owed, facts: Facts) -> Iterator[Disclosed]:
    """What is disclosed of the service, by its operator or by others, on the days on which all hands are there."""
    stack: list[tuple[str, Span, frozenset[str]]] = [(duty.operator, Span(), frozenset())]
    while stack:
        who, days, before = stack.pop()
        for each in facts.disclosed.get(who, ()):
            if each.services is None or duty.service in each.services:
                yield replace(each, days=days & each.days)
        seen = before | {who}
        hands = (hand for hand in facts.through.get(who, ()) if hand.reach.covers(duty.kind, duty.level))
        stack += [(hand.by, days & hand.days, seen) for hand in hands if hand.by not in seen]


def _freed(duty: Owed, facts: Facts) -> Iterator[Freed]:
    return (each for each in facts.freed.get(duty.operator, ()) if each.reach.covers(duty.kind, duty.level))


def _all(found: Sequence[Disclosed]) -> Items:
    return NOTHING.union(*(each.items for each in found))


def _late_since(duty: Owed, items: Items, found: Sequence[Disclosed], freed: Sequence[Freed], today: date) -> date:
    """The day after the last one that was not late: the due date, or the end of what helped until then."""

    def kept(day: date) -> bool:
        there = _all([each for each in found if day in each.days])
        return items <= there or any(day in each.days for each in freed)

    spans = [each.days for each in found] + [each.days for each in freed]
    ends = {days.last for days in spans if days.last is not None}
    return max((day for day in ends if duty.due_on < day < today and kept(day)), default=duty.due_on) + _DAY
