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
from zoneinfo import ZoneInfo

import networkx as nx

from transit.routing.timetable import Schedule

Node = tuple[str, int, int]
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
        self.boardings: list[tuple[int, int, Node]] = []
        """Stop, moment, and the node of having boarded."""
        self.alightings: list[tuple[int, int, Node]] = []
        """Stop, moment, and the node of still being aboard."""
        runs = _runs(schedule, from_at, until_at, modes)
        for (trip, day), shift in runs.items():
            self._ride(schedule, (trip, day), shift, links)
        for before, after in links:
            for day in (day for trip, day in runs if trip == before and (after, day) in runs):
                self._joint(schedule, (before, day), (after, day), runs)
        self._change(schedule, slack)
        self.backward = self.graph.reverse()

    def leaving_between(
        self, access: Mapping[int, int], egress: Mapping[int, int], window: tuple[int, int], vehicles: int
    ) -> set[Journey]:
        """All best journeys that leave in the window; at its only moment if it is but one."""
        low, high = window
        starts: dict[int, list[Node]] = defaultdict(list)
        if low == high:
            starts[low] = [node for stop, walk in access.items() for node in self._waiting(stop, low + walk)]
        else:
            for stop, moment, node in self.boardings:
                if stop in access and low <= moment - access[stop] <= high:
                    starts[moment - access[stop]].append(node)
        first = 0 if low == high else 1  # a boarding is one vehicle already
        found = set()
        for leave, nodes in starts.items():
            reached = _layers(self.graph, nodes, vehicles - first)
            for stop, moment, node in self.alightings:
                if stop in egress and node in reached:
                    found.add((leave, moment + egress[stop], reached[node] + first))
        return _best(found)

    def arriving_between(
        self, access: Mapping[int, int], egress: Mapping[int, int], window: tuple[int, int], vehicles: int
    ) -> set[Journey]:
        """All best journeys that arrive in the window; by its only moment if it is but one."""
        low, high = window
        ends: dict[int, list[Node]] = defaultdict(list)
        for stop, moment, node in self.alightings:
            if stop in egress:
                arrive = moment + egress[stop]
                if low == high and arrive <= high:
                    ends[high].append(node)
                elif low <= arrive <= high:
                    ends[arrive].append(node)
        found = set()
        for arrive, nodes in ends.items():
            reached = _layers(self.backward, nodes, vehicles - 1)
            for stop, moment, node in self.boardings:
                if stop in access and node in reached:
                    found.add((moment - access[stop], arrive, reached[node] + 1))
        return _best(found)

    def _ride(self, schedule: Schedule, run: Run, shift: int, links: Collection[tuple[int, int]]) -> None:
        """The nodes of one run, and the edges between them."""
        trip = run[0]
        number = self._number(run)
        sequence = int(schedule.trip_sequence[trip])
        start, end = int(schedule.sequence_start[sequence]), int(schedule.sequence_start[sequence + 1])
        event = int(schedule.trip_event_start[trip])
        last = end - start - 1
        for i in range(last + 1):
            stop = int(schedule.sequence_stops[start + i])
            if i > 0:
                self.graph.add_edge(("gone", number, i - 1), ("come", number, i), vehicles=0)
                self.graph.add_edge(("come", number, i), ("gone", number, i), vehicles=0)
                if schedule.sequence_drop_off[start + i] != NOT_AVAILABLE:
                    arrival = int(schedule.event_arrivals[event + i]) + shift
                    self.alightings.append((stop, arrival, ("come", number, i)))
            if i < last and schedule.sequence_pickup[start + i] != NOT_AVAILABLE:
                departure = int(schedule.event_departures[event + i]) + shift
                self.boardings.append((stop, departure, ("gone", number, i)))

    def _joint(self, schedule: Schedule, run: Run, then: Run, shifts: Mapping[Run, int]) -> None:
        """Where one run ends and the same vehicle goes on as another: nobody boards or leaves between the two."""
        _, _, ends = _call(schedule, run[0], last=True)
        _, _, begins = _call(schedule, then[0], last=False)
        if schedule.event_arrivals[ends] + shifts[run] <= schedule.event_departures[begins] + shifts[then]:
            aboard = ("come", self._number(run), _length(schedule, run[0]) - 1)
            self.graph.add_edge(aboard, ("gone", self._number(then), 0), vehicles=0)

    def _number(self, run: Run) -> int:
        """A run as one number."""
        return run[0] * 100_000_000 + run[1]

    def _waiting(self, stop: int, moment: int) -> list[Node]:
        """The node of waiting at a stop from a moment on; none if nothing leaves any more."""
        moments = self.moments.get(stop, [])
        place = bisect_left(moments, moment)
        return [("wait", stop, moments[place])] if place < len(moments) else []

    def _change(self, schedule: Schedule, slack: int) -> None:
        """Waiting, boarding and changing."""
        found: dict[int, set[int]] = defaultdict(set)
        for stop, moment, _ in self.boardings:
            found[stop].add(moment)
        self.moments = {stop: sorted(moments) for stop, moments in found.items()}
        for stop, moments in self.moments.items():
            self.graph.add_nodes_from(("wait", stop, moment) for moment in moments)
            for i in range(1, len(moments)):
                self.graph.add_edge(("wait", stop, moments[i - 1]), ("wait", stop, moments[i]), vehicles=0)
        for stop, moment, node in self.boardings:
            self.graph.add_edge(("wait", stop, moment), node, vehicles=1)
        for stop, moment, node in self.alightings:
            for i in range(int(schedule.transfer_start[stop]), int(schedule.transfer_start[stop + 1])):
                ready = moment + int(schedule.transfer_seconds[i]) + slack
                for waiting in self._waiting(int(schedule.transfer_stops[i]), ready):
                    self.graph.add_edge(node, waiting, vehicles=0)


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
        for column in range(schedule.service_active.shape[1]):
            if schedule.service_active[service, column]:
                day = schedule.first_day + column
                shift = _day_start(day, timezone) - from_at
                begins, ends = schedule.event_departures[first] + shift, schedule.event_arrivals[last] + shift
                if ends >= 0 and begins <= until_at - from_at:
                    found[trip, day] = shift
    return found


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


def _layers(graph: nx.DiGraph[Node], starts: Collection[Node], vehicles: int) -> dict[Node, int]:
    """The fewest vehicles boarded on the way to every node that some reach."""
    if not starts:
        return {}
    lengths = nx.multi_source_dijkstra_path_length(graph, set(starts), vehicles, weight="vehicles")
    return {node: int(length) for node, length in lengths.items()}


def _best(journeys: Iterable[Journey]) -> set[Journey]:
    """Those to which no other is at least equal in all three and different."""
    best: set[Journey] = set()
    for leave, arrive, vehicles in sorted(journeys, key=lambda journey: (-journey[0], journey[1], journey[2])):
        # Whatever leaves later, or then and arrives no later, came before.
        if not any(a <= arrive and k <= vehicles for _, a, k in best):
            best.add((leave, arrive, vehicles))
    return best
