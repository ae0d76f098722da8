"""A message of the payment provider that is about nothing of ours, or not signed: a case, or nothing at all."""

import json

import pytest

from bookings.models import Case, WebhookInbox
from maas.sandbox.stripe.webhooks import sign
from tests.features.market import Market

pytestmark = pytest.mark.db


def send(market: Market, secret: str = "whsec_twin", age_s: int = 0, **more: str) -> int:
    thing = {"id": "pi_far", "object": "payment_intent", "metadata": {"order": "somebody else's"}}
    event = {"id": "evt_far", "type": "payment_intent.succeeded", "data": {"object": thing}, **more}
    body = json.dumps(event).encode()
    signature = sign(body, secret, int(market.now()) - age_s)
    answer = market.client.post(
        "/api/v1/webhooks/stripe", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return answer.status_code


def test_kept_for_ten_minutes_and_then_a_person_looks(market: Market) -> None:
    assert [send(market) for _ in range(3)] == [204] * 3
    market.settle()
    assert (WebhookInbox.objects.count(), Case.objects.count()) == (1, 0)
    market.clock.shift(601)
    for _ in range(2):
        market.settle()
    assert [case.kind for case in Case.objects.all()] == ["webhook_unmatched"]


def test_what_is_not_signed_or_old_or_another_s_leaves_nothing(market: Market) -> None:
    assert send(market, secret="whsec_other") == 400
    assert send(market, age_s=301) == 400
    assert send(market, account="acct_stranger") == 204
    market.settle()
    assert not WebhookInbox.objects.exists()
    assert not Case.objects.exists()
