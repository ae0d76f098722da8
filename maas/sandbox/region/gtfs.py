"""Writes the region's feeds as GTFS."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from maas.sandbox.region.fares import Row
from maas.sandbox.region.fares import tables as fare_tables
from maas.sandbox.region.lines import FEEDS, Transit
from maas.sandbox.region.names import Name
from maas.sandbox.region.plane import distance, to_wgs84
from maas.sandbox.region.timetable import DAYS_AFTER, DAYS_BEFORE, calendars, frequencies, stop_times, trips

TIMEZONE = "Europe/Helsinki"
# Zip archives carry a time per file; a fixed one keeps equal content equal.
_STAMP = (2020, 1, 1, 0, 0, 0)


def archive(feed: str, transit: Transit, start: date) -> bytes:
    """One feed as a zip archive; the same bytes for the same input."""
    lines = transit.lines[feed]
    tables: dict[str, list[Row] | Iterator[str]] = {
        "agency.txt": _agencies(feed),
        "stops.txt": _stops(feed, transit),
        "routes.txt": _routes(feed, transit),
        **calendars(start),
        "trips.txt": trips(lines),
        "stop_times.txt": stop_times(lines),
        "frequencies.txt": frequencies(lines),
        "shapes.txt": _shapes(feed, transit),
        "transfers.txt": _transfers(feed, transit),
        **fare_tables(feed, transit),
        "translations.txt": _translations(feed, transit),
        "feed_info.txt": _feed_info(feed, start),
    }
    return pack({name: _text(rows) if isinstance(rows, list) else rows for name, rows in tables.items() if rows})


def pack(files: Mapping[str, str | Iterator[str]]) -> bytes:
    """A zip archive of text files, each whole or piece by piece."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with packed.open(info, "w") as file:
                for piece in (text,) if isinstance(text, str) else text:
                    file.write(piece.encode())
    return buffer.getvalue()


def _text(rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _agencies(feed: str) -> list[Row]:
    return [
        {
            "agency_id": operator.id,
            "agency_name": operator.name.fi,
            "agency_url": operator.url,
            "agency_timezone": TIMEZONE,
            "agency_lang": "fi",
            "agency_fare_url": operator.fare_url,
        }
        for operator in FEEDS[feed]
    ]


def _stops(feed: str, transit: Transit) -> list[Row]:
    rows: list[Row] = []
    for stop in transit.stops[feed]:
        lon, lat = to_wgs84(stop.at)
        rows.append(
            {
                "stop_id": stop.id,
                "stop_code": stop.id,
                "stop_name": stop.name.fi,
                "stop_lat": f"{lat:.6f}",
                "stop_lon": f"{lon:.6f}",
                "zone_id": stop.zone,
                "location_type": stop.kind,
                "parent_station": stop.station,
                "platform_code": stop.platform,
                "wheelchair_boarding": 1,
            }
        )
    return rows


def _routes(feed: str, transit: Transit) -> list[Row]:
    return [
        {
            "route_id": line.id,
            "agency_id": line.operator.id,
            "route_short_name": line.short,
            "route_long_name": line.name.fi,
            "route_type": line.route_type,
            "route_color": line.colour,
            "route_text_color": "FFFFFF",
            "route_sort_order": number,
        }
        for number, line in enumerate(transit.lines[feed], 1)
    ]


def _shapes(feed: str, transit: Transit) -> list[Row]:
    rows: list[Row] = []
    for line in transit.lines[feed]:
        for direction, way in enumerate(line.ways):
            along, before = 0.0, way.shape[0]
            for number, point in enumerate(way.shape):
                along, before = along + distance(before, point), point
                lon, lat = to_wgs84(point)
                rows.append(
                    {
                        "shape_id": f"{line.id}-{direction}",
                        "shape_pt_lat": f"{lat:.6f}",
                        "shape_pt_lon": f"{lon:.6f}",
                        "shape_pt_sequence": number,
                        "shape_dist_traveled": round(along, 1),
                    }
                )
    return rows


def _transfers(feed: str, transit: Transit) -> list[Row]:
    """Two minutes between the platforms of a station; four between a regional bus and the ferry at one quay."""
    platforms: dict[str, list[str]] = {}
    for stop in transit.stops[feed]:
        if stop.station:
            platforms.setdefault(stop.station, []).append(stop.id)
    pairs = [(a, b, 120) for ids in platforms.values() for a in ids for b in ids if a != b]
    quays = [s for s in transit.stops[feed] if s.zone == "S"]
    for quay in quays:
        near = [s for s in transit.stops[feed] if s.zone != "S" and distance(s.at, quay.at) < 250]
        pairs += [p for s in near for p in ((s.id, quay.id, 240), (quay.id, s.id, 240))]
    return [{"from_stop_id": a, "to_stop_id": b, "transfer_type": 2, "min_transfer_time": s} for a, b, s in pairs]


def _translations(feed: str, transit: Transit) -> list[Row]:
    """Every public name in English and Japanese, and Japanese readings of stop names."""
    named: list[tuple[str, str, Name]] = [("agency", "agency_name", operator.name) for operator in FEEDS[feed]]
    named += [("stops", "stop_name", stop.name) for stop in transit.stops[feed]]
    named += [("routes", "route_long_name", line.name) for line in transit.lines[feed]]
    named += [("trips", "trip_headsign", way.headsign) for line in transit.lines[feed] for way in line.ways]
    rows: dict[tuple[str, str, str], Row] = {}
    for table, column, name in named:
        texts = {"en": name.en, "ja": name.ja} | ({"ja-Hrkt": name.kana} if table == "stops" else {})
        for language, text in texts.items():
            rows[table, name.fi, language] = {
                "table_name": table,
                "field_name": column,
                "language": language,
                "translation": text,
                "field_value": name.fi,
            }
    return list(rows.values())


def _feed_info(feed: str, start: date) -> list[Row]:
    operator = FEEDS[feed][0]
    return [
        {
            "feed_publisher_name": operator.name.fi,
            "feed_publisher_url": operator.url,
            "feed_lang": "fi",
            "default_lang": "fi",
            "feed_start_date": f"{start - timedelta(DAYS_BEFORE):%Y%m%d}",
            "feed_end_date": f"{start + timedelta(DAYS_AFTER):%Y%m%d}",
            "feed_version": f"{start:%Y-%m-%d}",
        }
    ]
