"""Connected accounts: opened for an operator, filled in by it on Stripe's page, read again whenever Stripe says so.

Accounts with an Express dashboard, of which Stripe asks for and checks everything that the law wants; we are charged
the fees and bear what an account cannot give back, as separate charges and transfers have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from stripe import StripeClient

from bookings.payments.stripe.calling import CLOCK_SKEW, noted, translated

GONE: Final = "deauthorised"
"""Why an account is DISABLED that we may not touch any more."""
_REASON_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as Stripe has it now. `state` is one of states.PAYOUT_ACCOUNT; the rest as in PayoutAccount."""

    ref: str
    state: str
    reason: str = ""
    wants_more: bool = False
    due_at: datetime | None = None


def open_account(client: StripeClient, code: str, country: str, name: str) -> AccountView:
    """Open an account under our own name for it, which is the idempotency key, too. Raises PaymentError."""
    params: Any = {
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "country": country,
        "capabilities": {"transfers": {"requested": True}},
        "business_profile": {"name": name},
        "metadata": {"payouts": code},
    }
    with translated():
        return _view(client.v1.accounts.create(params, {"idempotency_key": f"payouts:{code}"}))


def find_account(client: StripeClient, code: str, asked_at: datetime) -> AccountView | None:
    """The account that was opened under `code`, first asked for at `asked_at`. Raises PaymentError."""
    since = int((asked_at - CLOCK_SKEW).timestamp())
    with translated():
        for account in client.v1.accounts.list({"created": {"gte": since}, "limit": 100}).auto_paging_iter():
            if noted(account, "payouts") == code:
                return _view(account)
    return None


def open_page(client: StripeClient, ref: str, refresh_url: str, return_url: str) -> str:
    """The address of Stripe's page, for one visit within minutes. Raises PaymentError."""
    params: Any = {
        "account": ref,
        "type": "account_onboarding",
        "refresh_url": refresh_url,
        "return_url": return_url,
    }
    with translated():
        return client.v1.account_links.create(params).url


def read_account(client: StripeClient, ref: str) -> AccountView:
    """How an account stands; DISABLED where it is no longer ours to read. Raises PaymentError."""
    with translated():
        try:
            return _view(client.v1.accounts.retrieve(ref))
        except stripe.PermissionError as refusal:
            # The library takes the code of a 403 into the body alone.
            if refusal.error is not None and refusal.error.code == "account_invalid":
                return AccountView(ref, "DISABLED", GONE)
            raise


def _view(account: stripe.Account) -> AccountView:
    asked = account.requirements
    reason = (asked.disabled_reason if asked else None) or ""
    deadline = asked.current_deadline if asked else None
    return AccountView(
        ref=account.id,
        state=_state(account, reason),
        reason=reason[:_REASON_LENGTH],
        wants_more=bool(asked and (asked.currently_due or asked.past_due)),
        due_at=datetime.fromtimestamp(deadline, UTC) if deadline else None,
    )


def _state(account: stripe.Account, reason: str) -> str:
    """Money goes only where the operator can get at it: it may be transferred, and paid out to a bank."""
    if reason.startswith("rejected."):
        return "DISABLED"
    if not account.details_submitted:
        return "ONBOARDING"
    transfers = getattr(account.capabilities, "transfers", None)
    return "ENABLED" if transfers == "active" and account.payouts_enabled else "RESTRICTED"
