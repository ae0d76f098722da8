"""The day of a ride on demand that was bought in a market: its driver, and what the one who bought it is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from bookings import tasks
from bookings.models import Booking, Ticket
from bookings.services.driver_actions import ABOUT_RIDES
from maas.accounts.models import Role
from tests.features.market import Market
from tests.features.shuttle import HELSINKI
from transit.models import Ride, Shift

MARKET_DAY = date(2026, 11, 24)


@dataclass
class Driving:
    """The day of a ride that was bought in a market: `code` is its order, told by e-mail to aino@example.org."""

    market: Market
    code: str = ""
    last_mail: str = ""
    driver: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.driver = self.staff("driver")

    def staff(self, kind: str, scope: str = "valley") -> Client:
        """Somebody who works for an operator."""
        user = get_user_model().objects.create_user(f"{kind}@{scope}.example", name=f"{kind.title()} One")
        Role.objects.create(user=user, kind=kind, scope=scope)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def at(self, clock: str) -> datetime:
        """The moment of HH:MM on the day."""
        return datetime.combine(MARKET_DAY, time.fromisoformat(clock), HELSINKI)

    def goes_to(self, clock: str) -> None:
        """The clock goes on to HH:MM of the day."""
        self.market.clock.move_to(self.at(clock))

    @property
    def reference(self) -> UUID:
        """What driver's devices call the ride."""
        return Booking.objects.get(order__code=self.code, sales="ondemand").client_ref

    @property
    def ride(self) -> Ride:
        """The ride as it is now."""
        return Ride.objects.select_related("shift").get(reference=self.reference)

    @property
    def shift(self) -> Shift:
        """Who drives it."""
        found = self.ride.shift
        assert found is not None
        return found

    def takes(self) -> int:
        """The driver takes the shift that it is on, and begins it."""
        shift = self.shift.pk
        assert self.driver.post(f"/drive/{shift}/take").status_code == 302
        assert self.does(shift, "begin") == "done"
        return shift

    def does(self, shift: int, what: str, **said: Any) -> str:
        """The driver's device reports an action now; how it ended."""
        about = f"{self.reference}" if what in ABOUT_RIDES else None
        action = {"key": f"{uuid4()}", "what": what, "at": datetime.now(UTC).isoformat(), "reference": about}
        answer = self.driver.post(
            f"/api/v1/driver/shifts/{shift}/actions",
            json.dumps({"actions": [action | said]}),
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.content
        return str(answer.json()["actions"][0]["outcome"])

    def drives(self, shift: int) -> None:
        """The ride takes place as it is planned now."""
        ride = Ride.objects.get(reference=self.reference)
        self.market.clock.move_to(max(ride.planned_pickup_at, ride.told_at))
        assert self.does(shift, "arrive") == "done"
        assert self.does(shift, "board", text=self.token(self.code)) == "done"
        self.market.clock.move_to(Ride.objects.get(reference=self.reference).planned_drop_off_at)
        assert self.does(shift, "finish") == "done"

    def token(self, code: str) -> str:
        """The text of the code on a ticket for the ride of an order."""
        return self.ticket(code).token

    def ticket(self, code: str) -> Ticket:
        """The ticket for the ride of an order."""
        return Ticket.objects.get(booking__order__code=code, booking__sales="ondemand")

    def mails(self) -> list[str]:
        """What was told since it was asked last, as subjects."""
        tasks.follow_rides()
        tasks.send_messages()
        found = [each for each in mail.outbox if each.to == ["aino@example.org"]]
        mail.outbox.clear()
        self.last_mail = f"{found[-1].body}" if found else ""
        return [str(each.subject) for each in found]
