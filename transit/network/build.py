"""Feeds and street extracts → the folder of a network, named by the hash of all that went into it.

Imported by commands and workers only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from transit.feeds import gtfs as gtfs_reader
from transit.feeds import osm
from transit.feeds.notices import FeedError, Notices
from transit.feeds.ragged import gather
from transit.network import (
    basemap,
    beside,
    carriageways,
    chains,
    groups,
    merge,
    naming,
    pathways,
    places_index,
    points,
    sharing,
    streets,
    tracks,
    transfers,
)
from transit.network.amenities_index import write_amenities
from transit.network.fares_index import write_fares
from transit.network.flex_index import write_flex
from transit.network.folder import FACTS, Writer
from transit.network.merge import Calls, Days, Feed, Merged, Sequences
from transit.network.parks_index import write_parks
from transit.network.publishers_index import write_publishers
from transit.network.sources import Source
from transit.network.stations import Override, write_decisions
from transit.network.strings import order_of, pack
from transit.network.texts import write_texts
from transit.routing.streets import NO_EDGE, STAIRLESS, WHEELCHAIR, Carriageways, Doors, Streets
from transit.routing.timetable import LIMITED, Transfers

__all__ = ["Source", "build", "builder_version", "digest_of"]
F64 = NDArray[np.float64]
T = TypeVar("T")


@cache
def builder_version() -> str:
    """A hash of all code that decides what a network's folder holds: readers, builder, and the arrays and kernels."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for folder in ("feeds", "network", "routing", "routing/kernels"):
        for path in sorted((root / folder).glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def digest_of(sources: Iterable[Source], overrides: Iterable[Override] = ()) -> str:
    """The name of the network that these sources make, given what people decided about shared stations."""
    lines = sorted(f"{source.name} {source.sha256} {source.is_streets}" for source in sources)
    decided = sorted(f"{each.first_id} {each.second_id} {each.join}" for each in overrides)
    return hashlib.sha256("\n".join([builder_version(), *lines, *decided]).encode()).hexdigest()


def build(sources: list[Source], networks: Path, overrides: Collection[Override] = ()) -> Path:
    """Build the network of some sources into a folder of `networks`, unless it is there; the folder.

    `overrides` are what people decided about stations that feeds share. Raises FeedError where a source cannot be used
    or no feed is among them.
    """
    if all(source.is_streets for source in sources):
        raise FeedError("A network needs at least one feed. Import one with import_feed.")
    final = networks / digest_of(sources, overrides)
    if (final / FACTS).exists():
        return final
    writer = Writer(final)
    try:
        # The extract is read and its map drawn meanwhile.
        with beside.done(partial(_read_and_draw, sources, writer.folder)) as answer:
            feeds = [
                Feed(source.name, _named(source, lambda path: gtfs_reader.read_gtfs(path, Notices())))
                for source in sorted(sources, key=lambda each: each.name)
                if not source.is_streets
            ]
            writer.note("digest", final.name)
            _write_all(writer, feeds, answer(), overrides)
            writer.note("basemap", answer())
        return writer.finish()
    except BaseException:
        writer.abandon()
        raise


def _read_and_draw(sources: list[Source], folder: Path) -> Iterator[Any]:
    """All extracts as one, without what only the map needs, and then the layers of the map that is in the folder."""
    extract = osm.joined([_named(source, osm.read_extract) for source in sources if source.is_streets])
    yield extract.undrawn()
    yield basemap.write(folder, extract)


def _named(source: Source, read: Callable[[Path], T]) -> T:
    """What is read from a source; a reason why it cannot be used says which it is."""
    try:
        return read(source.path)
    except FeedError as error:
        raise FeedError(f"{source.name}: {error}") from error


def _write_all(writer: Writer, feeds: list[Feed], extract: osm.Extract, overrides: Collection[Override]) -> None:
    """Everything into the folder."""
    merged = Merged.of(feeds)
    lon = np.concatenate([feed.gtfs.stops.lon for feed in feeds])
    lat = np.concatenate([feed.gtfs.stops.lat for feed in feeds])
    parent = merged.column((feed.gtfs.stops.parent for feed in feeds), merged.stop)
    inside = pathways.inside_of(merged)
    graph = streets.of_extract(extract, np.append(lon, inside.lon), np.append(lat, inside.lat))
    driven = carriageways.carriageways_of(extract, graph, lon, lat)
    timezones = _timezones(feeds)
    days = merge.days_of(feeds, timezones)
    names = Names.of(merged)
    one = _shared_stations(merged, names, parent, (lon, lat), overrides)
    write_decisions(writer.folder, one.decisions)
    ground = transfers.Ground(lon, lat, parent, graph if graph.nodes else None, inside, (one.tail, one.head))
    place, members = ground.place, transfers.Members(parent)
    spread = points.points_of(merged, members)
    calls = merge.calls_of(merged, spread.event_point)
    linked = chains.chains_of(chains.links_of(merged, calls, days, one.group, place), days)
    runs = chains.with_chains(calls, linked)
    sequences = merge.sequences_of(runs)
    rules, stop_of = transfers.Rules.of(merged), spread.stop_of
    walks = points.between(spread, transfers.of_stops(ground, rules), members, place)
    _write_streets(writer, "streets", graph, stop_of)
    _write_carriageways(writer, driven, stop_of)
    _write_doors(writer, inside, graph, stop_of)
    for name, bit in zip(LIMITED, (STAIRLESS, WHEELCHAIR), strict=True):
        level = ground.limited(bit)
        writer.note(name, level is not None)
        if level is not None:
            free = points.between(spread, transfers.of_stops(level, rules, step_free=True), members, place)
            free = transfers.without_barriers(ground, level, free, stop_of)
            for column, values in zip(Transfers._fields, transfers.packed(free, len(stop_of)), strict=True):
                writer.array(f"{name}.{column}", values)
    _write_schedule(writer, runs, sequences, chains.days_with(days, linked), transfers.packed(walks, len(stop_of)))
    _write_stops(writer, merged, names, (lon, lat), (parent, one.group, stop_of))
    _write_agencies(writer, feeds)
    _write_routes(writer, merged)
    _write_trips(writer, merged, days, tracks.tracks_of(merged, sequences, lon[stop_of], lat[stop_of]))
    _write_chains(writer, linked)
    _write_shapes(writer, feeds)
    write_texts(writer, "street_names", *naming.of_names(extract.names))
    write_parks(writer, extract.car_parks)
    write_fares(writer, merged)
    write_publishers(writer, merged)
    write_flex(writer, merged, days, stop_of, (lon[stop_of], lat[stop_of]))
    writer.note("feeds", [feed.name for feed in feeds])
    writer.note("bounds", _bounds(lon, lat, graph))
    writer.note("summary", {"stops": len(lon), "trips": merged.trip[-1], "linked": _linked(graph, len(lon))})
    write_amenities(writer, extract)
    places_index.write(writer.folder / "places.sqlite", merged, one.group, extract, graph)


def _linked(graph: Streets, stops: int) -> int:
    """How many stops stand on a street."""
    return int((graph.stop_edge[:stops] != NO_EDGE).sum())


def _bounds(lon: F64, lat: F64, graph: Streets) -> list[float]:
    """West, south, east, north of everything."""
    lons, lats = np.append(lon, graph.shape_lon), np.append(lat, graph.shape_lat)
    return [float(value) for value in (lons.min(), lats.min(), lons.max(), lats.max())]


def _timezones(feeds: list[Feed]) -> tuple[str, ...]:
    """The time zones of all feeds and stops, those of feeds first."""
    own = [feed.gtfs.timezone for feed in feeds]
    stops = [zone for feed in feeds for zone in feed.gtfs.stops.timezone if zone]
    return tuple(dict.fromkeys([*own, *stops]))


def _write_streets(writer: Writer, name: str, graph: Streets, stop_of: NDArray[np.int64]) -> None:
    """The arrays of `Streets`, in which a point is where its stop is."""
    for field in fields(Streets):
        values = getattr(graph, field.name)
        writer.array(f"{name}.{field.name}", values[stop_of] if field.name.startswith("stop_") else values)


def _write_carriageways(writer: Writer, driven: Carriageways, stop_of: NDArray[np.int64]) -> None:
    """The arrays of `Carriageways`."""
    _write_streets(writer, "driven", driven.streets, stop_of)
    writer.array("driven.edge_kmh", driven.edge_kmh)
    writer.array("driven.walk_node", driven.walk_node)
    writer.array("driven.turns", driven.turns)


def _write_doors(writer: Writer, inside: pathways.Inside, graph: Streets, stop_of: NDArray[np.int64]) -> None:
    """The arrays of `Doors`, in which a point has the doors of its stop, and the names of the entrances."""
    stops = len(inside.component)
    order = np.argsort(inside.stop, kind="stable")
    low, high = (np.searchsorted(inside.stop[order], stop_of, side=side) for side in ("left", "right"))
    rows = order[gather(low, high - low)]
    doors = Doors(
        inside.component[stop_of].astype(np.int32),
        inside.lon,
        inside.lat,
        graph.stop_edge[stops:],
        graph.stop_fraction[stops:],
        graph.stop_offset_m[stops:],
        np.repeat(np.arange(len(stop_of)), high - low).astype(np.uint32),
        inside.entrance[rows].astype(np.uint32),
        inside.inward_s[rows].astype(np.int32),
        inside.outward_s[rows].astype(np.int32),
        inside.step_free_inward_s[rows].astype(np.int32),
        inside.step_free_outward_s[rows].astype(np.int32),
    )
    for field in fields(Doors):
        writer.array(f"doors.{field.name}", getattr(doors, field.name))
    writer.strings("entrances.name", pack(inside.entrance_name))
    writer.note("signs", [[*ends, text] for ends, text in inside.signs.items()])


def _write_schedule(
    writer: Writer,
    runs: Calls,
    sequences: Sequences,
    days: Days,
    walks: tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32]],
) -> None:
    """The arrays of `Schedule`."""
    arrays: dict[str, NDArray[np.generic]] = {
        "sequence_start": sequences.start.astype(np.uint32),
        "sequence_stops": sequences.stops.astype(np.uint32),
        "sequence_pickup": sequences.pickup,
        "sequence_drop_off": sequences.drop_off,
        "sequence_mode": sequences.mode,
        "trip_sequence": sequences.run.astype(np.uint32),
        "trip_event_start": runs.start[:-1].astype(np.uint64),
        "event_arrivals": runs.arrival.astype(np.int32),
        "event_departures": runs.departure.astype(np.int32),
        "trip_service": days.trip_service.astype(np.uint32),
        "service_active": days.active,
        "service_timezone": days.timezone.astype(np.uint32),
        "transfer_start": walks[0],
        "transfer_stops": walks[1],
        "transfer_seconds": walks[2],
    }
    for name, values in arrays.items():
        writer.array(f"schedule.{name}", values)
    writer.note("first_day", days.first_day)
    writer.note("timezones", list(days.timezones))


def _write_chains(writer: Writer, linked: chains.Chains) -> None:
    """The arrays of `ChainTable`."""
    writer.array("chains.start", linked.start.astype(np.uint32))
    writer.array("chains.trips", linked.trips.astype(np.uint32))
    writer.array("chains.shift", linked.shift.astype(np.uint8))


def _write_ids(writer: Writer, name: str, ids: list[str]) -> None:
    """Ids and the order in which they are found."""
    writer.strings(name, pack(ids))
    writer.array(f"{name}.order", order_of(ids))


@dataclass(frozen=True)
class Names:
    """The name of every stop, or its id, and the names by language."""

    spot: list[str]
    others: naming.Others

    @classmethod
    def of(cls, merged: Merged) -> Names:
        """Of all feeds."""
        tables = [feed.gtfs.stops for feed in merged.feeds]
        others = naming.joined(
            naming.translated(f.gtfs.translations, "stops", "stop_name", f.gtfs.stops.ids, f.gtfs.stops.name, first)
            for f, first in zip(merged.feeds, merged.stop, strict=False)
        )
        return cls([name or key for t in tables for key, name in zip(t.ids, t.name, strict=True)], others)


def _shared_stations(
    merged: Merged, names: Names, parent: NDArray[np.int64], place: tuple[F64, F64], overrides: Collection[Override]
) -> sharing.Shared:
    """The stations that feeds share. Within a feed, namesakes close by are one place already."""
    stops = sharing.Named.of(merged, names.spot, names.others, transfers.metres_of(*place))
    apart = [f"{feed}:{name}" for feed, name in zip(stops.feed.tolist(), names.spot, strict=True)]
    return sharing.shared_of(stops, groups.groups_of(parent, apart, place), overrides)


def _write_stops(
    writer: Writer,
    merged: Merged,
    named: Names,
    place: tuple[F64, F64],
    family: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> None:
    """The arrays of `StopTable`: the stops, and the points that stand for some of them again.

    `family` is the station of each stop, the group of each stop, and the stop of each point.
    """
    feeds, timezones = merged.feeds, _timezones(merged.feeds)
    parent, group, stop_of = family

    def at_points(texts: Iterable[str]) -> list[str]:
        column = list(texts)
        return [column[stop] for stop in stop_of.tolist()]

    _write_ids(writer, "stops.ids", at_points(key for feed in feeds for key in feed.outside(feed.gtfs.stops.ids)))
    names, others = named.spot, named.others
    copies = list(enumerate(stop_of.tolist()))[len(names) :]
    for texts in others.values():
        texts.update({point: texts[stop] for point, stop in copies if stop in texts})
    write_texts(writer, "stops.name", at_points(names), others)
    writer.strings("stops.code", pack(at_points(code for feed in feeds for code in feed.gtfs.stops.code)))
    writer.strings("stops.platform", pack(at_points(text for feed in feeds for text in feed.gtfs.stops.platform)))
    zones = (f"{feed.name}:{zone}" if zone else "" for feed in feeds for zone in feed.gtfs.stops.zone)
    writer.strings("stops.zone", pack(at_points(zones)))
    own = [timezones.index(zone or feed.gtfs.timezone) for feed in feeds for zone in feed.gtfs.stops.timezone]
    columns: dict[str, NDArray[np.generic]] = {
        "lon": place[0],
        "lat": place[1],
        "parent": parent.astype(np.int32),
        "station": np.concatenate([feed.gtfs.stops.is_station for feed in feeds]).astype(np.uint8),
        "wheelchair": np.concatenate([feed.gtfs.stops.wheelchair for feed in feeds]),
        "timezone": np.array(own, np.uint8),
    }
    for name, values in columns.items():
        writer.array(f"stops.{name}", values[stop_of])
    writer.array("stops.original", stop_of.astype(np.uint32))
    start, members = groups.members_of(parent, group, stop_of)
    writer.array("stops.member_start", start.astype(np.uint32))
    writer.array("stops.member_stops", members.astype(np.uint32))


def _write_agencies(writer: Writer, feeds: list[Feed]) -> None:
    """The arrays of `AgencyTable`."""
    rows = [(feed, asdict(agency)) for feed in feeds for agency in feed.gtfs.agencies]
    _write_ids(writer, "agencies.ids", [f"{feed.name}:{row['id']}" for feed, row in rows])
    first, parts = 0, []
    for feed in feeds:
        ids = [agency.id for agency in feed.gtfs.agencies]
        names = [agency.name for agency in feed.gtfs.agencies]
        parts.append(naming.translated(feed.gtfs.translations, "agency", "agency_name", ids, names, first))
        first += len(ids)
    write_texts(writer, "agencies.name", [row["name"] for _, row in rows], naming.joined(parts))
    for name in ("url", "fare_url", "phone"):
        writer.strings(f"agencies.{name}", pack(row[name] for _, row in rows))


def _write_routes(writer: Writer, merged: Merged) -> None:
    """The arrays of `RouteTable`."""
    feeds = merged.feeds
    _write_ids(writer, "routes.ids", [key for feed in feeds for key in feed.outside(feed.gtfs.routes.ids)])
    for name in ("short_name", "long_name"):
        others = naming.joined(
            naming.translated(
                f.gtfs.translations, "routes", f"route_{name}", f.gtfs.routes.ids, getattr(f.gtfs.routes, name), first
            )
            for f, first in zip(feeds, merged.route, strict=False)
        )
        write_texts(writer, f"routes.{name}", [text for f in feeds for text in getattr(f.gtfs.routes, name)], others)
    for name in ("colour", "text_colour", "url"):
        writer.strings(f"routes.{name}", pack(text for feed in feeds for text in getattr(feed.gtfs.routes, name)))
    agency = merged.column((feed.gtfs.routes.agency for feed in feeds), merged.agency)
    writer.array("routes.agency", agency.astype(np.uint32))
    writer.array("routes.mode", np.concatenate([feed.gtfs.routes.mode for feed in feeds]))


def _write_trips(writer: Writer, merged: Merged, days: Days, lines: tracks.Tracks) -> None:
    """The arrays of `TripTable`, the headsigns and the tracks."""
    feeds = merged.feeds
    _write_ids(writer, "trips.ids", [key for feed in feeds for key in feed.outside(feed.gtfs.trips.ids)])
    numberings = merge.numberings_of(merged)
    writer.array("trips.route", merged.trip_route.astype(np.uint32))
    writer.array("trips.service", days.trip_service.astype(np.uint32))
    writer.array("trips.numbering", numberings.trip.astype(np.uint32))
    writer.array("trips.track", lines.trip.astype(np.uint32))
    writer.array("numbering.start", numberings.start.astype(np.uint32))
    writer.array("numbering.values", numberings.values)
    writer.array("trips.headway", np.concatenate([feed.gtfs.trips.headway for feed in feeds]))
    writer.array("trips.wheelchair", np.concatenate([feed.gtfs.trips.wheelchair for feed in feeds]))
    _write_headsigns(writer, feeds)
    writer.array("tracks.start", lines.start.astype(np.uint32))
    writer.array("tracks.at", lines.at)
    writer.array("tracks.shape", lines.shape.astype(np.uint32))


def _write_headsigns(writer: Writer, feeds: list[Feed]) -> None:
    """Every headsign with its translations once, and which one each trip has."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
    column: list[int] = []
    for feed in feeds:
        trips = feed.gtfs.trips
        named = ("trips", "trip_headsign", trips.template, trips.headsign)
        by_row: list[list[tuple[str, str]]] = [[] for _ in trips.ids]
        for language, texts in naming.translated(feed.gtfs.translations, *named).items():
            for row, text in texts.items():
                by_row[row].append((language, text))
        for headsign, others in zip(trips.headsign, by_row, strict=True):
            column.append(found.setdefault((headsign, tuple(others)), len(found)))
    writer.array("trips.headsign", np.array(column, np.uint32))
    names = [{"": headsign, **dict(others)} for headsign, others in found]
    write_texts(writer, "headsigns", *naming.of_names(names))


def _write_shapes(writer: Writer, feeds: list[Feed]) -> None:
    """The shapes of all feeds, one after the other."""
    counts = np.concatenate([np.diff(feed.gtfs.shapes.start) for feed in feeds])
    writer.array("tracks.shape_start", np.concatenate(([0], np.cumsum(counts))).astype(np.uint32))
    writer.array("tracks.shape_lon", np.concatenate([feed.gtfs.shapes.lon for feed in feeds]))
    writer.array("tracks.shape_lat", np.concatenate([feed.gtfs.shapes.lat for feed in feeds]))
