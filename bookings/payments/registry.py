"""The ways of paying, by the name of their folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bookings.payments.base import PaymentProvider
from bookings.payments.cash.provider import CashPayments
from bookings.payments.invoice.provider import InvoicePayments
from bookings.payments.stripe.provider import StripePayments
from bookings.payments.wallet.provider import WalletPayments

PROVIDERS: Final[Mapping[str, PaymentProvider]] = {
    "stripe": StripePayments(),
    "cash": CashPayments(),
    "invoice": InvoicePayments(),
    "wallet": WalletPayments(),
}
