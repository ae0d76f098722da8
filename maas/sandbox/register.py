"""What operators disclose of themselves in the register: those of feeds, and made-up ones that have no timetable.

`register.json` holds the words of the generated region; areas, hours and holidays are named there and drawn here.
"""

from __future__ import annotations

import json
import math
from datetime import date
from importlib.resources import files
from typing import Any

Json = dict[str, Any]
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_WEEKEND = ("saturday", "sunday")
_DEGREE_M = 111_320
_OPEN = {"authentication": "none", "licence": "CC BY 4.0",
         "licence_url": "https://creativecommons.org/licenses/by/4.0/"}  # fmt: skip
_NARROW = {0: "tram", 1: "tram", 2: "train", 4: "ferry", 5: "tram", 12: "train"}
_WIDE = {1: "train", 4: "tram", 9: "tram", 10: "ferry", 11: "flight", 12: "ferry"}
"""Kinds of service by GTFS route_type, and by the hundreds of the extended ones; all else is a bus."""


def add_feed(operators: list[Json], feed: str, routes: list[dict[str, str]], *, speaks: bool) -> None:
    """The first operator of a feed discloses it for all, with what they say on the day; each service gets its kind."""
    own = [each for each in operators if each["services"][0]["agency_id"].partition(":")[0] == feed]
    for operator in own:
        service = operator["services"][0]
        agency = service["agency_id"].partition(":")[2]
        kinds = [_kind(row["route_type"]) for row in routes if row.get("agency_id", "") == agency] or ["bus"]
        service |= {"kind": max(sorted(set(kinds)), key=kinds.count), "subtype": "schedule"}
    of = {"services": [each["services"][0]["agency_id"] for each in own], **_OPEN}
    said = [{"name": feed, "contents": ["route-and-schedule", "pricing"], **of}]
    if speaks:
        said.append({"name": f"{feed}-realtime", "contents": ["realtime-interface", "disruptions"], **of})
    if own:
        own[0]["interfaces"] = said


def add_details(operators: list[Json], about: Json, shared: str) -> list[Json]:
    """Those of the generated region with all that they disclose, and others. `shared` is the interface of bikes."""
    words = json.loads(files(__package__).joinpath("register.json").read_text(encoding="utf-8"))
    for operator in operators:
        operator["services"][0] |= words["services"].get(operator["code"], {})
        if "tomp" in operator:
            operator["interfaces"] = [*operator.get("interfaces", []), _sales(operator["code"])]
    everybody = [*operators, *words["others"]]
    for number, operator in enumerate(everybody, 1):
        operator |= _licence(operator["code"], number)
        for service in operator["services"]:
            service |= _drawn(service, about)
    if shared:
        bikes = next(each for each in everybody if each["code"] == "market-bikes")
        contents = ["realtime-interface", "map-and-location", "pricing"]
        bikes["interfaces"] = [{"name": shared, "version": "3.0", "contents": contents, **_OPEN}]
    return everybody


def _kind(route_type: str) -> str:
    number = int(route_type or 3)
    return _WIDE.get(number // 100, "bus") if number >= 100 else _NARROW.get(number, "bus")


def _sales(code: str) -> Json:
    return {
        "name": f"{code}-tomp",
        "version": "2.0.0",
        "contents": ["booking-interface", "payment-interface", "pricing"],
        "authentication": "oauth2-client-credentials",
        "rate_limit_requests": 600,
        "availability_basis_points": 9950,
        "contact_email": f"api@{code}.example",
        "documentation_url": "https://github.com/TOMP-WG/TOMP-API",
    }


def _licence(code: str, number: int) -> Json:
    """What every operator says of itself."""
    return {
        "business_id": f"{2_000_000 + number * 37}-{number % 9 + 1}",
        "email": f"office@{code}.example",
        "visiting_address": f"Harbour Street {number}, Windhaven",
        "licensing_office": "Wind Coast Transport Bureau",
        "licence_number": f"WC-{number:04d}",
        "licence_from": "2024-01-01",
        "licence_until": "2033-12-31",
    }


def _drawn(service: Json, about: Json) -> Json:
    """Areas, hours and holidays in full."""
    areas = [_area(name, about) for name in service.get("areas", ())]
    made = {"areas": areas, "hours": _hours(service.get("hours", "")), "exceptions": _holidays(service)}
    if "taxi" in service:
        made["taxi"] = service["taxi"] | {"area": areas[0]["geometry"]}
    return made


def _area(name: str, about: Json) -> Json:
    region, town, centre = about["name"], about["town"], about["centre"]
    if name == "region":
        return {"name": region["en"], "names": region, "primary": True}
    if name == "town":
        return {"name": town["en"], "names": town, "primary": True, "geometry": _circle(centre, 1_200)}
    words = {
        "en": f"{town['en']} and surroundings",
        "fi": f"{town['fi']} ja ympäristö",
        "ja": f"{town['ja']}とその周辺",
    }
    return {"name": words["en"], "names": words, "primary": True, "geometry": _circle(centre, 3_500)}


def _hours(name: str) -> list[Json]:
    spans: dict[str, list[tuple[tuple[str, ...], str, str]]] = {
        "always": [((*_WEEKDAYS, *_WEEKEND), "00:00", "00:00")],
        "office": [(_WEEKDAYS, "08:00", "18:00"), (("saturday",), "10:00", "15:00")],
        "traffic": [(_WEEKDAYS, "05:00", "23:30"), (_WEEKEND, "06:30", "01:00")],
    }
    rows = spans.get(name, [])
    return [{**dict.fromkeys(days, True), "opens": opens, "closes": closes} for days, opens, closes in rows]


def _holidays(service: Json) -> list[Json]:
    """Closed on two days of this year, where it is."""
    if "exceptions" not in service:
        return []
    year = date.today().year
    why = {"en": "Christmas", "fi": "Joulu", "ja": "クリスマス"}
    return [{"start_date": f"{year}-12-24", "end_date": f"{year}-12-25", "notes": why}]


def _circle(centre: Json, radius_m: float) -> Json:
    """A polygon of 36 corners."""
    lat, lon = centre["lat"], centre["lon"]
    east, north = radius_m / (_DEGREE_M * math.cos(math.radians(lat))), radius_m / _DEGREE_M
    turns = [math.radians(10 * each) for each in [*range(36), 0]]
    ring = [[round(lon + east * math.cos(turn), 5), round(lat + north * math.sin(turn), 5)] for turn in turns]
    return {"type": "Polygon", "coordinates": [ring]}
