"""What the map shows of rules: zones, stops and depots (GeoJSON, RFC 7946)."""

from __future__ import annotations

from typing import Any

from shapely.geometry import mapping

from transit.ondemand.area_checks import shape_of, why_not_an_area
from transit.ondemand.rules import Rules


def drawn(rules: Rules, without: int | None = None) -> dict[str, Any] | None:
    """Zones but one, which is being drawn, and stops; None where there is nothing."""
    zones = [
        _feature(mapping(shape_of(zone.rings)), {"level": 2, "name": zone.name})
        for number, zone in enumerate(rules.zones)
        if number != without and not why_not_an_area(zone.rings)
    ]
    stops = [_point(stop.lon, stop.lat, stop.name, "stop") for stop in rules.stops]
    depots = [_point(each.lon, each.lat, each.name, "end") for each in rules.vehicles if each.lon or each.lat]
    features = [*zones, *stops, *depots]
    return {"type": "FeatureCollection", "features": features} if features else None


def _point(lon: float, lat: float, name: str, role: str) -> dict[str, Any]:
    return _feature({"type": "Point", "coordinates": [lon, lat]}, {"role": role, "name": name})


def _feature(geometry: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
