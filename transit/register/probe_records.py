"""What becomes of a probe's result: its row, the day, the grade, the class of safety, and what has to be told."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from transit.models import Interface, InterfaceGrade, Probe, ProbeDay, ProbeState
from transit.register import capabilities, interface_alerts, uptime
from transit.register.grades import grade, same
from transit.register.probes.asking import kind_of
from transit.register.probes.findings import Finding, Result, Severity

LONGEST_PAUSE: Final = timedelta(hours=1)
"""An interface that is down is asked less and less often, down to this."""
KEPT: Final = timedelta(days=14)
KEPT_LONGER: Final = timedelta(days=400)
"""Trials of selling, and days."""
Outcome = Probe.Outcome


def record(
    interface_id: int, fence: int, result: Result, started_at: datetime, duration_ms: int, now: datetime
) -> Probe | None:
    """Keep a result, all of it or nothing. None where the claim was lost meanwhile."""
    with transaction.atomic():
        state = ProbeState.objects.select_for_update().filter(interface_id=interface_id, fence=fence).first()
        if state is None:
            return None
        interface = Interface.objects.select_related("operator__region", "of").get(pk=interface_id)
        probe = _probe(interface, result, started_at, duration_ms)
        if state.seen_at is not None:
            uptime.note_span(interface_id, state.seen_at, started_at, up=not state.failures)
        uptime.note_probe(interface_id, started_at, duration_ms, faulty=probe.outcome != Outcome.FINE)
        was_down_since = _move(state, interface, result, started_at, now)
        findings = [Finding.of(row) for row in state.findings]
        interface_alerts.raise_reach(interface, state, was_down_since, now)
        is_told = result.reached and interface_alerts.raise_ends(interface, findings, now)
        # That it is down, or that its data end, is told as such.
        _grade(interface, state, findings, now, quiet=is_told or state.failures > 0)
        if probe.conformance is not None:
            change = capabilities.consider(interface, probe, now)
            if change is not None:
                interface_alerts.raise_worse(interface, change, now)
    return probe


def tidy(now: datetime) -> None:
    """Forget single probes; days and trials are kept longer."""
    Probe.objects.filter(started_at__lt=now - KEPT, conformance__isnull=True).delete()
    Probe.objects.filter(started_at__lt=now - KEPT_LONGER).delete()
    ProbeDay.objects.filter(day__lt=(now - KEPT_LONGER).date()).delete()


def pause_after(interface: Interface, failures: int, mark: int) -> timedelta:
    """How long to wait for the next probe: as its kind wants, within its limits of use, not with the others."""
    kind = kind_of(interface.format)
    pause = kind.every
    if interface.rate_limit_requests:
        share = kind.calls / interface.rate_limit_requests
        pause = max(pause, timedelta(seconds=share * interface.rate_limit_period_s))
    if failures:
        pause = max(pause, min(pause * (1 << min(failures - 1, 6)), LONGEST_PAUSE))
    digest = hashlib.sha256(f"{interface.pk}/{mark}".encode()).digest()
    return pause * (0.9 + 0.2 * digest[0] / 255)


def _probe(interface: Interface, result: Result, started_at: datetime, duration_ms: int) -> Probe:
    faulty = any(finding.severity is not Severity.INFO for finding in result.findings)
    outcome = Outcome.FAULTY if faulty else Outcome.FINE
    return Probe.objects.create(
        interface=interface,
        started_at=started_at,
        duration_ms=duration_ms,
        outcome=outcome if result.reached else Outcome.DOWN,
        findings=[finding.row() for finding in result.findings],
        conformance=result.conformance,
        evidence=result.evidence,
    )


def _move(
    state: ProbeState, interface: Interface, result: Result, started_at: datetime, now: datetime
) -> datetime | None:
    """The state after a probe. Since when it had been down before."""
    before = state.down_since
    rows = [finding.row() for finding in result.findings]
    if result.reached:
        state.findings, state.failure, state.failures, state.down_since = rows, None, 0, None
    else:
        state.failure, state.failures = rows[0], state.failures + 1
        state.down_since = before or started_at
    state.seen_at, state.kept = started_at, dict(result.kept)
    state.next_at = now + pause_after(interface, state.failures, state.fence)
    state.save()
    return before


def _grade(interface: Interface, state: ProbeState, findings: list[Finding], now: datetime, *, quiet: bool) -> None:
    """A new row where letter or reasons are others; else the figures of the last one are brought up to date."""
    promised = interface.availability_basis_points
    found = grade(
        findings,
        Finding.of(state.failure) if state.failure else None,
        state.failures,
        uptime.uptime(interface.pk, 30, now),
        None if promised is None else promised / 10_000,
    )
    rows = [reason.row() for reason in found.reasons]
    last = interface.grades.order_by("-id").first()
    if last is not None and last.letter == found.letter and same(last.reasons, rows):
        if last.reasons != rows:
            InterfaceGrade.objects.filter(pk=last.pk).update(reasons=rows)
        return
    new = InterfaceGrade.objects.create(interface=interface, letter=found.letter, reasons=rows, since=now)
    if not quiet:
        interface_alerts.raise_fall(interface, last.letter if last is not None else "", new, now)
