"""Bars 13, 14, 16 and 17 of the transaction design: messages, holds and authorisations, money that fails, the ledger.

In the suite a sample; `python -m bars.payments` runs all of it (MAAS_BARS=long) and prints a line for each.
"""

from __future__ import annotations

import itertools
import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from time_machine import TimeMachineFixture

from bookings.ledger.posting import balance
from bookings.models import Case, LedgerEntry, Refund
from bookings.services import cancelling, hints
from maas.sandbox.stripe.webhooks import sign
from tests.bookings.invariants import at_operators, at_rest, money, safe
from tests.bookings.payments.messages import COPIES, EVENTS, tell, until_paid
from tests.bookings.payments.test_after_sale import _rollback_over, _with_card, deliver
from tests.bookings.world import World
from transit.money import Money

pytestmark = [pytest.mark.db, pytest.mark.exhaustive]
NewWorld = Callable[..., World]
LONG = os.environ.get("MAAS_BARS") == "long"
SEED = 2026


def _orders_of_events() -> list[tuple[tuple[str, str], ...]]:
    every = list(itertools.permutations(EVENTS))
    return every if LONG else [every[0], *random.Random(SEED).sample(every, 11)]


def test_bar_13_messages(
    new_world: NewWorld, client: Client, time_machine: TimeMachineFixture, record_property: Any
) -> None:
    wanted, trials = None, 0
    for number, permutation in enumerate(_orders_of_events()):
        found = tell(new_world, permutation, number % len(EVENTS))
        wanted = wanted or found
        assert found == wanted, permutation
        trials += 1
    assert wanted is not None
    assert wanted["order"] == "COMPLETED"
    bad = _bad_messages(new_world, client, time_machine)
    record_property("bar", f"13 {trials} orders of 6 messages x {COPIES} alike, {bad} bad ones changed 0 rows/all")


def _bad_messages(new_world: NewWorld, client: Client, time_machine: TimeMachineFixture) -> int:
    """Wrong secret, too old, altered, unsigned, another tenant's: not one row changes."""
    world = until_paid(new_world)
    time_machine.move_to(world.now, tick=False)
    at = int(world.now.timestamp())
    thing = {"id": "pi", "object": "payment_intent", "metadata": {"order": world.order.code}}
    event = {"id": "evt_bad", "type": "payment_intent.succeeded", "data": {"object": thing}}
    body = json.dumps(event).encode()
    stranger = json.dumps(event | {"account": "acct_stranger"}).encode()
    sent = [
        (body, sign(body, "whsec_other", at), 400),
        (body, sign(body, "whsec_twin", at - 301), 400),
        (body + b" ", sign(body, "whsec_twin", at), 400),
        (body, "", 400),
        (b"[]", sign(b"[]", "whsec_twin", at), 400),
        (stranger, sign(stranger, "whsec_twin", at), 204),
    ]
    before = _every_row()
    for content, signature, status in sent * COPIES:
        answer = client.post(
            "/api/v1/webhooks/stripe",
            content,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        assert answer.status_code == status
        hints.follow(world.now, world.ports)
    assert _every_row() == before
    return len(sent) * COPIES


def _every_row() -> dict[str, list[Any]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_app_config("bookings").get_models()
    }


HOLDS_S = range(95, 400, 6) if LONG else (95, 112, 200)


@pytest.mark.parametrize("payer", ["nobody", "declined", "asked by the bank", "approves too late"])
def test_bar_14_holds_and_authorisations(new_world: NewWorld, record_property: Any, payer: str) -> None:
    """No hold lives past its time, an authorisation that comes to nothing is let go within 60 s."""
    slowest = 0.0
    for hold_s in HOLDS_S:
        for extends in (True, False):
            world = new_world(check=safe, pays="" if payer == "nobody" else "declined", hold_s=hold_s)
            if not extends:
                world.operator.faults.add({"kind": "reject", "path": "extend", "times": 9})
            if payer in {"asked by the bank", "approves too late"}:
                world.pays = ""
                world.run(until=lambda order: order.state == "NEEDS_ACTION")
                if world.order.state == "NEEDS_ACTION":
                    _ask_bank(world)
            _unwound_after(world, late=payer == "approves too late")
            at_rest(world)
            assert world.order.state == "FAILED"
            assert money(world) == (0, 0, 0)
            slowest = max(slowest, _voided_after_s(world))
            world.now += timedelta(days=1)
            assert "HELD" not in {state for states in at_operators(world).values() for state in states}
    assert slowest <= 60
    record_property("bar", f"14 {payer}: {2 * len(HOLDS_S)} runs, 0 holds left, voided in {slowest:.0f} s/60 s")


def _ask_bank(world: World) -> None:
    """The payer has used a card about which the bank asks; the page of the bank stays open."""
    page = world.order.payments.get().checkout_ref
    world.stripe.handle("POST", f"/c/pay/{page}", {}, b"card=confirm")


def _unwound_after(world: World, *, late: bool) -> None:
    """To the end; who approves late does so when the order is being let go already, and again afterwards."""
    if late:
        world.run(until=lambda order: order.state == "UNWINDING")
        _approve(world)
    world.run()
    _approve(world)


def _approve(world: World) -> None:
    for intent in list(world.stripe.store.tables["payment_intent"]):
        world.stripe.handle("POST", f"/authenticate/{intent}", {}, b"answer=approve")


def _voided_after_s(world: World) -> float:
    """From the moment in which the order was given up until its payment was let go, in seconds of the world's clock."""
    given_up = world.order.effects.filter(kind="VOID").order_by("pk").first()
    if given_up is None:
        return 0.0
    last = given_up.calls.order_by("-pk").first()
    assert last is not None
    return (last.started_at - given_up.not_before).total_seconds()


def _capture_refused(world: World) -> None:
    world.stripe.faults.add(path="/v1/payment_intents/.*/capture", status=400)
    world.run()


def _expired(world: World) -> None:
    world.run(until=lambda order: order.state in {"AUTHORISING", "NEEDS_ACTION"})
    world.pay()
    world.stripe.advance(8 * 24 * 3600)
    world.run()


def _refunded(world: World, wait: timedelta = timedelta()) -> None:
    world.run()
    deliver(world)
    cancelling.cancel(world.order, world.now, Money(9999, "EUR"), world.ports)
    world.run()
    world.now += wait
    world.stripe.advance(0)
    deliver(world)


ENDS: dict[str, tuple[dict[str, Any], Callable[[World], None], tuple[str, str, int, int]]] = {
    # how it ends: the order, the case, what residents owe us, what we owe them
    "capture refused": ({"planner": _rollback_over}, _capture_refused, ("MANUAL", "capture_refused", 1280, 0)),
    "capture refused, windows open": ({}, _capture_refused, ("FAILED", "", 0, 0)),
    "authorisation expired": ({}, _expired, ("FAILED", "", 0, 0)),
    "refund failed later": (
        {"pays": "pm_card_refundFail"},
        lambda world: _refunded(world, timedelta(days=3)),
        ("CANCELLED", "refund_failed", 0, -1227),
    ),
    "refund pending for a week": (
        {"pays": "pm_card_pendingRefund"},
        _refunded,
        ("MANUAL", "refund_overdue", 0, -1227),
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_bar_16_money_that_fails(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch, record_property: Any, name: str
) -> None:
    if "week" in name:
        monkeypatch.setattr("maas.sandbox.stripe.refunds.SETTLES_AFTER_S", 30 * 24 * 3600)
    fields, happens, (state, case, receivable, payable) = ENDS[name]
    world = new_world(check=safe, **fields)
    happens(world)
    assert world.order.state == state
    assert [row.kind for row in Case.objects.all()] == [case] * bool(case)
    assert balance("rider_receivable", "EUR").minor == receivable
    assert balance("rider_refund_payable", "EUR").minor == payable
    opened_s = max((world.now - row.opened_at).total_seconds() for row in Case.objects.all()) if case else 0
    assert opened_s <= 60
    assert Refund.objects.count() <= 1, "sent again"
    record_property("bar", f"16 {name}: {state}{f', {case} after {opened_s:.0f} s' if case else ''}/as documented")


def test_bar_16_a_saved_card_stands_in(new_world: NewWorld, record_property: Any) -> None:
    world = new_world(check=safe, planner=_rollback_over)
    _with_card(world)
    _capture_refused(world)
    at_rest(world)
    assert world.order.state == "COMPLETED"
    record_property("bar", "16 capture refused, card saved: COMPLETED/as documented")


def _worlds(new_world: NewWorld) -> Iterator[World]:
    """Sales, refunds, failures and disputes in one ledger."""
    for number in range(40 if LONG else 4):
        world = new_world(check=safe, pays=("works", "pm_card_refundFail", "declined", "works")[number % 4], hold_s=112)
        world.run()
        if world.order.state == "COMPLETED" and number % 4 != 3:
            cancelling.cancel(world.order, world.now, Money(9999, "EUR"), world.ports)
            world.run()
        if number % 4 == 3:
            dispute = world.stripe.dispute({"payment_intent": world.order.payments.get().provider_ref})
            deliver(world)
            world.stripe.dispute({"id": dispute["id"], "outcome": ("won", "lost")[number % 8 == 3]})
        world.now += timedelta(days=2)
        world.stripe.advance(0)
        deliver(world)
        yield world


def test_bar_17_the_ledger_is_the_provider_s_balance(new_world: NewWorld, record_property: Any) -> None:
    there = sum(world.stripe.state()["balance"].get("eur", 0) for world in _worlds(new_world))
    assert balance("psp_clearing", "EUR").minor == there
    assert sum(LedgerEntry.objects.values_list("amount_minor", flat=True)) == 0
    for change in ("UPDATE bookings_ledgerentry SET amount_minor = 1", "DELETE FROM bookings_ledgerentry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    record_property("bar", f"17 {there} minor units at Stripe, difference 0/0")
