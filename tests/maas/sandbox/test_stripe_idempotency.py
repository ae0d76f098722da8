"""Idempotency keys, and what happens to them when calls go wrong."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from maas.sandbox.stripe import StripeTwin
from tests.maas.sandbox.stripes import Clock, in_process

PARAMS: Any = {
    "amount": 900,
    "currency": "eur",
    "capture_method": "manual",
    "confirm": True,
    "payment_method": "pm_card_visa",
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def twin(clock: Clock) -> StripeTwin:
    return StripeTwin(clock, seed="test")


@pytest.fixture
def client(twin: StripeTwin) -> stripe.StripeClient:
    return in_process(twin)


def create(client: stripe.StripeClient, key: str = "k1", **extra: Any) -> Any:
    params: Any = PARAMS | extra
    return client.v1.payment_intents.create(params, {"idempotency_key": key})


def test_the_same_call_gets_the_same_answer(client: stripe.StripeClient, twin: StripeTwin) -> None:
    first, again = create(client), create(client)
    assert first.id == again.id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(twin.state()["payment_intent"]) == 1


def test_another_call_with_the_same_key_is_an_error(client: stripe.StripeClient) -> None:
    create(client)
    with pytest.raises(stripe.IdempotencyError) as error:
        create(client, amount=901)
    assert error.value.http_status == 400


def test_a_declined_card_stays_declined(client: stripe.StripeClient) -> None:
    seen = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as error:
            create(client, payment_method="pm_card_visa_chargeDeclined")
        body: Any = error.value.json_body
        seen.append(body["error"]["payment_intent"]["id"])
    assert seen[0] == seen[1]


def test_a_rejected_parameter_leaves_the_key_free(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(client, amount=1)
    assert create(client).status == "requires_capture"


def test_keys_are_kept_for_a_day(client: stripe.StripeClient, clock: Clock) -> None:
    first = create(client).id
    clock.at += 24 * 3600 - 1
    assert create(client).id == first
    clock.at += 1
    assert create(client).id != first


def test_429_is_not_stored(client: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.faults.add(path="/v1/payment_intents", status=429)
    with pytest.raises(stripe.RateLimitError):
        create(client)
    assert create(client).status == "requires_capture"


def test_500_before_the_effect_leaves_nothing(client: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.faults.add(path="/v1/payment_intents", status=500)
    with pytest.raises(stripe.APIError):
        create(client)
    assert twin.state()["payment_intent"] == []
    assert create(client).status == "requires_capture"


def test_500_after_the_effect_is_replayed_and_has_happened(client: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.faults.add(path="/v1/payment_intents", status=500, after_effect=True)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            create(client)
    assert [row["status"] for row in twin.state()["payment_intent"]] == ["requires_capture"]


def test_a_lost_request_and_a_lost_answer(client: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.faults.add(path="/v1/payment_intents", lost=True)
    with pytest.raises(stripe.APIConnectionError):
        create(client)
    assert twin.state()["payment_intent"] == []
    twin.faults.add(path="/v1/payment_intents", lost=True, after_effect=True)
    with pytest.raises(stripe.APIConnectionError):
        create(client)
    made = twin.state()["payment_intent"]
    assert [row["id"] for row in made] == [create(client).id]


def test_a_late_call_is_in_flight_until_it_arrives(client: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.faults.add(path="/v1/payment_intents", late_s=45)
    with pytest.raises(stripe.APIConnectionError):
        create(client)
    with pytest.raises(stripe.APIError) as conflict:
        create(client)
    assert conflict.value.http_status == 409
    twin.advance(45)
    assert [row["id"] for row in twin.state()["payment_intent"]] == [create(client).id]


def test_faults_may_skip_and_repeat(client: stripe.StripeClient, twin: StripeTwin) -> None:
    twin.faults.add(path="/v1/payment_intents/[^/]+", method="GET", skip=1, times=2, status=503)
    made = create(client).id
    seen = []
    for _ in range(4):
        try:
            seen.append(client.v1.payment_intents.retrieve(made).status)
        except stripe.APIError as error:
            seen.append(str(error.http_status))
    assert seen == ["requires_capture", "503", "503", "requires_capture"]
