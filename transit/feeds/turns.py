"""Turns that are forbidden: relations of the type `restriction` → from where, over which junction, to where.

Source: OSM wiki, "Relation:restriction": the roles from, via and to; the values no_… and only_…; `except`;
`restriction:<vehicle>`. Not read are restrictions whose via is a way, and those that hold at some hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from transit.routing.streets import DRIVE, MOPED

Point = tuple[float, float]
_WHOM: Final = {"vehicle": DRIVE | MOPED, "motor_vehicle": DRIVE | MOPED, "motorcar": DRIVE, "moped": MOPED}
_KEYS: Final = {"restriction": DRIVE | MOPED} | {f"restriction:{name}": bits for name, bits in _WHOM.items()}


@dataclass(frozen=True, slots=True)
class Turn:
    """Who comes to `via` from `before` may not go on to `after`, or (`is_only`) to nothing else. All are (lon, lat):
    the junction and the next vertices of the two ways. `modes` are the bits DRIVE and MOPED.
    """

    before: Point
    via: Point
    after: Point
    modes: int
    is_only: bool


def forbidden(tags: Mapping[str, str]) -> tuple[int, bool]:
    """The bits DRIVE and MOPED of those whom a relation restricts, 0 for nobody; and whether it says the only turn."""
    key = next((key for key in _KEYS if key in tags), None)
    if key is None or tags.get("type") != "restriction":
        return 0, False
    bits, value = _KEYS[key], tags[key]
    for name in tags.get("except", "").split(";"):
        bits &= ~_WHOM.get(name.strip(), 0)
    return (bits, value.startswith("only_")) if value.startswith(("no_", "only_")) else (0, False)
