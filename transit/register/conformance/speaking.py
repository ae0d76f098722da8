"""Errors of the wire as the trial understands them: an answer that is a refusal or senseless, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from transit.register.conformance.shop import Lost, Refusal, Standing
from transit.remote.exchanges import heard
from transit.remote.http import RemoteError

_PASSING: Final = frozenset({202, 401, 408, 425, 429})
"""Not now, rather than no; 202 is worked on."""
STANDINGS: Final = {
    "OFFERED": Standing.NEW,
    "NEW": Standing.NEW,
    "PENDING": Standing.HELD,
    "CONDITIONAL_CONFIRMED": Standing.WAITING,
    "CONFIRMED": Standing.SOLD,
    "STARTED": Standing.SOLD,
    "ENDED": Standing.SOLD,
    "FINISHED": Standing.SOLD,
    "SETTLED": Standing.SOLD,
}
"""By packageStatus of TOMP 2.0 and bookingState of 1.x; all others are gone."""


@contextmanager
def spoken(error_codes: Callable[[RemoteError], frozenset[int]]) -> Iterator[None]:
    """Raises Refusal where an answer came, Lost where none did or something broke."""
    with heard() as exchanges:
        try:
            yield
        except RemoteError as error:
            status = error.status or (exchanges[-1].status if exchanges else 0)
            if not status or status >= 500 or status in _PASSING:
                raise Lost(f"{error}") from error
            raise Refusal(f"{error}", status, error_codes(error)) from error


def standing_of(state: str) -> Standing:
    """A state of either protocol."""
    return STANDINGS.get(state, Standing.GONE)
