"""Reading where and when services on demand of other operators take people (GOFS): fetched, checked, kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from transit.feeds import aside
from transit.feeds.gbfs import Refused, document_of
from transit.feeds.gofs import NEEDED, OPTIONAL, addresses_of
from transit.feeds.gofs_files import DISCOVERY, LANGUAGES, keep, path_of, read
from transit.models import Interface, RealtimeState
from transit.remote import http
from transit.remote.http import RemoteError

SOONEST: Final = timedelta(minutes=1)
LATEST: Final = timedelta(hours=1)
"""Files are asked for again after their ttl, within these; less and less often, down to the latter, where it fails."""


def list_due(now: datetime) -> list[int]:
    """The interfaces that are to be read now."""
    rows = Interface.objects.filter(format=Interface.Format.GOFS, read_here=True).select_related("realtime_state")
    return [row.pk for row in rows if _is_due(getattr(row, "realtime_state", None), now)]


def fetch(interface_id: int, now: datetime) -> bool:
    """Read an interface. Whether it said something that is good; what was wrong stands in its row.

    Never call it inside a transaction.
    """
    interface = Interface.objects.get(pk=interface_id)
    with aside.only_one(path_of(interface.name).with_name("reading.lock")) as alone:
        return _read(interface, now) if alone else False


def _is_due(state: RealtimeState | None, now: datetime) -> bool:
    asked_at = [at for at in (state.checked_at, state.failed_at) if at is not None] if state else []
    if state is None or not asked_at:
        return True
    ttl = timedelta(seconds=min(max(int(state.counts.get("ttl_s", 0)), 0), 86_400))
    pause = max(ttl, SOONEST) * (1 << min(state.failures, 6))
    return now >= max(asked_at) + min(pause, LATEST)


def _read(interface: Interface, now: datetime) -> bool:
    state, _ = RealtimeState.objects.get_or_create(interface=interface)
    try:
        texts = _downloaded(interface.url)
        system = read(texts)
    except (RemoteError, Refused) as wrong:
        state.went_wrong(wrong, now)
        return False
    keep(interface.name, texts)
    documents = [document_of(name, text.encode()) for name, text in texts.items()]
    state.header_at, state.received_at = max(each.said_at for each in documents), now
    state.counts = {"ttl_s": min(each.ttl_s for each in documents), "rules": len(system.rules)}
    state.faults = [{"code": code, "count": count, "samples": []} for code, count in sorted(system.faults.items())]
    state.went_well(now)
    return True


def _downloaded(url: str) -> dict[str, str]:
    """The files by name. Raises Refused, RemoteError."""
    texts = {DISCOVERY: _text(url)}
    addresses = addresses_of(document_of(DISCOVERY, texts[DISCOVERY].encode()), LANGUAGES)
    return texts | {name: _text(addresses[name]) for name in (*NEEDED, *OPTIONAL) if name in addresses}


def _text(url: str) -> str:
    return http.call("GET", url, profile=http.REALTIME).body.decode("utf-8", "replace")
