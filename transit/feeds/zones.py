"""Where rides on demand go: locations.geojson, location_groups.txt and location_group_stops.txt → areas.

Source: GTFS Schedule reference, GeoJSON (RFC 7946). An area is a zone of rings, or a set of stops.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from transit.feeds.entities import TextColumns
from transit.feeds.notices import Notices

GEOJSON = "locations.geojson"
MAX_BYTES = 64 << 20
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Area:
    """A zone with rings of (lon, lat), holes among them (inside is what an odd number of them holds); or stops."""

    name: str = ""
    rings: tuple[Ring, ...] = ()
    stops: tuple[int, ...] = ()


def read_zones(content: bytes | None, notices: Notices) -> dict[str, Area]:
    """The zones with a geometry that can be used, by their ids."""
    found: dict[str, Area] = {}
    for number, feature in enumerate(_features(content, notices)):
        feature = feature if isinstance(feature, dict) else {}
        key = str(feature.get("id") or "").strip()
        rings = _rings(feature.get("geometry"))
        if not key:
            notices.add("missing_required_element", GEOJSON, "id", [f"feature {number}"])
        elif key in found:
            notices.add("duplicate_geo_json_key", GEOJSON, "id", [key])
        elif rings is None:
            notices.add("invalid_geometry", GEOJSON, "geometry", [key])
        else:
            said = feature.get("properties")
            name = said.get("stop_name") if isinstance(said, dict) else None
            found[key] = Area(name.strip() if isinstance(name, str) else "", rings)
    return found


def read_groups(groups: TextColumns, members: TextColumns, stops: dict[str, int], notices: Notices) -> dict[str, Area]:
    """The location groups that have a stop, by their ids."""
    names: dict[str, str] = {}
    for line, key, name in zip(
        groups.lines, groups.texts("location_group_id"), groups.texts("location_group_name"), strict=True
    ):
        if not key or key in names:
            code = "duplicate_key" if key else "missing_required_field"
            notices.add(code, "location_groups.txt", "location_group_id", [key], lines=[line])
        else:
            names[key] = name
    found: dict[str, list[int]] = {key: [] for key in names}
    for line, key, stop in zip(
        members.lines, members.texts("location_group_id"), members.texts("stop_id"), strict=True
    ):
        for field, value, known in (("location_group_id", key, found), ("stop_id", stop, stops)):
            if value not in known:
                notices.add("foreign_key_violation", "location_group_stops.txt", field, [value], lines=[line])
        if key in found and stop in stops:
            found[key].append(stops[stop])
    empty = [key for key, inside in found.items() if not inside]
    notices.warn("location_group_without_stops", "location_groups.txt", "location_group_id", empty)
    return {key: Area(names[key], stops=tuple(dict.fromkeys(inside))) for key, inside in found.items() if inside}


def _features(content: bytes | None, notices: Notices) -> list[Any]:
    """The features of the file."""
    if content is None:
        return []
    try:
        said = json.loads(content) if len(content) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        said = None
    features = said.get("features") if isinstance(said, dict) else None
    if not isinstance(features, list):
        notices.add("malformed_json", GEOJSON)
        return []
    return features


def _rings(geometry: Any) -> tuple[Ring, ...] | None:
    """The rings of a Polygon or MultiPolygon; None where it is neither or one of them cannot be used."""
    if not isinstance(geometry, dict):
        return None
    parts: Any = geometry.get("coordinates")
    if geometry.get("type") == "Polygon":
        parts = [parts]
    elif geometry.get("type") != "MultiPolygon":
        return None
    try:
        rings = tuple(_ring(ring) for part in parts for ring in part)
    except (TypeError, ValueError, OverflowError):
        return None
    return rings or None


def _ring(points: Any) -> Ring:
    """One closed ring. Raises ValueError and TypeError."""
    ring = [(float(point[0]), float(point[1])) for point in points]
    if any(not (abs(lon) <= 180 and abs(lat) <= 90) for lon, lat in ring):
        raise ValueError("outside the earth")
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])
    if len(set(ring)) < 3:
        raise ValueError("no area")
    return tuple(ring)
