"""After the sale at Stripe: refunds that fail late, disputes, operators' shares, cards charged alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from bookings.ledger.posting import balance
from bookings.models import Case, Dispute, Effect, Order, Refund, SavedCard, Transfer, WebhookInbox
from bookings.payments.stripe.webhooks import Hint, verify
from bookings.services import cancelling, hints, orders
from bookings.services.plan import Plan, plan
from bookings.services.snapshot import Snapshot
from maas.sandbox.stripe.webhooks import sign
from tests.bookings.invariants import at_rest, safe
from tests.bookings.world import World
from tests.maas.sandbox.stripes import in_process
from transit.money import Money

pytestmark = [pytest.mark.db]
NewWorld = Callable[..., World]


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def deliver(world: World) -> None:
    """Every message that waits at Stripe is taken, and followed; the orders that it wakes are carried on."""
    for body, _ in world.stripe.webhooks.take():
        event = json.loads(body)
        thing = event["data"]["object"]
        hints.take("stripe", _hint(event, thing), world.now)
    if hints.follow(world.now, world.ports):
        world.run()


def _hint(event: dict[str, Any], thing: dict[str, Any]) -> Hint:
    metadata = thing.get("metadata") or {}
    payment = thing["id"] if thing["object"] == "payment_intent" else thing.get("payment_intent") or ""
    return Hint(event["id"], "", event["type"], thing["id"], metadata.get("order", ""), payment, "")


def cleared(world: World) -> None:
    """The ledger and Stripe agree to the cent."""
    assert balance("psp_clearing", "EUR").minor == world.stripe.state()["balance"].get("eur", 0)


def sold(new_world: NewWorld, card: str = "works", **fields: Any) -> World:
    world = new_world(check=safe, pays=card, **fields)
    world.run()
    assert world.order.state == "COMPLETED"
    deliver(world)
    return world


def given_back(world: World) -> None:
    cancelling.cancel(world.order, world.now, eur(9999), world.ports)


def test_a_refund_that_comes_back_days_later_is_owed_again_and_not_sent_again(new_world: NewWorld) -> None:
    world = sold(new_world, "pm_card_refundFail")
    given_back(world)
    world.run()
    deliver(world)
    assert (world.order.state, balance("rider_refund_payable", "EUR")) == ("CANCELLED", eur(0))
    cleared(world)
    world.now += timedelta(days=2)
    world.stripe.advance(0)
    for _ in range(2):
        deliver(world)
    refund = Refund.objects.get()
    assert refund.state == "FAILED"
    assert balance("rider_refund_payable", "EUR") == eur(-1227)
    assert [case.kind for case in Case.objects.all()] == ["refund_failed"]
    assert refund.payment.state == "CAPTURED"
    assert len(world.stripe.state()["refund"]) == 1
    cleared(world)
    safe(world)


def test_a_refund_that_stays_pending_is_a_debt_until_it_has_arrived(new_world: NewWorld) -> None:
    world = sold(new_world, "pm_card_pendingRefund")
    given_back(world)
    world.run(until=lambda order: order.effects.filter(kind="REFUND", attempts__gt=0).exists())
    assert (world.order.state, Refund.objects.get().state) == ("CANCELLING", "PENDING")
    assert balance("rider_refund_payable", "EUR") == eur(-1227)
    world.run()
    assert world.order.state == "CANCELLED"
    assert balance("rider_refund_payable", "EUR") == eur(0)
    at_rest(world)


def test_a_refund_that_is_pending_for_a_week_is_a_case_and_may_still_arrive(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maas.sandbox.stripe.refunds.SETTLES_AFTER_S", 8 * 24 * 3600)
    world = sold(new_world, "pm_card_pendingRefund")
    given_back(world)
    world.run()
    assert world.order.state == "MANUAL"
    assert Case.objects.get().kind == "refund_overdue"
    assert balance("rider_refund_payable", "EUR") == eur(-1227)
    world.now += timedelta(days=2)
    world.stripe.advance(0)
    deliver(world)
    assert Refund.objects.get().state == "SUCCEEDED"
    assert balance("rider_refund_payable", "EUR") == eur(0)
    cleared(world)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_freezes_what_the_operators_are_owed(new_world: NewWorld, outcome: str) -> None:
    world = sold(new_world)
    intent = world.order.payments.get().provider_ref
    opened = world.stripe.dispute({"payment_intent": intent})
    for _ in range(2):
        deliver(world)
    assert Dispute.objects.get().state == "OPEN"
    assert [case.kind for case in Case.objects.all()] == ["dispute"]
    for code, price in ((world.bus, 530), (world.sea, 750)):
        assert balance(f"operator_withheld:{code}", "EUR") == eur(-price)
        assert balance(f"operator_payable:{code}", "EUR") == eur(0)
    assert (balance("disputed", "EUR"), balance("platform_loss", "EUR")) == (eur(1280), eur(1500))
    cleared(world)
    world.stripe.dispute({"id": opened["id"], "outcome": outcome})
    deliver(world)
    assert Dispute.objects.get().state == outcome.upper()
    held = 0 if outcome == "won" else -530
    assert balance(f"operator_withheld:{world.bus}", "EUR") == eur(held)
    assert balance("disputed", "EUR") == eur(0 if outcome == "won" else 1280)
    cleared(world)


def test_an_open_dispute_keeps_the_shares_here(new_world: NewWorld) -> None:
    world = sold(new_world)
    opened = world.stripe.dispute({"payment_intent": world.order.payments.get().provider_ref})
    deliver(world)
    world.connect(world.sea)
    Order.objects.update(wake_at=world.now)
    world.run()
    assert not Transfer.objects.exists()
    world.stripe.dispute({"id": opened["id"], "outcome": "won"})
    deliver(world)
    assert Transfer.objects.get().state == "MADE"
    cleared(world)


FAULTS: list[dict[str, Any]] = [
    {},
    {"status": 500},
    {"status": 500, "after_effect": True},
    {"lost": True, "after_effect": True},
    {"status": 429},
    {"status": 409},
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_each_operator_s_share_moves_on_once_and_comes_back_at_a_refund(
    new_world: NewWorld, fault: dict[str, Any]
) -> None:
    world = new_world(check=safe)
    world.connect(world.bus)
    for path in ("/v1/transfers", "/v1/transfers/.*/reversals"):
        if fault:
            world.stripe.faults.add(path=path, **fault)
    world.run()
    assert world.order.state == "COMPLETED"
    (moved,) = world.stripe.state()["transfer"]
    assert (moved["amount"], moved["destination"]) == (530, f"acct_{world.bus}")
    assert balance(f"operator_payable:{world.bus}", "EUR") == eur(0)
    assert balance(f"operator_payable:{world.sea}", "EUR") == eur(-750)
    cleared(world)
    given_back(world)
    world.run()
    assert world.order.state == "CANCELLED"
    (moved,) = world.stripe.state()["transfer"]
    assert moved["amount_reversed"] == 477, "all but the operator's fee"
    assert Transfer.objects.get().state == "PARTLY_REVERSED"
    assert balance(f"operator_payable:{world.bus}", "EUR") == eur(0)
    assert not world.stripe.faults.waiting
    cleared(world)


def test_a_share_that_cannot_move_is_a_case_and_costs_the_resident_nothing(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    world.connect(world.bus)
    world.stripe.faults.add(path="/v1/transfers", status=400, times=9)
    world.run()
    assert (world.order.state, Transfer.objects.get().state) == ("COMPLETED", "FAILED")
    assert [case.kind for case in Case.objects.all()] == ["transfer_refused"]
    assert balance(f"operator_payable:{world.bus}", "EUR") == eur(-530)


def _rollback_over(order: Snapshot, now: datetime) -> Plan:
    """The operators' windows for free returns are over by the time of the capture."""
    if order.state == "CAPTURING":
        order = replace(order, parts=tuple(replace(part, rollback_expires_at=now) for part in order.parts))
    return plan(order, now)


def _with_card(world: World, card: str = "pm_card_visa") -> SavedCard:
    client = in_process(world.stripe)
    user = get_user_model().objects.create_user("aino@maas.test")
    customer = client.v1.customers.create({})
    setup: Any = {"customer": customer.id, "payment_method": "pm_card_visa", "confirm": True}
    method = str(client.v1.setup_intents.create(setup).payment_method)
    if card != "pm_card_visa":
        method = client.v1.payment_methods.attach(card, {"customer": customer.id}).id
    Order.objects.filter(pk=world.order.pk).update(owner=user)
    return SavedCard.objects.create(
        owner=user, state="ACTIVE", label="visa 4242", customer_ref=customer.id, method_ref=method,
        consented_at=world.now,
    )  # fmt: skip


def test_a_failed_capture_is_charged_from_the_saved_card(new_world: NewWorld) -> None:
    world = new_world(check=safe, planner=_rollback_over)
    _with_card(world)
    world.stripe.faults.add(path="/v1/payment_intents/.*/capture", status=400)
    world.stripe.faults.add(path="/v1/payment_intents", lost=True, after_effect=True)
    world.run()
    at_rest(world)
    assert (world.order.state, orders.status(world.order).charged) == ("COMPLETED", eur(1280))
    states = sorted(world.order.payments.values_list("state", flat=True))
    assert states == ["CAPTURED", "FAILED"]
    taken = [intent["status"] for intent in world.stripe.state()["payment_intent"]]
    assert sorted(taken) == ["canceled", "succeeded"], "the old authorisation was let go"
    cleared(world)
    given_back(world)
    world.run()
    at_rest(world)
    assert world.order.state == "CANCELLED"
    cleared(world)


@pytest.mark.parametrize("card", ["", "pm_card_visa_chargeDeclined", "pm_card_authenticationRequired"])
def test_without_a_card_that_pays_alone_a_person_sees_to_it(new_world: NewWorld, card: str) -> None:
    world = new_world(check=safe, planner=_rollback_over)
    if card:
        _with_card(world, card)
    world.stripe.faults.add(path="/v1/payment_intents/.*/capture", status=400)
    world.run()
    assert world.order.state == "MANUAL"
    assert Case.objects.get().kind == "capture_refused"
    assert balance("rider_receivable", "EUR") == eur(1280)
    assert Effect.objects.filter(kind="CHARGE").count() == bool(card)


def test_an_authorisation_that_has_expired_is_not_captured(new_world: NewWorld) -> None:
    """Eight days later nothing can be taken; inside the windows everything is undone."""
    world = new_world(check=safe)
    world.run(until=lambda order: order.state in {"AUTHORISING", "NEEDS_ACTION"})
    world.pay()
    world.stripe.advance(8 * 24 * 3600)
    world.run()
    at_rest(world)
    assert world.order.state == "FAILED"
    assert balance("psp_clearing", "EUR") == eur(0)


def test_a_message_about_nothing_of_ours_is_kept_for_ten_minutes_and_then_a_case(new_world: NewWorld) -> None:
    world = new_world(pays="")
    code = "not there yet"
    hints.take("stripe", Hint("evt_1", "", "payment_intent.succeeded", "pi_1", code), world.now)
    hints.take("stripe", Hint("evt_2", "", "charge.captured", "ch_1", "nobody's"), world.now)
    assert hints.follow(world.now + timedelta(minutes=9), world.ports) == []
    assert not Case.objects.exists()
    Order.objects.filter(pk=world.order.pk).update(code=code)
    assert hints.follow(world.now + timedelta(minutes=9, seconds=59), world.ports) == [], "nothing of it waits"
    for _ in range(2):
        assert hints.follow(world.now + timedelta(minutes=10), world.ports) == []
    assert [case.evidence["event"] for case in Case.objects.filter(kind="webhook_unmatched")] == ["evt_2"]
    assert not WebhookInbox.objects.filter(processed_at=None).exists()


def test_what_no_one_follows_and_strangers_accounts(new_world: NewWorld) -> None:
    world = new_world(pays="")
    assert not hints.take("stripe", Hint("evt_1", "", "customer.created", "cus_1", ""), world.now)
    assert not hints.take("stripe", Hint("evt_2", "acct_x", "charge.captured", "ch_1", world.order.code), world.now)
    assert WebhookInbox.objects.get().event_id == "evt_1", "another tenant's message leaves no row"
    assert hints.follow(world.now + timedelta(hours=1), world.ports) == []
    assert not Case.objects.exists()


def test_references_are_read_from_every_kind_of_object(settings: Any) -> None:
    at = 1_790_000_000
    settings.STRIPE_WEBHOOK_SECRET = "whsec_twin"
    for thing, wanted in (
        ({"id": "pi_1", "object": "payment_intent", "metadata": {"order": "A"}}, ("A", "pi_1", "")),
        ({"id": "dp_1", "object": "dispute", "payment_intent": "pi_1", "metadata": {}}, ("", "pi_1", "")),
        ({"id": "seti_1", "object": "setup_intent", "metadata": {"card": "C"}}, ("", "", "C")),
        ({"id": "x", "object": "x", "metadata": {"order": ["A"]}, "payment_intent": {}}, ("", "", "")),
    ):
        body = json.dumps({"id": "evt", "type": "t", "data": {"object": thing}}).encode()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("time.time", lambda: float(at))
            hint = verify(body, sign(body, "whsec_twin", at))
        assert (hint.order_code, hint.payment_ref, hint.card_code) == wanted
