"""GTFS route types → modes: the basic types and the extended ones (Google's list, after the TPEG codes)."""

from __future__ import annotations

from transit.routing.query import Mode

_BASIC = {
    0: Mode.TRAM,
    1: Mode.METRO,
    2: Mode.RAIL,
    3: Mode.BUS,
    4: Mode.FERRY,
    5: Mode.CABLEWAY,
    6: Mode.GONDOLA,
    7: Mode.FUNICULAR,
    11: Mode.TROLLEYBUS,
    12: Mode.MONORAIL,
}
_SINGLE = {405: Mode.MONORAIL, 717: Mode.TAXI, 1701: Mode.CABLEWAY, 1702: Mode.BUS}
_HUNDREDS = {
    1: Mode.RAIL,
    2: Mode.COACH,
    3: Mode.RAIL,
    4: Mode.METRO,
    5: Mode.METRO,
    6: Mode.METRO,
    7: Mode.BUS,
    8: Mode.TROLLEYBUS,
    9: Mode.TRAM,
    10: Mode.FERRY,
    11: Mode.AIR,
    12: Mode.FERRY,
    13: Mode.GONDOLA,
    14: Mode.FUNICULAR,
    15: Mode.TAXI,
}


def find_mode(route_type: int) -> Mode | None:
    """The mode of a `route_type`, or None where no such type exists."""
    if route_type < 100:
        return _BASIC.get(route_type)
    return _SINGLE.get(route_type) or _HUNDREDS.get(route_type // 100)
