"""Fetching the timetables of the register: conditionally, less often where that fails, each change imported at once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from transit.feeds import aside
from transit.feeds.fetch import Tags, fetch_changed
from transit.feeds.imports import feed_store, import_fetched
from transit.feeds.notices import FeedError
from transit.following.alerts import note
from transit.models import FEED_VERSION, FeedState, FeedVersion, Interface
from transit.remote.http import RemoteError

SILENT_AFTER: Final = 6
"""So many failures in a row, half a day with their pauses, are told to officers."""


def list_due(now: datetime) -> list[int]:
    """The interfaces with timetables at an address that are to be asked now, the longest due first."""
    rows = Interface.objects.filter(
        Q(url__startswith="https://") | Q(url__startswith="http://"), format="GTFS", read_here=True
    )
    rows = rows.exclude(url__startswith=f"{settings.PUBLIC_URL}/")  # written here
    due = rows.filter(Q(feed_state=None) | Q(feed_state__next_fetch_at=None) | Q(feed_state__next_fetch_at__lte=now))
    return list(due.order_by(F("feed_state__next_fetch_at").asc(nulls_first=True), "pk").values_list("pk", flat=True))


def follow(interface_id: int, now: datetime) -> bool:
    """Ask the publisher of a timetable. Whether there is a new version that may be let into the network.

    One at a time: who comes meanwhile leaves it due. Never call it inside a transaction.
    """
    with aside.only_one(Path(settings.DATA_DIR) / ".following.lock") as alone:
        return _ask(Interface.objects.get(pk=interface_id), now) if alone else False


def _ask(interface: Interface, now: datetime) -> bool:
    state, _ = FeedState.objects.get_or_create(interface=interface)
    known = Tags(state.etag, state.last_modified) if state.sha256 else Tags()
    try:
        stored, tags = fetch_changed(interface.url, feed_store(), known)
        is_new = stored is not None and stored.sha256 != state.sha256
        version = import_fetched(interface, stored, now) if is_new and stored else None
    except RemoteError as error:
        _went_wrong(state, error, now)
        return False
    except FeedError as error:
        if error.code == "disk_full":
            _went_wrong(state, error, now)
            return False
        version = None
        note(interface, "rejected", str(error), now)
    state.etag, state.last_modified = tags.etag, tags.last_modified
    state.sha256 = stored.sha256 if stored else state.sha256
    if version is not None:
        _offer(state, version, now)
    state.went_well(now)
    return version is not None


def offer(version: FeedVersion, now: datetime) -> None:
    """A version that was not fetched but written here is the one to be let into the network."""
    state, _ = FeedState.objects.get_or_create(interface=version.interface)
    _offer(state, version, now)


def _went_wrong(state: FeedState, why: Exception, now: datetime) -> None:
    state.went_wrong(why, now)
    if state.failures == SILENT_AFTER:
        note(state.interface, "silent", str(why), now)


def _offer(state: FeedState, version: FeedVersion, now: datetime) -> None:
    """The version is the one to be let in, in place of any that still waited; unless it is what answers."""
    with transaction.atomic():
        waiting = state.interface.versions.select_for_update().filter(state="WAITING").exclude(pk=version.pk)
        for earlier in waiting:
            FEED_VERSION.move(earlier, "RETIRED", replaced_by=version.sha256)
        state.candidate = None if version.state == "LIVE" else version
        state.anyway = False
        state.save(update_fields=["candidate", "anyway"])
