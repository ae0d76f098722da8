"""The wallet: reserves what is there, takes it, and puts it back. Never below zero, however many ask at once."""

from __future__ import annotations

from datetime import datetime

from bookings.ledger import accounts
from bookings.ledger.posting import balance
from bookings.models import Pledge, Wallet
from bookings.payments.base import Charge, PaymentError
from bookings.payments.house import HouseProvider, Lines, reserved
from transit.money import Money


def available(wallet: Wallet) -> Money:
    """What can still be spent: the ledger's balance without what is reserved for orders under way."""
    credit = -balance(accounts.rider_credit(wallet.code), wallet.currency)
    return credit - Money(reserved("wallet", wallet.code), wallet.currency)


class WalletPayments(HouseProvider):
    """Payments out of a resident's own wallet."""

    name = "wallet"

    def check(self, charge: Charge) -> None:
        """The wallet is the payer's, and holds the amount. Its row is locked: one reservation after the other."""
        mine = Wallet.objects.select_for_update().filter(code=charge.payer_ref, currency=charge.amount.currency)
        wallet = mine.filter(owner_id=charge.payer_id).first() if charge.payer_id is not None else None
        if wallet is None:
            raise PaymentError("no_wallet", permanent=True)
        if available(wallet) < charge.amount:
            raise PaymentError("wallet_too_low", permanent=True)

    def take(self, pledge: Pledge, charge: Charge, now: datetime) -> Lines:
        """Out of the wallet."""
        return {accounts.rider_credit(pledge.holder): charge.amount}

    def give_back(self, pledge: Pledge, charge: Charge) -> tuple[Lines, int]:
        """Into the wallet."""
        return {accounts.rider_credit(pledge.holder): charge.amount}, 0
