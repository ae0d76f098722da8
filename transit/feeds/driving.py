"""Where cars and mopeds may drive, which way, and how fast: OSM tags → permissions per direction and a speed.

Sources: OSM wiki, "OSM tags for routing/Access restrictions", "Key:access" (land-based vehicles), "Key:oneway" (implied
by junction=roundabout and highway=motorway), "Key:maxspeed" (values, mph, country:zone), "Key:barrier".

Turns that are forbidden are read by `turns`. Not read are lanes, lights, heights and weights, times
(`access:conditional`) and ferries: a driver follows the signs. A speed stands for a whole way, the lower of the two of
its directions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from transit.routing.streets import DRIVE, MOPED

USUAL_KMH: Final = {
    "motorway": 110,
    "motorway_link": 60,
    "trunk": 80,
    "trunk_link": 50,
    "primary": 60,
    "primary_link": 50,
    "secondary": 50,
    "secondary_link": 50,
    "tertiary": 50,
    "tertiary_link": 40,
    "unclassified": 50,
    "residential": 30,
    "living_street": 15,
    "service": 15,
    "road": 40,
}
"""Where no limit is told; roads through the country and through towns are alike, so that these lie between."""
TRACK_KMH: Final = 15
"""On a way that is no road and that vehicles may use all the same."""
NOT_DRIVEN: Final = frozenset(("steps", "corridor", "platform", "elevator", "bus_guideway", "raceway", "via_ferrata"))
ZONES_KMH: Final = {"urban": 50, "rural": 80, "trunk": 100, "motorway": 120, "living_street": 15, "walk": 7}
MAX_KMH: Final = 130
MOPED_KMH: Final = 60
"""Mopeds keep off roads with a higher limit."""
_ALLOWED = frozenset(("yes", "designated", "permissive", "destination", "customers", "official"))
_CLOSED = frozenset(
    ("bollard", "block", "jersey_barrier", "log", "debris", "cycle_barrier", "motorcycle_barrier", "kissing_gate",
     "stile", "turnstile", "bus_trap", "sump_buster", "chain", "planter", "full-height_turnstile", "spikes")
)  # fmt: skip
_VEHICLES = ("motor_vehicle", "vehicle", "access")


def driving(tags: Mapping[str, str]) -> tuple[int, int, int]:
    """The bits DRIVE and MOPED along the way's direction and against it, and the speed in km/h; (0, 0, 0): nobody."""
    highway = tags["highway"]
    kmh = USUAL_KMH.get(highway, 0)
    if "area:highway" in tags:
        return 0, 0, 0
    car = _may(tags, ("motorcar", *_VEHICLES), is_road=kmh > 0)
    moped = _may(tags, ("moped", *_VEHICLES), is_road=kmh > 0)
    if not (car or moped):
        return 0, 0, 0
    kmh = _limit(tags) or kmh or TRACK_KMH
    fast = highway.startswith("motorway") or tags.get("motorroad") == "yes" or kmh > MOPED_KMH
    bits = (DRIVE if car else 0) | (MOPED if moped and not fast else 0)
    forward, backward = _ways(tags)
    return (bits if forward else 0), (bits if backward else 0), kmh if bits else 0


def is_closed(tags: Mapping[str, str]) -> bool:
    """Whether a node with the key `barrier` stops cars. A gate or a barrier that is lifted does where it says so."""
    said = next((tags[key] for key in ("motorcar", *_VEHICLES) if key in tags), None)
    return tags["barrier"] in _CLOSED if said is None else said not in _ALLOWED


def _may(tags: Mapping[str, str], keys: tuple[str, ...], *, is_road: bool) -> bool:
    """Whether vehicles may use a way, by the most particular key that says anything. On a way that is no road only a
    key that is about vehicles counts.
    """
    for key in keys if is_road else keys[:-1]:
        if key in tags:
            return tags[key] in _ALLOWED
    return is_road


def _ways(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether one drives along the way and against it."""
    oneway = tags.get("oneway:motor_vehicle") or tags.get("oneway", "")
    if oneway in ("yes", "1", "true"):
        return True, False
    if oneway in ("-1", "reverse"):
        return False, True
    if oneway in ("reversible", "alternating"):
        return False, False
    implied = tags.get("junction") in ("roundabout", "circular") or tags["highway"] == "motorway"
    return True, not (implied and oneway not in ("no", "0", "false"))


def _limit(tags: Mapping[str, str]) -> int:
    """The lowest speed limit that a way tells of; 0 where it tells none."""
    told = (tags.get(key, "") for key in ("maxspeed", "maxspeed:forward", "maxspeed:backward"))
    found = [kmh for text in told if (kmh := _kmh(text))]
    return min(found, default=0)


def _kmh(text: str) -> int:
    """A speed in km/h; 0 where it is none: 50 · 30 mph · DE:urban · DE:zone:30 · walk · none."""
    if not text:
        return 0
    if text == "none":
        return MAX_KMH
    number = re.search(r"\d+", text)
    if number is None:
        return ZONES_KMH.get(text.rpartition(":")[2], 0)
    kmh = int(number[0][:4]) * (1.609344 if "mph" in text else 1.0)
    return min(round(kmh), MAX_KMH)
