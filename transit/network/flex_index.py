"""Rides on demand of all feeds into a network's folder: areas with their stops, services, booking rules."""

from __future__ import annotations

from dataclasses import asdict
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transit.feeds.zones import Area
from transit.network.flex import AREAS, COLUMNS
from transit.network.folder import Writer
from transit.network.merge import Days, Merged
from transit.network.strings import pack
from transit.routing.zones import SAFE_FACTOR, SAFE_OFFSET_S, Areas

F64 = NDArray[np.float64]


def write_flex(writer: Writer, merged: Merged, days: Days, stop_of: NDArray[np.int64], place: tuple[F64, F64]) -> None:
    """Everything; `stop_of` is the stop of each point, `place` lon and lat of the points."""
    rules: list[dict[str, Any]] = []
    areas: list[tuple[Area, int]] = []
    rows: list[tuple[float, ...]] = []
    ids: list[tuple[str, list[int]]] = []
    headsigns: list[str] = []
    for number, feed in enumerate(merged.feeds):
        flex, row_of = feed.gtfs.flex, days.services[number]
        first_area, first_rule = len(areas), len(rules)
        rules += [
            asdict(rule) | {"service": None if rule.service is None else int(row_of[rule.service])}
            for rule in flex.rules
        ]
        areas += [(area, merged.stop[number]) for area in flex.areas]
        for ride in flex.rides:
            said = ride.safe_factor is not None or ride.safe_offset_s is not None
            safe = (ride.safe_factor or 1.0, ride.safe_offset_s or 0.0) if said else (SAFE_FACTOR, SAFE_OFFSET_S)
            places = merged.route[number] + ride.route, ride.origin + first_area, ride.destination + first_area
            takes_s = -1 if ride.takes_s is None else ride.takes_s
            hours = *ride.pickup, *ride.drop_off
            rows.append((*places, int(row_of[ride.service]), *hours, *safe, ride.wheelchair, takes_s))
            ids.append((f"{feed.name}:{ride.trip_id}", [first_rule + rule for rule in ride.rules]))
            headsigns.append(ride.headsign)
    table = np.array(rows, np.float64).reshape(len(rows), len(COLUMNS))
    for column, (name, kind) in enumerate(COLUMNS.items()):
        writer.array(f"flex.{name}", table[:, column].astype(kind))
    writer.strings("flex.ids", pack(key for key, _ in ids))
    writer.strings("flex.headsign", pack(headsigns))
    writer.strings("flex.area_name", pack(area.name for area, _ in areas))
    writer.note("flex", {"rules": rules, "service_rules": [used for _, used in ids]})
    made = _areas(areas, stop_of, place)
    for name in AREAS:
        writer.array(f"flex.{name}", getattr(made, name))


def _areas(areas: list[tuple[Area, int]], stop_of: NDArray[np.int64], place: tuple[F64, F64]) -> Areas:
    """The areas with all stops in them, those of other feeds too; with each area where its feed's stops begin."""
    rings = [ring for area, _ in areas for ring in area.rings]
    points = np.array([point for ring in rings for point in ring], np.float64).reshape(-1, 2)
    boxes = [_box(area) for area, _ in areas]

    def starts(counts: list[int]) -> NDArray[np.uint32]:
        return np.array(list(accumulate(counts, initial=0)), np.uint32)

    bare = Areas(
        starts([len(area.rings) for area, _ in areas]),
        starts([len(ring) for ring in rings]),
        np.ascontiguousarray(points[:, 0]),
        np.ascontiguousarray(points[:, 1]),
        np.array(boxes, np.float64).reshape(-1, 4),
        np.zeros(len(areas) + 1, np.uint32),
        np.zeros(0, np.uint32),
    )
    inside = [
        np.flatnonzero(bare.holds(i, *place))
        if area.rings
        else np.flatnonzero(np.isin(stop_of, np.array(area.stops, np.int64) + first))
        for i, (area, first) in enumerate(areas)
    ]
    stops = np.concatenate([*inside, np.zeros(0, np.int64)]).astype(np.uint32)
    return Areas(bare.area_ring, bare.ring_start, bare.lon, bare.lat, bare.box, starts([len(x) for x in inside]), stops)


def _box(area: Area) -> tuple[float, float, float, float]:
    """West, south, east, north; of a set of stops nothing."""
    lons, lats = ([point[axis] for ring in area.rings for point in ring] or [0.0] for axis in (0, 1))
    return min(lons), min(lats), max(lons), max(lats)
