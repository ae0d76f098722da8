"""The demo's payout accounts: the first operator has one that works, the second has begun to give its details."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
from django.utils import timezone

from bookings.services import payout_accounts
from maas.accounts.models import User


def open_accounts(operator_codes: Sequence[str], staff: User, officer: User) -> None:
    """Through the payment service's own pages. Each start of the sandbox knows of no account: they are opened anew."""
    for at, code in enumerate(operator_codes[:2]):
        if row := payout_accounts.find(code):
            payout_accounts.look(row, timezone.now())
        page = payout_accounts.begin(code, staff, timezone.now())
        if at == 0:
            httpx.get(page, trust_env=False).raise_for_status()
            httpx.post(page, data={"details": "complete"}, trust_env=False)
            row = payout_accounts.find(code)
            assert row is not None, "it has just been asked for"
            payout_accounts.look(row, timezone.now())
            payout_accounts.decide(code, officer, timezone.now(), approve=True)
