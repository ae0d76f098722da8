"""One order over a hosted operator and one that speaks TOMP: what residents meet."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from time_machine import TimeMachineFixture

from bookings.ledger.posting import balance
from bookings.models import Booking, Effect, Order, Outbox, Reservation, Ticket, WebhookInbox
from bookings.payments.stripe import webhooks
from bookings.services import cancelling, hints, orders, reconciliation, requests
from bookings.services.calls import TransactionOpen
from bookings.services.orders import OrderError
from bookings.services.viewers import Viewer
from tests import factories
from tests.bookings.invariants import at_rest, safe
from tests.bookings.world import VIEWER, World
from transit.money import Money

pytestmark = [pytest.mark.db]
NewWorld = Callable[..., World]
STRANGER = Viewer(None, "t" * 64)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_a_paid_order_is_bought_everywhere_and_ticketed(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    assert orders.status(world.order).state == "HOLDING"
    order = world.run()
    at_rest(world)
    assert order.state == "COMPLETED"
    assert set(Booking.objects.values_list("state", flat=True)) == {"CONFIRMED"}
    assert Ticket.objects.count() == 4
    assert orders.status(order).charged == eur(530 + 750)
    assert balance(f"operator_payable:{world.sea}", "EUR") == eur(-750)
    topics = Outbox.objects.order_by("pk").values_list("topic", flat=True)
    assert list(topics) == ["order.needs_action", "order.completed"]


def test_what_is_cheaper_at_the_hold_is_charged_less(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    world.operator.faults.add({"kind": "price_up", "percent": -20, "path": "purchase-offers"})
    order = world.run()
    at_rest(world)
    assert orders.status(order).charged == eur(530 + 600)
    assert balance(f"operator_payable:{world.sea}", "EUR") == eur(-600)


def test_nothing_is_charged_and_nothing_kept_when_one_part_is_sold_out(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    world.operator.faults.add({"kind": "sold_out", "path": "purchase-offers"})
    order = world.run()
    at_rest(world)
    status = orders.status(order)
    assert (status.state, status.reason, status.nothing_charged) == ("FAILED", "sold_out", True)
    assert Reservation.objects.get().state == "RELEASED"
    assert not order.payments.exists(), "money was touched before everything was held"


def test_a_higher_price_is_asked_once_and_never_charged_unasked(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    world.operator.faults.add({"kind": "price_up", "path": "purchase-offers", "percent": 20})
    order = world.run(until=lambda order: order.state == "NEEDS_CONSENT")
    dearer = orders.status(order).price
    assert dearer == eur(530 + 900)
    with pytest.raises(OrderError, match="price_changed"):
        orders.consent(order, eur(1), world.now)
    orders.consent(order, dearer, world.now)
    order = world.run()
    at_rest(world)
    assert (order.state, orders.status(order).charged) == ("COMPLETED", dearer)


def test_without_an_answer_to_a_higher_price_everything_is_let_go(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    world.operator.faults.add({"kind": "price_up", "path": "purchase-offers"})
    order = world.run()
    at_rest(world)
    assert (order.state, order.unwind_reason) == ("FAILED", "consent_refused")


def test_a_payer_who_is_declined_keeps_the_time_to_try_again(new_world: NewWorld) -> None:
    world = new_world(check=safe, pays="declined", hold_s=112)
    order = world.run()
    at_rest(world)
    assert (order.state, order.unwind_reason) == ("FAILED", "payment_abandoned")


def test_an_order_can_be_given_up_before_it_is_paid(new_world: NewWorld) -> None:
    world = new_world(check=safe, pays="")
    order = world.run(until=lambda order: order.state == "NEEDS_ACTION")
    assert orders.status(order).action_url
    cancelling.cancel(order, world.now)
    order = world.run()
    at_rest(world)
    assert (order.state, order.unwind_reason) == ("FAILED", "given_up")


def test_a_sale_is_given_back_for_the_fee_that_was_shown(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    order = world.run()
    quote = cancelling.quote(order, world.now, world.ports)
    assert (quote.cancellable, quote.fee, quote.refund) == (True, eur(53), eur(1227)), "10 % of the hosted part"
    with pytest.raises(OrderError, match="fee_changed"):
        cancelling.cancel(order, world.now, eur(52), world.ports)
    cancelling.cancel(order, world.now, quote.fee, world.ports)
    order = world.run()
    at_rest(world)
    assert order.state == "CANCELLED"
    assert orders.status(order).charged == eur(53)
    assert set(Ticket.objects.values_list("state", flat=True)) == {"VOID"}
    assert balance(f"operator_payable:{world.bus}", "EUR") == eur(-53)
    assert balance("rider_refund_payable", "EUR") == eur(0)


def test_what_has_departed_is_not_given_back(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    order = world.run()
    world.now += timedelta(minutes=40)
    assert not cancelling.quote(order, world.now, world.ports).cancellable
    with pytest.raises(OrderError, match="not_cancellable"):
        cancelling.cancel(order, world.now, eur(9999), world.ports)


def test_a_refund_that_is_refused_stays_visible_as_a_debt_and_becomes_a_case(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    order = world.run()
    cancelling.cancel(order, world.now, eur(9999), world.ports)
    world.stripe.faults.add(path="/v1/refunds", status=400, times=99)
    order = world.run()
    assert order.state == "MANUAL"
    assert order.cases.get().kind
    assert balance("rider_refund_payable", "EUR") == eur(-1227)


def test_a_foreign_order_is_not_found(new_world: NewWorld) -> None:
    world = new_world()
    assert orders.get_for(VIEWER, world.order.code) == world.order
    for code, viewer in ((world.order.code, STRANGER), ("nothing", VIEWER), (world.order.code, Viewer(None, ""))):
        with pytest.raises(Order.DoesNotExist):
            orders.get_for(viewer, code)
    with pytest.raises(Order.DoesNotExist):
        orders.place(world.order.offer, STRANGER, world.now)


def test_an_offer_is_accepted_once_and_in_time(new_world: NewWorld) -> None:
    world = new_world()
    assert orders.place(world.order.offer, VIEWER, world.now) == world.order
    late = factories.offer(session_hash=VIEWER.session_hash, expires_at=world.now)
    with pytest.raises(OrderError, match="offer_expired"):
        orders.place(late, VIEWER, world.now)
    for _ in range(2):
        orders.place(factories.offer(session_hash=VIEWER.session_hash), VIEWER, world.now)
    with pytest.raises(OrderError, match="too_many_orders"):
        orders.place(factories.offer(session_hash=VIEWER.session_hash), VIEWER, world.now)


def test_an_order_that_costs_nothing_asks_no_provider(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    world.order.bookings.filter(seq=2).delete()
    world.order.offer.parts.get(seq=1).products.update(price_minor=0)
    world.order.offer.parts.filter(seq=1).update(price_minor=0)
    world.order.bookings.update(price_minor=0)
    order = world.run()
    assert order.state == "COMPLETED"
    assert not world.stripe.calls
    assert Ticket.objects.count() == 2


def _signed(body: bytes, at: int, secret: str = "whsec_twin") -> str:
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def test_a_webhook_is_only_a_hint_and_counts_once(new_world: NewWorld, time_machine: TimeMachineFixture) -> None:
    world = new_world(check=safe, pays="")
    order = world.run(until=lambda order: order.state == "NEEDS_ACTION")
    thing = {"id": "cs_1", "metadata": {"order": order.code}}
    event = {"id": "evt_1", "type": "checkout.session.completed", "data": {"object": thing}}
    body = json.dumps(event).encode()
    time_machine.move_to(world.now)
    hint = webhooks.verify(body, _signed(body, int(world.now.timestamp())))
    assert hints.take("stripe", hint, world.now)
    assert not hints.take("stripe", hint, world.now)
    assert hints.follow(world.now, world.ports) == [order]
    assert hints.follow(world.now, world.ports) == []
    assert hints.hear("stripe", hint, world.now) == (None, False), "it has been heard before"
    assert WebhookInbox.objects.count() == 1
    order.refresh_from_db()
    assert order.wake_at == world.now
    world.run(until=lambda order: order.wake_at is not None and order.wake_at > world.now)
    assert orders.status(world.order).state == "NEEDS_ACTION", "the hint was believed"
    assert hints.hear("stripe", replace(hint, event_id="evt_2"), world.now) == (order, False)
    assert hints.hear("stripe", replace(hint, event_id="evt_3", order_code="?"), world.now) == (None, True)
    for bad in (_signed(body, int(world.now.timestamp()), "other"), _signed(body, 1), "", "t=x"):
        with pytest.raises(webhooks.BadSignature):
            webhooks.verify(body, bad)


def test_the_sweep_finds_what_is_due_and_nothing_else(new_world: NewWorld) -> None:
    world = new_world()
    assert reconciliation.list_due(world.now) == [world.order.pk]
    assert reconciliation.list_due(world.now - timedelta(seconds=1)) == []
    world.run()
    assert reconciliation.list_due(world.now + timedelta(days=9)) == []


def test_nobody_is_called_inside_a_transaction(new_world: NewWorld) -> None:
    world = new_world()
    with pytest.raises(TransactionOpen), transaction.atomic():
        world.runner().advance(world.order.pk)
    assert not world.places or "operator sent" not in world.places


def test_every_call_leaves_a_line_and_equal_bytes(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    world.operator.faults.add({"kind": "lost", "path": "purchase-offers"})
    order = world.run()
    for effect in Effect.objects.filter(order=order):
        assert effect.request_sha256 == requests.digest(effect.request)
        assert effect.calls.count() == effect.attempts
    doubtful = Effect.objects.get(order=order, kind="HOLD", booking_seq=2)
    assert (doubtful.unknowns, doubtful.attempts) == (1, 2)
    assert Effect.objects.get(order=order, kind="AUDIT").state == "DONE"
    at_rest(world)
