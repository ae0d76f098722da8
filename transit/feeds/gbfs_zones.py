"""Geofencing zones of GBFS files."""

from __future__ import annotations

from typing import Any

from transit.feeds.gbfs_reading import Json, Unusable, number_of, texts_of
from transit.routing.rentals import Polygon, Ring, Rule, Zone


def zone_of(row: Json, own: str) -> Zone:
    """A feature: polygons and rules."""
    geometry, about = row.get("geometry"), row.get("properties")
    if not isinstance(geometry, dict) or not isinstance(about, dict):
        raise Unusable("no_geometry")
    areas = geometry.get("coordinates")
    areas = [areas] if geometry.get("type") == "Polygon" else areas
    if geometry.get("type") not in ("Polygon", "MultiPolygon") or not isinstance(areas, list) or not areas:
        raise Unusable("no_geometry")
    return Zone(tuple(map(_polygon, areas)), rules_of(about.get("rules")), texts_of(about, "name", own, needed=False))


def rules_of(listed: Any) -> tuple[Rule, ...]:
    """Rules in their order, of which the first that is about a kind of vehicle holds."""
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise Unusable("no_rules")
    return tuple(map(_rule, listed))


def _rule(row: Any) -> Rule:
    """A rule. Before 3.0 one flag is about the start and the end; `station_parking` allows an end at stations only."""
    if not isinstance(row, dict):
        raise Unusable("no_rules")
    types = row.get("vehicle_type_ids", row.get("vehicle_type_id")) or []
    if not isinstance(types, list):
        raise Unusable("no_rules")
    both = row.get("ride_allowed", True)
    start, end = row.get("ride_start_allowed", both), row.get("ride_end_allowed", both)
    return Rule(
        frozenset(map(str, types)),
        bool(start),
        bool(end) and not row.get("station_parking"),
        bool(row.get("ride_through_allowed", True)),
    )


def _polygon(rings: Any) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise Unusable("no_geometry")
    return tuple(map(_ring, rings))


def _ring(points: Any) -> Ring:
    if not isinstance(points, list) or len(points) < 4 or not all(isinstance(p, list) and len(p) >= 2 for p in points):
        raise Unusable("no_geometry")
    ring = tuple((number_of({"lon": p[0]}, "lon"), number_of({"lat": p[1]}, "lat")) for p in points)
    if any(not (-180 <= lon <= 180 and -90 <= lat <= 90) for lon, lat in ring):
        raise Unusable("impossible_position")
    return ring if ring[0] == ring[-1] else (*ring, ring[0])
