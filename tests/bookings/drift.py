"""Many orders at the same operators and the same payment provider, and every way in which books can drift apart.

A `Street` sells to many people over one set of twins. `DAMAGES` names what may be damaged after the sale, the kind of
difference that a comparison has to find, and the sort of order that it happens to.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from bookings.ledger import accounts
from bookings.ledger.posting import post
from bookings.models import Booking, Case, Comparison, Order, Payment, Refund, Reservation, Ticket, Transfer
from bookings.services import calling_off, cancelling, comparison, hints, orders, reconciliation
from bookings.services.differences import GRACE
from bookings.services.runner import Runner
from maas.sandbox.stripe import balance
from maas.sandbox.tomp.packages import Package
from tests.bookings.world import NOW, World
from transit.money import Money

HEADERS = {"Authorization": "Bearer sk_test_twin", "Content-Type": "application/x-www-form-urlencoded"}
CLEAN = ("sold", "sold", "sold", "sold", "sold", "given back", "in part", "unwound", "unpaid", "in cash")
"""What becomes of clean orders, over and over."""


@dataclass
class Street(World):
    """See the module. All are bought within a few minutes; then time passes, and everything comes to rest."""

    seats: int = 1_000_000
    moves_on: bool = True
    hold_s: int = 800
    bought: dict[str, list[Order]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.habits = {"seats": 1_000_000, **self.habits}
        super().__post_init__()
        self._serve("sold")

    def buy(self, sort: str = "sold") -> Order:
        """Another order, and what becomes of it at once."""
        self.provider = "cash" if sort == "in cash" else "stripe"
        self.order = self._place()
        return self._serve(sort)

    def _serve(self, sort: str) -> Order:
        if sort == "unwound":
            self.operator.faults.add({"kind": "reject", "path": "confirm-purchase"})
        self.pays = "" if sort == "unpaid" else "works"
        self._advance(self.order)
        self.order.refresh_from_db()
        self.pay()
        orders.returned(self.order, self.now)
        self._advance(self.order)
        self.order.refresh_from_db()
        if sort in {"given back", "in part"}:
            seqs = (1,) if sort == "in part" else None
            cancelling.cancel(self.order, self.now, Money(10_000, "EUR"), self.ports, seqs)
            self._advance(self.order)
        self.bought.setdefault(sort, []).append(self.order)
        return self.order

    def _advance(self, order: Order) -> None:
        Runner(lambda: self.now, self.ports, "street", together=_in_turn).advance(order.pk)

    def work(self) -> None:
        """Sweep, as long as anything waits for its time within the next hours."""
        for _ in range(400):
            hints.follow(self.now, self.ports)
            calling_off.follow(self.now)
            due = Order.objects.exclude(wake_at=None).exclude(state="MANUAL").order_by("wake_at").first()
            if due is None or due.wake_at is None or due.wake_at > NOW + timedelta(hours=8):
                break
            self._pass_time(due.wake_at)
            for pk in reconciliation.list_due(self.now):
                self._advance(Order.objects.get(pk=pk))
            reconciliation.tidy(self.now)

    def compare(self) -> Comparison:
        """A comparison, once everything has been at rest for a while."""
        self.wait(GRACE + timedelta(minutes=1))
        return comparison.compare(self.now, self.ports)

    # what damages look at

    def intent(self, order: Order) -> dict[str, Any]:
        """The payment in Stripe's books."""
        refs = Payment.objects.filter(order=order).values_list("provider_ref", flat=True)
        return self.stripe.store.tables["payment_intent"][str(refs.get())]

    def package(self, order: Order) -> Package:
        """The purchase in the ferry company's books."""
        return self.operator.shop.packages[str(self.sea_booking(order).offer_ref)]

    def sea_booking(self, order: Order) -> Booking:
        """The part of the ferry company."""
        return order.bookings.get(operator_code=self.sea)

    def ask_stripe(self, path: str, **form: Any) -> None:
        """Somebody does something on the provider's own pages."""
        answer = self.stripe.handle("POST", path, HEADERS, urlencode(form).encode())
        assert answer.status == 200, answer.body

    def stranger(self) -> Package:
        """The ferry company sells something to us that we never asked for."""
        ride = next(iter(self.operator.shop.packages.values())).offer.ride
        offer = self.operator.shop.offer(ride, ("1",), 1, Decimal(1), self.now)
        self.operator.shop.purchase(offer.id, "nobody", Decimal(1), self.now)
        return self.operator.shop.confirm(offer.id, self.now)


def _in_turn(jobs: Sequence[Callable[[], None]]) -> None:
    for job in jobs:
        job()


def _no_ticket(street: Street, order: Order) -> None:
    row = Ticket.objects.filter(booking__order=order).first()
    assert row is not None
    row.delete()


def _not_paid(street: Street, order: Order) -> None:
    street.intent(order).update(status="canceled", amount_received=0)


def _ghost_of_ours(street: Street, order: Order) -> None:
    package = street.package(order)
    package.move("CONFIRMED", street.now)
    street.operator.shop._enter(package, "FARE", package.amount, street.now)


def _ghost_hosted(street: Street, order: Order) -> None:
    row = Reservation.objects.get(client_ref=order.bookings.get(operator_code=street.bus).client_ref)
    row.pk, row.client_ref = None, uuid.uuid4()
    row.save()


def _missing(street: Street, order: Order) -> None:
    """It still charges us for a ride that is to come."""
    del street.operator.shop.packages[street.package(order).id]
    street.sea_booking(order).rides.update(start_at=street.now + timedelta(days=1))


def _missing_hosted(street: Street, order: Order) -> None:
    row = Reservation.objects.get(client_ref=order.bookings.get(operator_code=street.bus).client_ref)
    row.claims.all().delete()
    row.delete()


def _captured_unseen(street: Street, order: Order) -> None:
    _authorised(street, order)
    street.ask_stripe(f"/v1/payment_intents/{street.intent(order)['id']}/capture")


def _authorised(street: Street, order: Order) -> None:
    intent = street.intent(order)
    intent.update(status="requires_capture", amount_capturable=intent["amount"])


def _refund(street: Street, order: Order, amount: int, key: str) -> None:
    form = {"payment_intent": street.intent(order)["id"], "amount": amount, "metadata[key]": key}
    street.ask_stripe("/v1/refunds", **form)


def _refund_twice(street: Street, order: Order) -> None:
    row = Refund.objects.get(payment__order=order)
    _refund(street, order, row.amount_minor, row.key or "")


def _their_refund(street: Street, order: Order) -> dict[str, Any]:
    row = Refund.objects.get(payment__order=order)
    return street.stripe.store.tables["refund"][str(row.provider_ref)]


def _no_refund(street: Street, order: Order) -> None:
    refund = _their_refund(street, order)
    del street.stripe.store.tables["refund"][refund["id"]]
    del street.stripe.store.tables["balance_transaction"][refund["balance_transaction"]]


def _payment_gone(street: Street, order: Order) -> None:
    street.intent(order).update(status="canceled")


def _dearer(street: Street, order: Order) -> None:
    street.operator.shop._enter(street.package(order), "FARE", Decimal("1.00"), street.now)


def _called_off(street: Street, order: Order) -> None:
    assert street.operator.shop.call_off(street.package(order), street.now)


def _moved_back(street: Street, order: Order) -> None:
    ref = Transfer.objects.get(booking__order=order).provider_ref
    street.ask_stripe(f"/v1/transfers/{ref}/reversals", amount=50)


def _in_the_ledger(street: Street, order: Order) -> None:
    drift = Money(77, "EUR")
    lines = {accounts.PSP_CLEARING: drift, accounts.PLATFORM_LOSS: -drift}
    post(f"drift:{order.code}", order.code, lines, street.now)


def _strange_payment(street: Street, order: Order) -> None:
    form = {"amount": 900, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"}
    street.ask_stripe("/v1/payment_intents", **form, return_url="https://maas.test/")


def _strange_movement(street: Street, order: Order) -> None:
    store = street.stripe.store
    thing = store.add({"id": "po_strange", "object": "payout", "currency": "eur"})
    balance.enter(store, "reserve_transaction", -250, thing)


def _disputed(street: Street, order: Order) -> None:
    street.stripe.dispute({"payment_intent": street.intent(order)["id"]})
    street.stripe.webhooks.take()  # the message is lost


def _elsewhere(street: Street, order: Order) -> None:
    street.operator.shop.price_elsewhere(street.package(order).id)
    for entry in [entry for entry in street.operator.shop.entries if entry.package == street.package(order).id]:
        street.operator.shop.entries.remove(entry)


@dataclass(frozen=True)
class Damage:
    """What is damaged, of which sort of order, and the kind that has to be found. `mends`: by software alone."""

    kind: str
    do: Callable[[Street, Order], Any]
    sort: str = "sold"
    mends: bool = False


DAMAGES: dict[str, Damage] = {
    "paid, no ticket": Damage("paid_no_ticket", _no_ticket),
    "ticket, not paid": Damage("ticket_not_paid", _not_paid),
    "ghost: never asked for": Damage("ghost_reservation", lambda street, order: street.stranger()),
    "ghost: let go by us": Damage("ghost_reservation", _ghost_of_ours, "unwound"),
    "ghost: hosted": Damage("ghost_reservation", _ghost_hosted),
    "no reservation": Damage("reservation_missing", _missing),
    "no reservation: hosted": Damage("reservation_missing", _missing_hosted),
    "another amount": Damage("amount_differs", lambda street, order: street.intent(order).update(amount_received=1)),
    "another currency": Damage("currency_differs", lambda street, order: street.intent(order).update(currency="sek")),
    "another currency: operator": Damage("currency_differs", _elsewhere),
    "refund, not ours": Damage("refund_unknown", lambda street, order: _refund(street, order, 123, "")),
    "refund, twice": Damage("refund_twice", _refund_twice, "in part"),
    "refund, another sum": Damage(
        "refund_differs", lambda street, order: _their_refund(street, order).update(amount=1), "given back"
    ),
    "refund, not there": Damage("refund_missing", _no_refund, "given back"),
    "capture, never heard of": Damage("capture_not_noted", _captured_unseen, "unwound"),
    "authorised and left": Damage("authorisation_open", _authorised, "unwound"),
    "payment, not there": Damage("payment_missing", _payment_gone, "given back"),
    "payment, of nobody": Damage("payment_unknown", _strange_payment, "in cash"),
    "balance": Damage("ledger_differs", _in_the_ledger),
    "movement, of nobody": Damage("movement_unknown", _strange_movement, "unpaid"),
    "operator's price": Damage("operator_price", _dearer),
    "operator cancelled": Damage("operator_cancelled", _called_off, mends=True),
    "share came back": Damage("transfer_differs", _moved_back),
    "dispute, never heard of": Damage("dispute_unknown", _disputed, mends=True),
}
_WITHOUT_ORDER = {"ghost: never asked for", "ghost: hosted", "payment, of nobody", "movement, of nobody"}


def stock(street: Street, count: int) -> dict[str, Order]:
    """So many orders in which nothing is wrong, whatever became of them; of these, one for each damage, by its name."""
    chosen = {name: street.buy(damage.sort) for name, damage in DAMAGES.items()}
    for number in range(count - len(chosen)):
        street.buy(CLEAN[number % len(CLEAN)])
    street.work()
    return chosen


def hurt(street: Street, chosen: dict[str, Order]) -> None:
    """Every damage is done."""
    for name, order in chosen.items():
        DAMAGES[name].do(street, order)


def missed(run: Comparison, chosen: dict[str, Order]) -> list[str]:
    """What a comparison did not find, or found without a reason; nothing where it found just what was damaged."""
    opened = [(case.kind, case.order_id) for case in Case.objects.filter(opened_at=run.started_at).exclude(subject="")]
    mended = [name.split()[0] for name in run.mended]
    wrong = []
    for name, order in chosen.items():
        damage = DAMAGES[name]
        wanted = (damage.kind, None if name in _WITHOUT_ORDER else order.pk)
        if damage.mends and damage.kind in mended:
            mended.remove(damage.kind)
        elif not damage.mends and wanted in opened:
            opened.remove(wanted)
        else:
            wrong.append(f"{name}: no {damage.kind}")
    wrong += [f"alarm: {kind} of order {order}" for kind, order in opened]
    return [*wrong, *(f"mended: {kind}" for kind in mended), *(f"not compared: {each}" for each in run.not_compared)]
