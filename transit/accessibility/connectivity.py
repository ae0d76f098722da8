"""What hangs on what: stops that a line alone connects, links without another way around, parts that no way joins.

Asked of the vehicles of one service day and the walks between their stops, as `network.graph` shows them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

import networkx as nx

from transit.network.graph import transit_graph
from transit.network.store import Network

Json = dict[str, Any]
Graph: TypeAlias = Any
"""A graph of networkx, whose types know neither keys nor data."""
MOST_LISTED = 500


class NoSuchLine(LookupError):
    """No such route runs on the day."""


def closing(network: Network, day: int, routes: Iterable[str]) -> Json:
    """What changes if lines (`feed:route`) do not run.

    The main part is the largest set of stops of which one gets from each to each other. Cut off is what is in it with
    the lines and not without. Pairs are (from, to) with a way from the one to the other. Raises NoSuchLine.
    """
    closed = set(routes)
    before: Graph = transit_graph(network, day)
    if unknown := sorted(closed - {key for _, _, key in before.edges(keys=True)}):
        raise NoSuchLine(", ".join(unknown))
    after = before.copy()
    after.remove_edges_from([edge for edge in before.edges(keys=True) if edge[2] in closed])
    was, still = (_main_part(graph) for graph in (before, after))
    served = {stop for tail, head, kind in after.edges(data="kind") if kind == "ride" for stop in (tail, head)}
    cut_off = [
        {**_named(before, stop), "still_served": stop in served} for stop in sorted(was - still, key=_by_name(before))
    ]
    return {
        "lines": sorted(closed),
        "stops": len(before),
        "main_part": len(was),
        "main_part_after": len(still & was),
        "no_longer_served": len(before) - len(served),
        "pairs": _pairs(before),
        "pairs_after": _pairs(after),
        "cut_off": cut_off,
    }


def critical(network: Network, day: int) -> Json:
    """The links between neighbours without another way around, and the stops through which all must pass.

    Directions do not matter here. `behind` is how many stops the smaller side of a link has; `parts` into how many
    a stop divides what hangs together.
    """
    directed: Graph = transit_graph(network, day)
    graph: Graph = nx.Graph(directed.to_undirected(as_view=True))
    bridges: list[tuple[int, int]] = list(nx.bridges(graph))
    behind = _behind(graph, bridges)
    links = [{**_link(directed, *bridge), "behind": behind[frozenset(bridge)]} for bridge in bridges]
    blocks: dict[int, int] = defaultdict(int)
    block: Any
    for block in nx.biconnected_components(graph):
        for stop in block:
            blocks[stop] += 1
    calls = _departures_by_stop(directed)
    stops = [
        {**_named(directed, stop), "departures": calls[stop], "parts": count}
        for stop, count in blocks.items()
        if count > 1
    ]
    links.sort(key=lambda each: (-each["behind"], -each["departures"], each["from"]["id"], each["to"]["id"]))
    stops.sort(key=lambda each: (-each["departures"], each["id"]))
    return {
        "stops": len(graph), "links": len(links), "through_stops": len(stops),
        "critical_links": links[:MOST_LISTED], "critical_stops": stops[:MOST_LISTED],
    }  # fmt: skip


def islands(network: Network, day: int) -> Json:
    """The parts of the network that no vehicle and no walk joins, the largest first."""
    graph = transit_graph(network, day)
    found = sorted(nx.weakly_connected_components(graph), key=lambda part: (-len(part), min(part)))
    return {"stops": len(graph), "islands": len(found), "parts": [_part(graph, part) for part in found[:MOST_LISTED]]}


def _main_part(graph: Graph) -> set[int]:
    """The largest strongly connected component; of equals the one with the lowest number."""
    return max(nx.strongly_connected_components(graph), key=lambda part: (len(part), -min(part)), default=set())


def _pairs(graph: Graph) -> int:
    """How many ordered pairs of stops have a way; counted on the graph of strongly connected components."""
    small = nx.condensation(nx.DiGraph(graph))
    reached: dict[int, int] = {}
    sizes = {part: len(members) for part, members in small.nodes(data="members")}
    total = 0
    for part in reversed(list(nx.topological_sort(small))):
        # A set of components as the bits of a number: unions are quick.
        bits = 1 << part
        for onward in small.successors(part):
            bits |= reached[onward]
        reached[part] = bits
        onward_stops = sum(size for other, size in sizes.items() if bits >> other & 1)
        total += sizes[part] * (onward_stops - 1)
    return total


def _behind(graph: Graph, bridges: list[tuple[int, int]]) -> dict[frozenset[int], int]:
    """By bridge, the stops on its smaller side: the parts between bridges form trees, whose branches are summed."""
    rest = graph.copy()
    rest.remove_edges_from(bridges)
    part_of = {stop: number for number, part in enumerate(nx.connected_components(rest)) for stop in part}
    sizes: dict[int, int] = defaultdict(int)
    for part in part_of.values():
        sizes[part] += 1
    tree: Graph = nx.Graph((part_of[a], part_of[b], {"bridge": frozenset((a, b))}) for a, b in bridges)
    found: dict[frozenset[int], int] = {}
    for branch in nx.connected_components(tree):
        root, total = next(iter(branch)), sum(sizes[part] for part in branch)
        for parent, child in reversed(list(nx.dfs_edges(tree, root))):
            found[tree.edges[parent, child]["bridge"]] = min(sizes[child], total - sizes[child])
            sizes[parent] += sizes[child]
    return found


def _link(graph: Graph, a: int, b: int) -> Json:
    """A link with what runs over it, both ways together."""
    edges = [(key, facts) for pair in ((a, b), (b, a)) for key, facts in (graph.get_edge_data(*pair) or {}).items()]
    rides = [(key, facts) for key, facts in edges if facts["kind"] == "ride"]
    return {
        "from": _named(graph, a),
        "to": _named(graph, b),
        "lines": sorted({key for key, _ in rides}),
        "departures": sum(facts["departures"] for _, facts in rides),
    }


def _departures_by_stop(graph: Graph) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for tail, _, facts in graph.edges(data=True):
        found[tail] += facts.get("departures", 0)
    return found


def _part(graph: Graph, part: set[int]) -> Json:
    lines = sorted({key for _, _, key, kind in graph.out_edges(part, keys=True, data="kind") if kind == "ride"})
    some = [_named(graph, stop) for stop in sorted(part, key=_by_name(graph))[:MOST_LISTED]]
    return {"size": len(part), "lines": lines, "stops": some}


def _named(graph: Graph, stop: int) -> Json:
    return dict(graph.nodes[stop])


def _by_name(graph: Graph) -> Any:
    return lambda stop: (graph.nodes[stop]["name"], graph.nodes[stop]["id"])
