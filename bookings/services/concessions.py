"""Rights of rider groups, as staff have seen the proof of them: yes, until when, and who saw it. No copy, no reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from bookings.models import Concession
from bookings.services import customers
from transit.ondemand import versions
from transit.ondemand.rules import RiderGroup, Texts
from transit.routing.itinerary import Itinerary
from transit.routing.query import Party

SOON: Final = timedelta(days=30)
"""So long before its end a right is listed as expiring."""
ONDEMAND: Final = "ondemand:"
PURPOSE: Final = "purpose:"
"""Before the code of a purpose, where a right is to ride for that."""
KEPT: Final = timedelta(days=365)
"""So long a right is known that has ended."""


class ConcessionError(Exception):
    """`code`: unknown_group, not_needed, day_wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Right:
    """A right of a person. `group` is None where no service of the region knows it any more."""

    concession: Concession
    group: RiderGroup | None
    expires_soon: bool

    def name(self, language: str) -> str:
        """What the group is called."""
        return name_of(self.group, language) if self.group else self.concession.group


def list_groups(region: str, day: date) -> dict[str, RiderGroup]:
    """The groups of the services on demand of a region, by code; one that several have is the same group."""
    found: dict[str, RiderGroup] = {}
    for service, rule_set in versions.list_services(day):
        if versions.region_of(service).code == region:
            for group in versions.rules_of(rule_set).groups:
                found.setdefault(group.code, group)
    return found


def list_proofs(region: str, day: date) -> dict[str, RiderGroup]:
    """What staff may see a proof of: groups, and what for one rides, as if that made a group."""
    found = {code: group for code, group in list_groups(region, day).items() if group.needs_proof}
    for service, rule_set in versions.list_services(day):
        if versions.region_of(service).code == region:
            for each in versions.rules_of(rule_set).purposes:
                if each.needs_proof:
                    code = f"{PURPOSE}{each.code}"
                    found.setdefault(code, RiderGroup(code, each.name, each.names, needs_proof=True))
    return found


def enrol(person_id: int, region: str, group: str, until: date | None, by: Any, today: date, now: datetime) -> None:
    """Staff have seen that a person belongs to a group, or rides for a purpose. `until` is what the proof itself says;
    the region's own limit holds too. One that is noted already is renewed. Raises ConcessionError.
    """
    found = list_proofs(region, today).get(group)
    if found is None:
        raise ConcessionError("not_needed" if group in list_groups(region, today) else "unknown_group")
    limit = today + timedelta(days=found.valid_days) if found.valid_days else None
    ends = [each for each in (until, limit) if each is not None]
    if until is not None and until < today:
        raise ConcessionError("day_wrong")
    with transaction.atomic():
        Concession.objects.update_or_create(
            person_id=person_id,
            region=region,
            group=group,
            withdrawn_at=None,
            defaults={"seen_on": today, "valid_until": min(ends, default=None), "seen_by": by},
        )
        customers.note(person_id, "enrolled", by.pk, now, group=group)


def withdraw(person_id: int, pk: int, by: Any, now: datetime) -> None:
    """The person has no such right any more. Raises Concession.DoesNotExist, also for another's."""
    with transaction.atomic():
        row = Concession.objects.select_for_update().get(pk=pk, person_id=person_id, withdrawn_at=None)
        row.withdrawn_at, row.withdrawn_by = now, by
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        customers.note(person_id, "withdrawn", by.pk, now, group=row.group)


def list_rights(person_id: int, today: date) -> list[Right]:
    """The rights of a person that were not withdrawn, also those that have ended."""
    rows = Concession.objects.filter(person_id=person_id, withdrawn_at=None).order_by("region", "group")
    return _with_groups(list(rows), today)


def list_expiring(today: date) -> list[Right]:
    """Rights that end soon, whosever they are, those that end first at the beginning."""
    rows = Concession.objects.filter(withdrawn_at=None, valid_until__range=(today, today + SOON))
    return _with_groups(list(rows.order_by("valid_until", "pk")[:200]), today)


def groups_of(person_id: int | None, region: str, day: date, birth_year: int | None = None) -> list[RiderGroup]:
    """The groups as which a person may ride on a day: what staff have seen, and what the year of birth alone says.

    Those with a priority come first; which one is used for a ride is the rider's choice.
    """
    groups = list_groups(region, day)
    seen = _seen(person_id, region, day)
    own = [
        group
        for group in groups.values()
        if (group.code in seen if group.needs_proof else _by_age(group, day, birth_year)) and _in_season(group, day)
    ]
    return sorted(own, key=lambda group: (not group.priority, not group.needs_proof, group.code))


def has_right(person_id: int | None, region: str, group: str, day: date) -> bool:
    """Whether somebody may ride as one of a group on a day; who needs no proof may."""
    found = list_groups(region, day).get(group)
    if found is None or not _in_season(found, day):
        return False
    return not found.needs_proof or group in _seen(person_id, region, day)


def lacking(itinerary: Itinerary, person_id: int | None) -> list[int]:
    """The rides of our own services for which somebody names a group or a purpose whose proof nobody has seen."""
    party = itinerary.party
    if not party.group and not party.purpose:
        return []
    return [
        position
        for position, leg in enumerate(itinerary.legs)
        if leg.service is not None
        and leg.service.agency_id.startswith(ONDEMAND)
        and not _may_ride(leg.service.agency_id.removeprefix(ONDEMAND), party, leg.service.service_date, person_id)
    ]


def _may_ride(service: str, party: Party, day: date, person_id: int | None) -> bool:
    rule_set = versions.current(service, day)
    if rule_set is None:
        return False
    rules = versions.rules_of(rule_set)
    needed = {each.code for each in rules.groups if each.needs_proof and each.code == party.group}
    needed |= {f"{PURPOSE}{each.code}" for each in rules.purposes if each.needs_proof and each.code == party.purpose}
    return not needed or needed <= _seen(person_id, versions.region_of(rule_set.service).code, day)


def list_open_groups(region: str, day: date) -> list[RiderGroup]:
    """The groups that anybody may say to be one of."""
    found = list_groups(region, day).values()
    asks_nothing = [each for each in found if not each.needs_proof and each.min_age is None and each.max_age is None]
    return [each for each in asks_nothing if _in_season(each, day)]


def name_of(group: RiderGroup, language: str) -> str:
    """What a group is called in a language."""
    return text_in(group.names, language) or group.name


def text_in(texts: Texts, language: str) -> str:
    """A text in a language; the first one where it is not there."""
    by_language = dict(texts)
    return by_language.get(language, next(iter(by_language.values()), ""))


def tidy(today: date) -> int:
    """Forget rights that ended long ago. How many."""
    until = today - KEPT
    over = Q(valid_until__lt=until) | Q(withdrawn_at__date__lt=until)
    return Concession.objects.filter(over).delete()[0]


def _seen(person_id: int | None, region: str, day: date) -> set[str]:
    rows = Concession.objects.filter(person_id=person_id, region=region, withdrawn_at=None, seen_on__lte=day)
    valid = rows.filter(Q(valid_until=None) | Q(valid_until__gte=day))
    return set(valid.values_list("group", flat=True)) if person_id is not None else set()


def _by_age(group: RiderGroup, day: date, birth_year: int | None) -> bool:
    """Whether a year of birth makes one of a group: of both possible ages the one that gives less."""
    if birth_year is None or (group.min_age is None and group.max_age is None):
        return False
    youngest, oldest = day.year - birth_year - 1, day.year - birth_year
    return (group.min_age is None or youngest >= group.min_age) and (group.max_age is None or oldest <= group.max_age)


def _in_season(group: RiderGroup, day: date) -> bool:
    first, last = group.first_month, group.last_month
    if first is None or last is None:
        return True
    return first <= day.month <= last if first <= last else day.month >= first or day.month <= last


def _with_groups(rows: list[Concession], today: date) -> list[Right]:
    regions = {row.region for row in rows}
    groups = {region: list_groups(region, today) | list_proofs(region, today) for region in regions}
    return [
        Right(
            row,
            groups[row.region].get(row.group),
            row.valid_until is not None and today <= row.valid_until <= today + SOON,
        )
        for row in rows
    ]
