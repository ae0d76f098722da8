"""A timetable (GTFS): there, not about to end, without mistakes, with what its page promises.

It is asked for often and read seldom: whole only where it has changed, or was not read for a while.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from transit.feeds import aside
from transit.feeds.imports import Reading, read_feed, scratch
from transit.feeds.notices import FeedError
from transit.register.probes.address import headline
from transit.register.probes.budget import Budget
from transit.register.probes.findings import Finding, Result, Severity, excerpt
from transit.register.probes.promises import of_timetable
from transit.register.probes.room import NoRoom, room
from transit.register.probes.target import Target
from transit.remote import http
from transit.remote.http import Download

READ_EVERY: Final = timedelta(hours=6)
ENDS_SOON: Final = timedelta(days=14)
ENDS_NOW: Final = timedelta(days=7)
_DATED: Final = frozenset({"expired_feed", "feed_expiration_date7_days", "feed_expiration_date30_days"})
"""What follows from the day is said by the day, not kept."""
Facts = dict[str, Any]


def probe(target: Target, kept: Mapping[str, Any], now: datetime, budget: Budget) -> Result:
    """Ask, and read what is new. Raises RemoteError, OverTime."""
    known = {"If-None-Match": kept.get("etag", ""), "If-Modified-Since": kept.get("last_modified", "")}
    headers = {name: value for name, value in known.items() if value and kept.get("facts")}
    with http.download(target.url, headers=headers, profile=budget.within(http.FEED)) as answer:
        said = headline(answer)
        facts, marks = (kept["facts"], {}) if _is_known(answer, kept, now) else _read(answer, kept, now, budget)
    findings = [Finding.of(row) for row in facts["findings"]]
    if not facts["unusable"]:
        findings += [*_dated(facts, now), *of_timetable(target, facts["contents"])]
    evidence = excerpt([said, *(f"{name}: {value}" for name, value in facts["summary"].items())])
    return Result(True, tuple(findings), evidence, {**kept, **marks, "facts": facts})


def _is_known(answer: Download, kept: Mapping[str, Any], now: datetime) -> bool:
    """Whether what is there need not be read (again)."""
    if answer.status == 304:
        return True
    if not kept.get("facts") or now - datetime.fromisoformat(kept["read_at"]) >= READ_EVERY:
        return False
    marks = _marks(answer)
    if marks != {name: kept.get(name, "") for name in marks}:
        return False
    return b"".join(islice(answer.chunks, 1))[:2] == b"PK"


def _marks(answer: Download) -> dict[str, str]:
    """By what the server tells versions apart."""
    named = {"etag": "etag", "last_modified": "last-modified", "length": "content-length"}
    return {name: answer.headers.get(header, "")[:200] for name, header in named.items()}


def _read(answer: Download, kept: Mapping[str, Any], now: datetime, budget: Budget) -> tuple[Facts, dict[str, str]]:
    """What is in it, and by what it is known again. The same bytes as last time are not read again."""
    with aside.directory(scratch(), "probe-") as folder:
        path, digest = folder / "feed.zip", hashlib.sha256()
        with path.open("wb") as file:
            for chunk in answer.chunks:
                digest.update(chunk)
                file.write(chunk)
        marks = {**_marks(answer), "sha256": digest.hexdigest(), "read_at": now.isoformat()}
        if kept.get("facts") and kept.get("sha256") == marks["sha256"]:
            return kept["facts"], marks
        try:
            with room(budget):
                return _facts(_reading(path, now)), marks
        except NoRoom:
            busy = Finding("not_validated", Severity.INFO).row()
            # Without marks it is read the next time.
            return kept.get("facts") or _nothing(busy), {}


def _reading(path: Path, now: datetime) -> Reading:
    try:
        return read_feed(path, now).judged()
    except FeedError as error:
        if error.code == "disk_full":
            raise NoRoom from error
        return Reading(reason=str(error), code=error.code)


def _nothing(row: dict[str, Any]) -> Facts:
    return {"findings": [row], "unusable": True, "summary": {}, "contents": {}}


def _facts(reading: Reading) -> Facts:
    if reading.reason:
        return _nothing(Finding("refused", Severity.UNUSABLE, {"file": "GTFS"}, (reading.reason,)).row())
    found = [*_lost(reading), *_noted(reading)]
    return {
        "findings": [finding.row() for finding in found],
        "unusable": False,
        "summary": reading.summary,
        "contents": reading.contents,
    }


def _lost(reading: Reading) -> list[Finding]:
    return [
        Finding("rows_lost", Severity.WARNING, {"lost": lost, "given": given, "file": f"{table}.txt"})
        for table, (lost, given) in reading.losses.items()
        if lost
    ]


def _noted(reading: Reading) -> list[Finding]:
    notices = [notice for notice in reading.notices if notice.code not in _DATED]
    found = []
    for severity, code, as_bad_as in (
        ("ERROR", "validator_errors", Severity.ERROR),
        ("WARNING", "validator_warnings", Severity.INFO),
    ):
        of_it = [notice for notice in notices if notice.severity == severity and notice.code != "validator_failed"]
        if of_it:
            figures = {"count": sum(notice.count for notice in of_it), "kinds": len({each.code for each in of_it})}
            most = sorted(of_it, key=lambda notice: -notice.count)
            samples = tuple(f"{each.code} ({each.file or 'GTFS'}) × {each.count}" for each in most)
            found.append(Finding(code, as_bad_as, figures, samples))
    if any(notice.code == "validator_failed" for notice in notices):
        found.append(Finding("not_validated", Severity.INFO))
    return found


def last_day_of(facts: Mapping[str, Any]) -> date | None:
    """The last day on which anything runs and the feed says that it holds."""
    summary = facts.get("summary", {})
    days = [day for name in ("last_day", "valid_until") if (day := _day(summary.get(name)))]
    return min(days, default=None)


def _dated(facts: Facts, now: datetime) -> list[Finding]:
    """What follows from what day it is."""
    last, first, today = last_day_of(facts), _day(facts["summary"].get("first_day")), now.date()
    found = []
    if last is not None and last < today:
        found.append(Finding("expired", Severity.UNUSABLE, {"date": last.isoformat()}))
    elif last is not None and last - today < ENDS_SOON:
        severity = Severity.ERROR if last - today < ENDS_NOW else Severity.WARNING
        found.append(Finding("ends_soon", severity, {"date": last.isoformat()}))
    if first is not None and first > today:
        found.append(Finding("not_begun", Severity.ERROR, {"date": first.isoformat()}))
    return found


def _day(text: Any) -> date | None:
    """A day of GTFS, YYYYMMDD."""
    try:
        return datetime.strptime(str(text), "%Y%m%d").date() if text else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
