"""Bounds from landmarks are below the shortest way, by an independent search of the same graph, and never useless."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from tests.transit.routing.networks import ScheduleText, schedule_texts
from tests.transit.routing.test_raptor import window_of
from transit.routing.kernels.landmarks import UNREACHED, bound_remaining
from transit.routing.timetable import Timetable
from transit.routing.window import assemble, reverse


def graph_of(timetable: Timetable) -> nx.DiGraph[int]:
    """Stops, and between them the seconds of the fastest vehicle or of the transfer."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(timetable.stops))

    def join(tail: int, head: int, seconds: int) -> None:
        known = graph.get_edge_data(tail, head, {"seconds": seconds})["seconds"]
        graph.add_edge(tail, head, seconds=min(known, seconds))

    for pattern in range(timetable.patterns):
        stops = timetable.pattern_stops[slice(*timetable.pattern_stop_start[pattern : pattern + 2].tolist())].tolist()
        trips = int(timetable.pattern_trip_start[pattern + 1] - timetable.pattern_trip_start[pattern])
        events = slice(*timetable.pattern_event_start[pattern : pattern + 2].tolist())
        departures = timetable.departures[events].reshape(len(stops), trips)
        arrivals = timetable.arrivals[events].reshape(trips, len(stops)).T
        for (tail, head), seconds in zip(pairwise(stops), (arrivals[1:] - departures[:-1]).min(axis=1), strict=True):
            join(tail, head, int(seconds))
    for stop in range(timetable.stops):
        for entry in range(*timetable.transfer_start[stop : stop + 2].tolist()):
            join(stop, int(timetable.transfer_stops[entry]), int(timetable.transfer_seconds[entry]))
    return graph


@pytest.mark.hypothesis
@settings(max_examples=200, deadline=None)
@given(schedule_texts())
def test_no_way_undercuts_the_bound(text: ScheduleText) -> None:
    forward = assemble(*window_of(text))
    for timetable in (forward, reverse(forward)):
        backwards = graph_of(timetable).reverse()
        remaining = np.empty(timetable.stops, np.int32)
        for stop in range(timetable.stops):
            ends = {stop: 60, (stop * 7) % timetable.stops: 0}
            shortest: dict[int, float] = dict.fromkeys(range(timetable.stops), float(UNREACHED))
            for end, seconds in ends.items():
                for tail, ride in nx.single_source_dijkstra_path_length(backwards, end, weight="seconds").items():
                    shortest[tail] = min(shortest[tail], ride + seconds)
            stops, seconds_of = np.array(list(ends), np.uint32), np.array(list(ends.values()), np.int32)
            bound_remaining(timetable.landmarks, stops, seconds_of, remaining)
            assert all(remaining[tail] <= shortest[tail] for tail in shortest)
            assert remaining.min() >= 0


@pytest.mark.hypothesis
@settings(max_examples=50, deadline=None)
@given(schedule_texts())
def test_the_bound_of_a_landmark_is_exact(text: ScheduleText) -> None:
    timetable = assemble(*window_of(text))
    landmarks, remaining = timetable.landmarks, np.empty(timetable.stops, np.int32)
    for towards, away in zip(*landmarks, strict=True):
        place = int(np.maximum(towards, away).argmin())
        bound_remaining(landmarks, np.array([place], np.uint32), np.zeros(1, np.int32), remaining)
        shortest = nx.single_source_dijkstra_path_length(graph_of(timetable).reverse(), place, weight="seconds")
        assert {stop: int(remaining[stop]) for stop in shortest} == shortest
