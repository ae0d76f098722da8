"""The search as reachability in a time-expanded graph of networkx (Pyrga, Schulz, Wagner, Zaroliagis 2008, section 3).

Every node is a stay at one place at one moment, so moments need no labels: what is left of a journey's cost is the
number of vehicles boarded, and Dijkstra's algorithm settles (node, vehicles) layer by layer. It runs once for each
departure. Nothing here is shared with `rounds`: neither the runs of a day nor the rules of boarding and changing.

    ("wait", stop, t) → ("wait", stop, t')   waiting for the next moment at which something leaves the stop
    ("wait", stop, t) → ("gone", run, i)     boarding, 1 vehicle
    ("gone", run, i) → ("come", run, i + 1)  riding
    ("come", run, i) → ("gone", run, i)      staying aboard while the vehicle stands
    ("come", run, last) → ("gone", then, 0)  staying seated as the run goes on as another
    ("come", run, i) → ("wait", stop', t)    changing: the first moment at which something leaves stop' afterwards
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import networkx as nx
import numpy as np

from transit.routing.timetable import Schedule

Node = int
"""Its number: networkx is quicker with them than with names."""
Edges = Mapping[Node, Mapping[Node, Mapping[str, int]]]
Run = tuple[int, int]
"""Trip and service day."""
Journey = tuple[float, float, int]
"""Leave, arrive, vehicles."""
NOT_AVAILABLE = 1


class Expanded:
    """The graph of all trips under way in a window; times are seconds after `from_at`."""

    def __init__(
        self,
        schedule: Schedule,
        from_at: int,
        until_at: int,
        *,
        slack: int = 0,
        links: Collection[tuple[int, int]] = (),
        modes: Collection[int] | None = None,
    ) -> None:
        self.graph: nx.DiGraph[Node] = nx.DiGraph()
        self.numbers: dict[tuple[str, int, int], Node] = {}
        self.boardings: dict[int, list[tuple[int, Node]]] = defaultdict(list)
        """Of each stop: moment, and the node of having boarded."""
        self.alightings: dict[int, list[tuple[int, Node]]] = defaultdict(list)
        """Of each stop: moment, and the node of still being aboard."""
        runs = _runs(schedule, from_at, until_at, modes)
        for (trip, day), shift in runs.items():
            self._ride(schedule, (trip, day), shift)
        for before, after in links:
            for day in (day for trip, day in runs if trip == before and (after, day) in runs):
                self._joint(schedule, (before, day), (after, day), runs)
        self._change(schedule, slack)
        self.onward: Edges = dict(self.graph.adjacency())
        self.back: Edges = dict(self.graph.reverse().adjacency())

    def leaving_between(
        self, access: Mapping[int, int], egress: Mapping[int, int], window: tuple[int, int], vehicles: int
    ) -> set[Journey]:
        """All best journeys that leave in the window; at its only moment if it is but one."""
        low, high = window
        starts: dict[int, list[Node]] = defaultdict(list)
        if low == high:
            starts[low] = [node for stop, walk in access.items() for node in self._waiting(stop, low + walk)]
        else:
            for stop, walk in access.items():
                for moment, node in self.boardings[stop]:
                    if low <= moment - walk <= high:
                        starts[moment - walk].append(node)
        first = 0 if low == high else 1  # a boarding is one vehicle already
        found = set()
        for leave, nodes in starts.items():
            reached = layers(self.onward, nodes, vehicles - first)
            for stop, walk in egress.items():
                for moment, node in self.alightings[stop]:
                    if node in reached:
                        found.add((leave, moment + walk, reached[node] + first))
        return _best(found)

    def arriving_between(
        self, access: Mapping[int, int], egress: Mapping[int, int], window: tuple[int, int], vehicles: int
    ) -> set[Journey]:
        """All best journeys that arrive in the window; by its only moment if it is but one."""
        low, high = window
        ends: dict[int, list[Node]] = defaultdict(list)
        for stop, walk in egress.items():
            for moment, node in self.alightings[stop]:
                arrive = moment + walk
                if low == high and arrive <= high:
                    ends[high].append(node)
                elif low <= arrive <= high:
                    ends[arrive].append(node)
        found = set()
        for arrive, nodes in ends.items():
            reached = layers(self.back, nodes, vehicles - 1)
            for stop, walk in access.items():
                for moment, node in self.boardings[stop]:
                    if node in reached:
                        found.add((moment - walk, arrive, reached[node] + 1))
        return _best(found)

    def _node(self, kind: str, place: int, when: int) -> Node:
        """The number of a node."""
        return self.numbers.setdefault((kind, place, when), len(self.numbers))

    def _edge(self, start: Node, end: Node, vehicles: int = 0) -> None:
        self.graph.add_edge(start, end, vehicles=vehicles)

    def _ride(self, schedule: Schedule, run: Run, shift: int) -> None:
        """The nodes of one run, and the edges between them."""
        trip = run[0]
        number = self._number(run)
        sequence = int(schedule.trip_sequence[trip])
        start, end = int(schedule.sequence_start[sequence]), int(schedule.sequence_start[sequence + 1])
        event = int(schedule.trip_event_start[trip])
        last = end - start - 1
        for i in range(last + 1):
            stop = int(schedule.sequence_stops[start + i])
            come, gone = self._node("come", number, i), self._node("gone", number, i)
            if i > 0:
                self._edge(self._node("gone", number, i - 1), come)
                self._edge(come, gone)
                if schedule.sequence_drop_off[start + i] != NOT_AVAILABLE:
                    self.alightings[stop].append((int(schedule.event_arrivals[event + i]) + shift, come))
            if i < last and schedule.sequence_pickup[start + i] != NOT_AVAILABLE:
                self.boardings[stop].append((int(schedule.event_departures[event + i]) + shift, gone))

    def _joint(self, schedule: Schedule, run: Run, then: Run, shifts: Mapping[Run, int]) -> None:
        """Where one run ends and the same vehicle goes on as another: nobody boards or leaves between the two."""
        _, _, ends = _call(schedule, run[0], last=True)
        _, _, begins = _call(schedule, then[0], last=False)
        if schedule.event_arrivals[ends] + shifts[run] <= schedule.event_departures[begins] + shifts[then]:
            aboard = self._node("come", self._number(run), _length(schedule, run[0]) - 1)
            self._edge(aboard, self._node("gone", self._number(then), 0))

    def _number(self, run: Run) -> int:
        """A run as one number."""
        return run[0] * 100_000_000 + run[1]

    def _waiting(self, stop: int, moment: int) -> list[Node]:
        """The node of waiting at a stop from a moment on; none if nothing leaves any more."""
        moments = self.moments.get(stop, [])
        place = bisect_left(moments, moment)
        return [self._node("wait", stop, moments[place])] if place < len(moments) else []

    def _change(self, schedule: Schedule, slack: int) -> None:
        """Waiting, boarding and changing."""
        self.moments = {stop: sorted({moment for moment, _ in events}) for stop, events in self.boardings.items()}
        for stop, events in self.boardings.items():
            for moment, node in events:
                self._edge(self._node("wait", stop, moment), node, 1)
            for moment, then in pairwise(self.moments[stop]):
                self._edge(self._node("wait", stop, moment), self._node("wait", stop, then))
        for stop, events in self.alightings.items():
            first, end = int(schedule.transfer_start[stop]), int(schedule.transfer_start[stop + 1])
            ends = schedule.transfer_stops[first:end].tolist()
            for there, seconds in zip(ends, schedule.transfer_seconds[first:end].tolist(), strict=True):
                for moment, node in events:
                    for waiting in self._waiting(there, moment + seconds + slack):
                        self._edge(node, waiting)


def _runs(schedule: Schedule, from_at: int, until_at: int, modes: Collection[int] | None) -> dict[Run, int]:
    """The trips on days that are under way in the window, with the second at which their service day begins."""
    found = {}
    for trip in range(len(schedule.trip_sequence)):
        if modes is not None and int(schedule.sequence_mode[schedule.trip_sequence[trip]]) not in modes:
            continue
        service = int(schedule.trip_service[trip])
        timezone = schedule.timezones[int(schedule.service_timezone[service])]
        _, _, first = _call(schedule, trip, last=False)
        _, _, last = _call(schedule, trip, last=True)
        begins, ends = int(schedule.event_departures[first]), int(schedule.event_arrivals[last])
        for column in np.flatnonzero(schedule.service_active[service]).tolist():
            day = schedule.first_day + column
            shift = _day_start(day, timezone) - from_at
            if ends + shift >= 0 and begins + shift <= until_at - from_at:
                found[trip, day] = shift
    return found


@cache
def _day_start(day: int, timezone: str) -> int:
    """Unix second of twelve hours before noon, which is not midnight where clocks are changed in between."""
    noon = datetime.combine(date.fromordinal(day), time(12), ZoneInfo(timezone))
    return int((noon.astimezone(UTC) - timedelta(hours=12)).timestamp())


def _length(schedule: Schedule, trip: int) -> int:
    """How many stops a trip calls at."""
    sequence = int(schedule.trip_sequence[trip])
    return int(schedule.sequence_start[sequence + 1]) - int(schedule.sequence_start[sequence])


def _call(schedule: Schedule, trip: int, *, last: bool) -> tuple[int, int, int]:
    """The stop of a trip's first or last call, and where its sequence and its event stand."""
    place = _length(schedule, trip) - 1 if last else 0
    row = int(schedule.sequence_start[schedule.trip_sequence[trip]]) + place
    return int(schedule.sequence_stops[row]), row, int(schedule.trip_event_start[trip]) + place


def layers(edges: Edges, starts: Collection[Node], vehicles: int) -> dict[Node, int]:
    """The fewest vehicles boarded on the way to every node that at most so many lead to.

    Dijkstra's algorithm where edges cost 0 or 1: a layer is settled before the next begins, so no heap is needed.
    """
    found: dict[Node, int] = {}
    layer = list(starts)
    for boarded in range(vehicles + 1):
        boarding: list[Node] = []
        while layer:
            node = layer.pop()
            if node not in found:
                found[node] = boarded
                for then, edge in edges[node].items():
                    (boarding if edge["vehicles"] else layer).append(then)
        layer = boarding
    return found


def _best(journeys: Iterable[Journey]) -> set[Journey]:
    """Those to which no other is at least equal in all three and different."""
    best: set[Journey] = set()
    for leave, arrive, vehicles in sorted(journeys, key=lambda journey: (-journey[0], journey[1], journey[2])):
        # Whatever leaves later, or then and arrives no later, came before.
        if not any(a <= arrive and k <= vehicles for _, a, k in best):
            best.add((leave, arrive, vehicles))
    return best
