"""What scripts need for a map: where the basemap is, what to draw on it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.urls import reverse

from transit.network.current import NoNetwork, current_network
from transit.network.folder import Reader
from transit.network.kept import networks_folder
from transit.routing.itinerary import Itinerary, Leg, Place

MODULES = {
    "maplibre-gl": "vendor/maplibre-gl/maplibre-gl.mjs",
    "maplibre-gl/worker": "vendor/maplibre-gl/maplibre-gl-worker.mjs",
    "pmtiles": "vendor/pmtiles/index.js",
    "fflate": "vendor/fflate/browser.js",
    "qr/decode.js": "vendor/qr/decode.js",
    "maas/driver-queue": "js/driver-queue.js",
    "maas/inspector-camera": "js/inspector-camera.js",
    "maas/inspector-store": "js/inspector-store.js",
    "maas/inspector-sync": "js/inspector-sync.js",
    "maas/inspector-verdict": "js/inspector-verdict.js",
    "maas/map": "js/map.js",
    "maas/moving-code": "js/moving-code.js",
    "maas/places": "js/places.js",
    "maas/position": "js/position.js",
    "maas/recents": "js/recents.js",
    "maas/steppers": "js/steppers.js",
    "maas/strings": "js/strings.js",
    "maas/ticket-verify": "js/ticket-verify.js",
}
"""The scripts by the names under which they import each other."""


def find_tiles(digest: str, layer: str) -> Path | None:
    """The file of one layer of a network's basemap (see `transit.network.basemap`), if it is there."""
    path = networks_folder() / digest / "basemap" / f"{layer}.pmtiles"
    return path if path.is_file() else None


def find_basemap() -> dict[str, Any] | None:
    """The basemap of the published network: `bounds` (west, south, east, north) and `layers`, addresses by name."""
    try:
        return _basemap(current_network().folder)
    except NoNetwork:
        return None


@lru_cache(maxsize=4)
def _basemap(folder: Path) -> dict[str, Any] | None:
    """A network never changes, so what is known of it may be remembered."""
    facts = Reader(folder).facts
    layers = {layer: reverse("tiles", args=[folder.name, layer]) for layer in facts.get("basemap", ())}
    return {"bounds": facts["bounds"], "layers": layers} if layers else None


def features_of(itinerary: Itinerary) -> dict[str, Any]:
    """GeoJSON: a line for each leg and a point where each begins, and the last point."""
    lines = [_line(leg) for leg in itinerary.legs]
    starts = [_point(leg.start, "start" if position == 0 else "stop") for position, leg in enumerate(itinerary.legs)]
    return {"type": "FeatureCollection", "features": [*lines, *starts, _point(itinerary.legs[-1].end, "end")]}


def _line(leg: Leg) -> dict[str, Any]:
    path = leg.drawn or ((leg.start.lon, leg.start.lat), (leg.end.lon, leg.end.lat))
    colour = leg.service.colour.lstrip("#") if leg.service else ""
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": path},
        "properties": {"street": not leg.is_transit, "colour": f"#{colour or '30495f'}"},
    }


def _point(place: Place, role: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": (place.lon, place.lat)},
        "properties": {"role": role, "name": place.name},
    }
