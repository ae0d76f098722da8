"""What a folder of feeds holds, as a set-up needs to know it: region, operators, how each sells, searches to try."""

from __future__ import annotations

import csv
import hashlib
import importlib.resources
import io
import json
import math
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from maas.sandbox import gofs, register
from maas.sandbox.feeds import Library
from maas.sandbox.gbfs import fleets_of
from maas.sandbox.realtime.app import speaks

Json = dict[str, Any]
Row = dict[str, str]
# How the generated region's hosted operators count seats.
_SEATS = {"coast:ranta": 45, "coast:lautta": 80}


@dataclass(frozen=True, slots=True)
class Remote:
    """An operator that sells by its own interface. `agency` is empty where the feed has only one."""

    code: str
    feed: str
    agency: str
    title: str

    @property
    def path(self) -> str:
        """Where the sandbox serves it."""
        return f"/tomp/{self.code}"


class Catalogue:
    """Reads the feeds once, as they are today."""

    def __init__(self, library: Library, secrets: dict[str, str]) -> None:
        self._library, self._secrets = library, secrets
        self._about = _generated(library)
        self.feeds = {name: library.feed(name) for name in library.feeds()}
        self.fleets = fleets_of(self.feeds)
        self.remotes = [remote for remote, _ in self._operators() if remote]

    def region(self) -> Json:
        """The whole description."""
        about = self._about or _described(self._library.folder.name, self.feeds)
        streets = self._library.streets()
        version = hashlib.sha256(b"".join(self.feeds.values()))
        if streets:
            version.update(streets.read_bytes())
        called, vans = self._drawn("on_demand"), self._drawn("vans")
        return {
            **about,
            "on_demand": called,
            "entered": self._drawn("entered"),
            "gofs": [{"name": vans["code"], "path": f"/gofs/{vans['code']}/gofs.json"}] if vans else [],
            "version": version.hexdigest()[:16],
            "feeds": [{"name": name, "path": f"/feeds/{name}.gtfs.zip"} for name in self.feeds],
            "realtime": [
                {"feed": name, "path": f"/realtime/{name}.pb"}
                for name, path in self._library.feeds().items()
                if speaks(path)
            ],
            "shared": [{"name": name, "path": f"/gbfs/{name}/gbfs.json"} for name in self.fleets],
            "streets": "/feeds/streets.osm.pbf" if streets else "",
            "operators": [*self._disclosed([operator for _, operator in self._operators()]), *_callers(called, vans)],
        }

    @property
    def vans(self) -> dict[str, gofs.Service]:
        """Vans that another operator dispatches, by code."""
        drawn = self._drawn("vans")
        return {drawn["code"]: gofs.Service(drawn["name"], drawn["ring"])} if drawn else {}

    def _drawn(self, name: str) -> Json | None:
        """A part of the region's description: minibuses that are called, companies without a system, vans.

        Real cities have none here, nor had regions drawn before there were any.
        """
        path = self._library.folder / "region.json"
        about = json.loads(path.read_text(encoding="utf-8")) if self._about else {}
        found: Json | None = about.get(name)
        return found

    def _disclosed(self, operators: list[Json]) -> list[Json]:
        """With what each says of itself in the register, and those who have no timetable."""
        for feed, path in self._library.feeds().items():
            register.add_feed(operators, feed, _table(self.feeds[feed], "routes.txt"), speaks=speaks(path))
        if not self._about:
            return operators
        about = json.loads((self._library.folder / "region.json").read_text(encoding="utf-8"))
        return register.add_details(operators, about, next(iter(self.fleets), ""))

    def secret(self, code: str) -> str:
        """An operator's client secret: a given one, else one that is the same at every start."""
        return self._secrets.get(code) or f"sandbox-{hashlib.sha256(code.encode()).hexdigest()[:24]}"

    def _operators(self) -> Iterator[tuple[Remote | None, Json]]:
        """Each agency as an operator. In a real city the second agency, if there is one, sells by TOMP."""
        number = 0
        for feed, content in self.feeds.items():
            for row in _table(content, "agency.txt"):
                agency = row.get("agency_id") or ""
                code = _slug(f"{feed}-{agency}" if agency else feed)
                is_remote = feed == "rail" if self._about else number == 1
                number += 1
                remote = Remote(code, feed, agency, row["agency_name"]) if is_remote else None
                yield remote, self._operator(code, f"{feed}:{agency}", row, remote)

    def _operator(self, code: str, agency_id: str, row: Row, remote: Remote | None) -> Json:
        service: Json = {
            "agency_id": agency_id,
            "name": row["agency_name"],
            "sales": "tomp" if remote else "hosted",
            "sales_url": row.get("agency_fare_url") or "",
        }
        if agency_id in _SEATS and self._about:
            service["seats_per_departure"] = _SEATS[agency_id]
        operator: Json = {
            "code": code,
            "legal_name": row["agency_name"],
            "phone": (row.get("agency_phone") or "")[:40],
            "homepage": row.get("agency_url") or "",
            "services": [service],
        }
        if remote:
            secret = self.secret(remote.code)
            operator["tomp"] = {"path": remote.path, "client_id": "maas", "client_secret": secret, "capability": "B"}
        return operator


def _callers(called: Json | None, vans: Json | None) -> list[Json]:
    """Who runs the minibuses and the vans that are called."""
    return [*([called["operator"]] if called else []), *([_of_vans(vans)] if vans else [])]


def _of_vans(vans: Json) -> Json:
    geometry = {"type": "Polygon", "coordinates": [vans["ring"]]}
    area = {"name": vans["where"]["en"], "names": vans["where"], "primary": True, "geometry": geometry}
    service = {"code": vans["code"], "name": vans["name"], "names": vans["names"], "kind": "on-demand",
               "subtype": "request", "transport_types": ["road"], "traffic": "contract", "areas": [area]}  # fmt: skip
    shared = {"name": vans["code"], "version": "1.0", "contents": ["realtime-interface", "map-and-location", "pricing"]}
    return {
        "code": vans["code"],
        "legal_name": f"{vans['name']} Ltd",
        "phone": "+358 18 555 0200",
        "homepage": "https://vans.example",
        "services": [service],
        "interfaces": [{**shared, "authentication": "none", "licence": "CC BY 4.0"}],
    }


def _generated(library: Library) -> Json | None:
    """The generated region's description, or None for a real city."""
    path = library.folder / "region.json"
    if not path.exists():
        return None
    about = json.loads(path.read_text(encoding="utf-8"))
    return {
        "code": about["id"],
        "name": about["name"]["en"],
        "names": about["name"],
        "currency": about["currency"],
        "timezone": about["timezone"],
        "languages": ["en", "fi", "ja"],
        "country": "FI",
        "bounds": about["bbox"],
        "examples": [[_end(search["from"]), _end(search["to"])] for search in about["searches"]],
    }


def _end(end: Json) -> Json:
    return {"name": end["name"]["en"], "names": end["name"], "lat": end["lat"], "lon": end["lon"]}


def _described(folder: str, feeds: dict[str, bytes]) -> Json:
    """A real city from its feeds alone."""
    agency = _table(next(iter(feeds.values())), "agency.txt")[0]
    fares = [row for content in feeds.values() for row in _table(content, "fare_attributes.txt")]
    bounds = [_bounds(content) for content in feeds.values()]
    name = folder.replace("-", " ").replace("_", " ").title()
    return {
        "code": _slug(folder),
        "name": name,
        "names": {},
        "currency": fares[0]["currency_type"] if fares else "EUR",
        "timezone": agency["agency_timezone"],
        "languages": ["en", "fi", "ja"],
        "country": _country(agency["agency_timezone"]),
        "bounds": [
            *(min(values) for values in list(zip(*bounds, strict=True))[:2]),
            *(max(values) for values in list(zip(*bounds, strict=True))[2:]),
        ],
        "examples": _examples(next(iter(feeds.values()))),
    }


def _examples(feed: bytes) -> list[list[Json]]:
    """Between the busiest stop and busy stops some kilometres away, one in each direction."""
    calls = Counter(row["stop_id"] for row in _table(feed, "stop_times.txt"))
    stops = {row["stop_id"]: row for row in _table(feed, "stops.txt") if calls[row["stop_id"]]}
    busiest = sorted(stops, key=lambda stop: (-calls[stop], stop))
    hub = stops[busiest[0]]
    busy = [stops[stop] for stop in busiest[: max(10, len(busiest) // 4)]]
    away = sorted((s for s in busy if _metres(hub, s) < 8000), key=lambda s: (-_metres(hub, s), s["stop_id"]))
    first = away[0]
    other = max(away, key=lambda s: min(_metres(first, s), _metres(hub, s)))
    return [
        [_stop_end(first), _stop_end(hub)],
        [_stop_end(hub), _stop_end(other)],
        [_stop_end(other), _stop_end(first)],
    ]


def _stop_end(row: Row) -> Json:
    return {"name": row["stop_name"], "names": {}, "lat": float(row["stop_lat"]), "lon": float(row["stop_lon"])}


def _metres(a: Row, b: Row) -> float:
    lat = float(a["stop_lat"])
    east = (float(a["stop_lon"]) - float(b["stop_lon"])) * math.cos(math.radians(lat))
    return math.hypot(lat - float(b["stop_lat"]), east) * 111_320


def _bounds(feed: bytes) -> tuple[float, float, float, float]:
    """West, south, east, north of a feed's stops."""
    stops = [row for row in _table(feed, "stops.txt") if row.get("stop_lat")]
    lats, lons = [float(row["stop_lat"]) for row in stops], [float(row["stop_lon"]) for row in stops]
    return min(lons), min(lats), max(lons), max(lats)


def _country(timezone: str) -> str:
    """The country that a time zone is named for in the zone table."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return next((row[0] for row in rows if row[2] == timezone), "FI")


def _slug(text: str) -> str:
    """Lower-case letters, digits and hyphens."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower()).strip("-")[:40]


def _table(feed: bytes, name: str) -> list[Row]:
    with zipfile.ZipFile(io.BytesIO(feed)) as archive:
        found = [entry for entry in archive.namelist() if entry.rsplit("/", 1)[-1] == name]
        text = archive.read(found[0]).decode("utf-8-sig") if found else ""
    return list(csv.DictReader(io.StringIO(text), skipinitialspace=True))
