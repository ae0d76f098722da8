"""The dial-a-ride problem by OR-Tools, as its manual models pick-up and delivery: a peer of our search.

Dimensions of time (windows, ride times as differences of both visits, the span of a vehicle as the length of its route)
and of load. A request may stay out at a price above any plan, without which hardly a first solution is found. That is
by parallel cheapest insertion; then guided local search until the time is over.
"""

from __future__ import annotations

from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from transit.routing.pooling import Problem

DEAR = 10**10


def routes_of(problem: Problem, seconds: float) -> list[list[int]] | None:
    """For each vehicle its visits: i is the pick-up of the i-th request (from 1), n + i its drop-off; None where
    nothing is found. One depot, shifts that are alike, one kind of places.
    """
    requests, shift, n = problem.requests, problem.shifts[0], len(problem.requests)
    calls = [*(each.pickup for each in requests), *(each.dropoff for each in requests)]
    nodes = [shift.start_node, *(call.node for call in calls)]
    service = [0, *(call.service_s for call in calls)]
    ways = problem.travel.seconds[nodes][:, nodes].tolist()
    manager = pywrapcp.RoutingIndexManager(len(nodes), len(problem.shifts), 0)
    model = pywrapcp.RoutingModel(manager)

    def at(index: int) -> int:
        return int(manager.IndexToNode(index))

    length = model.RegisterTransitCallback(lambda a, b: ways[at(a)][at(b)])
    model.SetArcCostEvaluatorOfAllVehicles(length)
    passing = model.RegisterTransitCallback(lambda a, b: service[at(a)] + ways[at(a)][at(b)])
    model.AddDimension(passing, shift.latest_end_s, shift.latest_end_s, False, "time")
    load = [0, *(each.load[0] for each in requests), *(-each.load[0] for each in requests)]
    places = model.RegisterUnaryTransitCallback(lambda a: load[at(a)])
    model.AddDimension(places, 0, shift.capacities[0][0], True, "load")
    time = model.GetDimensionOrDie("time")
    for vehicle in range(len(problem.shifts)):
        time.SetSpanUpperBoundForVehicle(min(shift.max_duration_s, shift.latest_end_s), vehicle)
    for node, call in enumerate(calls, 1):
        time.CumulVar(manager.NodeToIndex(node)).SetRange(call.earliest_s, min(call.latest_s, shift.latest_end_s))
    solver = model.solver()
    for i, request in enumerate(requests, 1):
        start, end = manager.NodeToIndex(i), manager.NodeToIndex(n + i)
        model.AddPickupAndDelivery(start, end)
        solver.Add(model.VehicleVar(start) == model.VehicleVar(end))
        for visit in (start, end):
            model.AddDisjunction([visit], DEAR)
        ride = time.CumulVar(end) - time.CumulVar(start)
        solver.Add(ride >= 0)
        solver.Add(ride <= request.max_ride_s + request.pickup.service_s)
    found = model.SolveWithParameters(_parameters(seconds))
    return None if found is None else [_visits(model, manager, found, each) for each in range(len(problem.shifts))]


def _parameters(seconds: float) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    return parameters


def _visits(model: Any, manager: Any, found: Any, vehicle: int) -> list[int]:
    visits, index = [], found.Value(model.NextVar(model.Start(vehicle)))
    while not model.IsEnd(index):
        visits.append(int(manager.IndexToNode(index)))
        index = found.Value(model.NextVar(index))
    return visits
