"""An order as plain values: all that a plan may depend on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

OPEN = frozenset({"PENDING", "IN_FLIGHT", "UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Part:
    """A booking. `others_minor` of `price_minor` is owed by named payers, not by the resident.

    While `is_ceiling`, the price is the most that may be charged; `told_from` is when the operator may know the rest.

    `payout_minor` is what moves on to the operator's own account at the payment provider; nothing where it has none.
    `giving_back`: the last cancellation is about it. `amends_minor` goes back to the resident though it stands;
    `taken_over_minor` of what others owe was paid by the resident. `too_much_minor` the operator has to give back.
    """

    seq: int
    state: str
    capability: str
    price_minor: int
    others_minor: int = 0
    taken_over_minor: int = 0
    fee_minor: int = 0
    hold_expires_at: datetime | None = None
    rollback_expires_at: datetime | None = None
    payout_minor: int = 0
    giving_back: bool = False
    is_ceiling: bool = False
    told_from: datetime | None = None
    amends_minor: int = 0
    too_much_minor: int = 0

    @property
    def due_minor(self) -> int:
        """The resident's share of the price."""
        return max(0, self.price_minor - self.others_minor)

    @property
    def refund_minor(self) -> int:
        """What the resident gets back once it is cancelled: the fee is paid from the resident's share first."""
        return max(0, self.due_minor - self.fee_minor) if self.state == "CANCELLED" else self.amends_minor


@dataclass(frozen=True, slots=True)
class Step:
    """An effect. `number` is its place among those of the order; `booking_seq` is 0 for those of the whole order."""

    number: int
    kind: str
    booking_seq: int
    epoch: int
    state: str
    attempts: int
    unknowns: int
    not_before: datetime
    deadline_at: datetime
    lease_until: datetime | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether its outcome is still to come."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An order with everything that belongs to it.

    `card_saved`: there is a card that may be charged while its owner is away. `disputed`: nothing is settled now.
    `promised`: what is given back is another's word, such as an operator's; a refusal needs a person.
    `asked_back_minor` is what refunds have sent back, or are about to.
    """

    state: str
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    cap_minor: int
    deadline_at: datetime
    payment_state: str = ""
    captured_minor: int = 0
    asked_back_minor: int = 0
    fee_minor: int = 0
    fee_back_minor: int = 0
    cancel_epoch: int = 0
    cases: frozenset[str] = frozenset()
    card_saved: bool = False
    disputed: bool = False
    promised: bool = False

    @property
    def due_minor(self) -> int:
        """What the resident would be charged: their shares of the parts, and the platform's own fee."""
        return sum(part.due_minor for part in self.parts) + self.fee_minor

    @property
    def to_refund_minor(self) -> int:
        """What the resident gets back and nobody has sent yet."""
        back = sum(part.refund_minor + part.taken_over_minor for part in self.parts) + self.fee_back_minor
        return max(0, back - self.asked_back_minor)

    @property
    def is_open_ended(self) -> bool:
        """Whether the price of something will be known only after the ride."""
        return any(part.is_ceiling for part in self.parts)

    @property
    def pay_by(self) -> datetime | None:
        """When the first hold ends; None when no hold has an end."""
        return min((part.hold_expires_at for part in self.parts if part.hold_expires_at), default=None)

    def find(self, kind: str, seq: int = 0, epoch: int = 0) -> Step | None:
        """The step of that kind, booking and epoch."""
        wanted = (kind, seq, epoch)
        return next((step for step in self.steps if (step.kind, step.booking_seq, step.epoch) == wanted), None)

    def list_kind(self, kind: str, epoch: int | None = None) -> list[Step]:
        """All steps of a kind, of one epoch or of all."""
        return [step for step in self.steps if step.kind == kind and epoch in (None, step.epoch)]
