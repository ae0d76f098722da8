"""Asking an interface once, whatever comes of it: which kind of probe, how often, for how long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from transit.models import Interface
from transit.register.probes import address, messages, ondemand, sales, timetable, vehicles
from transit.register.probes.budget import Budget, OverTime
from transit.register.probes.findings import Finding, Result, Severity, excerpt, worst_first
from transit.register.probes.target import Target
from transit.remote.http import RemoteError

SLOW_MS: Final = 8000
Probe = Callable[[Target, Mapping[str, Any], datetime, Budget], Result]
Format = Interface.Format


@dataclass(frozen=True, slots=True)
class Kind:
    """How an interface of some format is asked: `every` so often, for `most_s` in all, with so many `calls`."""

    probe: Probe
    every: timedelta
    most_s: float
    calls: int = 1


KINDS: Final[Mapping[str, Kind]] = {
    Format.GTFS: Kind(timetable.probe, timedelta(minutes=15), 180),
    Format.GTFS_RT: Kind(messages.probe, timedelta(minutes=5), 20),
    Format.GBFS: Kind(vehicles.probe, timedelta(minutes=5), 45, 8),
    Format.GOFS: Kind(ondemand.probe, timedelta(minutes=15), 45, 8),
    Format.TOMP_2: Kind(sales.probe, timedelta(minutes=10), 150, 2),
    Format.TOMP_1: Kind(sales.probe, timedelta(minutes=10), 150, 2),
}
OTHERS: Final = Kind(address.probe, timedelta(minutes=15), 20)
QUICK: Final = frozenset({Format.GTFS_RT, Format.GBFS, Format.GOFS})
"""What is read whole every time, and by travellers' programs too."""
LONGEST_S: Final = max(kind.most_s for kind in (*KINDS.values(), OTHERS))


def kind_of(target_format: str) -> Kind:
    """How interfaces of a format are asked."""
    return KINDS.get(target_format, OTHERS)


def ask(target: Target, kept: Mapping[str, Any], now: datetime) -> Result:
    """One probe; its findings the worst first. Raises nothing that the other side could cause."""
    kind = kind_of(target.format)
    budget = Budget(kind.most_s)
    try:
        result = kind.probe(target, kept, now, budget)
    except OverTime:
        over = Finding("over_time", Severity.UNUSABLE, {"seconds": int(kind.most_s)})
        return Result(False, (over,), kept=kept)
    except RemoteError as error:
        return _failed(error, target, kept)
    took_ms = int((kind.most_s - budget.left_s) * 1000)
    slow = [Finding("slow", Severity.WARNING, {"ms": took_ms})] if target.format in QUICK and took_ms > SLOW_MS else []
    return replace(result, findings=tuple(worst_first([*result.findings, *slow])))


def _failed(error: RemoteError, target: Target, kept: Mapping[str, Any]) -> Result:
    """Not reached; who asks for credentials is there, but what it discloses cannot be seen."""
    evidence = excerpt([str(error), error.body[:300].decode("utf-8", "replace")], (target.client_secret,))
    if error.status in (401, 403):
        return Result(True, (Finding("needs_access", Severity.ERROR),), evidence, kept)
    code, figures = reason_of(error)
    return Result(False, (Finding(code, Severity.UNUSABLE, figures),), evidence, kept)


def reason_of(error: RemoteError) -> tuple[str, dict[str, int | float | str]]:
    """Why an interface was not reached, as a code and its figures."""
    if error.status is not None:
        return "answered_with", {"status": error.status}
    said = str(error)
    if "no such name" in said:
        return "no_such_host", {}
    if "not a public address" in said or "address not allowed" in said or "unreadable address" in said:
        return "address_forbidden", {}
    if "more than" in said:
        return "too_large", {}
    if "Timeout" in said:
        return "no_answer", {}
    return ("no_connection", {}) if "ConnectError" in said else ("broken_off", {})
