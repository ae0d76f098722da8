"""Interfaces that are many files behind one that lists them (GBFS, GOFS): fetched, and judged by their schemas."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from transit.register.probes.budget import Budget
from transit.register.probes.findings import Finding, Severity
from transit.register.probes.room import NoRoom, judge
from transit.remote import http


def fetch(addresses: Mapping[str, str], names: Collection[str], budget: Budget) -> dict[str, bytes]:
    """The files of some names, as far as they are listed. Raises RemoteError, OverTime."""
    return {
        name: http.call("GET", addresses[name], profile=budget.within(http.REALTIME)).body
        for name in names
        if name in addresses
    }


def judged(texts: Mapping[str, bytes], schemas: str, budget: Budget) -> list[Finding]:
    """What is wrong with files by the schemas of a folder."""
    documents = [[f"{name}.json", f"{schemas}/{name}", text.decode("utf-8", "replace")] for name, text in texts.items()]
    try:
        rows = judge(documents, budget)
    except NoRoom:
        return [Finding("not_validated", Severity.INFO)]
    found = []
    for row in rows:
        figures = {"file": row["file"], "count": row["count"]}
        if row["count"] < 0:
            found.append(Finding("refused", Severity.UNUSABLE, {"file": row["file"]}))
        elif row["count"]:
            found.append(Finding("schema_faults", Severity.ERROR, figures, tuple(row["samples"])))
        if 0 < row["checked"] < row["entries"]:
            part = {"file": row["file"], "checked": row["checked"], "count": row["entries"]}
            found.append(Finding("checked_in_part", Severity.INFO, part))
    return found


def missing(addresses: Mapping[str, str], names: Collection[str]) -> list[Finding]:
    """Files without which the interface is of little use."""
    return [
        Finding("missing_file", Severity.ERROR, {"file": f"{name}.json"}) for name in names if name not in addresses
    ]
