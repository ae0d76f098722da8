"""The Stripe twin, called in process by the real stripe SDK."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import stripe

from maas.sandbox.stripe import StripeTwin
from tests.maas.sandbox.stripes import Clock, InProcess, client_of, in_process

DAY_S = 24 * 3600


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def twin(clock: Clock) -> StripeTwin:
    return StripeTwin(clock, seed="test", public_url="http://pay.test")


@pytest.fixture
def client(twin: StripeTwin) -> stripe.StripeClient:
    return in_process(twin)


def authorised(client: stripe.StripeClient, amount: int = 1000, card: str = "pm_card_visa", **extra: Any) -> Any:
    params: Any = {"amount": amount, "currency": "eur", "capture_method": "manual", "confirm": True}
    params |= {"payment_method": card, **extra}
    return client.v1.payment_intents.create(params)


def events_of(client: stripe.StripeClient) -> list[str]:
    return [str(event.type) for event in client.v1.events.list({"limit": 100}).data][::-1]


def test_authorise_capture_part_refund(client: stripe.StripeClient, twin: StripeTwin, clock: Clock) -> None:
    intent = authorised(client, metadata={"order": "A1"})
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 1000, 0)
    charge: Any = client.v1.charges.retrieve(intent.latest_charge)
    assert charge.captured is False
    assert charge.payment_method_details.card.capture_before == int(clock.at) + 7 * DAY_S
    assert twin.state()["balance"] == {"eur": 0}

    captured = client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 700})
    assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 700, 0)
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.payment_intents.capture(intent.id)
    assert again.value.code == "payment_intent_unexpected_state"

    first = client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    assert (first.status, first.amount) == ("succeeded", 300)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 401})
    client.v1.refunds.create({"charge": charge.id})
    with pytest.raises(stripe.InvalidRequestError) as empty:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert empty.value.code == "charge_already_refunded"
    assert [refund.amount for refund in client.v1.refunds.list({"payment_intent": intent.id}).data] == [400, 300]
    assert client.v1.balance.retrieve().available[0].amount == 0
    assert events_of(client) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
        "refund.created",
        "charge.refunded",
    ]


def test_capture_at_most_what_was_authorised(client: stripe.StripeClient) -> None:
    intent = authorised(client)
    with pytest.raises(stripe.InvalidRequestError) as error:
        client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1001})
    assert error.value.code == "amount_too_large"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id})
    assert client.v1.payment_intents.capture(intent.id).amount_received == 1000


def test_an_authorisation_ends_after_seven_days(client: stripe.StripeClient, clock: Clock) -> None:
    intent = authorised(client)
    clock.at += 7 * DAY_S - 1
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    clock.at += 1
    gone = client.v1.payment_intents.retrieve(intent.id)
    assert (gone.status, gone.cancellation_reason, gone.amount_capturable) == ("canceled", "automatic", 0)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(intent.id)


def test_cancel(client: stripe.StripeClient) -> None:
    intent = authorised(client)
    gone = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason, gone.canceled_at is None) == ("canceled", "abandoned", False)
    with pytest.raises(stripe.InvalidRequestError) as error:
        client.v1.payment_intents.cancel(intent.id)
    assert error.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("card", "code", "reason"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_declined_cards(client: stripe.StripeClient, card: str, code: str, reason: str) -> None:
    with pytest.raises(stripe.CardError) as error:
        authorised(client, card=card)
    body: Any = error.value.json_body
    assert (error.value.http_status, error.value.code, body["error"]["decline_code"]) == (402, code, reason)
    intent = client.v1.payment_intents.retrieve(body["error"]["payment_intent"]["id"])
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == reason
    assert client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "requires_capture"


def test_three_d_secure(client: stripe.StripeClient, twin: StripeTwin) -> None:
    intent = authorised(client, card="pm_card_threeDSecure2Required", return_url="https://maas.test/back")
    assert intent.status == "requires_action"
    page = intent.next_action.redirect_to_url.url.removeprefix("http://pay.test")
    assert b'value="approve"' in twin.handle("GET", page, {}).body
    refused = twin.handle("POST", page, {}, b"answer=refuse")
    assert (refused.status, refused.headers["Location"]) == (303, "https://maas.test/back")
    intent = client.v1.payment_intents.retrieve(intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "payment_intent_authentication_failure"
    client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_threeDSecure2Required", "return_url": "https://maas.test/back"}
    )
    twin.handle("POST", page, {}, b"answer=approve")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_a_saved_card_pays_off_session(client: stripe.StripeClient, twin: StripeTwin) -> None:
    customer = client.v1.customers.create({"email": "rider@maas.test"})
    assert client.v1.customers.retrieve(customer.id)["email"] == "rider@maas.test"
    method = client.v1.payment_methods.create(
        {"type": "card", "card": {"number": "4000002500003155", "exp_month": 12, "exp_year": 2039, "cvc": "123"}}
    )
    bare: Any = {"payment_method": method.id, "off_session": True}
    with pytest.raises(stripe.CardError) as error:
        authorised(client, **bare)
    assert error.value.code == "authentication_required"
    setup = client.v1.setup_intents.create(
        {"customer": customer.id, "payment_method": method.id, "confirm": True, "return_url": "https://maas.test/s"}
    )
    assert setup.status == "requires_action"
    twin.handle("POST", f"/authenticate/{setup.id}", {}, b"answer=approve")
    assert client.v1.setup_intents.retrieve(setup.id).status == "succeeded"
    assert authorised(client, customer=customer.id, **bare).status == "requires_capture"
    listed = client.v1.payment_methods.list({"customer": customer.id, "type": "card"}).data
    assert [row.id for row in listed] == [method.id]


def test_refunds_that_settle_later(client: stripe.StripeClient, twin: StripeTwin) -> None:
    for card, before, after, left in (
        ("pm_card_pendingRefund", "pending", "succeeded", 0),
        ("pm_card_refundFail", "succeeded", "failed", 1000),
    ):
        twin.store.tables.clear()
        intent = authorised(client, card=card)
        client.v1.payment_intents.capture(intent.id)
        refund = client.v1.refunds.create({"payment_intent": intent.id})
        assert refund.status == before
        twin.advance(2 * 3600)
        assert client.v1.refunds.retrieve(refund.id).status == after
        assert twin.state()["balance"] == {"eur": left}


def test_the_api_key_is_checked(twin: StripeTwin) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client_of("http://twin.invalid", key="sk_test_wrong", transport=InProcess(twin)).v1.balance.retrieve()
    assert twin.handle("GET", "/v1/balance", {}).status == 401


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"currency": "eur"}, "parameter_missing", "amount"),
        ({"amount": "ten", "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": 10, "currency": "eur"}, "amount_too_small", "amount"),
        ({"amount": 1000, "currency": "eur", "colour": "red"}, "parameter_unknown", "colour"),
        ({"amount": 1000, "currency": "eur", "payment_method": "pm_none"}, "resource_missing", "payment_method"),
    ],
)
def test_wrong_parameters(client: stripe.StripeClient, twin: StripeTwin, params: Any, code: str, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        client.v1.payment_intents.create(params)
    assert (error.value.http_status, error.value.code, error.value.param) == (400, code, param)
    assert twin.state()["payment_intent"] == []


def test_missing_objects_are_404(client: stripe.StripeClient) -> None:
    for get in (client.v1.payment_intents.retrieve, client.v1.refunds.retrieve, client.v1.charges.retrieve):
        with pytest.raises(stripe.InvalidRequestError) as error:
            get("nothing")
        assert (error.value.http_status, error.value.code) == (404, "resource_missing")


def test_lists_are_paged_newest_first(client: stripe.StripeClient) -> None:
    made = [authorised(client, amount=100 + n).id for n in range(5)]
    page = client.v1.payment_intents.list({"limit": 2})
    assert ([row.id for row in page.data], page.has_more) == (made[:2:-1], True)
    assert [row.id for row in page.auto_paging_iter()] == made[::-1]


def test_expand(client: stripe.StripeClient) -> None:
    intent = authorised(client)
    found: Any = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.payment_method"]})
    assert found.latest_charge.payment_method.card.last4 == "4242"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.retrieve(intent.id, {"expand": ["colour"]})


def test_ids_differ_between_seeds_and_repeat_within_one(clock: Clock) -> None:
    made = [authorised(in_process(StripeTwin(clock, seed=seed))).id for seed in ("a", "a", "b")]
    assert made[0] == made[1] != made[2]
    assert made[0].startswith("pi_")


def _shape(thing: Any, ours: Any, path: str) -> list[str]:
    if not isinstance(thing, dict) or not isinstance(ours, dict) or not ours:
        return []
    gone = [f"{path}.{name}" for name in thing if name not in ours]
    return gone + [hole for name in thing if name in ours for hole in _shape(thing[name], ours[name], f"{path}.{name}")]


def test_every_published_field_is_there(client: stripe.StripeClient, twin: StripeTwin, shared_specs: Path) -> None:
    published = json.loads((shared_specs / "stripe" / "fixtures3.json").read_text())["resources"]
    customer = client.v1.customers.create({"name": "R"})
    authorised(client, customer=customer.id)
    intent = authorised(client)
    client.v1.payment_intents.capture(intent.id)
    client.v1.refunds.create({"payment_intent": intent.id})
    client.v1.setup_intents.create({"payment_method": "pm_card_visa", "confirm": True})
    line: Any = {"price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Trip"}}}
    client.v1.checkout.sessions.create({"mode": "payment", "line_items": [line], "success_url": "https://maas.test"})
    ours = {kind: next(iter(twin.store.tables[kind].values())) for kind in twin.store.tables if kind in published}
    ours["charge"] = client.v1.charges.list({"payment_intent": intent.id}).data[0].to_dict()
    ours["balance"] = client.v1.balance.retrieve().to_dict()
    wanted = {"payment_intent", "charge", "refund", "checkout.session", "setup_intent", "event", "customer"}
    wanted |= {"balance", "payment_method"}
    published["event"]["data"] = {}
    assert [hole for kind in wanted for hole in _shape(published[kind], ours[kind], kind)] == []


def test_sessions_and_events_can_be_searched(client: stripe.StripeClient, clock: Clock) -> None:
    line: Any = {"price_data": {"currency": "jpy", "unit_amount": 500, "product_data": {"name": "乗車券"}}}
    made = []
    for order in ("A1", "A2", "A3"):
        params: Any = {"mode": "payment", "line_items": [line], "client_reference_id": order}
        params["success_url"] = "https://maas.test/"
        made.append(client.v1.checkout.sessions.create(params).id)
        clock.at += 60
    found = client.v1.checkout.sessions.list({"created": {"gte": int(clock.at) - 120}, "limit": 1})
    assert [row.client_reference_id for row in found.auto_paging_iter()] == ["A3", "A2"]
    assert client.v1.checkout.sessions.line_items.list(made[0]).data[0].description == "乗車券"
    client.v1.checkout.sessions.expire(made[0])
    assert [row.id for row in client.v1.checkout.sessions.list({"status": "expired"}).data] == [made[0]]
    (event,) = client.v1.events.list({"type": "checkout.session.expired"}).data
    assert client.v1.events.retrieve(event.id).data.object["id"] == made[0]
    assert client.v1.events.list({"types": ["charge.captured"]}).data == []


def test_setups_that_do_not_succeed(client: stripe.StripeClient, twin: StripeTwin) -> None:
    asked = client.v1.setup_intents.create({})
    with pytest.raises(stripe.CardError):
        client.v1.setup_intents.confirm(asked.id, {"payment_method": "pm_card_visa_chargeDeclined"})
    card = "pm_card_authenticationRequiredOnSetup"
    assert client.v1.setup_intents.confirm(asked.id, {"payment_method": card}).status == "requires_action"
    twin.handle("POST", f"/authenticate/{asked.id}", {}, b"answer=refuse")
    assert client.v1.setup_intents.retrieve(asked.id).status == "requires_payment_method"
    assert client.v1.setup_intents.cancel(asked.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.setup_intents.confirm(asked.id, {"payment_method": "pm_card_visa"})


def test_cards_belong_to_one_customer(client: stripe.StripeClient) -> None:
    first, second = (client.v1.customers.create({"name": name}).id for name in ("A", "B"))
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": first})
    assert client.v1.payment_methods.retrieve(method.id).customer == first
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_methods.attach(method.id, {"customer": second})
    assert client.v1.payment_methods.detach(method.id).customer is None
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_methods.detach(method.id)
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.create({"type": "card", "card": {"number": "1234"}})
