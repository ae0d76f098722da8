"""A service on demand on its day: people who have bought rides, a driver, and what each of them sees and is told."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import time_machine
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from bookings import tasks
from bookings.models import Booking, Order
from maas.accounts.models import Role
from tests import factories
from tests.features.shuttle import HELSINKI, Place, Shuttle
from tests.transit.ondemand.valley import service
from transit.models import Region, Ride, Shift
from transit.money import Money
from transit.ondemand import versions
from transit.ondemand.quote import ONE_SEAT, RideView, Spot, Wish
from transit.ondemand.rules import Load
from transit.routing.itinerary import FareProduct, Itinerary, Leg
from transit.routing.query import Mode, Traveller
from transit.sealing import seal

Json = dict[str, Any]
HILL, MILL, LAKE = (60.11, 24.85), (60.13, 24.90), (60.15, 24.95)
FARE = 400


@dataclass
class Riders(Shuttle):
    """Names are those of people; `driver` has not taken a shift yet. What `now` is, the `clock` says, in the `zone`."""

    clock: time_machine.Traveller | None = None
    browsers: dict[str, Client] = field(default_factory=dict)
    driver: Client = field(default_factory=Client)
    zone: ZoneInfo = HELSINKI
    last_mail: str = ""

    def __post_init__(self) -> None:
        row = service(self.code)
        Region.objects.filter(code="coast").update(timezone=self.zone.key)
        people = get_user_model().objects
        one, other = (people.create_user(f"{name}@{self.code}.example") for name in ("one", "other"))
        draft = versions.draft(row, one, self.now)
        versions.save(draft, replace(self.rules, timezone=self.zone.key), self.now)
        versions.submit(draft, one, self.day, "", self.now)
        versions.release(draft, other, self.now)
        self.driver = self.staff("driver")

    @property
    def day(self) -> date:
        """The service day."""
        return self.now.astimezone(self.zone).date()

    def at(self, clock: str, day: date | None = None) -> datetime:
        """The moment of HH:MM, today."""
        hour, minute = map(int, clock.split(":"))
        return datetime.combine(day or self.day, time(), self.zone) + timedelta(hours=hour, minutes=minute)

    def wish(self, origin: Place, destination: Place, clock: str, *, day: date | None = None, **said: Any) -> Wish:
        """A wish for today."""
        start, end = (Spot(lon, lat) for lat, lon in (origin, destination))
        return Wish(self.code, start, end, self.at(clock, day), **said)

    def shift(self, vehicle: str) -> int:
        """Which shift a vehicle has."""
        return Shift.objects.get(day__service__code=self.code, vehicle=vehicle, day__date=self.day).pk

    def driven_by(self, name: str) -> Shift:
        """Who drives somebody."""
        shift = Ride.objects.select_related("shift").get(reference=self.references[name]).shift
        assert shift is not None
        return shift

    def goes_to(self, clock: str) -> None:
        """The clock goes on to HH:MM."""
        super().goes_to(clock)
        assert self.clock is not None
        self.clock.move_to(self.now)

    def staff(self, kind: str, scope: str = "valley", email: str = "") -> Client:
        """Somebody who works for an operator."""
        user = get_user_model().objects.create_user(email or f"{kind}@{scope}.example", name=f"{kind.title()} One")
        Role.objects.create(user=user, kind=kind, scope=scope)
        return _browser(user)

    def buys(
        self,
        name: str,
        origin: Place,
        destination: Place,
        clock: str,
        load: Load = ONE_SEAT,
        before: tuple[Leg, ...] = (),
    ) -> Order:
        """Somebody has bought a ride, as it was told; `before` are the legs that bring them there."""
        ride = self.books(name, origin, destination, clock, load=load)
        user = get_user_model().objects.create_user(f"{name.split(maxsplit=1)[0].lower()}@example.org", name=name)
        self.browsers[name] = _browser(user)
        return self.sold(ride, user, (origin, destination), before)

    def sold(self, ride: RideView, user: Any, ends: tuple[Place, Place], before: tuple[Leg, ...] = ()) -> Order:
        """The order of a ride that is confirmed."""
        journey = _journey(ride, ends, before)
        offer = factories.offer(journey, owner=user, created_at=self.now, expires_at=self.now + timedelta(minutes=15))
        offer.parts.update(sales="ondemand")
        order = factories.order(offer, state="COMPLETED", owner=user, contact_sealed=seal(user.email))
        booking = Booking.objects.get(order=order)
        booking.client_ref, booking.state = ride.reference, "CONFIRMED"
        booking.save()
        booking.rides.create(
            leg=len(before), departure_key=f"ondemand:valley@{self.day}", start_at=ride.told_at, end_at=ride.arrive_by
        )
        return order

    def takes(self, vehicle: str = "v1", who: Client | None = None) -> int:
        """The driver takes a shift and begins it."""
        shift, driver = self.shift(vehicle), who or self.driver
        assert driver.post(f"/drive/{shift}/take").status_code == 302
        assert self.does(shift, "begin", who=driver) == "done"
        return shift

    def does(
        self, shift: int, what: str, name: str = "", *, who: Client | None = None, key: UUID | None = None,
        at: datetime | None = None, **said: Any,
    ) -> str:  # fmt: skip
        """The driver's device reports an action; how it ended."""
        reference = str(self.references[name]) if name else None
        action = {"key": str(key or uuid4()), "what": what, "at": (at or self.now).isoformat(), "reference": reference}
        sent = self.send(shift, [action | said], who=who)
        return str(sent[0]["outcome"])

    def send(self, shift: int, actions: list[Json], *, who: Client | None = None, status: int = 200) -> list[Json]:
        """What the device sends, and the answers."""
        answer = (who or self.driver).post(
            f"/api/v1/driver/shifts/{shift}/actions", json.dumps({"actions": actions}), content_type="application/json"
        )
        assert answer.status_code == status, answer.content
        found: list[Json] = answer.json().get("actions", [])
        return found

    def code_of(self, name: str) -> str:
        """What somebody tells the driver."""
        return self.ride(name).code

    def mails(self, name: str) -> list[str]:
        """What somebody was told by e-mail since it was asked last, as subjects; the clock is a bit later then."""
        tasks.follow_rides()
        tasks.send_messages()
        email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        found = [each for each in mail.outbox if each.to == [email]]
        for each in found:
            mail.outbox.remove(each)
        self.last_mail = f"{found[-1].body}" if found else ""
        return [str(each.subject) for each in found]

    def page(self, shift: int, who: Client | None = None) -> str:
        """What the driver reads."""
        return text_of((who or self.driver).get(f"/drive/{shift}").content.decode())

    def order_of(self, name: str) -> Order:
        """Somebody's order."""
        return Order.objects.get(bookings__client_ref=self.references[name])

    def sees(self, name: str) -> Json:
        """What somebody's phone is told of their vehicle."""
        answer = self.browsers[name].get(f"/api/v1/orders/{self.order_of(name).code}/vehicles")
        assert answer.status_code == 200, answer.content
        (found,) = answer.json()["vehicles"]
        return dict(found)


def text_of(html: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[-1].split("<footer", 1)[0]).split())


def _browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _journey(ride: RideView, ends: tuple[Place, Place], before: tuple[Leg, ...]) -> Itinerary:
    doors = [
        factories.place(f"{name} 1", lat) for name, (lat, _) in zip(("Hill Road", "Mill Street"), ends, strict=True)
    ]
    said = factories.service(
        "ondemand:valley", "ondemand:valley", line="Valley", service_date=ride.told_at.astimezone(HELSINKI).date()
    )
    start, end = ride.told_at.astimezone(UTC), ride.planned_drop_off_at.astimezone(UTC)
    leg = Leg(Mode.BUS, doors[0], doors[1], start, end, 3000, (), said)
    fare = FareProduct(
        "ride", "Ride on demand", "ondemand:valley", Traveller("1"), (len(before),), Money(FARE, "EUR"), None
    )
    return Itinerary((*before, leg), (Traveller("1"),), (fare,))
