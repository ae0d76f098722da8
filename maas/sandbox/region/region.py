"""Draws a whole region and writes it to a folder."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random

from shapely import LineString

from maas.sandbox.region import (
    companies,
    gtfs,
    houses,
    landmarks,
    minibuses,
    osm,
    quarters,
    roads,
    services,
    sites,
    terrain,
)
from maas.sandbox.region.lines import FEEDS, USUAL, Density, Stop
from maas.sandbox.region.model import Region
from maas.sandbox.region.names import REGION, TOWN, Name, Namer
from maas.sandbox.region.plane import Point, Scale, bend_line, distance, to_wgs84

# How each feed's tickets are sold: by this platform for the operator, or by the operator's own interface.
SALES = {"town": "hosted", "coast": "hosted", "rail": "tomp"}


def of_size(size: int, density: Density = USUAL) -> Region:
    """The region of a size: always the same one. More service than usual is for measuring how things grow."""
    scale, random = Scale(size), Random(f"wind coast {size}")
    ground = terrain.of_scale(scale, random)
    namer = Namer(random)
    plan = sites.of_terrain(ground, random, namer)
    town = quarters.divide(ground, TOWN, plan.centre, scale.town_m, random, namer)
    villages = [quarters.divide(ground, v.name, v.at, v.radius_m, random, namer) for v in plan.villages]
    network = roads.build(ground, town, villages, plan, random, namer).bent()
    harbour = bend_line([plan.quays[2].at])[0]
    market = (harbour[0] - 70, harbour[1] + 70)
    centre = bend_line([plan.centre])[0]
    places = landmarks.found(network, centre, market, harbour, scale.town_m, size, random)
    transit = services.plan(network, town, villages, plan, places, scale, density)
    cells = [*town.quarters, *(q for v in villages for q in v.quarters)]
    tracks = [LineString(bend_line(railway.track)).buffer(9).exterior for railway in plan.railways]
    built = houses.along(network, cells, [LineString(track.coords) for track in tracks], random)
    return Region(ground, plan, cells, network, places, built, transit)


def write(region: Region, start: date, folder: Path) -> None:
    """`<feed>.gtfs.zip` for each feed, `region.osm.pbf` and `region.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    for feed in FEEDS:
        (folder / f"{feed}.gtfs.zip").write_bytes(gtfs.archive(feed, region.transit, start))
    osm.write(region, folder / "region.osm.pbf")
    about = json.dumps(describe(region, start), ensure_ascii=False, indent=2)
    (folder / "region.json").write_text(about + "\n", encoding="utf-8")


def describe(region: Region, start: date) -> dict[str, object]:
    """What a set-up needs to know: names, extent, feeds, who sells how, searches worth showing."""
    west, south, east, north = region.terrain.frame
    low, high = to_wgs84((west, south)), to_wgs84((east, north))
    return {
        "id": "windcoast",
        "size": region.size,
        "start": start.isoformat(),
        "name": _texts(REGION),
        "town": _texts(TOWN),
        "timezone": gtfs.TIMEZONE,
        "currency": "EUR",
        "bbox": [*low, *high],
        "centre": _point(bend_line([region.sites.centre])[0]),
        "streets": "region.osm.pbf",
        "feeds": [
            {
                "id": feed,
                "file": f"{feed}.gtfs.zip",
                "sales": SALES[feed],
                "operators": [{"id": f"{feed}:{o.id}", "name": _texts(o.name)} for o in operators],
            }
            for feed, operators in FEEDS.items()
        ],
        "searches": searches(region),
        "on_demand": minibuses.service(region),
        "entered": companies.entered(region),
        "vans": companies.vans(region),
    }


def searches(region: Region) -> list[dict[str, object]]:
    """Journeys to try: across the town, by bus and train, and by bus, train and ferry to the island."""
    one, two = (line.ways[0].stops for line in region.transit.lines["town"][:2])
    round_trip = region.transit.lines["town"][-1].ways[0].stops
    island = region.transit.stops["coast"][-2]
    port = next(s for s in region.transit.stops["rail"] if s.name.fi == region.sites.villages[0].name.fi)
    regional = region.transit.lines["coast"][0].ways[0].stops[-1]
    return [
        _search("bus, train and ferry", _end(_far_from_rails(region)), _end(island)),
        _search("two buses on one ticket", _end(one[-1]), _end(two[0])),
        _search("regional bus and train", _end(regional), _end(port)),
        _search("a minibus that is called", *_by_minibus(region)),
        _search("round the centre", _end(round_trip[0]), _end(round_trip[len(round_trip) // 2])),
    ]


def _by_minibus(region: Region) -> tuple[dict[str, object], dict[str, object]]:
    """From a village without a railway to the hospital."""
    village = minibuses.villages(region)[-1]
    hospital = next(mark for mark in region.landmarks if mark.tags.get("amenity") == "hospital")
    start = {"name": _texts(village.name), **_point(bend_line([village.at])[0])}
    return start, {"name": _texts(hospital.name), **_point(hospital.at)}


def _far_from_rails(region: Region) -> Stop:
    """The end of a town line from which nobody would walk to a train."""
    stations = [stop.at for stop in region.transit.stops["rail"] if stop.kind == 1]
    ends = [way.stops[0] for line in region.transit.lines["town"][:-1] for way in line.ways]
    return max(ends, key=lambda stop: min(distance(stop.at, station) for station in stations))


def _search(about: str, origin: dict[str, object], destination: dict[str, object]) -> dict[str, object]:
    return {"about": about, "from": origin, "to": destination, "time": "10:00"}


def _end(stop: Stop) -> dict[str, object]:
    return {"name": _texts(stop.name), **_point(stop.at)}


def _point(at: Point) -> dict[str, object]:
    lon, lat = to_wgs84(at)
    return {"lat": lat, "lon": lon}


def _texts(name: Name) -> dict[str, str]:
    return {"fi": name.fi, "en": name.en, "ja": name.ja}
