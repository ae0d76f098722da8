"""A small world to book in: hosted operators, others that speak TOMP, Stripe, a payer and a clock.

The operators and Stripe are the sandbox's twins, called without sockets. Every call over the wire, before and after,
and every boundary of the runner is a place where the world can be stopped (`stops` counts them) or where the process
can fall asleep for longer than its lease (`sleeps_at`). Calls that are under way at once pass each other at every
place. `goes_wrong` names calls by their number, and what befalls each (FAULTS).
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from bookings.models import Offer, OfferPart, OfferProduct, Order, WayToPay
from bookings.operators.base import OperatorPort
from bookings.operators.hosted import reservations
from bookings.operators.hosted.port import HostedOperators
from bookings.operators.tomp.port import TompOperators
from bookings.payments.base import PaymentProvider
from bookings.payments.registry import PROVIDERS
from bookings.payments.stripe.provider import StripePayments
from bookings.services import orders
from bookings.services.ceilings import ceiling_of
from bookings.services.plan import Plan, plan
from bookings.services.ports import Ports
from bookings.services.runner import Runner
from bookings.services.snapshot import Snapshot
from bookings.services.viewers import Viewer
from bookings.states import ORDER_SELLING
from maas.sandbox.stripe import StripeTwin
from maas.sandbox.tomp import AnswerLost, Settings, Twin
from maas.sandbox.tomp.tariff import Fare, Tariff
from maas.sandbox.tomp.timetable import Ride, StopPlace, Timetable
from tests import factories
from tests.bookings.turns import Turns
from tests.maas.sandbox.stripes import InProcess, client_of
from transit.models import Interface, Operator, Service
from transit.money import Money
from transit.remote.http import API, Answer, Profile, RemoteError
from transit.remote.tomp import Party
from transit.remote.tomp.tokens import forget_token
from transit.sealing import seal

Row = TypeVar("Row", OfferPart, OfferProduct)
NOW = factories.NOW
VIEWER = Viewer(None, "s" * 64)


ASLEEP = timedelta(seconds=60)
"""Longer than a lease, and shorter than the longest that a call may be under way."""
FAULTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # what befalls a call: at an operator, at Stripe
    "broken": ({"kind": "error_before"}, {"status": 500}),
    "broken after": ({"kind": "error_after"}, {"status": 500, "after_effect": True}),
    "lost": ({"kind": "lost_before"}, {"lost": True}),
    "answer lost": ({"kind": "lost"}, {"lost": True, "after_effect": True}),
    "late": ({"kind": "late", "delay_s": 45.0}, {"late_s": 45.0}),
    "refused": ({"kind": "reject"}, {"status": 400}),
}
PASSING = frozenset(FAULTS) - {"refused"}
"""What passes by itself, and so may cost time but not the journey."""


class NoRest(AssertionError):
    """There always was something left to do."""


class Crash(BaseException):
    """The process dies here."""


class _Stripe(InProcess):
    def __init__(self, world: World) -> None:
        super().__init__(world.stripe)
        self.world = world

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        self.world.pass_by("stripe sent")
        if fault := self.world.count_call(f"{method.upper()} {urlsplit(url).path}"):
            self.world.stripe.faults.add(method=method.upper(), **FAULTS[fault][1])
        answer = super().request(method, url, headers, post_data, **more)
        self.world.pass_by("stripe answered")
        return answer


@dataclass
class World:
    """See the module. `pays`: what the payer does on Stripe's page (works, declined) or nothing at all.

    `sold`: a letter for each booking, H with a hosted operator, T with one that speaks TOMP. `moves_on`: the hosted
    operator has an account of its own at Stripe. `habits`: of those that speak TOMP. `fund`: what others would pay of
    the offer, before it is accepted.
    """

    number: int = 0
    pays: str = "works"
    sold: str = "HT"
    stops: tuple[int, ...] = ()
    sleeps_at: int | None = None
    goes_wrong: Mapping[int, str] = field(default_factory=dict)
    habits: Mapping[str, Any] = field(default_factory=dict)
    seats: int = 20
    hold_s: int = 900
    backwards: bool = False
    capability: str = "B"
    provider: str = "stripe"
    moves_on: bool = False
    planner: Callable[[Snapshot, datetime], Plan] = plan
    wrap_operators: Callable[[OperatorPort], OperatorPort] = lambda port: port
    check: Callable[[World], None] = lambda world: None
    fund: Callable[[Offer], None] = lambda offer: None
    now: datetime = NOW
    places: list[str] = field(default_factory=list)
    crashed: bool = False

    def __post_init__(self) -> None:
        self.turns, self.dying, self.calls = Turns(self.backwards), 0, list[str]()
        self.stripe = StripeTwin(lambda: self.now.timestamp())
        names = {"H": "bus", "T": "sea"}
        seen: Counter[str] = Counter()
        self.codes: list[str] = []
        for kind in self.sold:
            self.codes.append(f"{names[kind]}{self.number}" + "bcd"[seen[kind] - 1] * bool(seen[kind]))
            seen[kind] += 1
        self.twins = {code: self._twin() for code, kind in zip(self.codes, self.sold, strict=True) if kind == "T"}
        self.bus = next((code for code in self.codes if code not in self.twins), "")
        self.sea = next(iter(self.twins), "")
        self.operator = self.twins.get(self.sea) or self._twin()
        self._register()
        self.payments: PaymentProvider = StripePayments(
            lambda: client_of("http://stripe.invalid", _Stripe(self), "sk_test_twin")
        )
        hosted = self.wrap_operators(HostedOperators())
        operators = {"hosted": hosted, "tomp": self.wrap_operators(TompOperators())}
        self.ports = Ports(operators, {**PROVIDERS, "stripe": self.payments})
        self.order = self._place()

    def _twin(self) -> Twin:
        settings = Settings(capability="A" if self.capability == "A" else "B", hold_s=self.hold_s, **self.habits)
        return Twin(_no_timetable(), settings, now=lambda: self.now)

    def _register(self) -> None:
        for code in self.codes:
            remote = code in self.twins
            operator = Operator.objects.create(code=code, legal_name=code, country="FI")
            Service.objects.create(
                operator=operator, agency_id=f"f:{code}", name=code, sales="tomp" if remote else "hosted",
                seats_per_departure=None if remote else self.seats, hold_s=self.hold_s, refund_fee_basis_points=1000,
                refundable_until_s=600,
            )  # fmt: skip
            if remote:
                forget_token(Party(_url(code), "maas", "tomp-secret"))
                Interface.objects.create(
                    operator=operator, name=code, format="TOMP-2.0", url=_url(code), client_id="maas",
                    client_secret_sealed=seal("tomp-secret"), capability=self.capability,
                )  # fmt: skip
        if self.moves_on:
            self.connect(self.bus)

    def connect(self, code: str) -> None:
        """An operator has an account at Stripe, to which its shares may go."""
        self.stripe.steer_account(f"acct_{code}", "enabled")
        factories.payout_account(code)

    def _place(self) -> Order:
        offer = factories.offer(session_hash=VIEWER.session_hash)
        patterns = dict(zip("HT", offer.parts.all(), strict=True))
        products = {kind: list(part.products.all()) for kind, part in patterns.items()}
        offer.parts.all().delete()
        offer.total_minor = 0
        estimates = bool(self.habits.get("estimates"))
        for seq, (code, kind) in enumerate(zip(self.codes, self.sold, strict=True), 1):
            fields: dict[str, Any] = {"seq": seq, "operator_code": code, "agency_id": f"f:{code}", "offer": offer}
            if kind == "T":
                fields |= {"sales": "tomp", "capability": self.capability, "price_is_ceiling": estimates}
                fields |= self._remote_offer(code)
            part = _copy(patterns[kind], **fields)
            for product in products[kind]:
                _copy(product, part=part)
            offer.total_minor += part.price_minor
        offer.save()
        self.fund(offer)
        Order.objects.filter(state__in=ORDER_SELLING).update(session_hash="")
        Order.objects.filter(provider="cash").update(session_hash="")
        WayToPay.objects.get_or_create(provider="cash", defaults={"allowed": True})
        return orders.place(offer, VIEWER, self.now, pay_with=self.provider)

    def _remote_offer(self, code: str) -> dict[str, Any]:
        """The twin counts its offers from one in every world; operators' references are unique over all of them."""
        shop = self.twins[code].shop
        remote = shop.offer(_ride(), ("1", "2"), 2, Decimal(1), self.now)
        renamed = replace(remote, id=f"{remote.id}-{code}")
        shop.offers[renamed.id] = renamed
        price = Money(int(remote.amount * 100), "EUR")
        most = ceiling_of(price) if self.habits.get("estimates") else price
        return {"remote_offer": renamed.id, "price_minor": most.minor}

    def count_call(self, name: str) -> str:
        """A call leaves: what is to befall it, if anything."""
        self.calls.append(name)
        return self.goes_wrong.get(len(self.calls), "")

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
        twin = self.twins[str(parts.hostname).partition(".")[0]]
        if fault := self.count_call(f"{method} {parts.path}"):
            twin.faults.add(FAULTS[fault][0])
            twin.faults.waiting.insert(0, twin.faults.waiting.pop())  # before what the story has in store
        try:
            status, fields, found = twin.handle(method, parts.path, dict(parse_qsl(parts.query)), lowered, document)
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
        if len(self.places) in self.stops:
            self.crashed, self.dying = True, threading.get_ident()
            raise Crash(place)
        if len(self.places) == self.sleeps_at:
            self._sleep()
        self.turns.hand_over()
        if self.crashed:
            raise Crash(place)

    def _sleep(self) -> None:
        """The process sleeps while others, who take it for dead, carry on with its work."""
        until = self.now + ASLEEP
        turns, self.turns = self.turns, Turns()
        for _ in range(50):
            wake_at = Order.objects.values_list("wake_at", flat=True).get(pk=self.order.pk)
            if wake_at is None or wake_at > until:
                break
            self._pass_time(wake_at)
            self._sweep()
        self.turns = turns
        self._pass_time(until)

    def _pass_time(self, until: datetime) -> None:
        """What was under way meanwhile arrives, in the order of its time."""
        self.now = max(self.now, until)
        self.stripe.advance(0)
        for twin in self.twins.values():
            twin.run_due()

    def runner(self) -> Runner:
        """A process that carries out effects."""
        return Runner(lambda: self.now, self.ports, "test", self.planner, self.pass_by, self.turns.together)

    def run(self, *, rounds: int = 300, until: Callable[[Order], bool] = lambda order: False) -> Order:
        """Sweep until nothing is left to do; a crash is followed by a restart."""
        for _ in range(rounds):
            self.order.refresh_from_db()
            if self.order.wake_at is None or until(self.order):
                return self.order
            self._pass_time(self.order.wake_at)
            self.pay()
            self._sweep()
        raise NoRest(f"no rest after {rounds} rounds: {self.order.state}")

    def wait(self, how_long: timedelta) -> None:
        """Time passes in which nobody does anything."""
        self._pass_time(self.now + how_long)

    def _sweep(self) -> None:
        try:
            self.runner().advance(self.order.pk)
            reservations.expire_due(self.now)
        except Crash:
            self.crashed = False

    def pay(self) -> None:
        """The payer does what they do on the page, if there is one."""
        payment = self.order.payments.last()
        if self.pays and payment and payment.checkout_ref and payment.state in {"CREATED", "REQUIRES_ACTION"}:
            self.stripe.handle("POST", f"/c/pay/{payment.checkout_ref}", {}, f"card={self.pays}".encode())


def _url(code: str) -> str:
    return f"https://{code}.example"


def _copy(row: Row, **fields: Any) -> Row:
    """Another row with the same content but for `fields`."""
    values = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key}
    for name in fields:
        values.pop(f"{name}_id", None)
    made: Row = type(row)._default_manager.create(**(values | fields))
    return made


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
