"""Who may use a street: OSM tags → permissions per direction, on foot and by bicycle.

Source: OSM wiki, "OSM tags for routing/Access restrictions" (defaults per highway value) and "Key:oneway:bicycle".
"""

from __future__ import annotations

from collections.abc import Mapping

from transit.routing.streets import BICYCLE, WALK

_SHARED = frozenset(
    [
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "road",
        "track",
        "path",
        "cycleway",
    ]
)
_ON_FOOT = _SHARED | frozenset(["footway", "pedestrian", "steps", "corridor", "platform", "bridleway"])
_ALLOWED = frozenset(("yes", "designated", "permissive", "destination", "customers", "official"))
_FORBIDDEN = frozenset(("no", "private", "use_sidepath", "military", "forestry", "agricultural", "delivery", "permit"))
_OPEN_SIDEWALK = frozenset(("yes", "both", "left", "right", "separate"))


def permissions(tags: Mapping[str, str]) -> tuple[int, int]:
    """The bits WALK and BICYCLE along the way's direction and against it; (0, 0) where nobody may."""
    if tags.get("area:highway") or (tags.get("motorroad") == "yes" and not _says(tags, "foot", "bicycle")):
        return 0, 0
    walk, cycle = _walk(tags), _cycle(tags)
    return walk[0] | cycle[0], walk[1] | cycle[1]


def _says(tags: Mapping[str, str], *keys: str) -> bool:
    """Whether one of the keys allows."""
    return any(tags.get(key) in _ALLOWED for key in keys)


def _walk(tags: Mapping[str, str]) -> tuple[int, int]:
    """WALK forwards and backwards."""
    highway, foot = tags.get("highway", ""), tags.get("foot", "")
    if foot in _ALLOWED:
        allowed = True
    elif foot in _FORBIDDEN or tags.get("access") in _FORBIDDEN:
        allowed = False
    else:
        trunk = highway in ("trunk", "trunk_link") and tags.get("sidewalk", "") in _OPEN_SIDEWALK
        allowed = highway in _ON_FOOT or trunk
    if not allowed:
        return 0, 0
    oneway = tags.get("oneway:foot", "no")
    return (0 if oneway == "-1" else WALK), (0 if oneway == "yes" else WALK)


def _cycle(tags: Mapping[str, str]) -> tuple[int, int]:
    """BICYCLE forwards and backwards."""
    highway, bicycle = tags.get("highway", ""), tags.get("bicycle", "")
    if highway == "steps" or bicycle in _FORBIDDEN or bicycle == "dismount":
        return 0, 0
    if bicycle not in _ALLOWED and (tags.get("access") in _FORBIDDEN or highway not in _SHARED):
        return 0, 0
    forward, backward = _oneway(tags)
    return (BICYCLE if forward else 0), (BICYCLE if backward else 0)


def _oneway(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether a bicycle may ride along the way and against it."""
    own = tags.get("oneway:bicycle", "")
    if own in ("no", "yes", "-1"):
        return own != "-1", own != "yes"
    if any(tags.get(f"cycleway{side}", "").startswith("opposite") for side in ("", ":left", ":right", ":both")):
        return True, True
    if any(tags.get(f"cycleway:{side}:oneway") in ("no", "-1") for side in ("left", "right", "both")):
        return True, True
    oneway = tags.get("oneway", "")
    if oneway in ("yes", "1", "true") or tags.get("junction") in ("roundabout", "circular"):
        return True, False
    return oneway not in ("-1", "reverse"), True
