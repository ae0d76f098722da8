"""Importing: a feed or a street extract becomes a version of its interface, with notices on what is wrong in it.

A file that cannot be used leaves a rejected version with the reason; the network that answers is never touched here.
Imported by commands and workers only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from transit.feeds import gtfs, osm
from transit.feeds.extras import note_validity
from transit.feeds.fetch import Stored, fetch
from transit.feeds.notices import FeedError, Notices
from transit.models import FEED_VERSION, FeedVersion, Interface, Notice

_BATCH = 500
"""SQLite has one writer: short transactions keep sales going during an import."""


def feed_store() -> Path:
    """Where files are kept by their hash."""
    return Path(settings.DATA_DIR) / "feeds"


def import_feed(source: str, name: str, now: datetime) -> FeedVersion:
    """Import a GTFS zip as the newest version of the feed `name` (default: after the file). Raises FeedError."""
    return _import(source, name, Interface.Format.GTFS, _read_feed, now)


def import_streets(source: str, name: str, now: datetime) -> FeedVersion:
    """Import an `.osm.pbf` as the newest version of the extract `name` (default: after the file). Raises FeedError."""
    return _import(source, name, Interface.Format.OSM_PBF, _read_streets, now)


def _read_feed(path: Path, notices: Notices) -> dict[str, Any]:
    """What a feed holds, in numbers."""
    return gtfs.read_gtfs(path, notices).summary


def _read_streets(path: Path, notices: Notices) -> dict[str, Any]:
    """What an extract holds, in numbers."""
    return {"streets": osm.count_streets(path)}


def _import(
    source: str, name: str, kind: Interface.Format, read: Callable[[Path, Notices], dict[str, Any]], now: datetime
) -> FeedVersion:
    """Fetch, read and record. The same bytes again give the version that is there."""
    name = name or _name_after(source)
    if slugify(name) != name:
        raise FeedError(f"{name!r} cannot be the prefix of identifiers. Use small letters, digits and hyphens.")
    stored = fetch(source, feed_store())
    interface = _interface(name, kind, source)
    known = interface.versions.filter(sha256=stored.sha256).first()
    if known is not None and known.state != "REJECTED":
        # Published again, it is the newest again.
        known.imported_at = now
        known.save(update_fields=["imported_at"])
        return known
    if known is not None:
        # What could not be read before may be readable now, and then begins anew.
        known.delete()
    notices = Notices()
    try:
        summary = read(stored.path, notices)
        note_validity(summary.get("valid_from", ""), summary.get("valid_until", ""), now.date(), notices)
    except FeedError as error:
        _reject(_record(interface, stored, {}, notices, now), str(error))
        raise
    return _record(interface, stored, summary, notices, now)


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


def _record(
    interface: Interface, stored: Stored, summary: dict[str, Any], notices: Notices, now: datetime
) -> FeedVersion:
    """The version with its notices. Notices are written before the version counts, which its state says."""
    version, _ = FeedVersion.objects.update_or_create(
        interface=interface,
        sha256=stored.sha256,
        defaults={"size_bytes": stored.size_bytes, "imported_at": now, "summary": summary},
    )
    version.notices.all().delete()
    rows = [
        Notice(
            feed_version=version,
            code=notice.code[:80],
            severity=notice.severity,
            file=notice.file[:60],
            count=notice.count,
            detail={"field": notice.field, "samples": list(notice.samples)},
        )
        for notice in notices.list()
    ]
    Notice.objects.bulk_create(rows, batch_size=_BATCH)
    return version


def _reject(version: FeedVersion, reason: str) -> None:
    """Mark a version that cannot be used."""
    with transaction.atomic():
        locked = FeedVersion.objects.select_for_update().get(pk=version.pk)
        if FEED_VERSION.allows(locked.state, "REJECTED"):
            FEED_VERSION.move(locked, "REJECTED", reason=reason)
