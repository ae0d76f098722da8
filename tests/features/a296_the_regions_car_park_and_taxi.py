"""The demo's region has a taxi that publishes no feed, and car parks at its stations out of town: both are found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from maas.management.commands.demo_prepare import register
from maas.sandbox.catalogue import Catalogue
from maas.sandbox.feeds import Library
from maas.sandbox.region import region as regions
from maas.sandbox.region.names import CENTRAL
from maas.sandbox.region.plane import to_wgs84
from tests.features.town import TODAY, Town
from tests.feeds import NOW
from transit.feeds.imports import import_feed, import_streets
from transit.models import Taxi
from transit.network.publish import publish_network

MONDAY = date(2026, 11, 23)


@pytest.mark.django_db
def test_by_taxi_and_by_car_to_the_train(town: Town, tmp_path: Path) -> None:
    made = regions.of_size(1)
    regions.write(made, MONDAY, tmp_path)
    about = Catalogue(Library(tmp_path, lambda: MONDAY), {}).region()
    register(about, "http://sandbox.example")
    Taxi.objects.get().full_clean()
    import_feed(str(tmp_path / "rail.gtfs.zip"), "rail", NOW)
    import_streets(str(tmp_path / "region.osm.pbf"), "streets", NOW)
    publish_network("windcoast", NOW)
    stations = [stop for stop in made.transit.stops["rail"] if stop.kind == 1]
    central = next(stop for stop in stations if stop.name == CENTRAL)
    far = max(stations, key=lambda stop: abs(stop.at[0] - central.at[0]) + abs(stop.at[1] - central.at[1]))
    lon, lat = to_wgs84((far.at[0] + 900, far.at[1] + 900))
    home, market = f"{lat},{lon}", "{1},{0}".format(*to_wgs84(central.at))
    parked = [leg["parking"] for each in town.plan(home, market, "10:00", car="true") for leg in each["legs"]]
    assert f"{far.name.en} Park and Ride" in [park["name"] for park in parked if park]
    lon, lat = to_wgs84((central.at[0] + 1500, central.at[1] + 1500))
    rides = [leg for each in town.plan(f"{lat},{lon}", market, "10:00", taxi="true") for leg in each["legs"]]
    ordered = next(leg for leg in rides if leg["mode"] == "taxi")
    assert ordered["service"]["agency_name"] == "Harbour Taxi Ltd"
    assert ordered["ordering"]["price_low"]["currency"] == "EUR"
    assert ordered["start_at"].startswith(TODAY)
