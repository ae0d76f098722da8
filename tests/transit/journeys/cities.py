"""A small city for tests of the door: two bus lines, a station, streets, zone tickets, names in two languages."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.feeds import write_feed, write_streets
from transit.journeys.engine import Engine
from transit.network.build import Source, build
from transit.network.store import open_network
from transit.routing.query import Location

HELSINKI = ZoneInfo("Europe/Helsinki")

STREETS = """
street residential 60.0000,24.0000 60.0000,24.0500 60.0000,24.1000 60.0000,24.1500 # Rantatie
street residential 60.0000,24.0000 60.0050,24.0000 # Kirkkokatu
"""

FEED = """
stop A 60.0000 24.0000 zone=1 Tori
stop B 60.0000 24.0500 zone=1 Silta
station S 60.0000 24.1000 Asema
stop C1 60.0000 24.1000 zone=2 parent=S platform=1 Asema
stop C2 60.0001 24.1010 zone=2 parent=S platform=2 Asema
stop D 60.0000 24.1500 zone=2 Satama

every 30 until 20:00 line 1 bus A 7:00 B 7:10 C1 7:20
every 30 until 20:00 line 2 tram C2 7:25 D 7:35
line 3 bus A 23:50 C1 24:20

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration,agency_id
one,2.50,EUR,0,,3600,ag
both,4.00,EUR,0,,3600,ag

[fare_rules.txt]
fare_id,contains_id
one,1
both,1
both,2

[translations.txt]
table_name,field_name,language,translation,record_id
stops,stop_name,sv,Torget,A
"""


def engine_of(folder: Path, feed: str = FEED, streets: str = STREETS) -> Engine:
    """An engine on the network of a feed written as text."""
    paths = {"city": write_feed(folder / "city.zip", feed), "streets": write_streets(folder / "s.osm.pbf", streets)}
    sources = [
        Source(name, path, hashlib.sha256(path.read_bytes()).hexdigest(), name == "streets")
        for name, path in paths.items()
    ]
    return Engine(open_network(build(sources, folder)))


def at(clock: str, day: int = 24) -> datetime:
    """A time of day in November 2026."""
    return datetime.fromisoformat(f"2026-11-{day:02d}T{clock}").replace(tzinfo=HELSINKI)


NEAR_A = Location(60.0000, 24.0010, "Koti")
NEAR_D = Location(60.0000, 24.1490, "Ranta")
