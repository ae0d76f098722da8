"""Wallets, invoices and cash as providers: repeated calls count once, nothing is spent twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models.query import QuerySet

from bookings.ledger.posting import balance, post
from bookings.models import Bill, BillingAccount, PayBack, Pledge, Wallet
from bookings.payments.base import Charge, PaymentError, PaymentProvider, RefundState, StandingState
from bookings.payments.registry import PROVIDERS
from bookings.payments.wallet.provider import WalletPayments, available
from bookings.series import next_number
from tests.factories import NOW
from transit.money import Money

pytestmark = [pytest.mark.db]
BUYERS = 12


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture
def aino(emptied_ledger: None) -> Any:
    """A resident with 20.00 EUR in a wallet and a billing account of 20.00 EUR."""
    user = get_user_model().objects.create_user("aino@maas.test")
    wallet = Wallet.objects.create(owner=user, currency="EUR", code="w")
    post("topup:1", "", {"desk_cash": eur(2000), f"rider_credit:{wallet.code}": eur(-2000)}, NOW)
    account = BillingAccount.objects.create(
        holder={"name": "A", "address": "B"}, currency="EUR", limit_minor=2000, code="i"
    )
    account.users.add(user)
    return user


def charge(user: Any, provider: str, number: int = 1, minor: int = 350) -> Charge:
    ref = {"wallet": "w", "invoice": "i"}.get(provider, "")
    return Charge(f"key {number}", f"order {number}", eur(minor), payer_ref=ref, payer_id=user.pk,
                  shares={"bus": eur(minor - 100), "sea": eur(100)})  # fmt: skip


@pytest.mark.parametrize("name", ["wallet", "invoice", "cash"])
def test_repeated_calls_count_once(aino: Any, name: str) -> None:
    provider, call = PROVIDERS[name], charge(aino, name)
    assert provider.look_up(call, NOW).state == StandingState.NONE
    states = [verb(call, NOW).state for verb in (provider.authorise, provider.capture) for _ in range(3)]
    assert states == [StandingState.AUTHORISED] * 3 + [StandingState.CAPTURED] * 3
    back = replace(call, key="back", amount=eur(200), shares={"bus": eur(200)})
    assert provider.find_refund(back, NOW).refund_state is None
    for _ in range(3):
        assert provider.refund(back, NOW).refund_state == RefundState.SUCCEEDED
    assert PayBack.objects.get().amount_minor == 200
    assert balance(f"{name}_clearing", "EUR") == eur(-350 + 200)
    with pytest.raises(PaymentError, match="refund_too_large"):
        provider.refund(replace(back, key="more"), NOW)


@pytest.mark.parametrize("name", ["wallet", "invoice", "cash"])
def test_a_late_call_finds_the_door_closed(aino: Any, name: str) -> None:
    provider, call = PROVIDERS[name], charge(aino, name)
    assert provider.void(call, NOW).state == StandingState.VOIDED
    assert provider.authorise(call, NOW).state == StandingState.VOIDED
    for late in (provider.capture, provider.refund):
        with pytest.raises(PaymentError) as refused:
            late(call, NOW)
        assert refused.value.permanent
    held = charge(aino, name, 2)
    provider.authorise(held, NOW)
    assert provider.void(held, NOW).state == StandingState.VOIDED
    assert not Bill.objects.exists()
    assert available(Wallet.objects.get()) == eur(2000)


def test_what_is_refused(aino: Any) -> None:
    stranger = get_user_model().objects.create_user("other@maas.test")
    for name, reason in (("wallet", "no_wallet"), ("invoice", "no_billing_account")):
        for call in (charge(stranger, name), replace(charge(aino, name), payer_id=None)):
            with pytest.raises(PaymentError, match=reason):
                PROVIDERS[name].authorise(call, NOW)
    for name, reason in (("wallet", "wallet_too_low"), ("invoice", "limit_reached")):
        with pytest.raises(PaymentError, match=reason):
            PROVIDERS[name].authorise(charge(aino, name, minor=2001), NOW)
    assert not Pledge.objects.exists()


def _rush(count: int, work: Callable[[int], bool]) -> int:
    start = threading.Barrier(count)

    def run(number: int) -> bool:
        try:
            start.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(run, range(count)))


def _spend(aino: Any, provider: PaymentProvider) -> int:
    def spend(number: int) -> bool:
        try:
            return provider.authorise(charge(aino, provider.name, number), NOW).state == StandingState.AUTHORISED
        except PaymentError:
            return False

    return _rush(BUYERS, spend)


@pytest.mark.parametrize("name", ["wallet", "invoice"])
def test_many_at_once_never_overdraw(aino: Any, name: str) -> None:
    """20.00 EUR bear five times 3.50."""
    assert _spend(aino, PROVIDERS[name]) == 5
    assert available(Wallet.objects.get()) == eur(2000 - (5 * 350 if name == "wallet" else 0))


def test_the_race_is_real_without_the_lock(aino: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: those who look before anybody has reserved overdraw, so the rush above can fail."""
    looked = threading.Barrier(BUYERS)

    class Unlocked(WalletPayments):
        def check(self, call: Charge) -> None:
            """Decided outside: see `authorise`."""

        def authorise(self, call: Charge, now: Any) -> Any:
            enough = available(Wallet.objects.get()) >= call.amount
            looked.wait()
            if not enough:
                raise PaymentError("wallet_too_low", permanent=True)
            return super().authorise(call, now)

    assert _spend(aino, Unlocked()) > 5


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_the_lock_is_what_guards(aino: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: with row locks off, and time between looking and writing, PostgreSQL lets more through."""
    create = WalletPayments._create
    looked = threading.Barrier(BUYERS)

    def slow(self: WalletPayments, call: Charge, state: str) -> Pledge:
        looked.wait(5)
        return create(self, call, state)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(WalletPayments, "_create", slow)
    assert _spend(aino, PROVIDERS["wallet"]) > 5


def test_numbers_have_no_gaps_and_no_twins(aino: Any) -> None:
    def bill(number: int) -> bool:
        call = charge(aino, "invoice", number, minor=100)
        PROVIDERS["invoice"].authorise(call, NOW)
        return PROVIDERS["invoice"].capture(call, NOW + timedelta(days=1)).state == StandingState.CAPTURED

    with transaction.atomic():
        next_number("I-2026")
    assert _rush(BUYERS, bill) == BUYERS
    numbers = Bill.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"I-2026-{n:06d}" for n in range(2, BUYERS + 2)]
