"""Reading what interfaces say now: fetched, checked, and kept in place of what they said before."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from transit.feeds import aside
from transit.feeds.messages import Checked, Refused, check
from transit.feeds.realtime import Kind, keep_message, message_path
from transit.models import Interface, RealtimeState
from transit.network.current import NoNetwork, current_network
from transit.network.store import Network
from transit.remote import http
from transit.remote.http import RemoteError

PERIOD: Final = timedelta(seconds=15)
LONGEST_PAUSE: Final = timedelta(minutes=5)
"""An interface that fails is asked less and less often, down to this."""
MOST_UNKNOWN: Final = 0.9
"""A message of which more trips than this share are not in the timetable is of another timetable."""
FEWEST_TRIPS: Final = 10
"""Of fewer trips no share is taken."""


def list_due(now: datetime) -> list[int]:
    """The interfaces that are to be read now. What is disclosed at our own address is made here, not read."""
    rows = Interface.objects.filter(format=Interface.Format.GTFS_RT).select_related("realtime_state")
    rows = rows.exclude(url__startswith=f"{settings.PUBLIC_URL}/")
    return [row.pk for row in rows if _is_due(getattr(row, "realtime_state", None), now)]


def fetch(interface_id: int, now: datetime) -> bool:
    """Read an interface. Whether it said something new that is good; what was wrong stands in its row.

    Never call it inside a transaction.
    """
    interface = Interface.objects.select_related("of").get(pk=interface_id)
    lock = message_path(interface.name, Kind.TRIP_UPDATES).with_name("reading.lock")
    with aside.only_one(lock) as alone:
        return _read(interface, now) if alone else False


def take(interface: Interface, content: bytes, now: datetime) -> bool:
    """Take a message that was not fetched but made here. Whether it is something new that is good."""
    state, _ = RealtimeState.objects.get_or_create(interface=interface)
    try:
        _take(interface, state, content, now)
    except Refused as wrong:
        state.went_wrong(wrong, now)
        return False
    digest = hashlib.sha256(content).hexdigest()
    is_new, state.sha256 = digest != state.sha256, digest
    state.went_well(now)
    return is_new


def _is_due(state: RealtimeState | None, now: datetime) -> bool:
    if state is None or state.failed_at is None or not state.failures:
        return True
    pause = min(PERIOD * (1 << min(state.failures - 1, 10)), LONGEST_PAUSE)
    return now >= state.failed_at + pause


def _read(interface: Interface, now: datetime) -> bool:
    state, _ = RealtimeState.objects.get_or_create(interface=interface)
    try:
        content = _download(interface.url, state)
        digest = hashlib.sha256(content).hexdigest() if content is not None else state.sha256
        if digest != state.sha256 and content is not None:
            _take(interface, state, content, now)
    except (RemoteError, Refused) as wrong:
        state.went_wrong(wrong, now)
        return False
    is_new = digest != state.sha256
    state.sha256 = digest
    state.went_well(now)
    return is_new


def _download(url: str, state: RealtimeState) -> bytes | None:
    """What is there, or None where it has not changed. Raises RemoteError."""
    known = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified} if state.sha256 else {}
    with http.download(url, headers={k: v for k, v in known.items() if v}, profile=http.REALTIME) as answer:
        if answer.status == 304:
            return None
        content = b"".join(answer.chunks)
    state.etag, state.last_modified = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
    if len(state.etag) > 200 or len(state.last_modified) > 60:
        state.etag = state.last_modified = ""
    return content


def _take(interface: Interface, state: RealtimeState, content: bytes, now: datetime) -> None:
    """Keep a new message if it is good. Raises Refused."""
    checked = check(content, now, state.header_at)
    unknown = _unknown(interface, checked)
    keep_message(interface.name, set(checked.counts), content)
    state.header_at, state.received_at = checked.header_at, now
    state.counts = {str(kind): count for kind, count in checked.counts.items()} | unknown
    state.faults = [asdict(fault) for fault in checked.faults]


def _unknown(interface: Interface, checked: Checked) -> dict[str, int]:
    """How many trips it speaks of, and how many of them the timetable has not. Raises Refused."""
    feed = interface.of.name if interface.of else ""
    counted = count_unknown(feed, checked.trip_ids)
    if counted is None:
        return {}
    trips, unknown = counted
    if trips >= FEWEST_TRIPS and unknown > MOST_UNKNOWN * trips:
        raise Refused(
            f"{unknown} of {trips} trips are not in the timetable {feed}: the message probably speaks of another "
            "version of it. Import the present timetable and publish the network, or ask the publisher."
        )
    return {"trips": trips, "unknown_trips": unknown}


def count_unknown(feed: str, trip_ids: Collection[str]) -> tuple[int, int] | None:
    """How many trips of a feed there are, and how many the network has not. None while no network has the feed."""
    try:
        network = current_network()
    except NoNetwork:
        return None
    if feed not in network.feeds:
        return None
    return len(trip_ids), sum(not is_known(network, f"{feed}:{trip}") for trip in trip_ids)


def is_known(network: Network, trip_id: str) -> bool:
    """Whether a network has a trip `feed:trip`, be it only as runs of a frequency (`feed:trip@HH:MM:SS`)."""
    return network.find_trip(trip_id) is not None or network.trips.ids.has_prefix(f"{trip_id}@")
