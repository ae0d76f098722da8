"""In-seat transfers: trips that one vehicle runs one after the other become one long trip in the timetable.

GTFS Schedule, trips.txt `block_id` and transfers.txt `transfer_type` 4 and 5 ("Linked trips"): who rides the first trip
to its end may stay seated and ride on in the next. The search then needs to know nothing of it: on the days on which
trips are linked, a *chain* of them runs in place of the trips alone, and a ride in it counts as one vehicle.

A link that transfers.txt names always counts. A link that only a block implies counts where the next trip begins
within MAX_GAP_M and MAX_WAIT_S of the end of the first, and takes people somewhere that neither trip takes them alone.
A vehicle that turns round is no through ride: its next trip ends at a place that the first passed, and the first is no
ring. Nine links of ten in a city's blocks are of that kind, and whole days in one seat would only slow the search.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transit.feeds.ragged import gather, offsets
from transit.network.merge import Calls, Days, Merged
from transit.routing.window import DAY_S, NO_DROP_OFF, NO_PICKUP, service_day_start

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
"""For each day of the calendar whether something holds."""

MAX_GAP_M = 250.0
MAX_WAIT_S = 45 * 60
MAX_BRANCHES = 16
"""A train that is joined and divided more often than that in a day is followed no further."""
IN_SEAT, NOT_IN_SEAT = 4, 5


class Link(NamedTuple):
    """Two trips that one rides in one seat, on the days of `days` (of the first trip); `shift` 1: into the next day."""

    first: int
    second: int
    shift: int
    days: Mask


@dataclass(frozen=True)
class Chains:
    """Chain c runs the trips `trips[start[c]:start[c + 1]]`, `shift` days after its own, on the days of `active[c]`.

    `alone[t]`, of the trips that are in some chain, are the days on which a trip still runs by itself.
    """

    start: I64
    trips: I64
    shift: I64
    active: list[Mask]
    alone: dict[int, Mask]


def links_of(merged: Merged, calls: Calls, days: Days, stop_group: I64, place: F64) -> list[Link]:
    """All links. `stop_group` is equal for the stops of one station, `place` is x and y of the stops in metres."""
    return _Linker(merged, calls, days, stop_group, place).links()


def chains_of(links: list[Link], days: Days) -> Chains:
    """The chains that the links make, as long as they go; a chain crosses from one day into the next once at most."""
    found: dict[tuple[tuple[int, int], ...], Mask] = {}
    alone: dict[int, Mask] = {}
    for group in _connected(links):
        trips = sorted({trip for link in group for trip in (link.first, link.second)})
        runs = {trip: _runs(days, trip) for trip in trips}
        alone |= {trip: mask.copy() for trip, mask in runs.items()}
        rows = [*runs.values(), *(link.days for link in group), *(_next_day(link.days) for link in group)]
        kinds, kind_of = np.unique(np.array(rows), axis=1, return_inverse=True)
        for kind in range(kinds.shape[1]):
            here = np.asarray(kind_of).reshape(-1) == kind
            for chain in _chains_on(group, trips, kinds[:, kind].tolist()):
                found.setdefault(chain, np.zeros(len(here), bool))[here] = True
                for trip, shift in chain:
                    alone[trip] &= ~here | bool(shift)
    return Chains(
        offsets(np.array([len(chain) for chain in found], np.int64)),
        np.array([trip for chain in found for trip, _ in chain], np.int64),
        np.array([shift for chain in found for _, shift in chain], np.int64),
        list(found.values()),
        alone,
    )


def _runs(days: Days, trip: int) -> Mask:
    mask: Mask = days.active[days.trip_service[trip]] == 1
    return mask


def _next_day(mask: Mask) -> Mask:
    """What holds on the day after each day."""
    return np.append(mask[1:], False)


def _connected(links: list[Link]) -> Iterator[list[Link]]:
    """The links, those together that share trips."""
    root: dict[int, int] = {}

    def find(trip: int) -> int:
        while root.setdefault(trip, trip) != trip:
            root[trip] = trip = root[root[trip]]
        return trip

    for link in links:
        root[find(link.second)] = find(link.first)
    groups: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        groups[find(link.first)].append(link)
    yield from groups.values()


def _chains_on(links: list[Link], trips: list[int], kind: list[bool]) -> Iterator[tuple[tuple[int, int], ...]]:
    """The chains of one kind of day: of every trip that follows no other on that day, all ways to ride on."""
    runs, here, tomorrow = kind[: len(trips)], kind[len(trips) :][: len(links)], kind[len(trips) + len(links) :]
    today, later = defaultdict(list), defaultdict(list)
    follows = set()
    for i, link in enumerate(links):
        if here[i]:
            today[link.first].append((link.second, link.shift))
            if not link.shift:
                follows.add(link.second)
        if tomorrow[i] and not link.shift:
            later[link.first].append((link.second, 1))
    for trip, is_running in zip(trips, runs, strict=True):
        if not is_running or trip in follows or not today[trip]:
            continue
        todo: list[tuple[tuple[int, int], ...]] = [((trip, 0),)]
        branches = 0
        while todo and branches < MAX_BRANCHES:
            chain = todo.pop()
            last, shift = chain[-1]
            more = (later if shift else today)[last]
            todo += [(*chain, step) for step in reversed(more)]
            if not more:
                branches += 1
                yield chain


class _Linker:
    """Finds links."""

    def __init__(self, merged: Merged, calls: Calls, days: Days, stop_group: I64, place: F64) -> None:
        self.merged, self.days, self.group, self.place = merged, days, stop_group, place
        first, last = calls.start[:-1], calls.start[1:] - 1
        self.first_s, self.last_s = calls.departure[first].astype(np.int64), calls.arrival[last].astype(np.int64)
        self.first_stop, self.last_stop = merged.event_stop[first], merged.event_stop[last]
        self.mode = calls.mode
        runs = np.bincount(merged.trip_template, minlength=len(merged.trip_template))
        self.is_run = runs[merged.trip_template] > 1
        self._useful: dict[tuple[bytes, bytes], bool] = {}
        self._whole_days: dict[str, Mask] = {}

    def links(self) -> list[Link]:
        """Those that transfers.txt names, and those that blocks imply."""
        kinds, tails, heads = (self.merged.transfers(name).tolist() for name in ("kind", "from_trip", "to_trip"))
        pairs = list(zip(kinds, tails, heads, strict=True))
        named = {(tail, head) for kind, tail, head in pairs if kind in (IN_SEAT, NOT_IN_SEAT)}
        found = [
            link
            for kind, tail, head in pairs
            if kind == IN_SEAT and (NOT_IN_SEAT, tail, head) not in pairs
            for link in self._named(tail, head)
        ]
        return found + [link for block in self._blocks() for link in self._implied(block, named)]

    def _named(self, first: int, second: int) -> Iterator[Link]:
        """The link that transfers.txt names: on the same day where that is in time, else into the next."""
        if not self._fit(first, second):
            return
        days = _runs(self.days, first)
        if self.first_s[second] >= self.last_s[first]:
            yield Link(first, second, 0, days & _runs(self.days, second))
        elif self.first_s[second] + DAY_S >= self.last_s[first]:
            yield Link(first, second, 1, days & _next_day(_runs(self.days, second)) & self._whole(first))

    def _fit(self, first: int, second: int) -> bool:
        """Whether two trips can be one ride: of one kind of vehicle, and no runs of a headway."""
        return bool(self.mode[first] == self.mode[second] and not self.is_run[first] and not self.is_run[second])

    def _whole(self, trip: int) -> Mask:
        """The days in the zone of a trip that last 24 hours; on others times of the next day do not simply follow."""
        zone = self.days.timezones[int(self.days.timezone[self.days.trip_service[trip]])]
        if zone not in self._whole_days:
            count, first = self.days.active.shape[1], self.days.first_day
            starts = [service_day_start(first + i, zone) for i in range(count + 1)]
            self._whole_days[zone] = np.diff(starts) == DAY_S
        return self._whole_days[zone]

    def _begins(self, run: tuple[int, int]) -> int:
        """When a trip leaves, some days later."""
        return int(self.first_s[run[0]]) + run[1] * DAY_S

    def _blocks(self) -> Iterator[list[int]]:
        """The trips of every block of more than one, by their first departure."""
        blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
        for feed, first in zip(self.merged.feeds, self.merged.trip, strict=False):
            for i, block in enumerate(feed.gtfs.trips.block, first):
                if block:
                    blocks[feed.name, block].append(i)
        for trips in blocks.values():
            if len(trips) > 1:
                yield sorted(trips, key=lambda trip: int(self.first_s[trip]))

    def _implied(self, block: list[int], named: set[tuple[int, int]]) -> Iterator[Link]:
        """On each day from every trip of a block to the next, unless transfers.txt speaks of the two."""
        runs = {trip: _runs(self.days, trip) for trip in block}
        later = sorted(((trip, shift) for shift in (0, 1) for trip in block), key=self._begins)
        for first in block:
            left = runs[first].copy()
            for second, shift in later:
                wait_s = self._begins((second, shift)) - int(self.last_s[first])
                if wait_s < 0 or (second == first and not shift):
                    continue
                if wait_s > MAX_WAIT_S or not left.any():
                    break
                days = left & (_next_day(runs[second]) & self._whole(first) if shift else runs[second])
                if not days.any():
                    continue
                left &= ~days
                if (first, second) not in named and self._fit(first, second) and self._is_through(first, second):
                    yield Link(first, second, shift, days)

    def _is_through(self, first: int, second: int) -> bool:
        """Whether the two meet and riding on takes anybody where neither trip takes them alone."""
        end, begin = int(self.last_stop[first]), int(self.first_stop[second])
        if self.group[end] != self.group[begin] and self._away_m(end, [begin]) > MAX_GAP_M:
            return False
        start, passed = int(self.first_stop[first]), self._stops(first)
        is_ring = self.group[start] == self.group[end] or self._away_m(start, [end]) <= MAX_GAP_M
        if not is_ring and self._away_m(int(self.last_stop[second]), passed) <= MAX_GAP_M:
            return False
        one, two = self.group[passed], self.group[self._stops(second)]
        key = one.tobytes(), two.tobytes()
        if key not in self._useful:
            self._useful[key] = _leads_on(one.tolist(), two.tolist())
        return self._useful[key]

    def _stops(self, trip: int) -> I64:
        low, high = self.merged.trip_event[trip : trip + 2].tolist()
        return self.merged.event_stop[low:high]

    def _away_m(self, stop: int, others: I64 | list[int]) -> float:
        """Metres from a stop to the nearest of some others."""
        return float(np.hypot(*(self.place[others] - self.place[stop]).T).min())


def _leads_on(one: list[int], two: list[int]) -> bool:
    """Whether staying seated takes somebody from a place of one trip to one of the next as neither does alone."""
    firsts, first_in_two = _firsts(one[:-1]), _firsts(two)
    lasts, last_in_one = _lasts(two[1:]), _lasts(one)
    return any(
        a != b and firsts[a] >= last_in_one.get(b, -1) and first_in_two.get(a, len(two)) >= lasts[b] + 1
        for a in firsts
        for b in lasts
    )


def _firsts(places: list[int]) -> dict[int, int]:
    """Where each place stands for the first time."""
    return {place: i for i, place in reversed(list(enumerate(places)))}


def _lasts(places: list[int]) -> dict[int, int]:
    """Where each place stands for the last time."""
    return {place: i for i, place in enumerate(places)}


def with_chains(calls: Calls, chains: Chains) -> Calls:
    """The calls of all trips, and after them those of the chains."""
    counts = np.diff(calls.start)[chains.trips]
    events = gather(calls.start[:-1][chains.trips], counts)
    shift_s = np.repeat(chains.shift * DAY_S, counts).astype(np.int32)
    pickup, drop_off = calls.pickup[events], calls.drop_off[events]
    ends = np.append(0, np.cumsum(counts))
    # Where one trip of a chain ends and the next begins nobody gets on the one or off the other.
    inner = np.ones(len(chains.trips), bool)
    inner[chains.start[1:] - 1] = False
    seams = ends[1:][inner]
    pickup[seams - 1], drop_off[seams] = NO_PICKUP, NO_DROP_OFF
    return Calls(
        np.concatenate((calls.start, calls.start[-1] + ends[chains.start[1:]])),
        np.concatenate((calls.mode, calls.mode[chains.trips[chains.start[:-1]]])),
        np.concatenate((calls.point, calls.point[events])),
        np.concatenate((calls.arrival, calls.arrival[events] + shift_s)),
        np.concatenate((calls.departure, calls.departure[events] + shift_s)),
        np.concatenate((calls.pickup, pickup)),
        np.concatenate((calls.drop_off, drop_off)),
    )


def days_with(days: Days, chains: Chains) -> Days:
    """The days on which each trip runs alone, and after them those of the chains."""
    zones, service = days.timezone.tolist(), days.trip_service.tolist()
    active = [row.tobytes() for row in days.active]
    index = {key: i for i, key in enumerate(zip(zones, active, strict=True))}

    def row_of(zone: int, mask: Mask) -> int:
        key = zone, mask.astype(np.uint8).tobytes()
        if key not in index:
            index[key] = len(active)
            active.append(key[1])
            zones.append(zone)
        return index[key]

    for trip, mask in chains.alone.items():
        service[trip] = row_of(zones[service[trip]], mask)
    firsts = chains.trips[chains.start[:-1]].tolist()
    service += [row_of(zones[service[trip]], mask) for trip, mask in zip(firsts, chains.active, strict=True)]
    table = np.frombuffer(b"".join(active), np.uint8).reshape(len(active), days.active.shape[1])
    return Days(np.array(service, np.int64), table, np.array(zones, np.int64), days.timezones, days.first_day)
