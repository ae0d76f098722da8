"""Shared vehicles (GBFS): there, of now, by the schema of its version, with all files that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from transit.feeds.gbfs import (
    CURRENT,
    STATIC,
    Document,
    Refused,
    addresses_of,
    document_of,
    status_of,
    system_of,
)
from transit.models import Interface
from transit.register.probes import files
from transit.register.probes.budget import Budget
from transit.register.probes.findings import Finding, Result, Severity, excerpt
from transit.register.probes.messages import age
from transit.register.probes.promises import kept as promises_kept
from transit.register.probes.target import Target
from transit.remote import http
from transit.routing.rentals import Status, System

SCHEMAS: Final = {"2.3": "gbfs-2.3", "3.0": "gbfs-3.0"}
MOST_WITHOUT_STATUS: Final = 0.1
Content = Interface.Content


def probe(target: Target, kept: Mapping[str, Any], now: datetime, budget: Budget) -> Result:
    """Read every file. Raises RemoteError, OverTime."""
    first = http.call("GET", target.url, profile=budget.within(http.REALTIME)).body
    try:
        discovery = document_of("gbfs.json", first)
        listed = addresses_of(discovery)
        addresses = listed[next((tag for tag in ("", "en") if tag in listed), next(iter(listed)))]
        texts = files.fetch(addresses, (*STATIC, *CURRENT), budget)
        documents = {name: document_of(name, text) for name, text in texts.items()}
        system = system_of(documents)
        status = status_of(documents, system)
    except Refused as refusal:
        wrong = Finding("refused", Severity.UNUSABLE, {"file": "GBFS"}, (str(refusal),))
        return Result(True, (wrong,), excerpt([f"gbfs.json: {len(first)} bytes"]), kept)
    findings = [
        *_by_schema({"gbfs": first, **texts}, discovery.version, budget),
        *_age(documents, status, now),
        *_whole(addresses, system, status),
        *promises_kept(target, {Content.PRICING: bool(system.plans), Content.REALTIME_INTERFACE: True}),
    ]
    return Result(True, tuple(findings), excerpt(_evidence(discovery, system, status)), kept)


def _by_schema(texts: Mapping[str, bytes], version: str, budget: Budget) -> list[Finding]:
    if version not in SCHEMAS:
        return [Finding("no_schema", Severity.INFO, {"version": version[:20] or "?"})]
    return files.judged(texts, SCHEMAS[version], budget)


def _age(documents: Mapping[str, Document], status: Status, now: datetime) -> list[Finding]:
    """Twice the time that a file itself says it holds may pass."""
    if status.said_at > now + timedelta(minutes=1):
        return [Finding("from_future", Severity.ERROR)]
    ttl = timedelta(seconds=max((documents[name].ttl_s for name in CURRENT if name in documents), default=0))
    slack = 2 * min(ttl, timedelta(hours=1))
    return age(now - status.said_at, timedelta(minutes=5) + slack, timedelta(hours=1) + slack)


def _whole(addresses: Mapping[str, str], system: System, status: Status) -> list[Finding]:
    found = []
    if system.stations:
        found += files.missing(addresses, ("station_information", "station_status"))
        without = len(system.stations) - len(status.stations)
        if without > MOST_WITHOUT_STATUS * len(system.stations):
            figures = {"count": without, "stations": len(system.stations)}
            found.append(Finding("no_status", Severity.WARNING, figures))
    elif "vehicle_status" not in addresses and "free_bike_status" not in addresses:
        found += files.missing(addresses, ("vehicle_status",))
    there = len(status.vehicles) + sum(sum(each.vehicles.values()) for each in status.stations)
    if not there:
        found.append(Finding("nothing_there", Severity.WARNING))
    faults = [*system.faults, *status.faults]
    if faults:
        samples = tuple(f"{code} × {count}" for code, count in faults)
        found.append(Finding("faulty_entities", Severity.WARNING, {"count": sum(n for _, n in faults)}, samples))
    return found


def _evidence(discovery: Document, system: System, status: Status) -> list[str]:
    return [
        f"GBFS {discovery.version}, system {system.system_id}",
        f"said at: {status.said_at.isoformat()}",
        f"stations: {len(system.stations)}, with status: {len(status.stations)}",
        f"vehicles in the street: {len(status.vehicles)}",
        f"plans: {len(system.plans)}",
    ]
