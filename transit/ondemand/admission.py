"""Whether the rules allow a wish, before anybody asks for a vehicle; if not, why, and what would be allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from transit.ondemand.areas import is_excluded, refusal
from transit.ondemand.hours import Open, day_of, find_span, next_opening, second
from transit.ondemand.meeting import Met, meet
from transit.ondemand.quote import Reason, RideRefused, Wish
from transit.ondemand.roads import Roads
from transit.ondemand.rules import Load, Rules

MOST_PEOPLE: Final = 60


@dataclass(frozen=True, slots=True)
class Admitted:
    """A wish that the rules allow: on which service day, in which span, where one is met. One cannot be met before
    `from_at`; `priority` as group or purpose say.
    """

    day: date
    span: Open
    origin: Met
    destination: Met
    from_at: datetime
    priority: bool


def admit(rules: Rules, holidays: frozenset[date], roads: Roads, wish: Wish, now: datetime) -> Admitted:
    """Check a wish. Raises RideRefused."""
    check_load(rules, wish.load)
    priority = check_right(rules, wish.group, wish.purpose, day_of(wish.at, rules.timezone))
    origin = meet(rules, roads, wish.origin, wish.group, wish.load)
    destination = meet(rules, roads, wish.destination, wish.group, wish.load)
    if (code := refusal(rules, (origin.zones, destination.zones), origin.is_hub or destination.is_hub)) is not None:
        raise RideRefused(code)
    places = [(each.spot.lon, each.spot.lat) for each in (origin, destination)]
    if is_excluded(rules, places[0], places[1]) or places[0] == places[1]:
        raise RideRefused(Reason.EXCLUDED)
    wished = wish.at - destination.walk if wish.arrive else max(wish.at + origin.walk, now)
    found = find_span(rules, wished, holidays, arrive=wish.arrive)
    if found is None:
        raise RideRefused(Reason.CLOSED, next_opening(rules, wished, holidays))
    day, span = found
    from_at = soonest(rules, day, now)
    _check_ahead(rules, day, now)
    if from_at is None or from_at > (wished if wish.arrive else span.last_pickup_at):
        raise RideRefused(Reason.TOO_LATE, _next_allowed(rules, day, holidays, now))
    return Admitted(day, span, origin, destination, max(from_at, span.start_at), priority)


def check_load(rules: Rules, load: Load) -> None:
    """Somebody rides, and there is a vehicle that could take so many. Raises RideRefused: FULL."""
    if min(load) < 0 or not 0 < sum(load) <= MOST_PEOPLE:
        raise RideRefused(Reason.UNKNOWN)
    layouts = (layout for vehicle in rules.vehicles for layout in vehicle.layouts)
    if not any(all(asked <= there for asked, there in zip(load, layout, strict=True)) for layout in layouts):
        raise RideRefused(Reason.FULL)


def check_right(rules: Rules, group: str, purpose: str, day: date) -> bool:
    """Whether group or purpose go first. Raises RideRefused: NOT_ELIGIBLE."""
    priority = False
    if group:
        known = next((each for each in rules.groups if each.code == group), None)
        if known is None or not _in_months(day.month, known.first_month, known.last_month):
            raise RideRefused(Reason.NOT_ELIGIBLE)
        priority = known.priority
    if purpose and rules.purposes:
        named = next((each for each in rules.purposes if each.code == purpose), None)
        if named is None:
            raise RideRefused(Reason.NOT_ELIGIBLE)
        priority = priority or named.priority
    return priority


def order_until(rules: Rules, day: date, pickup_at: datetime) -> datetime:
    """When a ride must be ordered at the latest."""
    until = pickup_at - timedelta(seconds=rules.booking.notice_s)
    cutoff = _cutoff(rules, day)
    return until if cutoff is None else min(until, cutoff)


def soonest(rules: Rules, day: date, now: datetime) -> datetime | None:
    """The first pick-up of a day that can be ordered now, on a whole minute; None: the day is closed to orders."""
    cutoff = _cutoff(rules, day)
    if cutoff is not None and now > cutoff:
        return None
    first = (now + timedelta(seconds=rules.booking.notice_s)).astimezone(UTC)
    return first + timedelta(seconds=-(first.second + first.microsecond / 1e6) % 60)


def _check_ahead(rules: Rules, day: date, now: datetime) -> None:
    if day > day_of(now, rules.timezone) + timedelta(days=rules.booking.ahead_days):
        opens = second(day - timedelta(days=rules.booking.ahead_days), rules.timezone, 0)
        raise RideRefused(Reason.TOO_EARLY, opens)


def _next_allowed(rules: Rules, day: date, holidays: frozenset[date], now: datetime) -> datetime | None:
    """The first moment from a day on at which one can still be met."""
    for ahead in range(rules.booking.ahead_days + 1):
        later = day + timedelta(days=ahead)
        from_at = soonest(rules, later, now)
        if from_at is None or later > day_of(now, rules.timezone) + timedelta(days=rules.booking.ahead_days):
            continue
        found = find_span(rules, from_at, holidays, arrive=False)
        if found is not None and found[0] == later:
            return from_at
        opening = next_opening(rules, max(from_at, second(later, rules.timezone, 0)), holidays)
        if opening is not None and day_of(opening, rules.timezone) == later:
            return opening
    return None


def _cutoff(rules: Rules, day: date) -> datetime | None:
    days = rules.booking.cutoff_days
    if days is None:
        return None
    return second(day - timedelta(days=days), rules.timezone, rules.booking.cutoff_s or 0)


def _in_months(month: int, first: int | None, last: int | None) -> bool:
    """Whether a month is in a season, which may go over the new year."""
    first, last = first or 1, last or 12
    return first <= month <= last if first <= last else month >= first or month <= last
