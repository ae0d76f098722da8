"""Reading what shared vehicles there are: fetched as often as the publisher says, checked, and kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from transit.feeds import aside
from transit.feeds.gbfs import CURRENT, STATIC, Refused, addresses_of, document_of
from transit.feeds.mobility import Files, Part, keep, kept, path_of
from transit.models import Interface, RealtimeState
from transit.remote import http
from transit.remote.http import RemoteError

SOONEST: Final = timedelta(seconds=10)
LATEST: Final = timedelta(minutes=5)
"""A file is asked for again after its ttl, within these; less and less often, down to the latter, where it fails."""
LANGUAGES: Final = ("en", "fi", "ja")
"""Names of stations are read in these, where the publisher has them (before 3.0 each is a file)."""
Named = dict[str, str]


def list_due(now: datetime) -> list[int]:
    """The interfaces that are to be read now; what is entered here is written where it is read."""
    theirs = Interface.objects.exclude(operator__services__hosted_fleet__isnull=False)
    rows = theirs.filter(format=Interface.Format.GBFS).select_related("realtime_state")
    return [row.pk for row in rows if _is_due(getattr(row, "realtime_state", None), now)]


def fetch(interface_id: int, now: datetime) -> bool:
    """Read an interface. Whether it said something that is good; what was wrong stands in its row.

    Never call it inside a transaction.
    """
    interface = Interface.objects.get(pk=interface_id)
    with aside.only_one(path_of(interface.name, Part.STATUS).with_name("reading.lock")) as alone:
        return _read(interface, now) if alone else False


def _is_due(state: RealtimeState | None, now: datetime) -> bool:
    if state is None or (state.checked_at is None and state.failed_at is None):
        return True
    asked_at = max(at for at in (state.checked_at, state.failed_at) if at is not None)
    pause = _within(int(state.counts.get("ttl_s", 0))) * (1 << min(state.failures, 5))
    return now >= asked_at + min(pause, LATEST)


def _within(ttl_s: int) -> timedelta:
    return min(max(timedelta(seconds=min(max(ttl_s, 0), 86400)), SOONEST), LATEST)


def _read(interface: Interface, now: datetime) -> bool:
    state, _ = RealtimeState.objects.get_or_create(interface=interface)
    try:
        _take(interface, state, now)
    except (RemoteError, Refused) as wrong:
        state.went_wrong(wrong, now)
        return False
    state.went_well(now)
    return True


def _take(interface: Interface, state: RealtimeState, now: datetime) -> None:
    """Read the files that are due and keep all of a part or none. Raises Refused, RemoteError."""
    addresses = _addresses(interface.url)
    before = kept(interface.name, Part.SYSTEM)
    files = before
    if _is_old(state, now) or not before.texts:
        files = _downloaded(addresses, lambda name: name.partition("@")[0] in STATIC, before)
        state.counts["static_at"] = now.timestamp()
    system = files.system()
    now_there = _downloaded(addresses, lambda name: name in CURRENT, kept(interface.name, Part.STATUS))
    status = now_there.status(system)
    if state.header_at is not None and status.said_at < state.header_at:
        raise Refused(
            "The files are older than those read before: the publisher's servers disagree; ask the publisher."
        )
    if status.said_at > now + LATEST:
        raise Refused("The files are said to be from the future: ask the publisher to set its clocks.")
    if files is not before:
        keep(interface.name, Part.SYSTEM, files)
    keep(interface.name, Part.STATUS, now_there)
    ttl = min(document.ttl_s for document in now_there.documents().values())
    state.header_at, state.received_at = status.said_at, now
    state.counts |= {
        "ttl_s": ttl, "stations": len(system.stations), "vehicles": len(status.vehicles), "types": len(system.types),
        "zones": len(system.zones), "plans": len(system.plans),
    }  # fmt: skip
    state.faults = [{"code": code, "count": n, "samples": []} for code, n in (*system.faults, *status.faults)]


def _is_old(state: RealtimeState, now: datetime) -> bool:
    """Whether what changes seldom is to be asked for again."""
    return now.timestamp() - float(state.counts.get("static_at", 0)) >= LATEST.total_seconds()


def _addresses(url: str) -> Named:
    """The addresses of the files by name. Raises Refused, RemoteError."""
    listed = addresses_of(document_of("gbfs.json", http.call("GET", url, profile=http.REALTIME).body))
    own = next((tag for tag in ("", *LANGUAGES) if tag in listed), next(iter(listed)))
    others = [tag for tag in LANGUAGES if tag in listed and tag != own]
    named = {f"station_information@{tag}": listed[tag].get("station_information", "") for tag in others}
    return listed[own] | {name: address for name, address in named.items() if address}


def _downloaded(addresses: Named, wanted: Callable[[str], bool], before: Files) -> Files:
    """The files that are wanted; what has not changed since is as it was. Raises RemoteError."""
    texts, etags = Named(), Named()
    for name, address in addresses.items():
        if not wanted(name):
            continue
        known = {"If-None-Match": before.etags[name]} if name in before.etags and name in before.texts else {}
        with http.download(address, headers=known, profile=http.REALTIME) as answer:
            if answer.status == 304 and not known:
                raise RemoteError(f"{name}: not modified, though never read", permanent=False)
            content = b"".join(answer.chunks).decode("utf-8", "replace")
            texts[name] = before.texts[name] if answer.status == 304 else content
            etag = answer.headers.get("etag", before.etags.get(name, "") if answer.status == 304 else "")
            if 0 < len(etag) <= 200:
                etags[name] = etag
    return Files(texts, etags)
