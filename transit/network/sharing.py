"""Finds the stations that several feeds share, by distance and name.

What one feed calls by one name (`groups`: a station with its stops, or namesakes close by) is a *unit*. Units of
different feeds are one place where their names are alike and they are near, as LIMITS has it; the more alike, the
farther apart they may be. Two units of one feed are never joined by this, not even through a third feed. What people
decided stands above all of it. Every pair that was looked at and is near or alike is kept with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from transit.network.merge import Merged
from transit.network.spelling import fold
from transit.network.stations import Decision, Override, Reason

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

LIMITS = ((95.0, 300.0), (85.0, 150.0), (70.0, 30.0))
"""How alike two names must be (0 … 100) for places so many metres apart."""
NEAR_M = 30.0
"""So near, a pair is reported however different its names are."""
_GENERIC = re.compile(
    r"\b(railway station|train station|bus station|bus stop|station"
    r"|rautatieasema|juna-asema|linja-autoasema|asema)\b|(?:駅前|駅|ばす停|停留所)$"
)
"""What some feeds say and others leave out."""
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_NUMBER = re.compile(r"\d+|[一二三四五六七八九十]+(?=丁目|番|号)")


@dataclass(frozen=True)
class Named:
    """All stops of a network: feed, id, name, names in any language, whether it is a station, x and y in metres."""

    feed: I64
    ids: list[str]
    name: list[str]
    names: list[set[str]]
    is_station: NDArray[np.bool_]
    place: F64

    @classmethod
    def of(cls, merged: Merged, names: list[str], others: dict[str, dict[int, str]], place: F64) -> Named:
        """`names` and `others` are the names of the stops on the spot and by language."""
        counts = np.diff(merged.stop)
        spoken = [{name} for name in names]
        for texts in others.values():
            for stop, text in texts.items():
                spoken[stop].add(text)
        ids = [key for feed in merged.feeds for key in feed.outside(feed.gtfs.stops.ids)]
        station = np.concatenate([feed.gtfs.stops.is_station for feed in merged.feeds])
        return cls(np.repeat(np.arange(len(counts)), counts), ids, names, spoken, station, place)


@dataclass(frozen=True)
class Shared:
    """`group` is equal for all stops of one place; `tail` and `head` are the pairs of stops of joined units."""

    group: I64
    tail: I64
    head: I64
    decisions: tuple[Decision, ...]


@dataclass
class _Units:
    """Units by number, and which are one place so far."""

    feed: dict[int, int]
    members: dict[int, list[int]]
    apart: set[frozenset[int]] = field(default_factory=set)
    _of: dict[int, set[int]] = field(default_factory=dict)

    def place_of(self, unit: int) -> set[int]:
        """The units of one place."""
        return self._of.get(unit, {unit})

    def may_join(self, a: int, b: int) -> bool:
        """Whether no two units of one feed, and none that are kept apart, would become one place."""
        left, right = self.place_of(a), self.place_of(b)
        feeds = [self.feed[unit] for unit in left | right]
        return len(set(feeds)) == len(feeds) and not any(frozenset((x, y)) in self.apart for x in left for y in right)

    def join(self, a: int, b: int) -> None:
        """Make the places of two units one."""
        whole = self.place_of(a) | self.place_of(b)
        for unit in whole:
            self._of[unit] = whole

    def places(self) -> Iterator[list[int]]:
        """The places of several units."""
        seen: set[int] = set()
        for unit, whole in sorted(self._of.items()):
            if unit not in seen:
                seen |= whole
                yield sorted(whole)


def shared_of(stops: Named, group: I64, overrides: Iterable[Override]) -> Shared:
    """The shared stations. `group` is that of `groups_of`, feeds apart."""
    units = _Units(
        dict(zip(group.tolist(), stops.feed.tolist(), strict=True)),
        {int(group[part[0]]): part.tolist() for part in _parts(group)},
    )
    candidates = _near(stops, group)
    decided, found = _by_hand(stops, group, units, overrides)
    judged = []
    for (a, b), metres in candidates.items():
        if frozenset((a, b)) not in decided:
            similarity, same_numbers = _alike(stops, units, a, b)
            if similarity >= LIMITS[-1][0] or metres <= NEAR_M:
                judged.append((similarity, same_numbers, metres, a, b))
    for similarity, same_numbers, metres, a, b in sorted(judged, key=lambda row: (-_tier(row[0]), row[2], row[3:])):
        reason = _judge(similarity, same_numbers, metres)
        joined = reason in (Reason.SAME_NAME, Reason.SIMILAR_NAME)
        if joined and not units.may_join(a, b):
            joined, reason = False, Reason.ANOTHER_IS_NEARER
        if joined:
            units.join(a, b)
        found.append(_decision(stops, units, (a, b), metres, similarity, joined, reason))
    label = group.copy()
    pairs: list[tuple[int, int]] = []
    for whole in units.places():
        for a in whole:
            label[units.members[a]] = whole[0]
            pairs += [(x, y) for b in whole if b != a for x in units.members[a] for y in units.members[b]]
    tail, head = np.array(pairs, np.int64).reshape(-1, 2).T
    ordered = sorted(found, key=lambda each: (not each.joined, each.metres, each.first_id, each.second_id))
    return Shared(label, tail, head, tuple(ordered))


def _parts(group: I64) -> list[I64]:
    """The stops of each group."""
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else []


def _near(stops: Named, group: I64) -> dict[tuple[int, int], float]:
    """The pairs of units of different feeds that may be near enough, and how near they come."""
    found: dict[tuple[int, int], float] = {}
    if len(set(stops.feed.tolist())) < 2:
        return found
    a, b = cKDTree(stops.place).query_pairs(LIMITS[0][1], output_type="ndarray").T
    across = stops.feed[a] != stops.feed[b]
    a, b = a[across], b[across]
    metres = np.hypot(*(stops.place[a] - stops.place[b]).T)
    for x, y, away in zip(group[a].tolist(), group[b].tolist(), metres.tolist(), strict=True):
        key = (min(x, y), max(x, y))
        found[key] = min(away, found.get(key, away))
    return found


def _by_hand(
    stops: Named, group: I64, units: _Units, overrides: Iterable[Override]
) -> tuple[set[frozenset[int]], list[Decision]]:
    """Do what people decided; which pairs of units that settles, and the decisions."""
    index = {key: i for i, key in enumerate(stops.ids)}
    settled: set[frozenset[int]] = set()
    found = []
    for each in sorted(overrides, key=lambda each: (each.join, each.first_id, each.second_id)):
        if each.first_id not in index or each.second_id not in index:
            found.append(Decision(each.first_id, "", each.second_id, "", 0, 0, False, Reason.NOT_THERE))
            continue
        x, y = index[each.first_id], index[each.second_id]
        a, b = int(group[x]), int(group[y])
        settled.add(frozenset((a, b)))
        reason = Reason.JOINED_BY_HAND if each.join else Reason.KEPT_APART_BY_HAND
        if each.join:
            units.join(a, b)
        else:
            units.apart.add(frozenset((a, b)))
        metres = float(np.hypot(*(stops.place[x] - stops.place[y])))
        found.append(_decision(stops, units, (a, b), metres, _alike(stops, units, a, b)[0], each.join, reason))
    return settled, found


def _alike(stops: Named, units: _Units, a: int, b: int) -> tuple[float, bool]:
    """How alike the names of two units are at best, 0 … 100, and whether the same numbers stand in those names."""
    best = (-1.0, False)
    names = [
        set().union(*(_forms(name) for stop in units.members[unit] for name in stops.names[stop])) for unit in (a, b)
    ]
    for one in names[0]:
        for other in names[1]:
            numbers = _NUMBER.findall(one) == _NUMBER.findall(other)
            best = max(best, (fuzz.token_sort_ratio(one, other), numbers))
    return best


def _forms(name: str) -> set[str]:
    """A name, and the same without what stands in brackets: a town, a line, a bay of a terminal."""
    return {plain(name), plain(_BRACKETS.sub(" ", name)) or plain(name)}


def plain(name: str) -> str:
    """A name as it is compared: folded, without punctuation and without the word for a station."""
    folded = " ".join(re.sub(r"[^\w\s-]", " ", fold(name)).split())
    return " ".join(_GENERIC.sub(" ", folded).split()) or folded


def _tier(similarity: float) -> int:
    """The better, the higher."""
    return sum(similarity >= least for least, _ in LIMITS)


def _judge(similarity: float, same_numbers: bool, metres: float) -> Reason:
    """What a pair is, taken by itself."""
    if similarity < LIMITS[-1][0]:
        return Reason.NAMES_DIFFER
    if not same_numbers:
        return Reason.NUMBERS_DIFFER
    if metres > max(most for least, most in LIMITS if similarity >= least):
        return Reason.TOO_FAR
    return Reason.SAME_NAME if similarity >= LIMITS[0][0] else Reason.SIMILAR_NAME


def _decision(
    stops: Named, units: _Units, pair: tuple[int, int], metres: float, similarity: float, joined: bool, reason: Reason
) -> Decision:
    a, b = (max(units.members[unit], key=lambda stop: bool(stops.is_station[stop])) for unit in pair)
    first, second = (stops.ids[a], stops.name[a]), (stops.ids[b], stops.name[b])
    return Decision(*first, *second, round(metres), round(similarity), joined, reason)
