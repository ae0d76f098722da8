"""What is known of an interface, as values: for its page, the API, and whoever reckons with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from transit.models import Interface, InterfaceGrade, Probe, ProbeDay, ProbeState
from transit.register import uptime
from transit.register.capabilities import find_offer
from transit.register.entries import public_url
from transit.register.interface_alerts import operators_of
from transit.register.probes.codes import CODES, sentence
from transit.register.uptime import Uptime

DAYS: Final = 90
HISTORY: Final = 20


@dataclass(frozen=True, slots=True)
class Said:
    """A finding or reason: where it belongs, how bad it is, its sentence in the reader's language, samples."""

    criterion: str
    level: str
    code: str
    text: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graded:
    """A letter, since when it has held, and why it is no better."""

    letter: str
    since: datetime
    reasons: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC): the share of time for which it was up, None where nobody looked; how many probes."""

    day: date
    share: float | None
    probes: int
    faulty: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """An interface with all that probes have shown of it.

    `trial` is the last one at the sandbox, see Probe.conformance; `offered` the class that waits for an officer.
    """

    interface_id: int
    name: str
    format: str
    url: str
    operators: tuple[str, ...]
    grade: Graded | None
    history: tuple[Graded, ...]
    month: Uptime
    quarter: Uptime
    days: tuple[Day, ...]
    last: Probe | None
    found: tuple[Said, ...]
    next_at: datetime | None
    trial: Mapping[str, Any] | None
    capability: str
    offered: str
    sells: bool


def may(user: Any, name: str, permission: str) -> bool:
    """Whether somebody may: for one of the operators whose interface it is; where there are none, for all."""
    interface = Interface.objects.select_related("operator", "of").filter(name=name).first()
    if interface is None:
        return False
    codes = [operator.code for operator in operators_of(interface)]
    return any(user.has_perm(permission, code) for code in codes or (None,))


def get_evidence(name: str, now: datetime) -> Evidence:
    """All that is known of an interface. Raises Interface.DoesNotExist."""
    interface = Interface.objects.select_related("operator", "of").get(name=name)
    operators = operators_of(interface)
    history = tuple(_graded(row) for row in interface.grades.all()[:HISTORY])
    last = Probe.objects.filter(interface=interface).first()
    tried = Probe.objects.filter(interface=interface, conformance__isnull=False).first()
    state = ProbeState.objects.filter(interface=interface).first()
    offer = find_offer(interface)
    return Evidence(
        interface_id=interface.pk,
        name=interface.name,
        format=interface.get_format_display(),
        url=public_url(interface.url),
        operators=tuple(operator.legal_name for operator in operators),
        grade=history[0] if history else None,
        history=history,
        month=uptime.uptime(interface.pk, 30, now),
        quarter=uptime.uptime(interface.pk, DAYS, now),
        days=_days(interface, now),
        last=last,
        found=said(last.findings) if last is not None else (),
        next_at=state.next_at if state is not None else None,
        trial=tried.conformance if tried is not None else None,
        capability=interface.capability,
        offered=offer.new if offer is not None else "",
        sells=interface.format in {Interface.Format.TOMP_1, Interface.Format.TOMP_2},
    )


def list_probes(name: str, before: int | None, limit: int) -> list[Probe]:
    """The probes of an interface, the newest first, those older than one."""
    rows = Probe.objects.filter(interface__name=name)
    return list((rows if before is None else rows.filter(pk__lt=before)).order_by("-pk")[:limit])


def find_grades(names: Iterable[str]) -> dict[str, Graded]:
    """The present grades of interfaces by name, of those that have one."""
    rows = InterfaceGrade.objects.filter(interface__name__in=list(names)).select_related("interface").order_by("pk")
    return {row.interface.name: _graded(row) for row in rows}


def said(findings: Iterable[Mapping[str, Any]]) -> tuple[Said, ...]:
    """Findings in the reader's language."""
    return tuple(
        Said(_criterion(row["code"]), row["severity"].lower(), row["code"], sentence(row["code"], row["figures"]),
             tuple(row["samples"]))
        for row in findings
    )  # fmt: skip


def _graded(row: InterfaceGrade) -> Graded:
    reasons = tuple(
        Said(each["criterion"], each["level"], each["code"], sentence(each["code"], each["figures"]))
        for each in row.reasons
    )
    return Graded(row.letter, row.since, reasons)


def _criterion(code: str) -> str:
    return CODES[code].criterion.value if code in CODES else ""


def _days(interface: Interface, now: datetime) -> tuple[Day, ...]:
    first = now.date() - timedelta(days=DAYS - 1)
    rows = {row.day: row for row in ProbeDay.objects.filter(interface=interface, day__gte=first)}
    found = []
    for number in range(DAYS):
        day = first + timedelta(days=number)
        row = rows.get(day)
        share = Uptime(row.up_s, row.down_s).share if row is not None else None
        found.append(Day(day, share, row.probes if row is not None else 0, row.faulty if row is not None else 0))
    return tuple(found)
