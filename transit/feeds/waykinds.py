"""What a way is to somebody on foot: OSM tags → WayKind.

Source: OSM wiki, "Key:highway", "Tag:footway=crossing", "Tag:footway=sidewalk", "Tag:highway=pedestrian" (areas).
"""

from __future__ import annotations

from collections.abc import Mapping

from transit.routing.streets import WayKind

_BY_HIGHWAY = {
    "steps": WayKind.STEPS,
    "pedestrian": WayKind.PEDESTRIAN,
    "footway": WayKind.FOOTPATH,
    "path": WayKind.FOOTPATH,
    "bridleway": WayKind.FOOTPATH,
    "cycleway": WayKind.CYCLEWAY,
    "track": WayKind.TRACK,
    "platform": WayKind.PLATFORM,
    "corridor": WayKind.CORRIDOR,
    "service": WayKind.SERVICE,
}
_BY_USE = {"crossing": WayKind.CROSSING, "sidewalk": WayKind.PAVEMENT}


def kind_of(tags: Mapping[str, str]) -> WayKind:
    """The kind of a way with the key `highway`; a street where nothing more is known."""
    highway = tags.get("highway", "")
    if highway == "pedestrian" and (tags.get("area") == "yes" or tags.get("place") == "square"):
        return WayKind.SQUARE
    use = _BY_USE.get(tags.get(highway, ""))  # footway=crossing, path=crossing, cycleway=crossing
    return use or _BY_HIGHWAY.get(highway, WayKind.STREET)
