"""`/<service>/gofs.json`, the files that it names, and the two queries; under `/_twin/` the levers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from maas.sandbox.gofs.service import Json, Service

TTL_S = 300
FILES = (
    "system_information", "service_brands", "vehicle_types", "zones", "operating_rules", "calendars", "fares",
    "booking_rules",
)  # fmt: skip
PLACES = ("pickup_lat", "pickup_lon", "drop_off_lat", "drop_off_lon")


def create_app(services: Mapping[str, Service], url: str) -> Starlette:
    """Services by name, served at an address.

    POST /_twin/<service> {wait_s, cost, silent_s} says otherwise than before.
    """

    async def file(request: Request) -> Response:
        service, name = services.get(request.path_params["service"]), request.path_params["file"]
        if service is None or name not in ("gofs", *FILES):
            return JSONResponse({"error": "no such file"}, 404)
        own = f"{url}/{request.path_params['service']}"
        data = _discovery(service, own) if name == "gofs" else service.document(name)
        return _whole(data) if data is not None else JSONResponse({"error": "no such file"}, 404)

    async def query(request: Request) -> Response:
        service, name = services.get(request.path_params["service"]), request.path_params["query"]
        if service is None or name not in service.queries:
            return JSONResponse({"error": "no such query"}, 404)
        service.asked.append({"query": name, **request.query_params})
        try:
            [float(request.query_params[each]) for each in PLACES[:2]]
        except (KeyError, ValueError):
            return JSONResponse({"error": "pickup_lat and pickup_lon are needed"}, 400)
        await asyncio.sleep(service.silent_s)
        return _whole(service.wait_times() if name == "wait_time" else service.realtime_booking())

    async def steer(request: Request) -> Response:
        service, body = services[request.path_params["service"]], await request.json()
        for lever in ("wait_s", "cost", "silent_s"):
            setattr(service, lever, body.get(lever, getattr(service, lever)))
        return JSONResponse({})

    return Starlette(
        routes=[
            Route("/_twin/{service}", steer, methods=["POST"]),
            Route("/{service}/{file}.json", file),
            Route("/{service}/{query}", query),
        ]
    )


def _discovery(service: Service, own: str) -> Json:
    files = [{"name": name, "url": f"{own}/{name}.json"} for name in FILES if service.document(name) is not None]
    return {"en": {"feeds": files + [{"name": name, "url": f"{own}/{name}"} for name in service.queries]}}


def _whole(data: Json) -> Response:
    return JSONResponse({"last_updated": int(time.time()), "ttl": TTL_S, "version": "1.0", "data": data})
