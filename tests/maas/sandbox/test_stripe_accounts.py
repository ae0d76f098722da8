"""Connected accounts at the twin: opened, filled in on the hosted page, checked, restricted, gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from maas.sandbox.stripe import StripeTwin
from tests.maas.sandbox.stripes import Clock, in_process
from tests.maas.sandbox.test_stripe import _shape, authorised

EXPRESS: Any = {
    "controller": {
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "stripe_dashboard": {"type": "express"},
    },
    "country": "FI",
    "capabilities": {"transfers": {"requested": True}},
    "business_profile": {"name": "Bussit Oy"},
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def twin(clock: Clock) -> StripeTwin:
    return StripeTwin(clock, seed="test", public_url="http://pay.test")


@pytest.fixture
def client(twin: StripeTwin) -> stripe.StripeClient:
    return in_process(twin)


def link(client: stripe.StripeClient, account: str) -> str:
    """The path of the hosted page."""
    made = client.v1.account_links.create(
        {
            "account": account,
            "type": "account_onboarding",
            "refresh_url": "https://maas.test/again",
            "return_url": "https://maas.test/back",
        }
    )
    return urlsplit(made.url).path


def standing(client: stripe.StripeClient, ref: str) -> tuple[Any, ...]:
    account: Any = client.v1.accounts.retrieve(ref)
    asked = account.requirements
    return account.details_submitted, account.payouts_enabled, account.capabilities.transfers, asked.disabled_reason


def fill_in(twin: StripeTwin, path: str, details: str) -> str:
    assert "Bussit Oy" in twin.handle("GET", path, {"accept-language": "fi"}).body.decode()
    return twin.handle("POST", path, {}, f"details={details}".encode()).headers["Location"]


def test_filled_in_and_checked(client: stripe.StripeClient, twin: StripeTwin, clock: Clock) -> None:
    ref, again = (client.v1.accounts.create(EXPRESS, {"idempotency_key": "k"}).id for _ in range(2))
    assert ref == again
    assert standing(client, ref) == (False, False, "inactive", "requirements.past_due")
    assert fill_in(twin, link(client, ref), "later") == "https://maas.test/back"
    assert not client.v1.accounts.retrieve(ref).details_submitted
    fill_in(twin, link(client, ref), "missing")
    assert standing(client, ref) == (True, False, "inactive", "requirements.past_due")
    fill_in(twin, link(client, ref), "checked")
    assert standing(client, ref) == (True, False, "pending", "requirements.pending_verification")
    clock.at += 61
    assert standing(client, ref) == (True, True, "active", None)
    told = [(event["type"], event["account"]) for event in twin.store.tables["event"].values()]
    assert told == [("account.updated", ref)] * 3


def test_a_link_is_for_one_visit_within_minutes(client: stripe.StripeClient, twin: StripeTwin, clock: Clock) -> None:
    ref = client.v1.accounts.create(EXPRESS).id
    path = link(client, ref)
    assert twin.handle("GET", path, {}).status == 200
    assert twin.handle("POST", path, {}, b"details=nonsense").status == 400
    assert twin.handle("GET", path, {}).headers["Location"] == "https://maas.test/again"
    path = link(client, ref)
    clock.at += 301
    assert twin.handle("GET", path, {}).headers["Location"] == "https://maas.test/again"
    assert twin.handle("GET", path + "x", {}).status == 404


def test_money_goes_only_to_accounts_that_may_receive(client: stripe.StripeClient, twin: StripeTwin) -> None:
    source = client.v1.payment_intents.capture(authorised(client).id).latest_charge
    ref = client.v1.accounts.create(EXPRESS).id
    params: Any = {"amount": 100, "currency": "eur", "destination": ref, "source_transaction": source}
    with pytest.raises(stripe.InvalidRequestError) as early:
        client.v1.transfers.create(params)
    assert early.value.code == "insufficient_capabilities_for_transfer"
    twin.steer_account(ref, "enabled")
    assert client.v1.transfers.create(params).destination == ref
    twin.steer_account(ref, "gone")
    with pytest.raises(stripe.InvalidRequestError) as late:
        client.v1.transfers.create(params)
    assert (late.value.code, late.value.param) == ("resource_missing", "destination")
    with pytest.raises(stripe.PermissionError) as hidden:
        client.v1.accounts.retrieve(ref)
    assert hidden.value.error is not None
    assert hidden.value.error.code == "account_invalid"


def test_what_cannot_be_asked(client: stripe.StripeClient) -> None:
    wrong: Any = EXPRESS | {"controller": {"losses": {"payments": "application"}}}
    with pytest.raises(stripe.InvalidRequestError, match="requires"):
        client.v1.accounts.create(wrong)
    ref = client.v1.accounts.create(EXPRESS).id
    update: Any = {"account": ref, "type": "account_update", "refresh_url": "https://a", "return_url": "https://b"}
    with pytest.raises(stripe.InvalidRequestError, match="account_update"):
        client.v1.account_links.create(update)


def test_every_published_field_is_there(client: stripe.StripeClient, twin: StripeTwin, shared_specs: Path) -> None:
    published = json.loads((shared_specs / "stripe" / "fixtures3.json").read_text())["resources"]
    card: Any = EXPRESS | {"capabilities": {name: {"requested": True} for name in ("transfers", "card_payments")}}
    ours = client.v1.accounts.create(card).to_dict()
    assert _shape(published["account"], ours, "account") == []
    made = client.v1.account_links.create(
        {"account": ours["id"], "type": "account_onboarding", "refresh_url": "https://a", "return_url": "https://b"}
    )
    assert _shape(published["account_link"], made.to_dict(), "account_link") == []
    assert [row.id for row in client.v1.accounts.list().data] == [ours["id"]]
