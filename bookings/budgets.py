"""The one place that takes and gives back money of subsidies, and rides of a person's month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from bookings.models import SubsidyAllowance, SubsidyBudget


class UsedUp(Exception):
    """A budget or a month has less than was asked for; nothing was taken."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a budget ends for a ride, by the rules of its day; None: nowhere."""

    minor: int | None


def get_budget(
    service_code: str, subsidy: str, year: int, *, payer: str, region_code: str, currency: str, timezone: str,
    at_cap: str, cap_minor: int | None,
) -> SubsidyBudget:  # fmt: skip
    """A year of a subsidy by the rules that hold at its end; its own end never lies below what is given already.

    Who pays from now on has a budget of their own: what was given before is still owed by who paid then.
    """
    row, _ = SubsidyBudget.objects.get_or_create(
        service_code=service_code,
        subsidy=subsidy,
        year=year,
        payer=payer,
        defaults={
            "region_code": region_code, "currency": currency, "timezone": timezone, "at_cap": at_cap,
            "cap_minor": cap_minor,
        },
    )  # fmt: skip
    if (row.cap_minor, row.at_cap) != (cap_minor, at_cap):
        used = F("reserved_minor") + F("spent_minor")
        cap = None if cap_minor is None else Greatest(Value(cap_minor), used)
        SubsidyBudget.objects.filter(pk=row.pk).update(cap_minor=cap, at_cap=at_cap)
        row.refresh_from_db()
    return row


def get_allowance(service_code: str, subsidy: str, person: str, day: date, cap: int) -> SubsidyAllowance:
    """A person's month with a subsidy; its end never lies below what is taken already."""
    month = day.replace(day=1)
    row, _ = SubsidyAllowance.objects.get_or_create(
        service_code=service_code, subsidy=subsidy, person=person, month=month, defaults={"cap": cap}
    )
    if row.cap != cap:
        SubsidyAllowance.objects.filter(pk=row.pk).update(cap=Greatest(Value(cap), F("taken")))
    return row


def take(pk: int, minor: int, *, reduced: bool = False, end: End | None = None) -> None:
    """Reserve money of a budget, up to an `end` of the ride's own. Raises UsedUp: there is less, or somebody waits.

    One conditional update, so that the last euro is given once. What is reduced is beyond the budget.
    """
    rows = SubsidyBudget.objects.filter(pk=pk)
    if reduced:
        rows.update(reduced_minor=F("reduced_minor") + minor)
        return
    is_endless = end.minor is None if end else False
    enough = rows if is_endless else _with_room(rows, minor, end).filter(Q(waiting=0) | Q(cap_minor=None))
    if not enough.update(reserved_minor=F("reserved_minor") + minor, cap_minor=_stretched(minor)):
        raise UsedUp


def _with_room(rows: QuerySet[SubsidyBudget], minor: int, end: End | None) -> QuerySet[SubsidyBudget]:
    """Those that have so much left: up to where the ride's own day has it end, else where they end themselves."""
    used = rows.annotate(then=F("reserved_minor") + F("spent_minor") + minor)
    if end is None:
        return used.filter(Q(cap_minor=None) | Q(cap_minor__gte=F("then")))
    return used if end.minor is None else used.filter(then__lte=end.minor)


def _stretched(minor: int) -> Case:
    """The end of a budget, which does not lie below what is given by the rules of another day of its year."""
    then = F("reserved_minor") + F("spent_minor") + minor
    return Case(When(cap_minor=None, then=Value(None)), default=Greatest(F("cap_minor"), then))


def settle(pk: int, reserved: int, spent: int, *, reduced: bool = False) -> None:
    """What was reserved is known: so much of it is spent, the rest is free again."""
    rows = SubsidyBudget.objects.filter(pk=pk)
    if reduced:
        rows.update(reduced_minor=F("reduced_minor") - reserved + spent)
        return
    rows.update(reserved_minor=F("reserved_minor") - reserved, spent_minor=F("spent_minor") + spent)


def give_back(pk: int, minor: int, *, reduced: bool = False) -> None:
    """So much of what was spent is free again."""
    settle(pk, 0, -minor, reduced=reduced)


def join_queue(pk: int) -> None:
    """Somebody waits for money that becomes free."""
    SubsidyBudget.objects.filter(pk=pk).update(waiting=F("waiting") + 1)


def leave_queue(pk: int) -> None:
    """Somebody waits no more."""
    SubsidyBudget.objects.filter(pk=pk).update(waiting=F("waiting") - 1)


def serve_first(pk: int, minor: int, *, spent: bool, end: End | None = None) -> bool:
    """Give who waited longest what became free, as reserved or as spent at once. Whether there was enough."""
    enough = _with_room(SubsidyBudget.objects.filter(pk=pk, waiting__gt=0), minor, end)
    column = "spent_minor" if spent else "reserved_minor"
    return bool(
        enough.update(**{column: F(column) + minor, "waiting": F("waiting") - 1, "cap_minor": _stretched(minor)})
    )


def take_ride(pk: int, cap: int | None = None) -> None:
    """One of a person's rides of a month, of `cap` by the rules of the ride's day. Raises UsedUp."""
    rows = SubsidyAllowance.objects.filter(pk=pk)
    rows = rows.filter(taken__lt=F("cap") if cap is None else cap)
    if not rows.update(taken=F("taken") + 1, cap=Greatest(F("cap"), F("taken") + 1)):
        raise UsedUp


def give_ride_back(pk: int) -> None:
    """The ride was not taken."""
    SubsidyAllowance.objects.filter(pk=pk).update(taken=F("taken") - 1)
