"""A call, read, and its answer, not written yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bookings.api.tomp.errors import BOOKING, TompError
from bookings.services.packages import Counter

Json = dict[str, Any]
JSON, GEO_JSON = "application/json", "application/geo+json"


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks for what. `base` is the address of this server, `language` that of texts."""

    counter: Counter
    base: str
    language: str
    now: datetime
    inputs: Json = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def required(self, name: str, module: int = BOOKING) -> str:
        """A parameter or an input that has to be there. Raises TompError."""
        found = self.query.get(name) or self.inputs.get(name)
        if not found:
            raise TompError("missing", name, module)
        return str(found)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number of the query. Raises TompError."""
        text = self.query.get(name, f"{default}")
        if not (text.isascii() and text.isdecimal() and len(text) < 8 and least <= int(text) <= most):
            raise TompError("invalid", name)
        return int(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """A document, or none; `expires_at` is until when it holds."""

    body: Any
    status: int = 200
    media: str = GEO_JSON
    expires_at: datetime | None = None


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Served:
    """What is served at one address: its operationId, OAuth scope (none: open to all), module of error codes.

    `unwinds`: it is about what was sold before, and served also when the licence does not hold any more.
    """

    operation_id: str
    scope: str
    module: int
    handle: Handler
    unwinds: bool = False
