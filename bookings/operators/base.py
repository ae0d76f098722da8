"""What we ask of those who run the vehicles, whichever way their rides are sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from transit.money import Money


class HoldingState(StrEnum):
    """A booking as the operator sees it (TOMP 2.0 packageStatus in brackets)."""

    NONE = "NONE"
    """Nothing was bought under our reference (OFFERED, or unknown)."""
    HELD = "HELD"
    """Waiting for our word (PENDING)."""
    CONDITIONAL = "CONDITIONAL"
    """We gave our word, the operator has not (PENDING with PURCHASE_TO_BE_CONFIRMED)."""
    CONFIRMED = "CONFIRMED"
    """Sold (CONFIRMED, STARTED, ENDED, SETTLED)."""
    RELEASED = "RELEASED"
    """Let go before it was sold (RELEASED, ROLLBACK)."""
    EXPIRED = "EXPIRED"
    """Let go by the clock (EXPIRED)."""
    CANCELLED = "CANCELLED"
    """Taken back after it was sold (CANCELLED)."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a call is about. `terms` is the effect's request as it was first written; it names no person.

    `wheelchair`: somebody of the party is in one. That is told to the operator that is to carry them, with the hold,
    and to nobody else; it is read from the sealed itinerary when the call is made, and stands in no request. So is
    `quote`, what our own dispatcher has quoted, which says from where to where.

    `capability` is the class of the booking: what can be found out about it at the operator, and how.

    `client_ref` is our name for the booking, `operator_ref` the operator's, once it is known; `offer_ref` names what a
    remote operator offered.
    """

    operator_code: str
    client_ref: UUID
    operator_ref: str | None
    offer_ref: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)
    wheelchair: bool = False
    quote: str = ""
    capability: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """The operator's answer: how our booking stands there. `rollback_expires_at` None: no end is known.

    `price` is None where the operator did not say one; `fee` is what it keeps of a cancelled sale. `is_over`: the ride
    is, and the price is what was used of it.
    """

    state: HoldingState
    operator_ref: str | None = None
    price: Money | None = None
    expires_at: datetime | None = None
    rollback_expires_at: datetime | None = None
    fee: Money | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """Whether a sale could be taken back now, and what the operator would keep."""

    cancellable: bool
    fee: Money


@dataclass(frozen=True, slots=True)
class Document:
    """A travel document of the operator's own: `kind` is a TOMP travelDocumentType, `content` what it carries."""

    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListedSale:
    """A sale in an operator's own books. `ref` is its name there, `client_ref` ours where it keeps that.

    `state` is None where the books say no more than what is charged; `charged` is None where they do not say that.
    """

    ref: str
    client_ref: str = ""
    state: HoldingState | None = None
    charged: Money | None = None


class OperatorError(Exception):
    """A call that brought no answer to rely on.

    `permanent`: the operator refused, and would again. Otherwise the outcome is not known: the call may have worked.
    `reason` is a code; `status` is what the wire said (an HTTP status, "timeout" …).
    """

    def __init__(self, reason: str, *, permanent: bool, status: str = "") -> None:
        super().__init__(f"{reason} ({status})" if status else reason)
        self.reason = reason
        self.permanent = permanent
        self.status = status


class OperatorPort(Protocol):
    """A way of selling for operators. Every method may be called outside a transaction only, and may be repeated.

    What a repetition can do is told by the booking's capability class (transit's register): A the same call again is
    harmless; B, C `look_up` first; D nothing. Raises OperatorError.
    """

    def look_up(self, call: Call, now: datetime) -> Holding:
        """How the booking stands; changes nothing. NONE where the operator knows of none."""
        ...

    def hold(self, call: Call, now: datetime) -> Holding:
        """Hold what `terms` describe."""
        ...

    def extend(self, call: Call, now: datetime) -> Holding:
        """Ask for a later expiry of the hold."""
        ...

    def confirm(self, call: Call, now: datetime) -> Holding:
        """Buy what is held."""
        ...

    def cancel(self, call: Call, now: datetime) -> Holding:
        """Undo. `terms["mode"]`: `rollback` costs nothing, `refund` and `no_show` follow the operator's rules.

        A refund whose fee exceeds `terms["fee_cap_minor"]` is refused (`fee_higher`).
        """
        ...

    def quote_cancellation(self, call: Call, now: datetime) -> CancellationTerms:
        """What a refund would cost now; changes nothing."""
        ...

    def documents(self, call: Call, now: datetime) -> tuple[Document, ...]:
        """The operator's own travel documents for a confirmed booking; empty where our tickets do."""
        ...


@runtime_checkable
class ListsSales(Protocol):
    """A way of selling in which operators can also be asked for everything at once."""

    def list_sales(self, operator_code: str, since: datetime, until: datetime) -> list[ListedSale]:
        """What the operator sold to us, or took back from us, between two times. Raises OperatorError."""
        ...
