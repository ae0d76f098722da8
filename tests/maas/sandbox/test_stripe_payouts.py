"""Transfers to connected accounts, disputes, and cards that are saved on the hosted page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from maas.sandbox.stripe import StripeTwin
from tests.maas.sandbox.stripes import Clock, in_process
from tests.maas.sandbox.test_stripe import _shape, authorised, events_of


@pytest.fixture
def twin() -> StripeTwin:
    return StripeTwin(Clock(), seed="test", public_url="http://pay.test")


@pytest.fixture
def client(twin: StripeTwin) -> stripe.StripeClient:
    return in_process(twin)


@pytest.fixture
def paid(client: stripe.StripeClient, twin: StripeTwin) -> Any:
    """A captured payment of 10.00, and an operator that it may go on to."""
    twin.steer_account("acct_bus", "enabled")
    return client.v1.payment_intents.capture(authorised(client).id)


def move(client: stripe.StripeClient, amount: int, source: str, key: str = "") -> Any:
    params: Any = {"amount": amount, "currency": "eur", "destination": "acct_bus", "source_transaction": source}
    return client.v1.transfers.create(params, {"idempotency_key": key} if key else {})


def test_a_transfer_is_part_of_its_charge_and_comes_back(
    client: stripe.StripeClient, twin: StripeTwin, paid: Any
) -> None:
    first, again = (move(client, 600, paid.latest_charge, "k") for _ in range(2))
    assert first.id == again.id
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed"):
        move(client, 401, paid.latest_charge)
    assert twin.state()["balance"] == {"eur": 400}
    client.v1.transfers.reversals.create(first.id, {"amount": 250})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unreversed"):
        client.v1.transfers.reversals.create(first.id, {"amount": 351})
    client.v1.transfers.reversals.create(first.id)
    moved = client.v1.transfers.retrieve(first.id)
    assert (moved.amount_reversed, moved.reversed) == (600, True)
    assert [row.amount for row in client.v1.transfers.reversals.list(first.id).data] == [350, 250]
    assert [row.id for row in client.v1.transfers.list({"destination": "acct_bus"}).data] == [first.id]
    assert twin.state()["balance"] == {"eur": 1000}
    assert events_of(client)[-3:] == ["transfer.created", "transfer.reversed", "transfer.reversed"]


def test_a_transfer_that_cannot_be(client: stripe.StripeClient, paid: Any) -> None:
    params: Any = {"amount": 100, "currency": "eur", "destination": "bus"}
    with pytest.raises(stripe.InvalidRequestError) as nobody:
        client.v1.transfers.create(params)
    assert nobody.value.param == "destination"
    with pytest.raises(stripe.InvalidRequestError) as poor:
        client.v1.transfers.create(params | {"amount": 1001, "destination": "acct_bus"})
    assert poor.value.code == "balance_insufficient"


@pytest.mark.parametrize(("outcome", "left"), [("won", 1000 - 1500), ("lost", -1500)])
def test_a_dispute_takes_the_money_and_a_fee(
    client: stripe.StripeClient, twin: StripeTwin, paid: Any, outcome: str, left: int
) -> None:
    dispute = twin.dispute({"payment_intent": paid.id})
    assert twin.state()["balance"] == {"eur": -1500}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": paid.id})
    assert refused.value.code == "charge_disputed"
    twin.dispute({"id": dispute["id"], "outcome": outcome})
    assert client.v1.disputes.retrieve(dispute["id"]).status == outcome
    assert twin.state()["balance"] == {"eur": left}
    assert events_of(client)[-1] == "charge.dispute.closed"


def test_an_inquiry_takes_nothing(client: stripe.StripeClient, twin: StripeTwin, paid: Any) -> None:
    asked = twin.dispute({"payment_intent": paid.id, "inquiry": True})
    assert twin.state()["balance"] == {"eur": 1000}
    twin.dispute({"id": asked["id"], "outcome": "won"})
    (found,) = client.v1.disputes.list({"payment_intent": paid.id}).data
    assert (found.status, found.balance_transactions) == ("warning_closed", [])


@pytest.mark.parametrize("card", ["works", "confirm"])
def test_a_card_is_saved_on_the_hosted_page_and_pays_alone(
    client: stripe.StripeClient, twin: StripeTwin, card: str
) -> None:
    customer = client.v1.customers.create({"metadata": {"card": "c1"}})
    params: Any = {"mode": "setup", "customer": customer.id, "currency": "eur", "success_url": "https://maas.test/s"}
    session = client.v1.checkout.sessions.create(params | {"setup_intent_data": {"metadata": {"card": "c1"}}})
    page = urlsplit(session.url or "").path
    assert b"Save this card" in twin.handle("GET", page, {}).body
    assert twin.handle("POST", page, {}, b"card=declined").status == 402
    answer = twin.handle("POST", page, {}, f"card={card}".encode())
    if card == "confirm":
        answer = twin.handle("POST", urlsplit(answer.headers["Location"]).path, {}, b"answer=approve")
    assert answer.headers["Location"] == "https://maas.test/s"
    done: Any = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.setup_intent.status, done.setup_intent.metadata["card"]) == (
        "complete",
        "succeeded",
        "c1",
    )
    if card == "works":
        method = done.setup_intent.payment_method
        alone = authorised(client, card=method, customer=customer.id, off_session=True)
        assert alone.status == "requires_capture"


def test_every_published_field_is_there(
    client: stripe.StripeClient, twin: StripeTwin, paid: Any, shared_specs: Path
) -> None:
    published = json.loads((shared_specs / "stripe" / "fixtures3.json").read_text())["resources"]
    transfer = move(client, 600, paid.latest_charge)
    client.v1.transfers.reversals.create(transfer.id, {"amount": 1})
    twin.dispute({"payment_intent": paid.id})
    for kind in ("transfer", "transfer_reversal", "dispute"):
        (ours,) = twin.store.tables[kind].values()
        assert _shape(published[kind], ours, kind) == []


def test_every_movement_of_the_balance_is_listed_with_what_it_is_about(
    client: stripe.StripeClient, twin: StripeTwin, paid: Any, shared_specs: Path
) -> None:
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 100})
    moved = move(client, 400, paid.latest_charge)
    client.v1.transfers.reversals.create(moved.id, {"amount": 50})
    twin.pay_out(200, "eur")
    twin.charge_fees(300)
    client.v1.payment_intents.capture(authorised(client).id)
    wanted: Any = {"expand": ["data.source"], "limit": 2}
    rows = list(client.v1.balance_transactions.list(wanted).auto_paging_iter())
    assert [(row.type, row.amount, row.fee, row.net) for row in rows] == [
        ("charge", 1000, 30, 970),
        ("payout", -200, 0, -200),
        ("transfer_refund", 50, 0, 50),
        ("transfer", -400, 0, -400),
        ("refund", -100, 0, -100),
        ("charge", 1000, 0, 1000),
    ]
    source: Any = rows[4].source
    assert (source.object, source.payment_intent) == ("refund", paid.id)
    assert twin.state()["balance"] == {"eur": sum(row.net for row in rows)}
    assert client.v1.balance_transactions.retrieve(rows[0].id).amount == 1000
    published = json.loads((shared_specs / "stripe" / "fixtures3.json").read_text())["resources"]
    ours = {kind: next(iter(twin.store.tables[kind].values())) for kind in ("balance_transaction", "payout")}
    assert [hole for kind in ours for hole in _shape(published[kind], ours[kind], kind)] == []
