"""What operators and governments have to be told of interfaces: once each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from transit.models import CapabilityChange, Interface, InterfaceGrade, Letter, Operator, ProbeState
from transit.register import letters
from transit.register.conformance.classes import is_better
from transit.register.grades import TRIES, fell
from transit.register.probes.findings import Finding

DAYS_BEFORE: Final = (3, 14)
"""That long before its data end it is told, and again."""
QUIET: Final = timedelta(hours=24)
"""A grade that goes up and down is told once a day."""


def raise_ends(interface: Interface, findings: list[Finding], now: datetime) -> bool:
    """Its data end, or have ended. Whether that is news."""
    news = False
    for finding in findings:
        if finding.code not in {"ends_soon", "expired"}:
            continue
        last = str(finding.figures["date"])
        days = (date.fromisoformat(last) - now.date()).days
        if days < 0:
            news |= _raise(interface, "ended", f"ended:{last}", {"date": last}, now)
        elif (before := next((each for each in DAYS_BEFORE if days <= each), None)) is not None:
            news |= _raise(interface, "ending", f"ending:{last}:{before}", {"date": last, "days": days}, now)
    return news


def raise_reach(interface: Interface, state: ProbeState, was_down_since: datetime | None, now: datetime) -> None:
    """It is not reached, or is again."""
    if state.failures >= TRIES and state.down_since is not None:
        figures = {"since": state.down_since.isoformat(), **(state.failure or {})}
        _raise(interface, "down", f"down:{state.down_since.isoformat()}", figures, now)
    elif not state.failures and was_down_since is not None:
        mark = was_down_since.isoformat()
        if Letter.objects.filter(key=_key(interface, f"down:{mark}")).exists():
            _raise(interface, "up", f"up:{mark}", {"since": mark}, now)


def raise_fall(interface: Interface, old: str, new: InterfaceGrade, now: datetime) -> None:
    """Its grade is worse than before."""
    if not fell(old, new.letter):
        return
    lately = interface.letters.filter(kind="interface_fell", created_at__gt=now - QUIET)
    if any(not fell(letter.about["new"], new.letter) for letter in lately):
        return
    figures = {"old": old, "new": new.letter, "reasons": new.reasons[:5]}
    _raise(interface, "fell", f"fell:{new.pk}", figures, now)


def raise_worse(interface: Interface, change: CapabilityChange, now: datetime) -> None:
    """It sells less safely than was thought."""
    if change.way == CapabilityChange.Way.ADOPTED and change.old and is_better(change.old, change.new):
        _raise(interface, "worse", f"worse:{change.pk}", {"old": change.old, "new": change.new}, now)


def operators_of(interface: Interface) -> list[Operator]:
    """Whose interface it is; of one without an owner, those whose services are met in it."""
    if interface.operator is not None:
        return [interface.operator]
    feed = interface.of.name if interface.of is not None else interface.name
    met = Operator.objects.filter(services__agency_id__startswith=f"{feed}:")
    return list(met.select_related("region").distinct().order_by("code"))


def _raise(interface: Interface, kind: str, mark: str, figures: Mapping[str, Any], now: datetime) -> bool:
    """Whether it is new."""
    key = _key(interface, mark)
    return letters.write(f"interface_{kind}", key, now, interface=interface, **figures)


def _key(interface: Interface, mark: str) -> str:
    return f"interface:{interface.pk}:{mark}"
