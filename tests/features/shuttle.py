"""A service on demand whose rules two officers have released, and people who ask it for rides."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model

from tests.feeds import NOW
from tests.transit.ondemand.valley import RULES, service
from transit.models import Ride, Shift
from transit.ondemand import quoting, rides, shifts, versions
from transit.ondemand.checks import check
from transit.ondemand.quote import Quote, RideRefused, RideView, Spot, Wish
from transit.ondemand.rules import Load, Rules

TODAY = date(2026, 11, 23)
HELSINKI = ZoneInfo("Europe/Helsinki")
Place = tuple[float, float]


@dataclass
class Shuttle:
    """Times are the clocks of Helsinki on a Monday, on which it is nine o'clock at first; places are (lat, lon)."""

    rules: Rules = RULES
    code: str = "valley"
    now: datetime = NOW
    references: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert not (flaws := check(self.rules)), flaws
        row = service(self.code)
        people = get_user_model().objects
        one, other = (people.create_user(f"{name}@{self.code}.example") for name in ("one", "other"))
        draft = versions.draft(row, one, self.now)
        versions.save(draft, self.rules, self.now)
        versions.submit(draft, one, TODAY, "", self.now)
        self.rule_set = versions.release(draft, other, self.now)

    def at(self, clock: str, day: date = TODAY) -> datetime:
        """The moment of HH:MM."""
        hour, minute = map(int, clock.split(":"))
        return datetime(day.year, day.month, day.day, tzinfo=HELSINKI) + timedelta(hours=hour, minutes=minute)

    def goes_to(self, clock: str) -> None:
        """The clock goes on to HH:MM."""
        self.now = self.at(clock).astimezone(NOW.tzinfo)

    def wish(self, origin: Place, destination: Place, clock: str, *, day: date = TODAY, **said: Any) -> Wish:
        """A wish; `load`, `arrive`, `group` and so on may follow."""
        start, end = (Spot(lon, lat) for lat, lon in (origin, destination))
        return Wish(self.code, start, end, self.at(clock, day), **said)

    def asks(self, origin: Place, destination: Place, clock: str, **said: Any) -> list[Quote]:
        """The choices."""
        return quoting.quote(self.wish(origin, destination, clock, **said), self.now)

    def refused(self, origin: Place, destination: Place, clock: str, **said: Any) -> str:
        """Why nothing is to be had, and when one could be met instead."""
        return self.asked(self.wish(origin, destination, clock, **said))

    def asked(self, wish: Wish) -> str:
        """The same of a wish."""
        try:
            found = quoting.quote(wish, self.now)
        except RideRefused as no:
            nearest = no.nearest.astimezone(HELSINKI).strftime(" %a %H:%M") if no.nearest else ""
            return f"{no.code}{nearest}"
        return f"had {[clock_of(each.told_at) for each in found]}"

    def holds(self, name: str, quote: Quote) -> RideView:
        """Somebody takes a choice."""
        reference = self.references.setdefault(name, uuid.uuid4())
        return rides.hold(reference, quote.token, self.now + timedelta(minutes=10), now=self.now)

    def books(self, name: str, origin: Place, destination: Place, clock: str, **said: Any) -> RideView:
        """Somebody takes the choice that is nearest to the wish, and confirms it."""
        wished = self.at(clock)
        found = self.asks(origin, destination, clock, **said)
        self.holds(name, min(found, key=lambda each: abs(each.told_at - wished)))
        return rides.confirm(self.references[name], self.now)

    def ride(self, name: str) -> RideView:
        """How it stands with somebody's ride."""
        return rides.get(self.references[name])

    def told(self, name: str) -> list[str]:
        """What somebody was told: new states, and what else."""
        events = Ride.objects.get(reference=self.references[name]).events.order_by("pk")
        return [each.new if each.new != each.old else _said(each.detail) for each in events]

    def manifest(self, vehicle: str) -> list[str]:
        """What the driver of a vehicle has before them."""
        names = {reference: name for name, reference in self.references.items()}
        shift = Shift.objects.get(day__service__code=self.code, vehicle=vehicle, day__date=TODAY)
        return [
            f"{clock_of(stop.planned_at)} {stop.what}" + "".join(f" {names[each.reference]}" for each in stop.rides)
            for stop in shifts.manifest(shift.pk)
        ]

    def shift(self, vehicle: str) -> int:
        """Which shift a vehicle has."""
        return Shift.objects.get(day__service__code=self.code, vehicle=vehicle, day__date=TODAY).pk


def clock_of(at: datetime) -> str:
    """HH:MM in Helsinki."""
    return at.astimezone(HELSINKI).strftime("%H:%M")


def load(seats: int = 0, wheelchairs: int = 0, children: int = 0, luggage: int = 0) -> Load:
    """What somebody brings."""
    return seats, wheelchairs, children, luggage


def _said(detail: dict[str, Any]) -> str:
    told = datetime.fromisoformat(detail["told_at"])
    return f"{'broken: ' if detail.get('broken') else ''}{clock_of(told)} {detail['vehicle']}"
