"""What happens now (GTFS-Realtime): there, of now, without mistakes, about the trips of its timetable."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from transit.feeds.messages import Checked, Refused, check
from transit.feeds.realtime import DROPPED_AFTER, STALE_AFTER, Kind
from transit.models import Interface
from transit.register.probes.address import headline
from transit.register.probes.budget import Budget
from transit.register.probes.findings import Finding, Result, Severity, excerpt
from transit.register.probes.promises import kept as promises_kept
from transit.register.probes.target import Target
from transit.register.realtime import MOST_UNKNOWN, count_unknown
from transit.remote import http

SILENT_AFTER: Final = timedelta(hours=24)
"""At night nothing runs; who says nothing for a day and a night says nothing at all."""
SOME_UNKNOWN: Final = 0.1
Content = Interface.Content


def probe(target: Target, kept: Mapping[str, Any], now: datetime, budget: Budget) -> Result:
    """Read one message. Raises RemoteError, OverTime."""
    with http.download(target.url, profile=budget.within(http.REALTIME)) as answer:
        content = b"".join(answer.chunks)
    evidence = [headline(answer), f"{len(content)} bytes, sha-256 {hashlib.sha256(content).hexdigest()}"]
    try:
        checked = check(content, now)
    except Refused as refusal:
        wrong = Finding("refused", Severity.UNUSABLE, {"file": "GTFS-Realtime"}, (str(refusal),))
        return Result(True, (wrong,), excerpt(evidence), kept)
    counts = {kind.value: count for kind, count in checked.counts.items()}
    evidence += [f"header: {checked.header_at.isoformat()}", *(f"{name}: {n}" for name, n in counts.items())]
    said_at = now.isoformat() if counts.keys() & {Kind.TRIP_UPDATES, Kind.VEHICLE_POSITIONS} else kept.get("said_at")
    since = kept.get("since") or now.isoformat()
    findings = [
        # Alerts hold as long as nothing else is said, and many publishers keep their time.
        *([] if counts.keys() == {Kind.ALERTS} else age(now - checked.header_at)),
        *_faults(checked),
        *_unknown(target, checked),
        *_silence(target, said_at or since, now),
    ]
    return Result(True, tuple(findings), excerpt(evidence), {**kept, "said_at": said_at, "since": since})


def age(old: timedelta, stale: timedelta = STALE_AFTER, dropped: timedelta = DROPPED_AFTER) -> list[Finding]:
    """What follows from how old something is that should be of now."""
    minutes = int(old.total_seconds() // 60)
    if old > dropped:
        return [Finding("stale", Severity.UNUSABLE, {"minutes": minutes})]
    return [Finding("stale", Severity.ERROR, {"minutes": minutes})] if old > stale else []


def _faults(checked: Checked) -> list[Finding]:
    if not checked.faults:
        return []
    samples = tuple(f"{fault.code} × {fault.count}: {', '.join(fault.samples)}" for fault in checked.faults)
    return [Finding("faulty_entities", Severity.WARNING, {"count": sum(f.count for f in checked.faults)}, samples)]


def _unknown(target: Target, checked: Checked) -> list[Finding]:
    """Trips that the timetable does not have, where a network has the timetable."""
    counted = count_unknown(target.timetable, checked.trip_ids)
    if counted is None or not counted[0]:
        return []
    trips, unknown = counted
    share = unknown / trips
    severity = Severity.ERROR if share > MOST_UNKNOWN else Severity.WARNING if share > SOME_UNKNOWN else Severity.INFO
    return [Finding("unknown_trips", severity, {"unknown": unknown, "trips": trips})] if unknown else []


def _silence(target: Target, since: str, now: datetime) -> list[Finding]:
    """Alerts alone may be all that is promised; of trips and vehicles something must be said once a day."""
    if target.contents == {Content.DISRUPTIONS.value}:
        return []
    silent = now - datetime.fromisoformat(since) >= SILENT_AFTER
    found = [Finding("nothing_there", Severity.ERROR)] if silent else []
    return [*found, *promises_kept(target, {})]
