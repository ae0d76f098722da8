"""Minibuses that are called: the villages that the railway leaves out, a station, and the middle of the town.

What is written are the words and figures of `transit.ondemand.rules`, and riders who ask for a ride on any day.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from maas.sandbox.region.lines import Stop
from maas.sandbox.region.model import Region
from maas.sandbox.region.plane import Point, bend_line, distance, to_wgs84
from maas.sandbox.region.sites import Site

Json = dict[str, Any]
DAYS = [0, 1, 2, 3, 4, 5, 6]
AROUND_M = 450
TOWN_M = 1_300
_HOURS = (6 * 3600, 23 * 3600)
_BREAK = {"from_s": 39_600, "until_s": 46_800, "duration_s": 1800}
_ASKED = ("07:20", "07:45", "08:10", "08:40", "09:15", "10:00", "11:30", "13:00", "14:20", "15:10", "16:05", "17:30",
          "18:50", "20:15", "21:40")  # fmt: skip
_NAMES = {"en": "Village Minibus", "fi": "Kylätaksi", "ja": "村のミニバス"}
_VILLAGES = {"en": "Northern villages", "fi": "Pohjoiset kylät", "ja": "北の村々"}
_TOWN = {"en": "Middle of the town", "fi": "Keskusta", "ja": "中心部"}


def service(region: Region) -> Json:
    """The operator, the rules of its service, and who asks for a ride."""
    station = _station(region)
    area = shapely.union_all([shapely.Point(at).buffer(AROUND_M) for at in [*_centres(region), station.at]]).convex_hull
    town = shapely.Point(bend_line([region.sites.centre])[0]).buffer(TOWN_M)
    operator = {
        "code": "village-minibus",
        "legal_name": "Village Minibus Cooperative",
        "phone": "+358 18 555 0100",
        "homepage": "https://minibus.example",
        "services": [{"code": "village-minibus", "name": _NAMES["en"], "names": _NAMES, "kind": "on-demand",
                      "subtype": "request", "transport_types": ["road"], "traffic": "contract"}],
    }  # fmt: skip
    return {
        "operator": operator,
        "service": "village-minibus",
        "rules": _rules(area, town, station),
        "riders": list(_riders(region, area, town)),
    }


def _rules(area: BaseGeometry, town: BaseGeometry, station: Stop) -> Json:
    where = dict(zip(("lon", "lat"), _place(station.at), strict=True))
    return {
        "timezone": "Europe/Helsinki",
        "currency": "EUR",
        "zones": [_zone("villages", _VILLAGES, area), _zone("town", _TOWN, town)],
        "pairs": [
            {"origin": "villages", "destination": "villages", "both": False},
            {"origin": "villages", "destination": "town"},
        ],
        "stops": [{"code": "station", "name": station.name.en, **where, "kind": "hub", "stop_id": f"rail:{station.id}",
                   "shelter": True, "wheelchair": True}],
        "spans": [{"days": DAYS, "start_s": _HOURS[0], "end_s": _HOURS[1]}],
        "booking": {"notice_s": 900, "ahead_days": 14, "phone": "+358 18 555 0100",
                    "phone_hours": [{"days": DAYS[:5], "start_s": 8 * 3600, "end_s": 17 * 3600}]},
        "promise": {"window_s": 600, "detour_factor": 1.4, "detour_s": 420},
        "vehicles": [_vehicle(number, station) for number in (1, 2, 3)],
        "fares": {"base_minor": 300, "per_km_minor": 20, "per_zone_minor": 100, "cap_minor": 900,
                  "transfer_minor": 150, "groups": [{"group": "child", "share_basis_points": 5000},
                                                    {"group": "senior", "share_basis_points": 7000},
                                                    {"group": "assisted", "share_basis_points": 5000}]},
        "groups": [{"code": "assisted", "name": "Entitled to assisted transport", "needs_proof": True,
                    "names": _texts("Entitled to assisted transport", "Kuljetuspalveluun oikeutettu", "移送支援の対象"),
                    "proof": _texts("Decision of the municipality", "Kunnan päätös", "自治体の決定書"),
                    "valid_days": 365, "priority": True}],
        "purposes": [
            {"code": "health", "name": "Health", "names": _texts("Health", "Terveys", "通院"), "priority": True,
             "exempt": True},
            {"code": "school", "name": "School", "names": _texts("School", "Koulu", "通学"), "exempt": True},
            {"code": "other", "name": "Other", "names": _texts("Something else", "Muu", "その他")},
        ],
        "conduct": {"free_until_s": 3600, "late_fee_basis_points": 5000, "no_show_fee_basis_points": 10_000,
                    "no_shows": 3},
        "pricing": {"max_discount_basis_points": 2000, "max_surcharge_basis_points": 1500},
    }  # fmt: skip


def _zone(code: str, names: dict[str, str], area: BaseGeometry) -> Json:
    outline = shapely.get_exterior_ring(area.simplify(15))
    ring = [_place((x, y)) for x, y in shapely.get_coordinates(outline)]
    return {"code": code, "name": names["en"], "names": [[tag, text] for tag, text in names.items()], "rings": [ring]}


def _vehicle(number: int, station: Stop) -> Json:
    """The third is a volunteer's own car, out in the afternoon."""
    lon, lat = _place(station.at)
    volunteer = number == 3
    shift = {"days": DAYS, "start_s": 12 * 3600 if volunteer else _HOURS[0], "end_s": _HOURS[1]}
    return {
        "code": f"minibus-{number}",
        "name": "Volunteer's car" if volunteer else f"Minibus {number}",
        "layouts": [[3, 0, 1, 4]] if volunteer else [[8, 1, 2, 8], [6, 2, 2, 8]],
        "lon": lon,
        "lat": lat,
        "shifts": [shift if volunteer else shift | {"breaks": [_BREAK]}],
        "volunteer": volunteer,
        "per_km_minor": 40,
        "per_hour_minor": 0 if volunteer else 2800,
    }


def _riders(region: Region, area: BaseGeometry, town: BaseGeometry) -> Iterator[Json]:
    """To the hospital, the market and other places in the town, home again, and far friends."""
    homes = [house.door for house in region.houses if area.contains(shapely.Point(house.door))]
    places = [mark.at for mark in region.landmarks if town.contains(shapely.Point(mark.at))] or homes[:1]
    for number, at in enumerate(_ASKED):
        home = homes[(number * 97) % len(homes)]
        choice = sorted(homes[:: len(homes) // 40 + 1] if number % 3 == 0 else places, key=partial(distance, home))
        there = choice[-1 - number % min(3, len(choice))]
        ends = (there, home) if at >= "13:00" else (home, there)
        yield {
            "time": at,
            "from": _place(ends[0]),
            "to": _place(ends[1]),
            "purpose": "health" if number % 3 == 1 else "other",
            "seats": 1 + number % 2,
        }


def villages(region: Region) -> list[Site]:
    """The three northernmost without a railway."""
    inland = [each for each in region.sites.villages[:-1] if not each.has_station]
    return sorted(inland, key=lambda each: -each.at[1])[:3]


def _centres(region: Region) -> list[Point]:
    return bend_line([each.at for each in villages(region)])


def _station(region: Region) -> Stop:
    """The nearest to the middle of the villages, other than the central one."""
    middle = shapely.MultiPoint(_centres(region)).centroid
    stations = [stop for stop in region.transit.stops["rail"] if stop.kind == 1]
    outside = [stop for stop in stations if not stop.name.fi.endswith("asema")]
    return min(outside, key=lambda stop: distance(stop.at, (middle.x, middle.y)))


def _place(at: Point) -> list[float]:
    lon, lat = to_wgs84(at)
    return [round(float(lon), 6), round(float(lat), 6)]


def _texts(en: str, fi: str, ja: str) -> list[list[str]]:
    return [["en", en], ["fi", fi], ["ja", ja]]
