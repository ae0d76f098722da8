"""Importing: a feed or a street extract becomes a version of its interface, with notices on what is wrong in it.

A file that cannot be used leaves a rejected version with the reason; the network that answers is never touched here.
What outsiders sent is opened in worker children alone (transit.feeds.confined), never in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils.text import slugify

from transit.feeds import confined
from transit.feeds.confined import Limits, Work
from transit.feeds.extras import note_validity
from transit.feeds.fetch import Stored, fetch
from transit.feeds.notices import FeedError, Notice, Notices, joined
from transit.models import FEED_VERSION, FeedVersion, Interface
from transit.models import Notice as NoticeRow

_READ_FEED = Work("transit.feeds.reading", "read_the_feed")
_READ_STREETS = Work("transit.feeds.surveying", "read_the_streets")
_VALIDATE = Work("transit.feeds.validator", "validate")
MAX_LOST = 0.05
"""The share of a feed's trips or stop times that may be unusable."""
AFTER_REJECTION_S = 3
"""How long a feed that is rejected anyhow waits for what the second validator says."""
MAX_VALIDATED = 32 << 20
"""The second validator needs a kilobyte of memory for every stop time, which larger zips have too many of."""
MAX_NOTICES = 500
"""SQLite has one writer: short transactions keep sales going during an import."""


def feed_store() -> Path:
    """Where files are kept by their hash."""
    return Path(settings.DATA_DIR) / "feeds"


def scratch() -> Path:
    """Where worker children keep temporary files."""
    return Path(settings.DATA_DIR) / "scratch"


def limits() -> Limits:
    """What reading a file or building a network may use."""
    return Limits(settings.IMPORT_MEMORY_MIB, settings.IMPORT_CPU_S, settings.IMPORT_WALL_S)


def import_feed(source: str, name: str, now: datetime, anyway: bool = False) -> FeedVersion:
    """Import a GTFS zip as the newest version of the feed `name` (default: after the file). Raises FeedError.

    `anyway` takes a feed of which more than MAX_LOST cannot be used: a person has looked at it.
    """
    return _import(source, name, Interface.Format.GTFS, read_feed, now, anyway)


def import_fetched(interface: Interface, stored: Stored, now: datetime) -> FeedVersion:
    """Import a GTFS zip that is in the store as the newest version of its interface. Raises FeedError."""
    with room():
        return _import_stored(interface, stored, read_feed, now, anyway=False)


def import_streets(source: str, name: str, now: datetime) -> FeedVersion:
    """Import an `.osm.pbf` as the newest version of the extract `name` (default: after the file). Raises FeedError."""
    return _import(source, name, Interface.Format.OSM_PBF, _read_streets, now)


@dataclass(frozen=True)
class Reading:
    """What was found in a file. `reason` says why it cannot be used, `code` what kind of reason that is; or empty.

    `contents` is what of a timetable's optional parts there is, see `transit.feeds.reading`.
    """

    summary: dict[str, Any] = field(default_factory=dict)
    contents: dict[str, Any] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    losses: dict[str, tuple[int, int]] = field(default_factory=dict)
    reason: str = ""
    code: str = ""

    @classmethod
    def of(cls, said: dict[str, Any]) -> Reading:
        """From the answer of a worker child."""
        return cls(**{**said, "notices": [Notice.of(row) for row in said["notices"]]})

    def judged(self) -> Reading:
        """The same, rejected where too much of it cannot be used."""
        for table, (lost, given) in self.losses.items():
            if lost > MAX_LOST * given:
                reason = (
                    f"{lost} of {given} rows of {table}.txt cannot be used, more than {MAX_LOST:.0%}. Mend what the"
                    " notices name and publish the feed again; who has looked at it can import it all the same"
                    " (--anyway)."
                )
                return replace(self, reason=reason, code="too_much_dropped")
        return self


def read_feed(path: Path, now: datetime) -> Reading:
    """What a feed holds, and what we and the validator say is wrong in it. Nothing is kept. Raises FeedError."""
    reading, others = _read_and_validated(path, now)
    own = list(reading.notices)
    last = reading.summary.get("last_day", "")
    if last and last < now.strftime("%Y%m%d"):
        own.append(Notice("expired_feed", "WARNING", "", "", 1, (last,), (None,)))
    validity = Notices()
    note_validity(reading.summary.get("valid_from", ""), reading.summary.get("valid_until", ""), now.date(), validity)
    own += validity.list()
    return replace(reading, notices=joined(own, others))


def _read_and_validated(path: Path, now: datetime) -> tuple[Reading, list[Notice]]:
    """What we read, and meanwhile what the second validator says. It only advises: what stops it stops no import."""
    if path.stat().st_size > MAX_VALIDATED:
        reading = Reading.of(_READ_FEED.run(str(path), limits=limits(), scratch=scratch()))
        return reading, [_without_validator(f"zips of more than {MAX_VALIDATED >> 20} MiB are not given to it")]
    short = replace(limits(), wall_s=settings.VALIDATOR_WALL_S)
    date = now.date().isoformat()
    with _VALIDATE.started(str(path), date, limits=short, scratch=scratch()) as validator:
        reading = Reading.of(_READ_FEED.run(str(path), limits=limits(), scratch=scratch()))
        try:
            patience_s = AFTER_REJECTION_S if reading.reason else short.wall_s
            return reading, [Notice.of(row) for row in validator.answer(patience_s)]
        except FeedError as error:
            return reading, [] if reading.reason else [_without_validator(str(error))]


def _without_validator(why: str) -> Notice:
    return Notice("validator_failed", "WARNING", "", "", 1, (why,), (None,))


def _read_streets(path: Path, now: datetime) -> Reading:
    """What an extract holds, in numbers."""
    return Reading.of(_READ_STREETS.run(str(path), limits=limits(), scratch=scratch()))


def _import(
    source: str,
    name: str,
    kind: Interface.Format,
    read: Callable[[Path, datetime], Reading],
    now: datetime,
    anyway: bool = False,
) -> FeedVersion:
    """Fetch, read and record. The same bytes again give the version that is there."""
    name = name or _name_after(source)
    if slugify(name) != name:
        raise FeedError(f"{name!r} cannot be the prefix of identifiers. Use small letters, digits and hyphens.")
    with room():
        stored = fetch(source, feed_store())
        return _import_stored(_interface(name, kind, source), stored, read, now, anyway)


def _import_stored(
    interface: Interface,
    stored: Stored,
    read: Callable[[Path, datetime], Reading],
    now: datetime,
    anyway: bool,
) -> FeedVersion:
    """Read and record what was fetched. Raises FeedError."""
    known = interface.versions.filter(sha256=stored.sha256).first()
    if known is not None and known.state != "REJECTED":
        # Published again, it is the newest again.
        known.imported_at = now
        known.save(update_fields=["imported_at"])
        return known
    # What could not be read before may be readable now, and then begins anew.
    try:
        reading = read(stored.path, now)
    except FeedError as error:
        if error.code == "disk_full":
            raise
        reading = Reading(reason=str(error), code=error.code)
    if not reading.reason:
        reading = reading.judged()
    rejected = reading.reason and not (anyway and reading.code == "too_much_dropped")
    version = _record(interface, stored, reading, now, "REJECTED" if rejected else "IMPORTED")
    if rejected:
        raise FeedError(reading.reason, reading.code)
    return version


@contextmanager
def room() -> Iterator[None]:
    """Turn a full disk, of files or of the database, into a FeedError."""
    try:
        with confined.disk():
            yield
    except OperationalError as error:
        if "disk is full" not in str(error) and "No space left" not in str(error):
            raise
        raise confined.no_room(str(error)) from error


def _name_after(source: str) -> str:
    """A name from the last part of a path or address."""
    stem = source.rstrip("/").rsplit("/", 1)[-1].split("?")[0].split(".")[0]
    return slugify(stem)[:40] or "feed"


def _interface(name: str, kind: Interface.Format, source: str) -> Interface:
    """The interface of this name, which knows the newest address. Raises FeedError where the name is taken."""
    interface, _ = Interface.objects.get_or_create(name=name, defaults={"format": kind, "url": source[:500]})
    if interface.format != kind:
        raise FeedError(f"The name {name!r} belongs to an interface of format {interface.format}. Choose another.")
    if interface.url != source:
        interface.url = source[:500]
        interface.save(update_fields=["url"])
    return interface


def _record(interface: Interface, stored: Stored, reading: Reading, now: datetime, state: str) -> FeedVersion:
    """The version with its notices, all at once, the reason against it first."""
    reason = [Notice(reading.code, "ERROR", "", "", 1, (reading.reason,), (None,))] if reading.reason else []
    with transaction.atomic():
        interface.versions.filter(sha256=stored.sha256, state="REJECTED").delete()
        version, is_new = FeedVersion.objects.get_or_create(
            interface=interface,
            sha256=stored.sha256,
            defaults={"size_bytes": stored.size_bytes, "imported_at": now, "summary": reading.summary},
        )
        if not is_new:
            # Somebody else imported the same bytes meanwhile.
            return version
        rows = [*reason, *reading.notices][:MAX_NOTICES]
        NoticeRow.objects.bulk_create(_row(version, notice) for notice in rows)
        if state == "REJECTED":
            FEED_VERSION.move(version, state, reason=_storable(reading.reason))
    return version


def _storable(text: str) -> str:
    """A text out of a file as every database can keep it: PostgreSQL takes neither NUL nor halves of characters."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _row(version: FeedVersion, notice: Notice) -> NoticeRow:
    """A notice as it is kept."""
    return NoticeRow(
        feed_version=version,
        code=_storable(notice.code)[:80],
        severity=notice.severity,
        file=_storable(notice.file)[:60],
        line=notice.line,
        count=notice.count,
        detail={
            "field": _storable(notice.field),
            "samples": [_storable(text) for text in notice.samples],
            "lines": list(notice.lines),
            "source": notice.source,
        },
    )
