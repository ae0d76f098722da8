"""Operators' accounts at Stripe under faults: each is opened once, whatever gets lost, and only its state counts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.contrib.auth import get_user_model
from django.db import IntegrityError

from bookings.models import Case, PayoutAccount, Transfer
from bookings.payments.base import PaymentError
from bookings.payments.stripe.webhooks import BadSignature, verify
from bookings.services import payout_accounts
from bookings.services.payout_accounts import PayoutAccountError
from maas.sandbox.stripe import StripeTwin
from maas.sandbox.stripe.webhooks import sign
from tests.bookings.invariants import safe
from tests.bookings.world import World
from tests.factories import NOW
from tests.maas.sandbox.stripes import Clock, in_process

pytestmark = [pytest.mark.db]
NewWorld = Callable[..., World]


class Bench:
    """A twin with a clock, and an operator's member of staff."""

    def __init__(self) -> None:
        self.clock = Clock(NOW.timestamp())
        self.twin = StripeTwin(self.clock)
        self.user = get_user_model().objects.create_user("staff@bus.example")

    def connect(self) -> stripe.StripeClient:
        return in_process(self.twin)

    def wait(self, **much: float) -> None:
        self.clock.at += timedelta(**much).total_seconds()

    @property
    def now(self) -> Any:
        return NOW + timedelta(seconds=self.clock.at - NOW.timestamp())

    def begin(self) -> str:
        return payout_accounts.begin("bus", self.user, self.now, self.connect)

    def look(self) -> PayoutAccount:
        return payout_accounts.look(PayoutAccount.objects.get(), self.now, self.connect)

    def refs(self) -> list[str]:
        return list(self.twin.store.tables["account"])


@pytest.fixture
def bench(transactional_db: None) -> Bench:
    return Bench()


FAULTS: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 500, "after_effect": True},
    {"lost": True},
    {"lost": True, "after_effect": True},
    {"status": 429},
    {"status": 409},
]


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/account_links"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_opened_once_whatever_gets_lost(bench: Bench, path: str, fault: dict[str, Any]) -> None:
    bench.twin.faults.add(path=path, **fault)
    with pytest.raises(PaymentError) as unknown:
        bench.begin()
    assert not unknown.value.permanent
    assert "/setup/e/" in bench.begin()
    assert not bench.twin.faults.waiting
    (ref,) = bench.refs()
    row = PayoutAccount.objects.get()
    assert (row.account_ref, row.state, row.requested_by) == (ref, "ONBOARDING", bench.user)


def test_found_again_when_the_key_is_forgotten(bench: Bench) -> None:
    bench.twin.faults.add(path="/v1/accounts", lost=True, after_effect=True)
    with pytest.raises(PaymentError):
        bench.begin()
    bench.wait(hours=30)
    bench.begin()
    assert [PayoutAccount.objects.get().account_ref] == bench.refs()


def test_what_is_refused_is_asked_anew_under_another_key(bench: Bench) -> None:
    bench.twin.faults.add(path="/v1/accounts", status=400)
    with pytest.raises(PayoutAccountError, match="refused"):
        bench.begin()
    bench.begin()
    keys = [call.key for call in bench.twin.calls if call.method == "POST" and call.path == "/v1/accounts"]
    assert len(set(keys)) == 2
    assert len(bench.refs()) == 1


@pytest.mark.parametrize(
    ("state", "ours"),
    [
        ("enabled", "ENABLED, wants more: False"),
        ("asked", "ENABLED, wants more: True"),
        ("checked", "RESTRICTED requirements.pending_verification, wants more: False"),
        ("restricted", "RESTRICTED requirements.past_due, wants more: True"),
        ("rejected", "DISABLED rejected.other, wants more: False"),
        ("gone", "DISABLED deauthorised, wants more: False"),
    ],
)
def test_how_an_account_stands(bench: Bench, state: str, ours: str) -> None:
    bench.begin()
    bench.twin.steer_account(bench.refs()[0], state)
    row = bench.look()
    assert f"{row.state} {row.reason}".strip() + f", wants more: {row.wants_more}" == ours
    assert (row.due_at is not None) == (state == "asked")
    assert not row.is_open, "nobody has approved it"


def test_a_wrong_key_says_nothing_of_an_account(bench: Bench) -> None:
    bench.begin()
    bench.twin.faults.add(method="GET", path="/v1/accounts/.*", status=401)
    with pytest.raises(PaymentError):
        bench.look()
    assert PayoutAccount.objects.get().state == "ONBOARDING"


def test_who_is_gone_begins_anew_and_is_approved_anew(bench: Bench) -> None:
    bench.begin()
    (first,) = bench.refs()
    bench.twin.steer_account(first, "enabled")
    boss = get_user_model().objects.create_superuser("boss@maas.test")
    bench.look()
    assert payout_accounts.decide("bus", boss, bench.now, approve=True).is_open
    bench.twin.steer_account(first, "gone")
    assert bench.look().state == "DISABLED"
    bench.begin()
    (second,) = bench.refs()
    bench.twin.steer_account(second, "enabled")
    row = bench.look()
    assert (row.account_ref, row.state, row.is_open) == (second, "ENABLED", False)
    assert first != second


def test_two_people(bench: Bench) -> None:
    boss = bench.user = get_user_model().objects.create_superuser("boss@maas.test")
    bench.begin()
    with pytest.raises(PayoutAccountError, match="not_ready"):
        payout_accounts.decide("bus", boss, bench.now, approve=True)
    bench.twin.steer_account(bench.refs()[0], "enabled")
    bench.look()
    with pytest.raises(PayoutAccountError, match="own_request"):
        payout_accounts.decide("bus", boss, bench.now, approve=True)
    with pytest.raises(IntegrityError, match="payout_account_two_people"):
        PayoutAccount.objects.update(approved_by=boss)


def test_a_share_that_could_not_be_received_goes_under_another_key(new_world: NewWorld) -> None:
    world = new_world(check=safe, moves_on=True)
    ref = f"acct_{world.bus}"
    world.stripe.steer_account(ref, "restricted")  # and our row does not know it yet
    world.run()
    row = PayoutAccount.objects.get()
    assert (world.order.state, row.state) == ("COMPLETED", "RESTRICTED")
    assert Transfer.objects.get().state == "FAILED"
    assert not Case.objects.exists(), "it is only a matter of time"
    world.stripe.steer_account(ref, "enabled")
    payout_accounts.look(row, world.now, lambda: in_process(world.stripe))
    world.run()
    (moved,) = world.stripe.state()["transfer"]
    assert (moved["amount"], moved["destination"], Transfer.objects.get().state) == (530, ref, "MADE")
    assert world.order.effects.filter(kind="TRANSFER").count() == 2


def test_signed_by_the_endpoint_of_connected_accounts(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_own", "whsec_connect"
    thing = {"id": "acct_1", "object": "account", "metadata": {}}
    event = {"id": "evt_1", "type": "account.updated", "account": "acct_1", "data": {"object": thing}}
    body = json.dumps(event).encode()
    at = int(time.time())
    for secret in ("whsec_own", "whsec_connect"):
        assert verify(body, sign(body, secret, at)).account == "acct_1"
    with pytest.raises(BadSignature):
        verify(body, sign(body, "whsec_other", at))
    settings.STRIPE_WEBHOOK_SECRET = settings.STRIPE_CONNECT_WEBHOOK_SECRET = ""
    with pytest.raises(BadSignature):
        verify(body, sign(body, "", at))
