"""What must not stay alive when an order comes to nothing, and what must not be sold at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bookings.ledger.posting import balance
from bookings.models import OfferPart, Order, Reservation
from bookings.operators.base import Call, Holding, OperatorError
from bookings.operators.hosted.port import HostedOperators
from bookings.services import cancelling, orders
from bookings.services.orders import OrderError
from bookings.services.viewers import Viewer
from tests import factories
from tests.bookings.invariants import at_operators, at_rest, money, safe
from tests.bookings.world import NOW, World
from transit.money import Money

pytestmark = [pytest.mark.db]
NewWorld = Callable[..., World]


class Stubborn(HostedOperators):
    """Refuses to let go."""

    def cancel(self, call: Call, now: Any) -> Holding:
        raise OperatorError("operator_refused", permanent=True)


def test_what_an_operator_keeps_of_an_unwinding_is_our_loss(new_world: NewWorld) -> None:
    """The ferry is bought, the money cannot be taken, and half of the fare is kept: never by the resident."""
    world = new_world(check=safe, habits={"refund_free_until_s": 7200})
    world.stripe.faults.add(path="/v1/payment_intents/.*/capture", status=400)
    order = world.run()
    at_rest(world)
    assert order.state == "FAILED"
    assert at_operators(world)[2] == ["CANCELLED"]
    assert money(world) == (0, 0, 0)
    books = {"platform_loss": 375, f"operator_payable:{world.sea}": -375}
    books |= dict.fromkeys(("psp_clearing", "rider_receivable", "rider_refund_payable"), 0)
    assert {account: balance(account, "EUR").minor for account in books} == books


def test_one_that_refuses_to_let_go_keeps_neither_the_money_nor_the_others(new_world: NewWorld) -> None:
    world = new_world(check=safe, wrap_operators=lambda port: Stubborn() if isinstance(port, HostedOperators) else port)
    world.operator.faults.add({"kind": "reject", "path": "confirm-purchase"})
    order = world.run()
    assert order.state == "MANUAL"
    assert order.cases.get().kind == "operator_refused"
    assert money(world) == (0, 0, 0), "the authorisation was left alive"
    assert "HELD" not in at_operators(world)[2]


def test_who_pays_while_the_page_is_closed_gets_the_money_back(new_world: NewWorld) -> None:
    paid: list[str] = []

    def check(world: World) -> None:
        closing = world.order.effects.filter(kind="VOID", state="IN_FLIGHT").exists()
        looked = closing and world.places[-1] == "stripe answered"
        if looked and not paid:
            paid.append("now")
            world.pays = "works"
            world.pay()

    world = new_world(check=check, pays="")
    order = world.run(until=lambda order: order.state == "NEEDS_ACTION")
    cancelling.cancel(order, world.now)
    order = world.run()
    assert paid
    assert (order.state, money(world)) == ("FAILED", (0, 0, 0))
    at_rest(world)


def test_what_has_departed_meanwhile_is_not_paid_for(new_world: NewWorld) -> None:
    world = new_world(check=safe, pays="", hold_s=3600)
    departs_at = world.now + timedelta(minutes=35)
    order = world.run(until=lambda order: order.state == "NEEDS_ACTION")
    deadline = order.effects.get(kind="AUTHORISE").deadline_at
    assert deadline <= departs_at
    assert all(each.expires_at <= departs_at for each in Reservation.objects.all())


def test_an_order_is_over_before_its_first_ride_leaves(new_world: NewWorld) -> None:
    order = new_world().order
    assert order.deadline_at == order.created_at + timedelta(minutes=35)


def test_a_hold_for_less_than_nothing_is_none(new_world: NewWorld) -> None:
    world = new_world(check=safe)
    offers = world.operator.shop.offers
    remote = OfferPart.objects.get(sales="tomp").remote_offer
    offers[remote] = replace(offers[remote], amount=-offers[remote].amount)
    order = world.run()
    assert (order.state, order.unwind_reason) == ("FAILED", "hold_rejected")


def test_a_fee_in_another_currency_is_not_the_one_that_was_shown(new_world: NewWorld) -> None:
    world = new_world()
    order = world.run()
    with pytest.raises(OrderError, match="fee_changed"):
        cancelling.cancel(order, world.now, Money(9999, "SEK"), world.ports)


def test_an_offer_that_an_operator_gave_twice_is_sold_once(new_world: NewWorld) -> None:
    """Undoing the second sale would undo the first one's package."""
    world = new_world()
    twin = factories.offer(session_hash="t" * 64)
    first = world.order.bookings.get(sales="tomp")
    OfferPart.objects.filter(offer=twin, seq=1).update(
        sales="tomp", operator_code=first.operator_code, remote_offer=first.part.remote_offer
    )
    with pytest.raises(OrderError) as refused:
        orders.place(twin, Viewer(None, "t" * 64), NOW)
    assert refused.value.code == "offer_expired"
    assert not Order.objects.filter(offer=twin).exists()
