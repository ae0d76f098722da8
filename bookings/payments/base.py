"""What we ask of those who move money, whoever they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from transit.money import Money

ACCOUNT_NOT_READY: Final = "account_not_ready"
"""The reason of a PaymentError: money cannot go to this account now, and perhaps can later."""


class StandingState(StrEnum):
    """A payment as the provider sees it."""

    NONE = "NONE"
    """The provider knows of none."""
    REQUIRES_ACTION = "REQUIRES_ACTION"
    """The payer has to do something at `action_url`."""
    AUTHORISED = "AUTHORISED"
    CAPTURED = "CAPTURED"
    VOIDED = "VOIDED"
    """Nothing was taken and nothing can be any more."""


class RefundState(StrEnum):
    """Money on its way back, as the provider sees it."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a call is about. `key` is the idempotency key and `key_since` when it was first used.

    `sent_at` is when the payment was first asked for, None if it never was.
    `checkout_ref` and `provider_ref` are the provider's names for the payer's page and for the payment, once known.
    `expires_at` ends the payer's page; it is written once, so that a repeated call sends equal bytes.
    `payer_ref` says what is charged at the provider, `payer_id` which user wants it, None for a guest;
    `shares` splits the amount by operator. `method_ref` of `customer_ref` is a saved card, `opened_by` the key under
    which this payment was asked for, `replaces` an authorisation that failed and must not be taken too. A transfer
    goes to the account `destination`; `transfer_ref` is the one to reverse.
    """

    key: str
    order_code: str
    amount: Money
    language: str = ""
    expires_at: datetime | None = None
    key_since: datetime | None = None
    sent_at: datetime | None = None
    checkout_ref: str = ""
    provider_ref: str = ""
    return_url: str = ""
    payer_ref: str = ""
    payer_id: int | None = None
    shares: Mapping[str, Money] = field(default_factory=dict)
    opened_by: str = ""
    customer_ref: str = ""
    method_ref: str = ""
    replaces: str = ""
    destination: str = ""
    transfer_ref: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The provider's answer: how the payment stands. `captured` is gross of refunds."""

    state: StandingState
    checkout_ref: str = ""
    provider_ref: str = ""
    action_url: str = ""
    captured: Money | None = None
    capture_before_at: datetime | None = None
    refund_ref: str = ""
    refund_state: RefundState | None = None
    transfer_ref: str = ""


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as the provider sees it now. `key` is the one under which it was asked for."""

    ref: str
    key: str
    state: RefundState


@dataclass(frozen=True, slots=True)
class DisputeMove:
    """Money that a dispute moved on our balance there: `amount` as signed there, and what was charged for it."""

    ref: str
    amount: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute as the provider sees it now. `state` is one of states.DISPUTE."""

    ref: str
    payment_ref: str
    state: str
    amount: Money
    reason: str
    due_at: datetime | None
    moves: tuple[DisputeMove, ...]


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment in a provider's own books. `order_code` is what we wrote on it; `captured` is gross of refunds."""

    ref: str
    order_code: str
    state: StandingState
    amount: Money
    captured: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedRefund:
    """A refund in a provider's own books. `key` is the one under which it was asked for, if by us."""

    ref: str
    key: str
    payment_ref: str
    state: RefundState
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedTransfer:
    """A transfer to an operator's own account in a provider's own books; `reversed` of it came back."""

    ref: str
    order_code: str
    amount: Money
    reversed: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedMove:
    """A movement of our balance at a provider: `amount` before its `fee`.

    It belongs to the payment `payment_ref` or the order `order_code`; to neither where `kind` is of the account itself.
    `about` is the provider's name of what moved it.
    """

    ref: str
    kind: str
    amount: Money
    fee: Money
    at: datetime
    about: str = ""
    payment_ref: str = ""
    order_code: str = ""


@dataclass(frozen=True, slots=True)
class ProviderBooks:
    """What a provider has in its own books of a time. `moves` is None where it keeps no balance for us."""

    payments: tuple[ListedPayment, ...]
    refunds: tuple[ListedRefund, ...]
    transfers: tuple[ListedTransfer, ...] = ()
    disputes: tuple[DisputeView, ...] = ()
    moves: tuple[ListedMove, ...] | None = None
    balances: tuple[Money, ...] = ()


class PaymentError(Exception):
    """A call that brought no answer to rely on.

    `permanent`: the provider refused, and would again. Otherwise the outcome is not known: the call may have worked.
    `reason` is a code; `status` is what the wire said.
    """

    def __init__(self, reason: str, *, permanent: bool, status: str = "") -> None:
        super().__init__(f"{reason} ({status})" if status else reason)
        self.reason = reason
        self.permanent = permanent
        self.status = status


class PaymentProvider(Protocol):
    """A mover of money. Every method may be called outside a transaction only, and may be repeated with its key.

    Raises PaymentError.
    """

    name: str

    def look_up(self, charge: Charge, now: datetime) -> Standing:
        """How the payment stands, found by its names or else by our order code; changes nothing."""
        ...

    def authorise(self, charge: Charge, now: datetime) -> Standing:
        """Ask the payer for the amount, to be captured later."""
        ...

    def capture(self, charge: Charge, now: datetime) -> Standing:
        """Take `amount` of what was authorised; the rest is let go."""
        ...

    def void(self, charge: Charge, now: datetime) -> Standing:
        """See to it that nothing can be taken any more. CAPTURED in the answer: too late."""
        ...

    def find_refund(self, charge: Charge, now: datetime) -> Standing:
        """The refund that was asked for under `key`; `refund_state` None where there is none."""
        ...

    def refund(self, charge: Charge, now: datetime) -> Standing:
        """Send `amount` back."""
        ...

    def charge_saved(self, charge: Charge, now: datetime) -> Standing:
        """Take `amount` from a saved card while its owner is away."""
        ...

    def find_transfer(self, charge: Charge, now: datetime) -> Standing:
        """The transfer that was made under `key`; `transfer_ref` empty where there is none."""
        ...

    def transfer(self, charge: Charge, now: datetime) -> Standing:
        """Move `amount` of a captured payment on to an operator's own account."""
        ...

    def find_reversal(self, charge: Charge, now: datetime) -> Standing:
        """The reversal that was made under `key`; `transfer_ref` empty where there is none."""
        ...

    def reverse(self, charge: Charge, now: datetime) -> Standing:
        """Take `amount` of a transfer back."""
        ...

    def read_refund(self, ref: str) -> RefundView:
        """A refund by the provider's name."""
        ...

    def read_dispute(self, ref: str) -> DisputeView:
        """A dispute by the provider's name."""
        ...


@runtime_checkable
class ListsBooks(Protocol):
    """A provider that can also be asked for everything at once."""

    def list_books(self, since: datetime, until: datetime) -> ProviderBooks:
        """What was begun or moved at or after `since` and before `until`. Raises PaymentError."""
        ...
