"""Feeds served as if they were of today: any timetable is moved by whole weeks to the present."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

WEEK = timedelta(7)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Which cells of which tables are dates.
_DATES = {
    "calendar.txt": ("start_date", "end_date"),
    "calendar_dates.txt": ("date",),
    "feed_info.txt": ("feed_start_date", "feed_end_date"),
}
# A feed whose present week has this share of its best week's departures is left as it is.
GOOD_ENOUGH = 0.7


def redate(feed: Path | bytes, today: date) -> bytes:
    """A GTFS zip moved by whole weeks so that `today` falls into the busiest part of its service; equal days keep equal
    weekdays. A feed that is busy today comes back as it is. Raises `zipfile.BadZipFile`, `KeyError`, `ValueError`.
    """
    raw = feed if isinstance(feed, bytes) else feed.read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        shift = _shift(departures_by_day(archive), today)
        return raw if shift == timedelta() else _moved(archive, shift)


def departures_by_day(archive: zipfile.ZipFile) -> Counter[date]:
    """How many trips run on each day."""
    trips = Counter(row["service_id"] for row in _rows(archive, "trips.txt"))
    days: dict[str, set[date]] = defaultdict(set)
    for row in _rows(archive, "calendar.txt"):
        first, last = _date(row["start_date"]), _date(row["end_date"])
        running = {n for n, name in enumerate(_DAYS) if row[name] == "1"}
        if row["service_id"] in trips:
            every = (first + timedelta(n) for n in range((last - first).days + 1))
            days[row["service_id"]] |= {day for day in every if day.weekday() in running}
    for row in _rows(archive, "calendar_dates.txt"):
        change = days[row["service_id"]].add if row["exception_type"] == "1" else days[row["service_id"]].discard
        change(_date(row["date"]))
    result: Counter[date] = Counter()
    for service, running_on in days.items():
        for day in running_on:
            result[day] += trips[service]
    return result


def _shift(departures: Counter[date], today: date) -> timedelta:
    """By how many weeks to move: to the start of the longest run of weeks that are nearly as busy as the busiest."""
    if not departures:
        return timedelta()
    first, last = min(departures), max(departures)
    start = first - timedelta((first.weekday() - today.weekday()) % 7)
    weeks = [start + WEEK * n for n in range((last - start).days // 7 + 1)]
    busy = {day: sum(departures[day + timedelta(n)] for n in range(7)) for day in weeks}
    best = max(busy.values())
    if sum(departures[today + timedelta(n)] for n in range(7)) >= GOOD_ENOUGH * best:
        return timedelta()
    run, longest, chosen = 0, 0, max(weeks, key=lambda day: busy[day])
    for day in reversed(weeks):
        run = run + 1 if busy[day] >= 0.97 * best else 0
        if run and run >= longest:
            longest, chosen = run, day
    return today - chosen


def _moved(archive: zipfile.ZipFile, shift: timedelta) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in archive.infolist():
            content = archive.read(entry)
            columns = _DATES.get(entry.filename.rsplit("/", 1)[-1])
            info = zipfile.ZipInfo(entry.filename, entry.date_time)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, _moved_table(content, columns, shift) if columns else content)
    return out.getvalue()


def _moved_table(content: bytes, columns: tuple[str, ...], shift: timedelta) -> bytes:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), skipinitialspace=True)
    out = io.StringIO()
    writer = csv.DictWriter(out, reader.fieldnames or [], lineterminator="\n")
    writer.writeheader()
    for row in reader:
        for column in columns:
            if row.get(column, "").strip():
                row[column] = f"{_date(row[column]) + shift:%Y%m%d}"
        writer.writerow(row)
    return out.getvalue().encode()


def _rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    """A table, also where the archive holds a folder; none where it is absent."""
    found = [entry for entry in archive.namelist() if entry.rsplit("/", 1)[-1] == name]
    if not found:
        return []
    text = archive.read(found[0]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), skipinitialspace=True))


def _date(text: str) -> date:
    return datetime.strptime(text.strip(), "%Y%m%d").replace(tzinfo=UTC).date()


class Library:
    """A folder of feeds and one street extract. Feeds are moved to the running week, so they change once a week."""

    def __init__(self, folder: Path, today: Callable[[], date]) -> None:
        self.folder, self._today = folder, today
        self._moved: dict[tuple[str, date], bytes] = {}

    def feeds(self) -> dict[str, Path]:
        """The archives by feed name."""
        found = sorted(self.folder.glob("*.zip"))
        return {path.name.removesuffix(".zip").removesuffix(".gtfs"): path for path in found}

    def streets(self) -> Path | None:
        """The extract, if the folder has one."""
        return next(iter(sorted(self.folder.glob("*.osm.pbf"))), None)

    def feed(self, name: str) -> bytes:
        """A feed as of today. Raises KeyError where there is none."""
        key = (name, self._monday())
        if key not in self._moved:
            self._moved[key] = redate(self.feeds()[name], key[1])
        return self._moved[key]

    def since(self) -> datetime:
        """When this week's versions came to be."""
        return datetime.combine(self._monday(), datetime.min.time(), UTC)

    def _monday(self) -> date:
        today = self._today()
        return today - timedelta(today.weekday())


def create_app(library: Library) -> Starlette:
    """`/<name>.gtfs.zip`, `/streets.osm.pbf` and a list at `/`, with `ETag` and `Last-Modified`."""

    async def feed(request: Request) -> Response:
        try:
            content = await run_in_threadpool(library.feed, request.path_params["name"])
        except KeyError:
            return JSONResponse({"error": "no such feed"}, 404)
        return _file(request, content, library.since(), "application/zip")

    async def streets(request: Request) -> Response:
        path = library.streets()
        if path is None:
            return JSONResponse({"error": "no streets here"}, 404)
        content = await run_in_threadpool(path.read_bytes)
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return _file(request, content, modified, "application/octet-stream")

    async def index(request: Request) -> Response:
        names = [f"{name}.gtfs.zip" for name in library.feeds()]
        return JSONResponse({"feeds": names, "streets": ["streets.osm.pbf"] if library.streets() else []})

    return Starlette(
        routes=[Route("/{name}.gtfs.zip", feed), Route("/streets.osm.pbf", streets), Route("/", index)],
    )


def _file(request: Request, content: bytes, modified: datetime, media: str) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Last-Modified": format_datetime(modified.replace(microsecond=0), usegmt=True)}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media, headers=headers)
