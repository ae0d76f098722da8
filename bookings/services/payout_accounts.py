"""Operators' own accounts at the payment provider: opened, filled in, approved by another person, watched.

The provider's word is read afresh: its messages, the way back from its page and a watch only say when. What an
operator is due waits with us until its account can receive.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from stripe import StripeClient

from bookings.codes import new_code
from bookings.models import PayoutAccount
from bookings.payments.base import PaymentError
from bookings.payments.stripe import accounts
from bookings.payments.stripe.accounts import GONE, AccountView
from bookings.payments.stripe.calling import create_client
from bookings.services import payouts
from bookings.services.calls import forbid_transaction
from bookings.states import PAYOUT_ACCOUNT
from transit.register.sellers import find_legal_entity

logger = logging.getLogger(__name__)
Connect = Callable[[], StripeClient]
VIEW: Final = "bookings.view_payouts"
START: Final = "bookings.start_payouts"
LIST: Final = "bookings.list_payout_accounts"
APPROVE: Final = "bookings.approve_payouts"
_LATER: Final = timedelta(hours=24)
_RARELY: Final = frozenset({"ENABLED", "DISABLED"})
"""What changes seldom, and is told of when it does."""


class PayoutAccountError(Exception):
    """What cannot be. `code` is one of refused, own_request, not_ready."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def find(operator_code: str) -> PayoutAccount | None:
    """The account of an operator, if it has ever asked for one."""
    rows = PayoutAccount.objects.select_related("requested_by", "approved_by")
    return rows.filter(operator_code=operator_code).first()


def begin(operator_code: str, user: Any, now: datetime, connect: Connect = create_client) -> str:
    """Where the operator's staff go on at the provider: with a new account, or with what is missing of theirs.

    Calls the provider. Raises PaymentError where nothing is known, which can be tried again, and PayoutAccountError.
    """
    forbid_transaction()
    row, asked_at = _ask(operator_code, user, now)
    if row.state == "DISABLED":
        raise PayoutAccountError("refused")
    if not row.account_ref:
        row = _open(row, asked_at, now, connect)
    page = settings.PUBLIC_URL + reverse("payouts", args=[operator_code])
    back = settings.PUBLIC_URL + reverse("payouts-back", args=[operator_code])
    return accounts.open_page(connect(), row.account_ref or "", f"{page}?again", back)


def _ask(operator_code: str, user: Any, now: datetime) -> tuple[PayoutAccount, datetime | None]:
    """The row, written before the provider is asked, and when it was asked before. One that is gone begins anew."""
    with transaction.atomic():
        PayoutAccount.objects.get_or_create(operator_code=operator_code, defaults={"requested_by": user})
        row = PayoutAccount.objects.select_for_update().get(operator_code=operator_code)
        if row.state == "DISABLED" and row.reason == GONE:
            before, row.account_ref = row.account_ref, None
            row.code, row.asked_at, row.reason, row.requested_by = new_code(), None, "", user
            row.approved_by, row.approved_at = None, None
            row.save()
            PAYOUT_ACCOUNT.move(row, "REQUESTED", before=before)
        asked_at = row.asked_at
        if asked_at is None:
            row.asked_at = now
            row.save(update_fields=["asked_at"])
    return row, asked_at


def _open(row: PayoutAccount, asked_at: datetime | None, now: datetime, connect: Connect) -> PayoutAccount:
    """Open the account, or find the one that a lost answer was about: the provider forgets keys after a day."""
    operator = find_legal_entity(row.operator_code)
    try:
        found = accounts.find_account(connect(), row.code, asked_at) if asked_at else None
        name, country = (operator.legal_name, operator.country) if operator else (row.operator_code, "")
        view = found or accounts.open_account(connect(), row.code, country, name)
    except PaymentError as error:
        if error.permanent:
            _forget(row, error.reason)
            raise PayoutAccountError("refused") from error
        raise
    return _note(row, view, now)


def _forget(row: PayoutAccount, reason: str) -> None:
    """A refusal is remembered under its key: what is tried next has another one."""
    with transaction.atomic():
        locked = PayoutAccount.objects.select_for_update().get(pk=row.pk)
        if locked.code == row.code and not locked.account_ref:
            locked.code, locked.asked_at = new_code(), None
            locked.save(update_fields=["code", "asked_at"])
            locked.events.create(old=locked.state, new=locked.state, detail={"refused": reason})


def look(row: PayoutAccount, now: datetime, connect: Connect = create_client) -> PayoutAccount:
    """Read an account again; once it can receive, what was kept for it is moved on. Raises PaymentError."""
    forbid_transaction()
    if not row.account_ref:
        return row
    row = _note(row, accounts.read_account(connect(), row.account_ref), now)
    if row.is_open:
        payouts.wake_owed(row.operator_code, now)
    return row


def look_at(account_ref: str, now: datetime) -> bool:
    """Read the account of that name again. Whether it is one of ours. Raises PaymentError."""
    row = PayoutAccount.objects.filter(account_ref=account_ref).first()
    if row is not None:
        look(row, now)
    return row is not None


def _note(row: PayoutAccount, view: AccountView, now: datetime) -> PayoutAccount:
    """Write down what was read. What has just changed is read again soon: answers may have overtaken each other."""
    with transaction.atomic():
        locked = PayoutAccount.objects.select_for_update().get(pk=row.pk)
        if locked.code != row.code or locked.account_ref not in (None, view.ref):
            return locked
        moves = PAYOUT_ACCOUNT.allows(locked.state, view.state)
        locked.account_ref, locked.reason = view.ref, view.reason
        locked.wants_more, locked.due_at = view.wants_more, view.due_at
        locked.look_at = now + (_LATER if view.state in _RARELY and not moves else payouts.LOOK_AGAIN)
        fields = ["account_ref", "reason", "wants_more", "due_at", "look_at"]
        if moves:
            PAYOUT_ACCOUNT.move(locked, view.state, fields=fields, reason=view.reason)
        else:
            locked.save(update_fields=fields)
    return locked


def decide(operator_code: str, user: Any, now: datetime, *, approve: bool) -> PayoutAccount:
    """Let payouts begin, or stop them: never by who has asked for the account.

    Raises PayoutAccountError; PayoutAccount.DoesNotExist for who may not.
    """
    if not user.has_perm(APPROVE, operator_code):
        raise PayoutAccount.DoesNotExist
    with transaction.atomic():
        row = PayoutAccount.objects.select_for_update().get(operator_code=operator_code)
        if approve and row.state not in {"ENABLED", "RESTRICTED"}:
            raise PayoutAccountError("not_ready")
        if approve and row.requested_by == user:
            raise PayoutAccountError("own_request")
        row.active = approve
        if approve:
            row.approved_by, row.approved_at = user, now
            row.look_at = now + payouts.LOOK_AGAIN
        row.save(update_fields=["active", "approved_by", "approved_at", "look_at"])
        row.events.create(old=row.state, new=row.state, detail={"approved" if approve else "stopped": user.pk})
    if row.is_open:
        payouts.wake_owed(operator_code, now)
    return row


def watch(now: datetime) -> None:
    """Read again what has not been read for long: a message may be lost. One that fails does not keep back others."""
    for row in PayoutAccount.objects.filter(look_at__lte=now).order_by("look_at"):
        try:
            look(row, now)
        except PaymentError as error:
            logger.warning("the account of %s cannot be read: %s", row.operator_code, error.reason)
        except Exception:
            logger.exception("the account of %s cannot be read", row.operator_code)


def list_for(user: Any) -> list[PayoutAccount]:
    """The accounts that somebody may approve, those that wait for it first."""
    rows = [row for row in PayoutAccount.objects.order_by("operator_code") if user.has_perm(APPROVE, row.operator_code)]
    return sorted(rows, key=lambda row: (row.approved_at is not None, row.state != "ENABLED"))
