"""What operators and governments have to be told of interfaces: raised once each, handed to those who may send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import F, QuerySet

from transit.models import CapabilityChange, Interface, InterfaceAlert, InterfaceGrade, Operator, ProbeState
from transit.register.conformance.classes import is_better
from transit.register.grades import TRIES, fell
from transit.register.probes.findings import Finding

Kind = InterfaceAlert.Kind
DAYS_BEFORE: Final = (3, 14)
"""That long before its data end it is told, and again."""
QUIET: Final = timedelta(hours=24)
"""A grade that goes up and down is told once a day."""
LEASE: Final = timedelta(minutes=2)
PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(days=3)
MOST_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class AlertNews:
    """An alert that somebody has to be told; `fence` is the claim on it. `told` are those who were."""

    alert_id: int
    fence: int
    kind: str
    figures: Mapping[str, Any]
    raised_at: datetime
    interface: str
    format: str
    operator: str
    operator_codes: tuple[str, ...]
    contact: str
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    told: frozenset[str]


def raise_ends(interface: Interface, findings: list[Finding], now: datetime) -> bool:
    """Its data end, or have ended. Whether that is news."""
    news = False
    for finding in findings:
        if finding.code not in {"ends_soon", "expired"}:
            continue
        last = str(finding.figures["date"])
        days = (date.fromisoformat(last) - now.date()).days
        if days < 0:
            news |= _raise(interface, Kind.ENDED, f"ended:{last}", {"date": last}, now)
        elif (before := next((each for each in DAYS_BEFORE if days <= each), None)) is not None:
            news |= _raise(interface, Kind.ENDING, f"ending:{last}:{before}", {"date": last, "days": days}, now)
    return news


def raise_reach(interface: Interface, state: ProbeState, was_down_since: datetime | None, now: datetime) -> None:
    """It is not reached, or is again."""
    if state.failures >= TRIES and state.down_since is not None:
        figures = {"since": state.down_since.isoformat(), **(state.failure or {})}
        _raise(interface, Kind.DOWN, f"down:{state.down_since.isoformat()}", figures, now)
    elif not state.failures and was_down_since is not None:
        mark = was_down_since.isoformat()
        if InterfaceAlert.objects.filter(interface=interface, key=f"down:{mark}").exists():
            _raise(interface, Kind.UP, f"up:{mark}", {"since": mark}, now)


def raise_fall(interface: Interface, old: str, new: InterfaceGrade, now: datetime) -> None:
    """Its grade is worse than before."""
    if not fell(old, new.letter):
        return
    lately = InterfaceAlert.objects.filter(interface=interface, kind=Kind.FELL, raised_at__gt=now - QUIET)
    if any(not fell(alert.figures["new"], new.letter) for alert in lately):
        return
    figures = {"old": old, "new": new.letter, "reasons": new.reasons[:5]}
    _raise(interface, Kind.FELL, f"fell:{new.pk}", figures, now)


def raise_worse(interface: Interface, change: CapabilityChange, now: datetime) -> None:
    """It sells less safely than was thought."""
    if change.way == CapabilityChange.Way.ADOPTED and change.old and is_better(change.old, change.new):
        _raise(interface, Kind.WORSE, f"worse:{change.pk}", {"old": change.old, "new": change.new}, now)


def list_due(now: datetime) -> list[int]:
    """The alerts that somebody still has to be told, the oldest first."""
    return list(_due(now).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def claim(alert_id: int, now: datetime) -> AlertNews | None:
    """An alert, for as long as a lease lasts; None where somebody else has it."""
    row = InterfaceAlert.objects.select_related("interface__operator").filter(pk=alert_id).first()
    if row is None:
        return None
    mine = _due(now).filter(pk=alert_id, fence=row.fence)
    if not mine.update(fence=F("fence") + 1, attempts=F("attempts") + 1, not_before=now + LEASE):
        return None
    return _news(row)


def note_told(news: AlertNews, who: str) -> None:
    """Somebody was told; kept at once, so that nobody is told twice."""
    row = InterfaceAlert.objects.filter(pk=news.alert_id, fence=news.fence).first()
    if row is not None and who not in row.told:
        InterfaceAlert.objects.filter(pk=row.pk, fence=news.fence).update(told=[*row.told, who])


def finish(news: AlertNews, now: datetime, *, all_told: bool) -> None:
    """Everybody was told, or nobody ever will be; or again later."""
    mine = InterfaceAlert.objects.filter(pk=news.alert_id, fence=news.fence)
    if all_told or now - news.raised_at >= GIVE_UP_AFTER:
        mine.update(told_at=now)
        return
    attempts = mine.values_list("attempts", flat=True).first() or 1
    mine.update(not_before=now + min(PAUSE * (1 << min(attempts - 1, 8)), LONGEST_PAUSE))


def operators_of(interface: Interface) -> list[Operator]:
    """Whose interface it is; of one without an owner, those whose services are met in it."""
    if interface.operator is not None:
        return [interface.operator]
    feed = interface.of.name if interface.of is not None else interface.name
    met = Operator.objects.filter(services__agency_id__startswith=f"{feed}:")
    return list(met.select_related("region").distinct().order_by("code"))


def _due(now: datetime) -> QuerySet[InterfaceAlert]:
    return InterfaceAlert.objects.filter(told_at=None, not_before__lte=now)


def _raise(interface: Interface, kind: Kind, key: str, figures: Mapping[str, Any], now: datetime) -> bool:
    """Whether it is new."""
    defaults = {"kind": kind, "figures": dict(figures), "raised_at": now, "not_before": now}
    return InterfaceAlert.objects.get_or_create(interface=interface, key=key[:80], defaults=defaults)[1]


def _news(row: InterfaceAlert) -> AlertNews:
    interface = row.interface
    operators = operators_of(interface)
    regions = [operator.region for operator in operators if operator.region is not None]
    return AlertNews(
        alert_id=row.pk,
        fence=row.fence + 1,
        kind=row.kind,
        figures=row.figures,
        raised_at=row.raised_at,
        interface=interface.name,
        format=interface.get_format_display(),
        operator=", ".join(operator.legal_name for operator in operators),
        operator_codes=tuple(operator.code for operator in operators),
        contact=interface.contact_email or next((each.email for each in operators if each.email), ""),
        regions=tuple(dict.fromkeys(region.code for region in regions)),
        languages=tuple(dict.fromkeys(tag for region in regions for tag in region.languages)),
        told=frozenset(row.told),
    )
