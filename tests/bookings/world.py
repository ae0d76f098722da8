"""A small world to book in: one hosted operator, one that speaks TOMP, Stripe, a payer and a clock.

The operator and Stripe are the sandbox's twins, called without sockets. Every call over the wire, before and after, and
every boundary of the runner is a place where the world can be stopped: `stop_at` counts them. Calls that are under way
at once pass each other at every place.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from bookings.models import OfferPart, Order, PayoutAccount, WayToPay
from bookings.operators.base import OperatorPort
from bookings.operators.hosted import reservations
from bookings.operators.hosted.port import HostedOperators
from bookings.operators.tomp.port import TompOperators
from bookings.payments.base import PaymentProvider
from bookings.payments.registry import PROVIDERS
from bookings.payments.stripe.provider import StripePayments
from bookings.services import orders
from bookings.services.plan import Plan, plan
from bookings.services.ports import Ports
from bookings.services.runner import Runner
from bookings.services.snapshot import Snapshot
from bookings.services.viewers import Viewer
from maas.sandbox.stripe import StripeTwin
from maas.sandbox.tomp import AnswerLost, Settings, Twin
from maas.sandbox.tomp.tariff import Fare, Tariff
from maas.sandbox.tomp.timetable import Ride, StopPlace, Timetable
from tests import factories
from tests.bookings.turns import Turns
from tests.maas.sandbox.stripes import InProcess, client_of
from transit.models import Interface, Operator, Service
from transit.remote.http import API, Answer, Profile, RemoteError
from transit.remote.tomp import Party
from transit.remote.tomp.tokens import forget_token
from transit.sealing import seal

NOW = factories.NOW
VIEWER = Viewer(None, "s" * 64)


class Crash(BaseException):
    """The process dies here."""


class _Stripe(InProcess):
    def __init__(self, world: World) -> None:
        super().__init__(world.stripe)
        self.world = world

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        self.world.pass_by("stripe sent")
        answer = super().request(method, url, headers, post_data, **more)
        self.world.pass_by("stripe answered")
        return answer


@dataclass
class World:
    """See the module. `pays`: what the payer does on Stripe's page (works, declined) or nothing at all.

    `moves_on`: the hosted operator has an account of its own at Stripe.
    """

    number: int = 0
    pays: str = "works"
    stop_at: int | None = None
    seats: int = 20
    hold_s: int = 900
    backwards: bool = False
    capability: str = "B"
    provider: str = "stripe"
    moves_on: bool = False
    planner: Callable[[Snapshot, datetime], Plan] = plan
    wrap_operators: Callable[[OperatorPort], OperatorPort] = lambda port: port
    check: Callable[[World], None] = lambda world: None
    now: datetime = NOW
    places: list[str] = field(default_factory=list)
    crashed: bool = False

    def __post_init__(self) -> None:
        self.turns, self.dying = Turns(self.backwards), 0
        self.stripe = StripeTwin(lambda: self.now.timestamp())
        self.base_url = f"https://sea-{self.number}.example"
        self.operator = Twin(_no_timetable(), Settings(hold_s=self.hold_s), now=lambda: self.now)
        forget_token(Party(self.base_url, "maas", "tomp-secret"))
        self._register()
        self.payments: PaymentProvider = StripePayments(
            lambda: client_of("http://stripe.invalid", _Stripe(self), "sk_test_twin")
        )
        hosted = self.wrap_operators(HostedOperators())
        operators = {"hosted": hosted, "tomp": self.wrap_operators(TompOperators())}
        self.ports = Ports(operators, {**PROVIDERS, "stripe": self.payments})
        self.order = self._place()

    def _register(self) -> None:
        self.bus, self.sea = f"bus{self.number}", f"sea{self.number}"
        for code, sales, seats in ((self.bus, "hosted", self.seats), (self.sea, "tomp", None)):
            operator = Operator.objects.create(code=code, legal_name=code, country="FI")
            Service.objects.create(
                operator=operator, agency_id=f"f:{code}", name=code, sales=sales, seats_per_departure=seats,
                hold_s=self.hold_s, refund_fee_basis_points=1000, refundable_until_s=600,
            )  # fmt: skip
        if self.moves_on:
            PayoutAccount.objects.create(operator_code=self.bus, account_ref=f"acct_{self.bus}")
        Interface.objects.create(
            operator=operator, name=code, format="TOMP-2.0", url=self.base_url, client_id="maas",
            client_secret_sealed=seal("tomp-secret"), capability="B",
        )  # fmt: skip

    def _place(self) -> Order:
        offer = factories.offer(session_hash=VIEWER.session_hash)
        remote = self.operator.shop.offer(_ride(), ("1", "2"), 2, Decimal(1), self.now)
        price = int(remote.amount * 100)
        bus, sea = OfferPart.objects.filter(offer=offer)
        OfferPart.objects.filter(pk=bus.pk).update(operator_code=self.bus, agency_id=f"f:{self.bus}")
        OfferPart.objects.filter(pk=sea.pk).update(
            operator_code=self.sea, agency_id=f"f:{self.sea}", sales="tomp", capability=self.capability,
            remote_offer=remote.id + f"-{self.number}", price_minor=price,
        )  # fmt: skip
        # The twin counts its offers from one in every world; operators' references are unique over all of them.
        renamed = type(remote)(f"{remote.id}-{self.number}", *(getattr(remote, name) for name in _REST))
        self.operator.shop.offers[renamed.id] = renamed
        offer.total_minor = bus.price_minor + price
        offer.save()
        Order.objects.filter(state__in=["HOLDING", "NEEDS_ACTION"]).update(session_hash="")
        Order.objects.filter(provider="cash").update(session_hash="")
        WayToPay.objects.get_or_create(provider="cash", defaults={"allowed": True})
        return orders.place(offer, VIEWER, self.now, pay_with=self.provider)

    def wire(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        profile: Profile = API,
    ) -> Answer:
        """The guarded client's contract, spoken straight into the operator's twin."""
        parts = urlsplit(url)
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        form = lowered.get("content-type", "").startswith("application/x-www-form")
        document = dict(parse_qsl((body or b"").decode())) if form else json.loads(body or b"{}")
        self.pass_by("operator sent")
        try:
            status, fields, found = self.operator.handle(
                method, parts.path, dict(parse_qsl(parts.query)), lowered, document
            )
        except AnswerLost:
            raise RemoteError("lost", permanent=False) from None
        self.pass_by("operator answered")
        content = b"" if found is None else json.dumps(found).encode()
        if status in (200, 201, 204):
            return Answer(status, {name.lower(): value for name, value in fields.items()}, content)
        permanent = 400 <= status < 500 and status not in (401, 408, 425, 429)
        raise RemoteError(f"status {status}", permanent=permanent, status=status, body=content)

    def pass_by(self, place: str) -> None:
        """A place where the process may die; everything that must always hold is checked before."""
        if self.crashed:  # the dead process unwinds, and its other threads are dead too
            if threading.get_ident() != self.dying:
                raise Crash(place)
            return
        self.places.append(place)
        self.check(self)
        if self.stop_at == len(self.places):
            self.crashed, self.dying = True, threading.get_ident()
            raise Crash(place)
        self.turns.hand_over()
        if self.crashed:
            raise Crash(place)

    def runner(self) -> Runner:
        """A process that carries out effects."""
        return Runner(self.ports, "test", self.planner, self.pass_by, self.turns.together)

    def run(self, *, rounds: int = 300, until: Callable[[Order], bool] = lambda order: False) -> Order:
        """Sweep until nothing is left to do; a crash is followed by a restart."""
        for _ in range(rounds):
            self.order.refresh_from_db()
            if self.order.wake_at is None or until(self.order):
                return self.order
            self.now = max(self.now, self.order.wake_at)
            self.pay()
            self._sweep()
        raise AssertionError(f"no rest after {rounds} rounds: {self.order.state}")

    def _sweep(self) -> None:
        try:
            runner = self.runner()
            while runner.step(self.order.pk, self.now):
                pass
            reservations.expire_due(self.now)
        except Crash:
            self.crashed = False
            self.stop_at = None

    def pay(self) -> None:
        """The payer does what they do on the page, if there is one."""
        payment = self.order.payments.last()
        if self.pays and payment and payment.checkout_ref and payment.state in {"CREATED", "REQUIRES_ACTION"}:
            self.stripe.handle("POST", f"/c/pay/{payment.checkout_ref}", {}, f"card={self.pays}".encode())


_REST = ("ride", "travellers", "seats", "amount", "expires_at")


def _ride() -> Ride:
    harbour = StopPlace("g:2", "Satama", 61.47, 23.76, "A", frozenset({"g:2"}))
    island = StopPlace("g:7", "Saari", 61.4, 23.76, "A", frozenset({"g:7"}))
    leaves = NOW + timedelta(minutes=60)
    return Ride(
        "g:t9", date(2026, 11, 23), harbour, island, 1, 2, leaves, leaves + timedelta(minutes=30), "F", "Saari",
        "FERRY", Fare("sea", Decimal("3.75"), "EUR"),
    )  # fmt: skip


def _no_timetable() -> Timetable:
    return Timetable(ZoneInfo("Europe/Helsinki"), {}, Tariff(()), {}, {})
