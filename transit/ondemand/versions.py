"""Versions of the rules of a service on demand: drafted, submitted by one officer, released by another.

A released version holds from its day on, until that of the next. What was promised under it stays (`ServiceDay`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from transit.models import RULE_SET, Region, RuleSet, Service
from transit.ondemand.checks import check
from transit.ondemand.rules import Rules
from transit.records import decode, encode

OPEN: Final = ("DRAFT", "SUBMITTED")
NOT_YET: Final = date.max
"""The first public day of a service of which no rules were ever released."""
_MOST_KEPT = 256
_kept: dict[int, tuple[Any, Rules]] = {}


class VersionError(Exception):
    """`code`: not_draft, not_submitted, not_released, flawed, no_day, past, own, other_region, no_region."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def current(service_code: str, day: date) -> RuleSet | None:
    """The released version that holds on a service day."""
    rows = RuleSet.objects.filter(service__code=service_code, state="RELEASED", effective_on__lte=day)
    return rows.select_related("service__operator__region").order_by("-effective_on").first()


def coming(service_code: str, day: date) -> list[RuleSet]:
    """The released versions that will hold from later days on, the nearest first."""
    rows = RuleSet.objects.filter(service__code=service_code, state="RELEASED", effective_on__gt=day)
    return list(rows.select_related("service__operator__region").order_by("effective_on"))


def list_services(day: date) -> list[tuple[Service, RuleSet]]:
    """The services that have rules on a day, with these."""
    rows = RuleSet.objects.filter(state="RELEASED", effective_on__lte=day)
    rows = rows.select_related("service__operator__region").order_by("service__code", "effective_on")
    return [(each.service, each) for each in {each.service_id: each for each in rows}.values()]


def rules_of(rule_set: RuleSet) -> Rules:
    """The rules of a version. Those of one that is edited are read anew."""
    pk, content = rule_set.pk, rule_set.content
    kept = _kept.get(pk)
    if kept is None or kept[0] != content:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        kept = _kept[pk] = (content, decode(Rules, content, "rules"))
    return kept[1]


def region_of(service: Service) -> Region:
    """Whose service it is. Raises VersionError where it is nobody's."""
    region = service.operator.region
    if region is None:
        raise VersionError("no_region")
    return region


def today_of(service: Service, now: datetime) -> date:
    """The date on the calendars of the service's region."""
    return now.astimezone(ZoneInfo(region_of(service).timezone)).date()


def draft(service: Service, by: Any, now: datetime, like: RuleSet | None = None) -> RuleSet:
    """A new version to work on: like another one of the same region, else like this service's newest, else empty."""
    region = region_of(service)
    if like is not None and region_of(like.service).pk != region.pk:
        raise VersionError("other_region")
    with transaction.atomic():
        Service.objects.select_for_update().get(pk=service.pk)
        newest = service.rule_sets.order_by("-number").first()
        source = like or service.rule_sets.exclude(state="DISCARDED").order_by("-number").first()
        empty = Rules(timezone=region.timezone, currency=region.currency)
        content = source.content if source else encode(empty)
        return RuleSet.objects.create(
            service=service,
            number=newest.number + 1 if newest else 1,
            content=content | {"timezone": region.timezone, "currency": region.currency},
            author=by if by is not None and by.pk else None,
            edited_at=now,
        )


def save(rule_set: RuleSet, rules: Rules, now: datetime) -> RuleSet:
    """Write a draft. Raises VersionError where it is none any more."""
    return change(rule_set, lambda _: rules, now)


def change(rule_set: RuleSet, how: Callable[[Rules], Rules], now: datetime) -> RuleSet:
    """Change a draft as it stands now, so that two who work at different parts of it lose nothing."""
    with transaction.atomic():
        row = _locked(rule_set, "DRAFT")
        row.content, row.edited_at = encode(how(rules_of(row))), now
        row.save(update_fields=["content", "edited_at"])
    return row


def submit(rule_set: RuleSet, by: Any, effective_on: date | None, note: str, now: datetime) -> RuleSet:
    """Hand a draft over for release. Raises VersionError: it must be without flaws, and its day not past."""
    with transaction.atomic():
        row = _locked(rule_set, "DRAFT")
        if check(rules_of(row)):
            raise VersionError("flawed")
        _check_day(row, effective_on, now)
        row.effective_on, row.note, row.submitted_by = effective_on, note.strip(), by
        _move(row, "SUBMITTED", by, now, "effective_on", "note", "submitted_by")
    return row


def send_back(rule_set: RuleSet, by: Any, now: datetime, why: str = "") -> RuleSet:
    """Make what was submitted a draft again."""
    with transaction.atomic():
        row = _locked(rule_set, "SUBMITTED")
        _move(row, "DRAFT", by, now, why=why.strip()[:500])
    return row


def discard(rule_set: RuleSet, by: Any, now: datetime) -> RuleSet:
    """Give a draft up; its number stays used."""
    with transaction.atomic():
        row = _locked(rule_set, "DRAFT")
        _move(row, "DISCARDED", by, now)
    return row


def release(rule_set: RuleSet, by: Any, now: datetime) -> RuleSet:
    """Let a submitted version hold from its day on, in place of another one from that day.

    By somebody else than who submitted it, unless the region waives that. Raises VersionError.
    """
    with transaction.atomic():
        Service.objects.select_for_update().get(pk=rule_set.service_id)
        row = _locked(rule_set, "SUBMITTED")
        alone = row.submitted_by_id is None or row.submitted_by_id == by.pk
        if alone and not region_of(row.service).waives_four_eyes:
            raise VersionError("own")
        _check_day(row, row.effective_on, now)
        same_day = row.service.rule_sets.filter(state="RELEASED", effective_on=row.effective_on)
        for other in same_day.select_for_update():
            _move(other, "RETIRED", by, now, replaced_by=row.number)
        row.released_by, row.released_at, row.waived = by, now, alone
        _move(row, "RELEASED", by, now, "released_by", "released_at", "waived", waived=alone)
        service = Service.objects.filter(pk=row.service_id)
        service.update(sales=Service.Sales.ONDEMAND, kind=Service.Kind.ON_DEMAND, agency_id=agency_of(row.service))
        service.filter(published_on=NOT_YET).update(published_on=today_of(row.service, now))
    return row


def withdraw(rule_set: RuleSet, by: Any, now: datetime) -> RuleSet:
    """Take back a released version whose day has not come: the one before holds on. Raises VersionError."""
    with transaction.atomic():
        Service.objects.select_for_update().get(pk=rule_set.service_id)
        row = _locked(rule_set, "RELEASED")
        if row.effective_on is None or row.effective_on <= today_of(row.service, now):
            raise VersionError("past")
        _move(row, "RETIRED", by, now, withdrawn=True)
    return row


def agency_of(service: Service) -> str:
    """By what a service on demand is found where others have an agency of a timetable: no feed has this name."""
    return f"ondemand:{service.code}"


def _check_day(row: RuleSet, day: date | None, now: datetime) -> None:
    if day is None:
        raise VersionError("no_day")
    if day < today_of(row.service, now):
        raise VersionError("past")


def _locked(rule_set: RuleSet, state: str) -> RuleSet:
    """The row as it is now, in a state. Raises VersionError."""
    rows = RuleSet.objects.select_for_update(of=("self",)).select_related("service__operator__region")
    row = rows.get(pk=rule_set.pk)
    if row.state != state:
        raise VersionError(f"not_{state.lower()}")
    return row


def _move(row: RuleSet, new: str, by: Any, now: datetime, *fields: str, **detail: Any) -> None:
    """With who did it and when, which the event of another machine need not say."""
    RULE_SET.move(row, new, fields=fields, **detail)
    event = row.events.latest("pk")
    event.by, event.at = by, now
    event.save(update_fields=["by", "at"])
