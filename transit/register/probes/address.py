"""An interface of a format that nothing here reads: whether it answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from transit.register.probes.budget import Budget
from transit.register.probes.findings import Finding, Result, Severity, excerpt
from transit.register.probes.target import Target
from transit.remote import http
from transit.remote.http import Download


def probe(target: Target, kept: Mapping[str, Any], now: datetime, budget: Budget) -> Result:
    """Begin to read what is there. Raises RemoteError, OverTime."""
    with http.download(target.url, profile=budget.within(http.REALTIME)) as answer:
        first = b"".join(islice(answer.chunks, 1))
    finding = Finding("unreadable_format", Severity.INFO)
    return Result(True, (finding,), excerpt([headline(answer), f"{len(first)} bytes at first"]))


def headline(answer: Download) -> str:
    """Status and what the headers say of the content, as evidence."""
    shown = ("date", "last-modified", "etag", "content-type", "content-length")
    said = [f"{name}: {answer.headers[name][:100]}" for name in shown if name in answer.headers]
    return "\n".join([f"HTTP {answer.status}", *said])
