"""How it stands with every duty, from the register's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from transit.models import Disclosure, Duty, DutyRun, Exemption, Interface, Service
from transit.register import supervision
from transit.register.contents import KINDS, LEVELS, LIVE, SOLD, Item, held, owed
from transit.register.duty import Disclosed, Facts, Freed, Owed, Reach, Reckoned, Span, Standing, Through, reckon
from transit.register.sellers import list_operators

REGISTER: Final = "register"
"""What the entry of a service says itself."""
PLATFORM: Final = "platform"
"""Sold here, for an operator without a system of its own."""
FREE: Final = "free"
"""Nothing is sold, because no ticket is needed."""
SILENT_FOR: Final = timedelta(days=7)
"""What has not answered for longer was disclosed until it fell silent, and no longer is."""
_ORDER: Final = {each: number for number, each in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Line:
    """A duty with the names of what it is about."""

    reckoned: Reckoned
    operator_name: str
    service_name: str
    region: str
    names: Mapping[str, str]
    """The operators of the register, by code."""

    @property
    def key(self) -> tuple[str, int]:
        """By which it is known from day to day."""
        return self.reckoned.owed.service, self.reckoned.owed.level

    def list_places(self) -> list[tuple[str, str, list[str]]]:
        """Where it is disclosed, which other operator's interface that is, and what is disclosed there."""
        found: dict[tuple[str, str], list[str]] = {}
        for each in self.reckoned.sources:
            other = "" if each.by == self.reckoned.owed.operator else self.names.get(each.by, "")
            found.setdefault((each.where, other), []).append(each.item)
        return [(where, other, items) for (where, other), items in found.items()]


def list_lines(now: datetime, *, region: str = "", operator: str = "", standing: str = "") -> list[Line]:
    """Every duty as of now, the worst first and of those the oldest; of a region, an operator, a standing."""
    services = list(_services(now, region, operator))
    duties, facts, names = _stated(), _facts(services, now), dict(list_operators())
    lines = [
        Line(reckon(duty, facts, day), service.operator.legal_name, service.name, service.operator.region.code, names)
        for service in services
        if service.operator.region is not None
        for day in [supervision.today(service.operator.region, now)]
        for duty in _owed_by(service, duties)
    ]
    return sorted((each for each in lines if standing in ("", each.reckoned.standing)), key=_worst_first)


def list_unsorted(now: datetime, region: str) -> list[Service]:
    """Services of a region of which nobody has said what kind they are, so that nothing can be owed."""
    return [each for each in _public(now, region, "") if each.kind not in Service.Kind.values]


def _worst_first(line: Line) -> tuple[Any, ...]:
    found = line.reckoned
    since = found.late_since or found.owed.due_on
    return _ORDER[found.standing], since, line.operator_name, line.service_name, found.owed.level


def _public(now: datetime, region: str, operator: str) -> Iterable[Service]:
    day = supervision.today(None, now)
    rows = Service.objects.select_related("operator__region").filter(operator__region__isnull=False)
    rows = rows.filter(Q(published_on=None) | Q(published_on__lte=day)).order_by("pk")
    rows = rows.filter(operator__region__code=region) if region else rows
    return rows.filter(operator__code=operator) if operator else rows


def _services(now: datetime, region: str, operator: str) -> Iterator[Service]:
    rows = _public(now, region, operator)
    return (each for each in rows.prefetch_related("areas", "hours") if each.kind in KINDS)  # type: ignore[attr-defined]


def _stated() -> dict[tuple[int, int | None, str, int], Duty]:
    rows = Duty.objects.filter(withdrawn_at=None)
    return {(each.region_id, each.operator_id, each.kind, each.level): each for each in rows}


def _owed_by(service: Service, duties: dict[tuple[int, int | None, str, int], Duty]) -> Iterator[Owed]:
    """What an operator owes of a service: what was stated for it alone, else what its region states for all."""
    operator = service.operator
    assert operator.region_id is not None
    for level in LEVELS:
        own, all_ = ((operator.region_id, who, service.kind, level) for who in (operator.pk, None))
        duty = duties.get(own) or duties.get(all_)
        if duty is not None:
            yield Owed(operator.code, service.code, service.kind, level, duty.due_on, duty.legal_basis, duty.legal_url)


def _facts(services: list[Service], now: datetime) -> Facts:
    return Facts(_disclosed(services, now), _freed(), _through())


def _disclosed(services: list[Service], now: datetime) -> dict[str, list[Disclosed]]:
    found: dict[str, list[Disclosed]] = defaultdict(list)
    of_feed: dict[str, list[Service]] = defaultdict(list)
    for service in services:
        found[service.operator.code] += _of_entry(service)
        of_feed[service.agency_id.partition(":")[0]].append(service)
    for interface in Interface.objects.select_related("operator__region", "of", "probe_state").prefetch_related(
        "services__operator"
    ):
        for who, disclosed in _of_interface(interface, of_feed, now):
            found[who].append(disclosed)
    for who, noted in _noted(services, now):
        found[who].append(noted)
    return found


def _of_entry(service: Service) -> Iterator[Disclosed]:
    """What the register itself says of a service, and what is sold of it here."""
    operator, only = service.operator.code, frozenset({service.code})
    said = {
        Item.BUREAU: service.operator.licensing_office,
        Item.AREA: service.areas.all(),
        Item.HOURS: service.hours.all(),
        Item.DETAILS: service.url,
    }
    yield Disclosed(operator, frozenset(item for item, value in said.items() if value), REGISTER, only)
    if service.sales == Service.Sales.HOSTED:
        yield Disclosed(operator, LIVE | SOLD, PLATFORM, only)
    if service.sales == Service.Sales.FREE:
        yield Disclosed(operator, SOLD, FREE, only)


def _of_interface(
    interface: Interface, of_feed: dict[str, list[Service]], now: datetime
) -> Iterator[tuple[str, Disclosed]]:
    """What an interface holds of whose services: those that it names, or all of its operator, and those in its feed."""
    items, owner = held(interface.format, interface.contents), interface.operator.code if interface.operator else ""
    named, days = list(interface.services.all()), _answers(interface, now)
    if owner:
        only = frozenset(each.code for each in named) or None
        yield owner, Disclosed(owner, items, interface.name, only, days)
    feed = interface.of.name if interface.of else interface.name
    for service in (*named, *of_feed.get(feed, ())):
        if service.operator.code != owner:
            yield service.operator.code, Disclosed(owner, items, interface.name, frozenset({service.code}), days)


def _answers(interface: Interface, now: datetime) -> Span:
    """The days on which an interface was there, as far as probes know."""
    probed = getattr(interface, "probe_state", None)
    if probed is None or probed.down_since is None or now - probed.down_since <= SILENT_FOR:
        return Span()
    region = interface.operator.region if interface.operator else None
    return Span(None, supervision.today(region, probed.down_since))


def _noted(services: list[Service], now: datetime) -> Iterator[tuple[str, Disclosed]]:
    """What was noted to be disclosed on days that are over."""
    known = {each.code: each for each in services}
    runs = DutyRun.objects.filter(standing=Standing.FULFILLED, service_code__in=known)
    for run in runs:
        service = known[run.service_code]
        if service.kind == run.kind:
            before = supervision.today(service.operator.region, now) - timedelta(days=1)
            days = Span(run.first_day, min(run.last_day, before))
            only = frozenset({run.service_code})
            yield service.operator.code, Disclosed("", owed(run.kind, run.level), "", only, days)


def _freed() -> dict[str, list[Freed]]:
    """Exemptions that were granted, for as long as they are, or were until they were revoked."""
    found: dict[str, list[Freed]] = defaultdict(list)
    for row in Exemption.objects.select_related("operator").filter(state__in=("GRANTED", "REVOKED")):
        assert row.decided_at is not None
        days, reach = Span(row.first_day, row.last_day), Reach(row.kind, row.level)
        decided_on: date = row.decided_at.date()
        found[row.operator.code].append(Freed(row.operator.code, reach, days, row.reason, row.text, decided_on))
    return found


def _through() -> dict[str, list[Through]]:
    found: dict[str, list[Through]] = defaultdict(list)
    for row in Disclosure.objects.select_related("operator", "by").filter(state__in=("ACCEPTED", "ENDED")):
        hand = Through(row.operator.code, row.by.code, Reach(row.kind, row.level), Span(row.first_day, row.last_day))
        found[hand.operator].append(hand)
    return found
