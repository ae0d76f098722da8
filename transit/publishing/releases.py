"""An operator's entries → its feed: written, read by the importer as everybody's, and kept as a version.

Nothing is published here: the network follows the register.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from transit.feeds.fetch import fetch
from transit.feeds.imports import feed_store, import_fetched
from transit.feeds.notices import FeedError
from transit.models import HOSTED_SEASON, FeedVersion, HostedSeason, Interface, Operator
from transit.publishing.archive import pack
from transit.publishing.fares import fares_of
from transit.publishing.timetables import tables_of

CONTENTS = ["route-and-schedule", "pricing"]
LICENCE = "CC-BY-4.0"


def release(season: HostedSeason, now: datetime) -> None:
    """What is entered for a season belongs into the feed. Raises FeedError where nothing runs in it."""
    with transaction.atomic():
        row = HostedSeason.objects.select_for_update().get(pk=season.pk)
        if not row.patterns.filter(departures__isnull=False).exists():
            raise FeedError("Nothing runs in this season yet. Enter departures first.", "nothing_runs")
        if row.last_day < now.date():
            raise FeedError("This season is over. Copy it, with other days.", "season_over")
        if row.state == "DRAFT":
            HOSTED_SEASON.move(row, "RELEASED")


def withdraw(season: HostedSeason) -> None:
    """A season is worked on again, and is left out of the feed from its next version on."""
    with transaction.atomic():
        row = HostedSeason.objects.select_for_update().get(pk=season.pk)
        if row.state == "RELEASED":
            HOSTED_SEASON.move(row, "DRAFT")


def write_feed(operator: Operator, now: datetime, address: str) -> bytes:
    """The GTFS zip of what an operator has released; `address` is the platform's. Raises FeedError where nothing is."""
    timetable = tables_of(operator, now.date(), address)
    if not timetable["trips.txt"]:
        raise FeedError("Nothing is released that still runs. Release a season first.", "nothing_runs")
    tables = {**timetable, **fares_of(operator)}
    (info,) = tables["feed_info.txt"]
    return pack({**tables, "feed_info.txt": [{**info, "feed_version": hashlib.sha256(pack(tables)).hexdigest()[:12]}]})


def publish_feed(operator: Operator, now: datetime, address: str, url: str) -> FeedVersion:
    """The newest version of an operator's feed; the one that is there where nothing has changed. Raises FeedError.

    `url` is where the feed is disclosed, as the register says from now on.
    """
    content = write_feed(operator, now, address)
    interface, _ = Interface.objects.get_or_create(
        name=operator.code, defaults={"format": Interface.Format.GTFS, "url": url, "operator": operator}
    )
    if interface.operator_id != operator.pk or interface.format != Interface.Format.GTFS:
        raise FeedError("Another feed has this name.", "name_taken")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gtfs.zip"
        path.write_bytes(content)
        stored = fetch(str(path), feed_store())
    version = import_fetched(interface, stored, now)
    interface.url, interface.contents, interface.licence = url, CONTENTS, LICENCE
    interface.authentication = Interface.Authentication.NONE
    interface.save(update_fields=["url", "contents", "licence", "authentication"])
    return version
