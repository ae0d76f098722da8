"""What the trial asks of a sales interface, whatever protocol it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from transit.money import Money


class Standing(StrEnum):
    """How a sale stands at the operator."""

    NEW = "NEW"
    """Offered, nothing more."""
    HELD = "HELD"
    WAITING = "WAITING"
    """We gave our word, the operator has not."""
    SOLD = "SOLD"
    GONE = "GONE"
    """Released, expired, cancelled."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that can be bought."""

    ref: str
    price: Money


@dataclass(frozen=True, slots=True)
class Sale:
    """What was held or bought. `ref` is the operator's name for it."""

    ref: str
    standing: Standing
    price: Money | None
    expires_at: datetime | None


class Refusal(Exception):
    """A call that was answered, but not with what was asked for. `codes` are TOMP's error codes."""

    def __init__(self, said: str, status: int, codes: frozenset[int]) -> None:
        super().__init__(said)
        self.status, self.codes = status, codes

    @property
    def is_refusal(self) -> bool:
        """Whether the other side said no, rather than something that makes no sense."""
        return 400 <= self.status < 500


class Lost(Exception):
    """A call of which nobody knows whether it worked: no answer, or that something broke."""


class Shop(Protocol):
    """A sales interface. Every method is one call, but for asking for a token; raises Refusal, Lost."""

    def search(self) -> list[Offered]:
        """What can be bought; the cheapest first."""
        ...

    def hold(self, offer: str, reference: str) -> Sale:
        """Hold an offer under our reference."""
        ...

    def find(self, ref: str) -> Sale | None:
        """How something stands; None where the operator says that it knows no such thing."""
        ...

    def find_all(self, reference: str) -> list[Sale] | None:
        """What is held under our reference; None where the protocol has no such call."""
        ...

    def extend(self, ref: str) -> Sale:
        """A later expiry."""
        ...

    def confirm(self, ref: str) -> Sale:
        """Buy what is held."""
        ...

    def release(self, ref: str) -> Sale:
        """Let go what is held."""
        ...

    def undo(self, ref: str) -> Sale:
        """Give back what was bought: several calls, where the protocol wants them."""
        ...

    def find_charge(self, ref: str) -> Money | None:
        """What the operator's books charge for a sale; None where the protocol has no such call."""
        ...
