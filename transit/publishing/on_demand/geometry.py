"""Borders → GeoJSON (RFC 7946) whose inside and holes are told apart."""

from __future__ import annotations

from typing import Any

from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.polygon import orient

from transit.ondemand.area_checks import shape_of
from transit.ondemand.rules import Ring


def geometry_of(rings: tuple[Ring, ...]) -> dict[str, Any]:
    """A Polygon or MultiPolygon, outer rings counterclockwise; a single ring keeps its corners as they were drawn."""
    area = Polygon(rings[0]) if len(rings) == 1 else shape_of(rings)
    parts = [orient(part) for part in getattr(area, "geoms", [area])]
    shown: dict[str, Any] = mapping(parts[0] if len(parts) == 1 else MultiPolygon(parts))
    return shown
