"""`/<system>/gbfs.json` and the files that it names, with `ETag`; under `/_twin/` the levers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from maas.sandbox.gbfs.fleet import Fleet, Json, Stand

TTL_S = 30
FILES = (
    "system_information", "vehicle_types", "station_information", "station_status", "vehicle_status",
    "system_pricing_plans", "geofencing_zones",
)  # fmt: skip


def create_app(
    fleets: Mapping[str, Fleet], url: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Starlette:
    """Systems by name, served at an address.

    POST /_twin/<system> {age_s, broken, stands: {station_id: bikes}} says otherwise than usual.
    """

    def answer(request: Request) -> Response:
        name, file = request.path_params["system"], request.path_params["file"]
        fleet = fleets.get(name)
        if fleet is None or file not in ("gbfs", *FILES):
            return JSONResponse({"error": "no such file"}, 404)
        if fleet.broken and file == "station_status":
            return Response(fleet.broken, media_type="application/json")
        at = clock() - timedelta(seconds=fleet.age_s)
        at -= timedelta(seconds=at.timestamp() % 10)
        data = _discovery(f"{url}/{name}") if file == "gbfs" else _WRITERS[file](fleet, at)
        whole = {"last_updated": at.isoformat(), "ttl": TTL_S, "version": "3.0", "data": data}
        content = json.dumps(whole).encode()
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return Response(content, media_type="application/json", headers={"ETag": etag})

    async def steer(request: Request) -> Response:
        fleet, body = fleets[request.path_params["system"]], await request.json()
        fleet.age_s, fleet.broken = int(body.get("age_s", fleet.age_s)), str(body.get("broken", ""))
        for stand in fleet.stands:
            stand.bikes = int(body.get("stands", {}).get(stand.station_id, stand.bikes))
        return JSONResponse({})

    return Starlette(
        routes=[
            Route("/_twin/{system}", steer, methods=["POST"]),
            Route("/{system}/{file}.json", answer),
        ]
    )


def _discovery(url: str) -> Json:
    return {"feeds": [{"name": file, "url": f"{url}/{file}.json"} for file in FILES]}


def _text(text: str) -> list[Json]:
    return [{"text": text, "language": "en"}]


def _named(fleet: Fleet, stand: Stand) -> list[Json]:
    names = {fleet.language: stand.name} | stand.translations
    return [{"text": text, "language": language} for language, text in names.items()]


def _about(fleet: Fleet, at: datetime) -> Json:
    return {
        "system_id": fleet.name.lower().replace(" ", "_"), "languages": ["en"], "name": _text(fleet.name),
        "opening_hours": "24/7", "feed_contact_email": "feeds@example.com", "timezone": "Europe/Helsinki",
    }  # fmt: skip


def _types(fleet: Fleet, at: datetime) -> Json:
    bike = {"vehicle_type_id": "bike", "form_factor": "bicycle", "propulsion_type": "human",
            "return_constraint": "any_station", "default_pricing_plan_id": "bike"}  # fmt: skip
    scooter = {"vehicle_type_id": "scooter", "form_factor": "scooter_standing", "propulsion_type": "electric",
               "max_range_meters": 30000, "return_constraint": "free_floating",
               "default_pricing_plan_id": "scooter"}  # fmt: skip
    return {"vehicle_types": [bike, scooter, *fleet.types]}


def _stations(fleet: Fleet, at: datetime) -> Json:
    return {
        "stations": [
            {"station_id": each.station_id, "name": _named(fleet, each), "lat": each.lat, "lon": each.lon,
             "capacity": each.docks, "rental_uris": {"web": f"https://bikes.example.com/{each.station_id}"}}
            for each in fleet.stands
        ]
    }  # fmt: skip


def _station_status(fleet: Fleet, at: datetime) -> Json:
    found = []
    for each in fleet.stands:
        bikes = fleet.bikes_at(each, int(at.timestamp() // 600))
        found.append(
            {"station_id": each.station_id, "num_vehicles_available": bikes,
             "vehicle_types_available": [{"vehicle_type_id": "bike", "count": bikes}],
             "num_docks_available": each.docks - bikes, "is_installed": True, "is_renting": True,
             "is_returning": True, "last_reported": at.isoformat()}
        )  # fmt: skip
    return {"stations": found}


def _vehicles(fleet: Fleet, at: datetime) -> Json:
    fixed = {"vehicle_type_id": "scooter", "is_reserved": False, "is_disabled": False}
    return {"vehicles": [fixed | each for each in fleet.scooters]}


def _plans(fleet: Fleet, at: datetime) -> Json:
    bike = {"plan_id": "bike", "name": _text("Single ride"), "currency": "EUR", "price": 1.0, "is_taxable": False,
            "description": _text("1 € for 30 minutes, then 1 € for every 30 more"),
            "per_min_pricing": [{"start": 30, "rate": 1.0, "interval": 30}]}  # fmt: skip
    scooter = {"plan_id": "scooter", "name": _text("Scooter"), "currency": "EUR", "price": 1.0, "is_taxable": False,
               "description": _text("1 € and 0.25 € a minute"),
               "per_min_pricing": [{"start": 0, "rate": 0.25, "interval": 1}]}  # fmt: skip
    return {"plans": [bike, scooter]}


def _zones(fleet: Fleet, at: datetime) -> Json:
    free = {"ride_start_allowed": True, "ride_end_allowed": True, "ride_through_allowed": True}
    kinds = ((fleet.no_parking, {"ride_end_allowed": False}),
             (fleet.no_riding, {"ride_end_allowed": False, "ride_through_allowed": False}))  # fmt: skip
    features = [
        {"type": "Feature", "properties": {"rules": [free | rule]},
         "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}
        for rings, rule in kinds
        for ring in rings
    ]  # fmt: skip
    return {"geofencing_zones": {"type": "FeatureCollection", "features": features}, "global_rules": [free]}


_WRITERS: dict[str, Callable[[Fleet, datetime], Json]] = {
    "system_information": _about, "vehicle_types": _types, "station_information": _stations,
    "station_status": _station_status, "vehicle_status": _vehicles, "system_pricing_plans": _plans,
    "geofencing_zones": _zones,
}  # fmt: skip
