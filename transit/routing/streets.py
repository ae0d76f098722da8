"""The street graph that a search runs on: directed edges in CSR form, for walking and cycling."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from transit.routing.kernels.ways import Shapes

U32 = NDArray[np.uint32]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

WALK = 1
BICYCLE = 2
DRIVE = 32
"""Cars. Streets for walking and cycling have no such bit: see Carriageways."""
MOPED = 64
CAR_MPS = 36.2
"""Faster than anywhere allowed."""
MOPED_MPS = 12.5
"""45 km/h."""
TRAFFIC = 1.3
"""How much longer a drive takes than at the speeds allowed; see `driving`."""
STAIRLESS = 4
"""Of what may be walked: without stairs."""
WHEELCHAIR = 8
"""Of what may be walked without stairs: nothing is known that a wheelchair does not pass."""
FIT = 16
"""Of that: it is known to be fit for wheelchairs."""
MAX_SLOPE = 0.083
"""A ramp of 1 : 12, the steepest that ISO 21542 allows for more than a step."""
MIN_WIDTH_M = 0.8
"""The narrowest clear way that the European rules for stations allow at a door (Regulation (EU) 1300/2014)."""


class WayKind(StrEnum):
    """What a stretch of street is to somebody on foot, for ways that have no name."""

    STREET = "street"
    SERVICE = "service"
    PEDESTRIAN = "pedestrian"
    SQUARE = "square"
    FOOTPATH = "footpath"
    PAVEMENT = "pavement"
    CROSSING = "crossing"
    STEPS = "steps"
    CYCLEWAY = "cycleway"
    TRACK = "track"
    PLATFORM = "platform"
    CORRIDOR = "corridor"


WAY_KINDS = tuple(WayKind)


@dataclass(frozen=True)
class Streets:
    """Nodes N, directed edges M. Edges of node v are `edge_start[v]` … `edge_start[v + 1]`.

    Every undirected stretch of street is a pair of directed edges that share their geometry; `edge_modes` has the
    bits WALK and BICYCLE where the edge may be used that way, and beside WALK those that say by whom.
    Degree-2 nodes are contracted into the geometry.
    Geometry of edge e is `shape[shape_start[g]:shape_start[g + 1]]` with g = `edge_geometry[e]`, both end nodes
    included, read backwards where `edge_backward[e]` is 1. Coordinates are (lon, lat), WGS 84.
    """

    node_lon: F64
    node_lat: F64
    edge_start: U32
    """N + 1 offsets."""
    edge_head: U32
    """M: the node that an edge leads to."""
    edge_metres: F32
    edge_modes: U8
    edge_geometry: U32
    edge_backward: U8
    edge_name: U32
    """M: number of the street's name in the network's list of names; 0 is no name."""
    edge_kind: U8
    """M: index of the kind of way in WAY_KINDS."""
    shape_start: U32
    """G + 1 offsets into the geometry points."""
    shape_lon: F64
    shape_lat: F64
    cell_start: U32
    """C + 1 offsets into cell_edges: a grid over the bounding box, row by row from the south-west."""
    cell_edges: U32
    """The edges (one of each pair) whose bounding box touches the cell."""
    grid: F64
    """[west lon, south lat, cell width in degrees of lon, cell height in degrees of lat, columns, rows]."""
    stop_edge: U32
    """S: the edge that a stop is linked to, or NO_EDGE where the streets do not reach."""
    stop_fraction: F32
    """S: where on that edge, 0 at its tail and 1 at its head."""
    stop_offset_m: F32
    """S: how far the stop stands from that point."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def nodes(self) -> int:
        """N."""
        return len(self.edge_start) - 1

    @property
    def shapes(self) -> Shapes:
        """The edges as kernels draw them."""
        ground = self.shape_start, self.shape_lon, self.shape_lat
        return Shapes(self.edge_metres, self.edge_geometry, self.edge_backward, *ground)


@dataclass(frozen=True)
class Carriageways:
    """Where one drives: streets of their own, of which walks need not know, with the bits DRIVE and MOPED."""

    streets: Streets
    edge_kmh: U8
    """M: the speed that is allowed, or usual where that is not known."""
    walk_node: U32
    """N: the node of the streets for walking at the same place, or NO_NODE."""
    turns: U32 = field(default_factory=lambda: np.zeros((0, 3), np.uint32))
    """Turns that are forbidden: rows of an edge, the edge after it, and the bits of those who may not."""

    def __post_init__(self) -> None:
        self.edge_kmh.flags.writeable = self.walk_node.flags.writeable = self.turns.flags.writeable = False

    def timed(self, top_mps: float) -> Streets:
        """The streets with as many metres as one would drive at a top speed in the time that an edge takes, so that
        the shortest way is the quickest, and no shorter than it is in truth.
        """
        mps = np.minimum(self.edge_kmh / 3.6, top_mps)
        return replace(self.streets, edge_metres=(self.streets.edge_metres * (top_mps / mps)).astype(np.float32))


@dataclass(frozen=True)
class Doors:
    """Where stations whose inside is mapped (GTFS pathways) open to the streets. Entrances N, doors D.

    A door is a platform's way through an entrance. A platform with doors is reached from the streets, and left to
    them, through these only. Seconds are those inside the station, NO_WAY where there is none.
    """

    component: NDArray[np.int32]
    """S: platforms with one number belong to one web of pathways; −1 where nothing is known of the inside."""
    lon: F64
    """N: where an entrance is."""
    lat: F64
    edge: U32
    """N: the edge that an entrance is linked to, or NO_EDGE."""
    fraction: F32
    offset_m: F32
    stop: U32
    """D: the platform."""
    entrance: U32
    """D: the entrance, 0 … N − 1."""
    inward_s: NDArray[np.int32]
    """D: from the entrance to the platform."""
    outward_s: NDArray[np.int32]
    """D: from the platform to the entrance."""
    step_free_inward_s: NDArray[np.int32]
    """D: the same without steps."""
    step_free_outward_s: NDArray[np.int32]

    def __post_init__(self) -> None:
        for each in fields(self):
            getattr(self, each.name).flags.writeable = False


NO_WAY = np.int32(-1)
NO_EDGE = np.uint32(0xFFFFFFFF)
NO_NODE = np.uint32(0xFFFFFFFF)
