"""A sales interface (TOMP): whether it answers where it sells, and whether it sells safely where it may be tried.

Where it really sells nothing is asked but whether it is up. The trial runs at the sandbox address that the operator
declared, and nowhere else.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from posixpath import normpath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from transit.models import Interface
from transit.register.conformance.classes import TWICE, prove
from transit.register.conformance.script import Step, Trial, Verdict
from transit.register.conformance.tomp1_shop import Tomp1Shop
from transit.register.conformance.tomp_shop import TompShop
from transit.register.probes.budget import Budget
from transit.register.probes.findings import Finding, Result, Severity, excerpt
from transit.register.probes.room import NoRoom, judge
from transit.register.probes.target import Target
from transit.register.sample_rides import find_ride
from transit.remote import http
from transit.remote.exchanges import Exchange, heard
from transit.remote.http import RemoteError
from transit.remote.tomp import Party, Search

TRIED_EVERY: Final = timedelta(hours=6)
TRIED_AGAIN: Final = timedelta(minutes=30)
"""Where something was left open."""
RESERVE_S: Final = 15.0
"""What is held is let go within this."""
_TOMP_2: Final = Interface.Format.TOMP_2
_PORTS: Final = {"https": 443, "http": 80}


class NotAllowed(Exception):
    """There is nowhere to try; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def probe(target: Target, kept: Mapping[str, Any], now: datetime, budget: Budget) -> Result:
    """Whether it is up; a trial, where one is due. Raises RemoteError, OverTime."""
    with heard() as exchanges:
        _ask_whether_up(target, budget)
    evidence = [f"{each.method} {each.path} {each.status or 'lost'} {each.took_ms} ms" for each in exchanges]
    findings = _judged(target, exchanges, urlsplit(target.url).path, budget)
    trial = kept.get("trial")
    if trial is None or now >= datetime.fromisoformat(trial["again_at"]):
        try:
            trial = _tried(target, trial, now, budget)
        except NotAllowed as reason:
            severity = Severity.ERROR if reason.code == "sandbox_is_production" else Severity.WARNING
            findings.append(Finding(reason.code, severity))
            return Result(True, tuple(findings), excerpt(evidence), {})
        conformance: Mapping[str, Any] | None = trial["conformance"]
        evidence += trial["evidence"]
    else:
        conformance = None
    findings += [Finding.of(row) for row in trial["findings"]]
    return Result(True, tuple(findings), excerpt(evidence, (target.client_secret,)), {"trial": trial}, conformance)


def sandbox_of(target: Target) -> Party:
    """Where and as whom it may be tried. Raises NotAllowed: never where it really sells."""
    if not target.sandbox_url:
        raise NotAllowed("no_sandbox")
    if _place(target.sandbox_url) == _place(target.url):
        raise NotAllowed("sandbox_is_production")
    return Party(target.sandbox_url, target.client_id, target.client_secret)


def _place(url: str) -> tuple[str, int, str]:
    """What an address means, however it is written."""
    parts = urlsplit(url.strip())
    path = normpath(f"/{unquote(parts.path)}").lstrip("/")
    return (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0), path


def _ask_whether_up(target: Target, budget: Budget) -> None:
    """Asked without credentials: that they are asked for is an answer, too. Raises RemoteError, OverTime."""
    base = target.url.rstrip("/")
    paths = ("/health", "/") if target.format == _TOMP_2 else ("/operator/ping",)
    for path in paths:
        try:
            http.call("GET", f"{base}{path}", headers={"Accept-Language": "en"}, profile=budget.within(http.API))
        except RemoteError as error:
            if error.status is None or error.status >= 500:
                raise


def _tried(target: Target, before: Mapping[str, Any] | None, now: datetime, budget: Budget) -> dict[str, Any]:
    """A trial and what it showed, as it is kept. Raises NotAllowed.

    Where the first of several leaves something open, what the one `before` showed is still what is known.
    """
    party = sandbox_of(target)
    ride = find_ride(target.sold, now)
    if ride is None:
        raise NotAllowed("no_ride")
    began = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    with heard() as exchanges:
        steps = Trial(
            shop=_shop(target, party, ride, now),
            reference=lambda: f"probe-{uuid.uuid4()}",
            now=clock,
            wait=time.sleep,
            may_go_on=lambda: budget.left_s > RESERVE_S,
        ).run()
    proof = prove(steps)
    findings = [*_said(steps), *_judged(target, exchanges, urlsplit(party.base_url).path, budget)]
    is_open = any(finding.code == "not_conclusive" for finding in findings)
    rows = [finding.row() for finding in findings]
    if is_open and before is not None and not before["is_open"]:
        rows = [*before["findings"], Finding("not_conclusive", Severity.INFO).row()]
    return {
        "again_at": (now + (TRIED_AGAIN if is_open else TRIED_EVERY)).isoformat(),
        "is_open": is_open,
        "findings": rows,
        "evidence": [f"{name}: {step.verdict} {step.code}".strip() for name, step in steps.items()],
        "conformance": {
            "at": now.isoformat(),
            "capability": proof.proven,
            "possible": proof.possible,
            "steps": [_clean(step, party).row() for step in steps.values()],
        },
    }


def _shop(target: Target, party: Party, ride: Search, now: datetime) -> TompShop | Tomp1Shop:
    return (TompShop if target.format == _TOMP_2 else Tomp1Shop)(party, ride, now)


def _clean(step: Step, party: Party) -> Step:
    return Step(step.name, step.verdict, step.code, excerpt([step.said], (party.client_secret,)))


def _said(steps: Mapping[str, Step]) -> list[Finding]:
    """What the steps say of the interface, in words for people."""
    proof = prove(steps)
    found = []
    failed = next((name for name in ("search", "hold", "release") if steps[name].verdict is not Verdict.PROVEN), "")
    if failed and steps[failed].verdict is Verdict.DISPROVEN:
        found.append(Finding("sells_not", Severity.ERROR, {"step": failed}, (steps[failed].said,)))
    elif failed or any(step.verdict is Verdict.UNCLEAR for step in steps.values()):
        found.append(Finding("not_conclusive", Severity.WARNING))
    if any(step.code in TWICE and step.verdict is Verdict.DISPROVEN for step in steps.values()):
        found.append(Finding("sells_twice", Severity.ERROR))
    for name, code, severity in (
        ("look_up_after", "keeps_holding", Severity.ERROR),
        ("undo", "no_undoing", Severity.WARNING),
        ("nonsense", "bad_refusal", Severity.WARNING),
    ):
        if steps[name].verdict is Verdict.DISPROVEN:
            found.append(Finding(code, severity, samples=(steps[name].said,)))
    if steps["expire"].code == "bought":
        found.append(Finding("silence_sells", Severity.WARNING))
    if proof.proven == "D" == proof.possible:
        found.append(Finding("worst_capability", Severity.WARNING))
    elif proof.proven:
        found.append(Finding("capability", Severity.INFO, {"capability": proof.proven}))
    return found


def _judged(target: Target, exchanges: list[Exchange], base: str, budget: Budget) -> list[Finding]:
    """What was answered below a path, by the schema of TOMP 2.0. Tokens are not looked at."""
    if target.format != _TOMP_2:
        return []
    documents = []
    for each in exchanges:
        path = each.path.removeprefix(base.rstrip("/")) or "/"
        if each.status and path != "/oauth/token" and each.body:
            label = f"{each.method} {path} {each.status}"
            documents.append(
                [label, f"tomp-2.0 {each.method} {path} {each.status}", each.body.decode("utf-8", "replace")]
            )
    if not documents:
        return []
    try:
        rows = judge(documents, budget)
    except NoRoom:
        return [Finding("not_validated", Severity.INFO)]
    wrong = {row["file"]: row for row in rows if row["count"]}
    samples = tuple(f"{name} {sample}" for name, row in wrong.items() for sample in row["samples"][:1])
    clean = tuple(excerpt([sample], (target.client_secret,)) for sample in samples)
    if not wrong:
        return []
    return [Finding("schema_faults", Severity.ERROR, {"file": "TOMP", "count": len(wrong)}, clean)]
