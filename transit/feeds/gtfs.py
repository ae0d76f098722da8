"""A feed as columns with indices instead of ids: every reference holds, every time is there, every trip can run.

Source: GTFS Schedule reference. Entities that break it are dropped with a notice; frequencies are expanded into trips.
Not used: continuous_pickup and continuous_drop_off, since journeys begin and end at stops.
Imported by commands and workers only (gtfs-kit, pandas, polars).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transit.feeds import calendars, entities, extras, frequencies, stop_times
from transit.feeds.archive import Archive
from transit.feeds.calendars import Services
from transit.feeds.entities import Agency, Routes, Stops, Transfers, Trips
from transit.feeds.fares import Fares, read_fares
from transit.feeds.flex import Flex, read_flex
from transit.feeds.notices import FeedError, Notices
from transit.feeds.pathways import Pathways, read_pathways
from transit.feeds.shapes import Shapes, read_shapes
from transit.feeds.tables import Tables, read_tables
from transit.feeds.tariffs import Neighbours, read_tariff
from transit.feeds.translations import Translation, read_translations
from transit.routing.tariff import Tariff


@dataclass(frozen=True)
class Events:
    """E stop events, in the order of their trips. Times are seconds of the service day."""

    stop: NDArray[np.int64]
    arrival: NDArray[np.int32]
    departure: NDArray[np.int32]
    sequence: NDArray[np.int32]
    pickup: NDArray[np.uint8]
    drop_off: NDArray[np.uint8]
    travelled: NDArray[np.float64]
    """`shape_dist_traveled`, not-a-number where the feed does not say."""


@dataclass(frozen=True)
class Gtfs:
    """One feed. Trip t has the events `trip_start[t]` … `trip_start[t + 1]`."""

    timezone: str
    language: str
    agencies: list[Agency]
    stops: Stops
    routes: Routes
    trips: Trips
    trip_start: NDArray[np.int64]
    events: Events
    services: Services
    transfers: Transfers
    shapes: Shapes
    fares: Fares
    tariff: Tariff
    pathways: Pathways
    extras: extras.Extras
    translations: list[Translation] = field(default_factory=list)
    flex: Flex = field(default_factory=Flex)
    losses: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many rows of trips and of stop_times could not be used, and of how many; rides on demand do not count."""

    @property
    def summary(self) -> dict[str, Any]:
        """Counts, the first and last day on which anything runs, and the departures of the fullest day."""
        days = np.flatnonzero(self.services.active.any(axis=0)) + self.services.first_day
        info = self.extras.info
        valid = {"valid_from": info.start_date, "valid_until": info.end_date}
        calls = np.bincount(self.trips.service, np.diff(self.trip_start), minlength=len(self.services.active))
        daily = calls @ self.services.active
        return {
            "agencies": len(self.agencies),
            "stops": len(self.stops.ids),
            "routes": len(self.routes.ids),
            "trips": len(self.trips.ids),
            "stop_times": len(self.events.stop),
            "first_day": calendars.text_of(int(days[0])) if len(days) else "",
            "last_day": calendars.text_of(int(days[-1])) if len(days) else "",
            **{name: day for name, day in valid.items() if day},
            "departures_on_fullest_day": int(daily.max(initial=0)),
            **({"on_demand_rides": len(self.flex.rides)} if self.flex.rides else {}),
        }


def read_gtfs(path: Path, notices: Notices) -> Gtfs:
    """Read the zip at `path`; what had to be dropped stands in `notices`. Raises FeedError for an unusable feed."""
    with Archive(path, notices) as archive:
        tables = read_tables(archive, notices)
    agencies, timezone = _read_agencies(tables, notices)
    stops = entities.read_stops(tables.rows("stops"), notices)
    routes = entities.read_routes(tables.rows("routes"), agencies, notices)
    services = calendars.of_tables(tables.rows("calendar"), tables.rows("calendar_dates"), notices)
    shapes = read_shapes(tables.rows("shapes"), notices)
    trips, known = entities.read_trips(tables.rows("trips"), routes, services.index, shapes.index, notices)
    found = stop_times.of_rows(
        tables.stop_times,
        {trip: i for i, trip in enumerate(trips.ids)},
        known,
        {stop: i for i, stop in enumerate(stops.ids)},
        (stops.lat, stops.lon),
        notices,
    )
    flex = read_flex(tables, stops, routes, services.index, notices)
    if not len(found.trip) and not flex.rides:
        raise FeedError(
            "No trip of the feed can be used: see the notices, mend the tables and publish again.", "no_usable_trip"
        )
    _note_trips_without_times(trips, known, found, tables, notices)
    used = [*trips.service[found.trip].tolist(), *(ride.service for ride in flex.rides)]
    if not services.active[used].any():
        raise FeedError("No trip of the feed runs on any day: mend calendar.txt and publish again.", "no_service_day")
    losses = _losses(tables, trips, found)
    trips, trip_start, events = _joined(trips, found, tables.rows("frequencies"), notices)
    return Gtfs(
        timezone=timezone,
        language=_language(tables),
        agencies=agencies,
        stops=stops,
        routes=routes,
        trips=trips,
        trip_start=trip_start,
        events=events,
        services=services,
        transfers=entities.read_transfers(tables.rows("transfers"), stops, routes, trips, known, notices),
        shapes=shapes,
        fares=read_fares(tables.rows("fare_attributes"), tables.rows("fare_rules"), agencies, routes, notices),
        tariff=_read_tariff(tables, stops, routes, services, notices),
        pathways=_read_pathways(tables, stops, notices),
        extras=_read_extras(tables, notices),
        translations=read_translations(tables, notices),
        flex=flex,
        losses=losses,
    )


def _on_demand(tables: Tables) -> set[str]:
    """The trips that run, wholly or in part, on demand."""
    which = stop_times.on_demand(tables.stop_times)
    return set() if which is None else set(tables.stop_times.filter(which)["trip_id"].to_list())


def _losses(tables: Tables, trips: Trips, found: stop_times.Events) -> dict[str, tuple[int, int]]:
    """How many rows could not be used, and of how many."""
    kept = {trips.ids[trip] for trip in found.trip.tolist()}
    on_demand = _on_demand(tables)
    given = entities.Columns(tables.rows("trips")).texts("trip_id")
    expected = sum(trip in kept or trip not in on_demand for trip in given)
    rows = tables.stop_times if not on_demand else tables.stop_times.filter(~pl.col("trip_id").is_in(on_demand))
    calls = np.diff(found.start)[[trips.ids[trip] not in on_demand for trip in found.trip.tolist()]].sum()
    return {"trips": (expected - len(kept), expected), "stop_times": (rows.height - int(calls), rows.height)}


def _read_agencies(tables: Tables, notices: Notices) -> tuple[list[Agency], str]:
    """The agencies and the time zone that all of them share. Raises FeedError without a time zone."""
    agencies = entities.read_agencies(tables.rows("agency"), notices)
    zones = list(dict.fromkeys(agency.timezone for agency in agencies))
    if not agencies or not entities.is_timezone(zones[0]):
        raise FeedError(
            "agency.txt names no valid agency_timezone. Give every agency an IANA time zone such as Europe/Helsinki.",
            "invalid_timezone",
        )
    if len(zones) > 1:
        notices.add("inconsistent_agency_timezone", "agency.txt", "agency_timezone", zones)
    return agencies, zones[0]


def _read_tariff(tables: Tables, stops: Stops, routes: Routes, services: Services, notices: Notices) -> Tariff:
    """Fares v2."""
    near = Neighbours(stops, entities.Columns(tables.rows("routes")), routes.ids, services)
    return read_tariff(lambda name: entities.TextColumns(tables.texts.get(name)), near, notices)


def _read_pathways(tables: Tables, stops: Stops, notices: Notices) -> Pathways:
    """The ways inside stations."""
    pathways, levels = (entities.TextColumns(tables.texts.get(name)) for name in ("pathways", "levels"))
    return read_pathways(entities.Columns(tables.rows("stops")), pathways, levels, stops, notices)


def _read_extras(tables: Tables, notices: Notices) -> extras.Extras:
    """Publisher, credits, and what GTFS-JP adds."""
    texts = {name: entities.TextColumns(frame) for name, frame in tables.texts.items()}
    offices = extras.read_offices(texts.get("office_jp", entities.TextColumns(None)))
    return extras.Extras(
        extras.read_info(entities.Columns(tables.rows("feed_info")), notices),
        extras.read_attributions(entities.Columns(tables.rows("attributions")), notices),
        offices,
        {name: extras.rows_of(texts[name], tables.columns(name)) for name in extras.JP_TABLES if name in texts},
        extras.read_trip_notes(entities.Columns(tables.rows("trips")), offices, notices),
    )


def _language(tables: Tables) -> str:
    """The language of the feed's own texts: feed_info.txt, else the first agency's; "" where neither says."""
    info = entities.Columns(tables.rows("feed_info")).texts("feed_lang")
    agency = entities.Columns(tables.rows("agency")).texts("agency_lang")
    named = [code for code in info[:1] + agency[:1] if code and code not in ("mul", "und")]
    return named[0].split("-")[0].lower() if named else ""


def _note_trips_without_times(
    trips: Trips, known: set[str], found: stop_times.Events, tables: Tables, notices: Notices
) -> None:
    """A warning for every trip that stop_times.txt never mentions."""
    silent = set(trips.ids) - {trips.ids[trip] for trip in found.trip.tolist()}
    if not silent:
        return
    silent -= set(tables.stop_times["trip_id"].drop_nulls().str.strip_chars().unique().to_list())
    columns = entities.Columns(tables.rows("trips"))
    ids = columns.texts("trip_id")
    rows = [i for i, trip in enumerate(ids) if trip in silent and trip in known]
    notices.warn("missing_trip_stop_times", "trips.txt", "trip_id", [ids[i] for i in rows], columns.lines[rows])


def _joined(
    trips: Trips, found: stop_times.Events, table: Any, notices: Notices
) -> tuple[Trips, NDArray[np.int64], Events]:
    """The trips that have events, frequencies expanded, with their events."""
    headsigns = {trip: text for trip, text in found.headsign.items() if not trips.headsign[trip]}
    trips = entities.with_headsigns(trips, headsigns)
    runs = frequencies.expand(table, trips.ids, found, notices)
    events = Events(
        stop=found.stop[runs.event],
        arrival=found.arrival[runs.event] + runs.event_shift,
        departure=found.departure[runs.event] + runs.event_shift,
        sequence=found.sequence[runs.event],
        pickup=found.pickup[runs.event],
        drop_off=found.drop_off[runs.event],
        travelled=found.travelled[runs.event],
    )
    return entities.taken(trips, runs.trip, runs.suffix, runs.headway), runs.start, events
