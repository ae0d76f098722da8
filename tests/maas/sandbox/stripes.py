"""The real stripe SDK against the twin: over HTTP, or straight into `StripeTwin.handle`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from maas.sandbox.stripe import StripeTwin

KEY = "sk_test_twin"
SECRET = "whsec_twin"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: float = 1_780_000_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


class InProcess(stripe.HTTPClient):
    """The SDK's transport without a socket."""

    name = "in-process"

    def __init__(self, twin: StripeTwin) -> None:
        super().__init__()
        self.twin = twin

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        answer = self.twin.handle(method, parts.path, headers or {}, (post_data or "").encode(), parts.query)
        if answer.lost:
            raise stripe.APIConnectionError("the connection broke")  # type: ignore[no-untyped-call]
        return answer.body.decode(), answer.status, answer.headers

    def close(self) -> None: ...


def http_transport() -> stripe.HTTPXClient:
    """The SDK's transport over HTTP; the caller closes it."""
    return stripe.HTTPXClient(timeout=5, allow_sync_methods=True)


def client_of(url: str, transport: stripe.HTTPClient, key: str = KEY) -> stripe.StripeClient:
    """The SDK's client for a twin at `url`."""
    addresses: Any = dict.fromkeys(("api", "files", "connect", "meter_events"), url)
    return stripe.StripeClient(key, base_addresses=addresses, max_network_retries=0, http_client=transport)


def in_process(twin: StripeTwin) -> stripe.StripeClient:
    """The SDK's client for a twin without a socket."""
    return client_of("http://twin.invalid", transport=InProcess(twin))
