"""Two companies without any system, on the island: what their owners enter in the browser; and vans that are called.

The village of the fishermen has vans of an operator with a dispatch of its own (GOFS).
"""

from __future__ import annotations

from typing import Any, Final

import shapely

from maas.sandbox.region.model import Region
from maas.sandbox.region.plane import Point, bend_line, distance, to_wgs84

Json = dict[str, Any]
VANS_M: Final = 700
_CLOCKS: Final = ("7:10", "7:14", "7:19")
"""Of the first bus; it is one for a small island."""


def entered(region: Region) -> Json:
    """A bus across the island, and bicycles at both ends of it."""
    village = region.sites.villages[-1]
    pier, middle = region.transit.stops["coast"][-2], bend_line([village.at])[0]
    near = [house.door for house in region.houses if distance(house.door, middle) < 4 * village.radius_m]
    far = max(near, key=lambda at: distance(at, pier.at), default=middle)
    named = [(pier.name.en, pier.at), (f"{village.name.en} Shop", middle), ("Far Shore", far)]
    stops = [{"name": name, **_place(at)} for name, at in named]
    bus = {
        "legal_name": f"{village.name.en} Bus",
        "number": "L1",
        "name": f"{named[0][0]} – {named[-1][0]}",
        "stops": stops,
        "first": list(_CLOCKS),
        "every_min": 60,
        "until": "21:30",
        "seats": 16,
        "prices": {"adult": 250, "child": 120},
    }
    counts = zip(stops, (12, 8, 6), (7, 5, 2), strict=True)
    stands = [{**stop, "places": places, "vehicles": there} for stop, places, there in counts]
    return {"timetable": bus, "vehicles": {"legal_name": f"{village.name.en} Bikes", "stands": stands}}


def vans(region: Region) -> Json:
    """Where the vans of the fishing village take people."""
    village = region.sites.villages[1]
    ring = shapely.Point(bend_line([village.at])[0]).buffer(VANS_M, quad_segs=4).exterior
    corners = [[_place((x, y))[name] for name in ("lon", "lat")] for x, y in ring.coords]
    name = village.name
    where = {"en": name.en, "fi": name.fi, "ja": name.ja}
    names = {"en": f"{name.en} Vans", "fi": f"{name.fi}n kutsuautot", "ja": f"{name.ja}の乗合バン"}
    return {"code": "shore-vans", "name": names["en"], "names": names, "where": where, "ring": corners}


def _place(at: Point) -> Json:
    lon, lat = to_wgs84(at)
    return {"lat": round(float(lat), 6), "lon": round(float(lon), 6)}
