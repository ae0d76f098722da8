"""What keeps some people from a way: OSM tags → the bits STAIRLESS, WHEELCHAIR and FIT; kerbs and gates on it.

A way that says nothing is no obstacle, and is not known to be fit either. Source: OSM wiki, "Key:wheelchair",
"Key:ramp:wheelchair", "Key:smoothness" (wheelchairs: intermediate or better), "Key:kerb" (raised: more than 3 cm).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import Enum

from transit.routing.streets import FIT, MAX_SLOPE, MIN_WIDTH_M, STAIRLESS, WHEELCHAIR

MAX_KERB_M = 0.03
_GOOD = frozenset(("yes", "designated"))
_ROUGH = frozenset(("bad", "very_bad", "horrible", "very_horrible", "impassable"))
_LOOSE = frozenset(("mud", "pebblestone", "rock", "sand", "snow", "stepping_stones"))
_GATES = frozenset(("stile", "kissing_gate", "turnstile", "full-height_turnstile", "cattle_grid", "log"))
_SOFT_TRACKS = frozenset(("grade4", "grade5"))
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(m|cm|mm)?")
_UNIT_M = {None: 1.0, "m": 1.0, "cm": 0.01, "mm": 0.001}
_INCLINE = re.compile(r"[+-]?(\d+(?:\.\d+)?)\s*(%|°)")


class Obstacle(Enum):
    """What a wheelchair does not pass at one point."""

    KERB = "kerb"
    """Whoever walks along or crosses there; not the street."""
    GATE = "gate"
    """Anybody on any way through it."""


def passable(tags: Mapping[str, str]) -> int:
    """The bits of a way that may be walked."""
    says = tags.get("wheelchair", "")
    if says in _GOOD:
        return STAIRLESS | WHEELCHAIR | FIT
    if tags.get("highway") == "steps":
        if tags.get("ramp:wheelchair") == "yes":
            return STAIRLESS | (WHEELCHAIR if says != "no" else 0)
        return STAIRLESS if tags.get("ramp:stroller") == "yes" else 0
    return STAIRLESS if says == "no" or _is_hard(tags) else STAIRLESS | WHEELCHAIR


def obstacle(tags: Mapping[str, str]) -> Obstacle | None:
    """What a node is to a wheelchair."""
    barrier, says = tags.get("barrier", ""), tags.get("wheelchair", "")
    if says in _GOOD:
        return None
    if barrier not in ("", "kerb") and (says == "no" or barrier in _GATES):
        return Obstacle.GATE
    is_kerb = barrier == "kerb" or tags.get("highway") == "crossing"
    return Obstacle.KERB if _is_raised(tags) or (is_kerb and says == "no") else None


def _is_raised(tags: Mapping[str, str]) -> bool:
    """Whether a kerb is higher than a wheelchair climbs; the height stands above the word for it."""
    height = _metres(tags.get("kerb:height", ""))
    if height is not None:
        return height > MAX_KERB_M
    return any(tags.get(key) == "raised" for key in ("kerb", "kerb:left", "kerb:right", "kerb:both"))


def _is_hard(tags: Mapping[str, str]) -> bool:
    """Whether a way is too rough, loose, narrow or steep, or has a kerb across it."""
    width, slope = _metres(tags.get("width", "")), _slope(tags.get("incline", ""))
    return (
        tags.get("smoothness") in _ROUGH
        or tags.get("surface") in _LOOSE
        or tags.get("tracktype") in _SOFT_TRACKS
        or (width is not None and width < MIN_WIDTH_M)
        or (slope is not None and slope > MAX_SLOPE)
        or _is_raised(tags)
    )


def _metres(text: str) -> float | None:
    """A length; metres where no unit is given."""
    found = _LENGTH.fullmatch(text.strip())
    return None if found is None else float(found[1]) * _UNIT_M[found[2]]


def _slope(text: str) -> float | None:
    """An incline as rise over run, whichever way it goes; None where it is only `up` or `down`."""
    found = _INCLINE.fullmatch(text.strip())
    if found is None:
        return None
    return float(found[1]) / 100 if found[2] == "%" else math.tan(math.radians(min(float(found[1]), 89.0)))
