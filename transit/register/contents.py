"""Which data the duty is about: what a kind of service owes at each level, and what an interface holds.

What is owed follows Figure 3.7 of the source report: timetable, stops and routes for train, bus and bike sharing;
bureau, area, hours and details for taxi, rental, car sharing and logistics; booking, tickets and payment for all.
Kinds, formats and content types are those of `models.Service` and `models.Interface`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final


class Item(StrEnum):
    """Something that is to be disclosed."""

    TIMETABLE = "timetable"
    STOPS = "stops"
    ROUTES = "routes"
    BUREAU = "bureau"
    AREA = "area"
    HOURS = "hours"
    DETAILS = "details"
    AVAILABILITY = "availability"
    BOOKING = "booking"
    TICKETS = "tickets"
    PAYMENT = "payment"
    ON_BEHALF = "on_behalf"


Items = frozenset[Item]
NOTHING: Final[Items] = frozenset()
LEVELS: Final = (1, 2, 3, 4)
"""Data, live availability, sales, acting on behalf of a customer."""
TIMED: Final[Items] = frozenset({Item.TIMETABLE, Item.STOPS, Item.ROUTES})
UNTIMED: Final[Items] = frozenset({Item.BUREAU, Item.AREA, Item.HOURS, Item.DETAILS})
LIVE: Final[Items] = frozenset({Item.AVAILABILITY})
SOLD: Final[Items] = frozenset({Item.BOOKING, Item.TICKETS, Item.PAYMENT})
_DATA: Final[Mapping[str, Items]] = {
    **dict.fromkeys(("train", "tram", "bus", "ferry", "flight", "bike-sharing"), TIMED),
    **dict.fromkeys(("on-demand", "taxi", "rental", "car-sharing", "logistics"), UNTIMED),
}
KINDS: Final = tuple(_DATA)
"""Those of the figure; trams, ferries and flights run by timetables as trains do, rides on demand are like taxis."""
_FORMATS: Final[Mapping[str, Items]] = {
    "GTFS": TIMED,
    "NeTEx": TIMED,
    "GTFS-RT": LIVE,
    "SIRI": LIVE,
    "GBFS": TIMED | LIVE,
    "GOFS": frozenset({Item.AREA, Item.HOURS, Item.AVAILABILITY}),
    "TOMP-1.6": LIVE | SOLD,
    "TOMP-2.0": LIVE | SOLD,
    "OSDM": LIVE | SOLD,
}
"""Stations of GBFS are its stops, opening hours its timetable, zones its routes."""
_CONTENTS: Final[Mapping[str, Items]] = {
    "route-and-schedule": TIMED,
    "service-hours": frozenset({Item.HOURS}),
    "map-and-location": frozenset({Item.AREA}),
    "realtime-interface": LIVE,
    "booking-interface": frozenset({Item.BOOKING, Item.TICKETS}),
    "payment-interface": frozenset({Item.PAYMENT}),
    "on-behalf-errand": frozenset({Item.ON_BEHALF}),
}


def owed(kind: str, level: int) -> Items:
    """What a service of one of the KINDS has to disclose at a level."""
    by_level: dict[int, Items] = {1: _DATA[kind], 2: LIVE, 3: SOLD, 4: frozenset({Item.ON_BEHALF})}
    return by_level[level]


def held(format_: str, contents: Collection[str]) -> Items:
    """What an interface discloses: what it says of its contents, else what such formats hold."""
    if contents:
        return NOTHING.union(*(_CONTENTS.get(each, NOTHING) for each in contents))
    return _FORMATS.get(format_, NOTHING)
