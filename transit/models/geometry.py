"""Polygons that people draw: within limits, and such that inside and outside can be told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.validation import explain_validity

MAX_BYTES, MAX_RINGS, MAX_VERTICES = 1_000_000, 50, 10_000


def check_geometry(field: str, geometry: Any) -> None:
    """A GeoJSON Polygon or MultiPolygon (RFC 7946) in WGS 84 within the limits. Raises ValidationError."""
    if len(json.dumps(geometry)) > MAX_BYTES:
        raise ValidationError({field: _("The area is too large a file: at most 1 MB.")})
    try:
        rings = list(_rings(geometry))
        vertices = [(float(point[0]), float(point[1])) for ring in rings for point in ring]
        on_earth = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in vertices)
    except (KeyError, TypeError, ValueError, IndexError) as wrong:
        raise ValidationError({field: _("Write a GeoJSON Polygon or MultiPolygon.")}) from wrong
    if not on_earth or not vertices:
        raise ValidationError({field: _("Write coordinates as [longitude, latitude] in degrees (WGS 84).")})
    if len(rings) > MAX_RINGS or len(vertices) > MAX_VERTICES:
        raise ValidationError({field: _("The area is too detailed: at most 50 rings and 10,000 corners.")})
    if why := _flaw(geometry):
        raise ValidationError(
            {field: _("The border of the area crosses itself or is not closed: %(why)s") % {"why": why}}
        )


def _rings(geometry: Any) -> Iterator[list[Any]]:
    parts: dict[str, Any] = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}
    for part in parts[geometry["type"]]:
        yield from part


def _flaw(geometry: Any) -> str:
    """Why inside and outside cannot be told; empty where they can."""
    try:
        said = explain_validity(shape(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError) as wrong:
        return str(wrong)
    return "" if said == "Valid Geometry" else said
