"""What runs: trips on a day, with all that rides in them share, in the words of a language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from transit.network.store import Network
from transit.routing.itinerary import Arrangement, Service
from transit.routing.query import Mode
from transit.routing.window import service_day_start

ARRANGEMENTS = (Arrangement.REGULAR, Arrangement.REGULAR, Arrangement.PHONE, Arrangement.DRIVER)
"""By GTFS pickup_type and drop_off_type; 1, not at all, is on no journey."""
COURSES_KEPT = 8192
LINES_KEPT = 4096


class Office(NamedTuple):
    """The office that answers for a trip, and what it says of it (GTFS-JP)."""

    name: str = ""
    phone: str = ""
    remark: str = ""


class Line(NamedTuple):
    """What all trips of a route share."""

    route_id: str
    name: str
    agency_id: str
    agency_name: str
    colour: str
    text_colour: str
    agency_url: str
    fare_url: str
    agency_phone: str

    def service(self, trip_id: str, day: int, headsign: str, credited: tuple[str, ...], office: Office) -> Service:
        """What runs a trip of the route on a day (`date.toordinal`)."""
        own = trip_id, date.fromordinal(day), self.route_id, self.name, headsign
        return Service(*own, *self[2:], *office, credited)


class Course(NamedTuple):
    """A trip on a day. By call: the stop, seconds after `start_at` (Unix), GTFS `stop_sequence`, pickup and drop-off
    type. These are memory views, which give single numbers three times as fast as arrays do.
    """

    mode: Mode
    service: Service
    headway_s: int | None
    wheelchair: int
    """GTFS `wheelchair_accessible`."""
    start_at: int
    stops: list[int]
    arrivals: memoryview
    departures: memoryview
    sequence: memoryview
    pickup: memoryview
    drop_off: memoryview


class Courses:
    """What runs in a network. Remembers what it was asked last: many rides are in the same trips."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.line: Callable[[int, str], Line] = lru_cache(maxsize=LINES_KEPT)(self._line)
        """What a route is to people, in a language."""
        self.course: Callable[[int, int, str], Course] = lru_cache(maxsize=COURSES_KEPT)(self._course)
        """A trip on a day (`date.toordinal`), in a language."""

    def _line(self, route: int, language: str) -> Line:
        routes, agencies = self.network.routes, self.network.agencies
        agency = int(routes.agency[route])
        return Line(
            routes.ids.texts[route],
            routes.short_name.get(route, language) or routes.long_name.get(route, language),
            agencies.ids.texts[agency],
            agencies.name.get(agency, language),
            routes.colour[route],
            routes.text_colour[route],
            agencies.url[agency],
            agencies.fare_url[agency],
            agencies.phone[agency],
        )

    def _course(self, trip: int, day: int, language: str) -> Course:
        network, schedule, trips = self.network, self.network.schedule, self.network.trips
        headsign = network.headsigns.get(int(trips.headsign[trip]), language), language
        zone = schedule.timezones[int(schedule.service_timezone[int(trips.service[trip])])]
        stops, first = network.trip_stops(trip), int(schedule.trip_event_start[trip])
        events = slice(first, first + len(stops))
        calls = slice(network.first_call(trip), network.first_call(trip, 1))
        return Course(
            network.mode(int(trips.route[trip])),
            self.service(network.trip_id(trip), day, int(trips.route[trip]), headsign, int(trips.notes[trip])),
            network.find_headway(trip),
            int(trips.wheelchair[trip]),
            service_day_start(day, zone),
            stops,
            schedule.event_arrivals[events].data,
            schedule.event_departures[events].data,
            network.stop_sequence(trip).data,
            schedule.sequence_pickup[calls].data,
            schedule.sequence_drop_off[calls].data,
        )

    def service(self, trip_id: str, day: int, route: int, headsign: tuple[str, str], notes_number: int) -> Service:
        """What runs a trip of a route on a day; with its headsign and the language of that."""
        publishers, (text, language) = self.network.publishers, headsign
        line, notes = self.line(route, language), publishers.notes(notes_number)
        office = publishers.find_office(self.network.feed_of(trip_id), notes.office_id) if notes else None
        said = (office.name, office.phone) if office else ("", "")
        credited = publishers.credits(line.agency_id, line.route_id, trip_id)
        return line.service(trip_id, day, text, credited, Office(*said, notes.description if notes else ""))
