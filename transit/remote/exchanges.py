"""What was said on the wire: for those who judge how somebody answers, rather than what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call and its answer. `status` 0: none came, and `body` says why. `path` is without the query."""

    method: str
    path: str
    status: int
    took_ms: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


_HEARD: ContextVar[list[Exchange] | None] = ContextVar("heard", default=None)


@contextmanager
def heard() -> Iterator[list[Exchange]]:
    """What this thread exchanges meanwhile through `http.call`, the asking for tokens included."""
    found: list[Exchange] = []
    listening = _HEARD.set(found)
    try:
        yield found
    finally:
        _HEARD.reset(listening)


def note(exchange: Exchange) -> None:
    """An exchange is over; kept where somebody listens."""
    found = _HEARD.get()
    if found is not None:
        found.append(exchange)
