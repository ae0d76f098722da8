"""Rides on demand (GOFS): there, of now, by its schema, zones with rules that still hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from transit.feeds.gbfs import Document, Refused, addresses_of, document_of
from transit.register.probes import files
from transit.register.probes.budget import Budget
from transit.register.probes.findings import Finding, Result, Severity, excerpt
from transit.register.probes.promises import kept as promises_kept
from transit.register.probes.target import Target
from transit.register.probes.timetable import ENDS_NOW, ENDS_SOON
from transit.remote import http

NEEDED: Final = ("system_information", "zones", "operating_rules", "calendars")
OTHERS: Final = ("service_brands", "vehicle_types", "booking_rules")
STALE_AFTER: Final = timedelta(days=1)
"""Beyond the time that a file itself says it holds."""


def probe(target: Target, kept: Mapping[str, Any], now: datetime, budget: Budget) -> Result:
    """Read every file that is one, and no query. Raises RemoteError, OverTime."""
    first = http.call("GET", target.url, profile=budget.within(http.REALTIME)).body
    try:
        listed = addresses_of(document_of("gofs.json", first))
        addresses = listed[next((tag for tag in ("en", "") if tag in listed), next(iter(listed)))]
        texts = files.fetch(addresses, (*NEEDED, *OTHERS), budget)
        documents = {name: document_of(name, text) for name, text in texts.items()}
    except Refused as refusal:
        wrong = Finding("refused", Severity.UNUSABLE, {"file": "GOFS"}, (str(refusal),))
        return Result(True, (wrong,), excerpt([f"gofs.json: {len(first)} bytes"]), kept)
    findings = [
        *files.judged({"gofs": first, **texts}, "gofs", budget),
        *files.missing(addresses, NEEDED),
        *_age(documents, now),
        *_calendars(documents.get("calendars"), now.date()),
        *_rules(documents),
        *promises_kept(target, {"pricing": "fares" in addresses, "booking-interface": "realtime_booking" in addresses}),
    ]
    evidence = [
        f"{name}: {len(text)} bytes, said at {documents[name].said_at.isoformat()}" for name, text in texts.items()
    ]
    return Result(True, tuple(findings), excerpt(evidence), kept)


def _age(documents: Mapping[str, Document], now: datetime) -> list[Finding]:
    late = [now - each.said_at - timedelta(seconds=each.ttl_s) for each in documents.values() if each.ttl_s]
    oldest = max(late, default=timedelta())
    if oldest <= STALE_AFTER:
        return []
    return [Finding("stale", Severity.WARNING, {"minutes": int(oldest.total_seconds() // 60)})]


def _calendars(calendars: Document | None, today: date) -> list[Finding]:
    """The day after which nothing is served any more."""
    rows = calendars.data.get("calendars") if calendars else None
    days = [_day(row.get("end_date")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    last = max((day for day in days if day is not None), default=None)
    if last is None or last - today >= ENDS_SOON:
        return []
    if last < today:
        return [Finding("expired", Severity.UNUSABLE, {"date": last.isoformat()})]
    severity = Severity.ERROR if last - today < ENDS_NOW else Severity.WARNING
    return [Finding("ends_soon", severity, {"date": last.isoformat()})]


def _rules(documents: Mapping[str, Document]) -> list[Finding]:
    """Rules that lead from or to a zone that there is not serve nobody."""
    zones, rules = (documents.get(name) for name in ("zones", "operating_rules"))
    if zones is None or rules is None:
        return []
    known = {row.get("zone_id") for row in _rows(zones.data.get("zones"), "features")}
    listed = _rows(rules.data, "operating_rules")
    lost = [row for row in listed if not {row.get("from_zone_id"), row.get("to_zone_id")} <= known]
    if not listed:
        return [Finding("nothing_there", Severity.ERROR)]
    if not lost:
        return []
    samples = tuple(f"{row.get('from_zone_id')} → {row.get('to_zone_id')}" for row in lost)
    return [Finding("faulty_entities", Severity.ERROR, {"count": len(lost)}, samples)]


def _rows(group: Any, name: str) -> list[dict[str, Any]]:
    found = group.get(name) if isinstance(group, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _day(text: Any) -> date | None:
    """YYYYMMDD or YYYY-MM-DD."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
