"""How a year of a subsidy stands: what is used of it, where it leads, and what happens at its end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bookings.ledger.anonymity import FEWEST
from bookings.models import SubsidyBudget, SubsidyClaim
from transit.money import Money

LOOK_BACK: Final = timedelta(days=56)
"""Eight weeks: each weekday as often."""
TOLD_AT: Final = (80, 100)
"""Percents of a budget of which the region and the payer are told."""
VIEW: Final = "bookings.view_subsidy"


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where a year leads if people ride as in the last weeks. `ends_on`: the day on which the budget is used up."""

    year_end: Money
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget as its payer reads it."""

    budget: SubsidyBudget
    used: Money
    cap: Money | None
    beyond: Money
    rides: int
    forecast: Forecast

    @property
    def percent(self) -> int | None:
        """How much of it is used, whole percents downwards; None where there is no end."""
        return percent_of(self.budget)

    @property
    def left(self) -> Money | None:
        """What is free."""
        return None if self.cap is None else self.cap - self.used


def percent_of(budget: SubsidyBudget) -> int | None:
    """How much of a budget is used. Who waits says that all of it is."""
    if budget.cap_minor is None:
        return None
    if budget.waiting or not budget.cap_minor:
        return 100
    return budget.used_minor * 100 // budget.cap_minor


def list_for(user: Any, year: int | None = None) -> list[SubsidyBudget]:
    """The budgets that somebody may look at: the payer, the region's officers, the platform's staff."""
    rows = SubsidyBudget.objects.all() if year is None else SubsidyBudget.objects.filter(year=year)
    return [row for row in rows if user.has_perm(VIEW, row)]


def get_for(user: Any, pk: int) -> SubsidyBudget:
    """One of them. Raises SubsidyBudget.DoesNotExist, also for somebody else's."""
    row = SubsidyBudget.objects.get(pk=pk)
    if not user.has_perm(VIEW, row):
        raise SubsidyBudget.DoesNotExist
    return row


def standing(budget: SubsidyBudget, now: datetime) -> Standing:
    """How a budget stands."""
    today = now.astimezone(ZoneInfo(budget.timezone)).date()
    claims = SubsidyClaim.objects.filter(budget=budget, state__in=["RESERVED", "SETTLED"])
    by_day: dict[date, int] = defaultdict(int)
    rides = set[int]()
    rows = claims.values_list("day", "booking_id", "state", "settled_minor", "amount_minor", "reduced")
    for day, booking, state, settled, amount, reduced in rows:
        rides.add(booking)
        by_day[day] += 0 if reduced else settled if state == "SETTLED" else amount
    found = forecast(by_day, budget.year, today, budget.cap_minor)
    currency = budget.currency
    return Standing(
        budget=budget,
        used=Money(budget.used_minor, currency),
        cap=None if budget.cap_minor is None else Money(budget.cap_minor, currency),
        beyond=Money(budget.reduced_minor, currency),
        rides=len(rides),
        forecast=Forecast(Money(found[0], currency), found[1]),
    )


def forecast(by_day: Mapping[date, int], year: int, today: date, cap_minor: int | None) -> tuple[int, date | None]:
    """What a year comes to, and on which day a budget is used up, if nothing bounds it.

    So far, plus the mean day of the last weeks for every day that is left; never less than what is promised already.
    """
    last = date(year, 12, 31)
    today = min(max(today, date(year, 1, 1) - timedelta(days=1)), last)
    begun = min((day for day in by_day if day <= today), default=today)
    since = max(begun, today - LOOK_BACK + timedelta(days=1))
    days = (today - since).days + 1
    recent = sum(minor for day, minor in by_day.items() if since <= day <= today)
    past = sum(minor for day, minor in by_day.items() if day <= today)
    promised = sum(minor for day, minor in by_day.items() if day > today)
    left = (last - today).days
    year_end = past + max(promised, (2 * recent * left + days) // (2 * days))
    if cap_minor is None or year_end < cap_minor or not (year_end - past):
        return year_end, None
    missing = max(0, cap_minor - past)
    return year_end, min(last, today + timedelta(days=-(-missing * left // (year_end - past))))


def spent_by_month(budget: SubsidyBudget) -> list[tuple[date, int, Money]]:
    """Rides and money by the month of the ride, without months in which few people rode; who is not known is one."""
    people: dict[date, set[str]] = defaultdict(set)
    rides: dict[date, set[int]] = defaultdict(set)
    sums: dict[date, int] = defaultdict(int)
    rows = SubsidyClaim.objects.filter(budget=budget, state="SETTLED")
    for day, booking, person, minor in rows.values_list("day", "booking_id", "person", "settled_minor"):
        month = day.replace(day=1)
        people[month].add(person)
        rides[month].add(booking)
        sums[month] += minor
    told = [month for month in sorted(sums) if len(people[month]) >= FEWEST]
    return [(month, len(rides[month]), Money(sums[month], budget.currency)) for month in told]


def list_news() -> list[tuple[SubsidyBudget, int]]:
    """Budgets of which more is used than was told, with the percent to tell. One that has room again begins anew."""
    found = []
    for row in SubsidyBudget.objects.filter(cap_minor__isnull=False):
        level = max((each for each in TOLD_AT if (percent_of(row) or 0) >= each), default=0)
        if level < row.told_percent:
            SubsidyBudget.objects.filter(pk=row.pk, told_percent=row.told_percent).update(told_percent=level)
        if level > row.told_percent:
            found.append((row, level))
    return found


def claim_news(budget: SubsidyBudget, percent: int) -> bool:
    """The right to tell of it: one worker has it."""
    rows = SubsidyBudget.objects.filter(pk=budget.pk, told_percent=budget.told_percent)
    return bool(rows.update(told_percent=percent))
