"""Signed webhooks, delivered at least once by a background thread: retried, and on demand late, twice or reversed."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx

ATTEMPTS = 12
LONGEST_WAIT_S = 60.0


def sign(payload: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header for a payload sent at a time in seconds since 1970."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


@dataclass
class Delivery:
    """An event on its way to the endpoint."""

    event_id: str
    payload: bytes
    attempts: int = 0
    not_before: float = 0.0


class Webhooks:
    """The queue of deliveries and the thread that empties it.

    `enabled` names the events that the endpoint is told of, as each has a list of them at Stripe; None: all.
    """

    def __init__(self, clock: Callable[[], float], secret: str, url: str | None = None) -> None:
        self.url = url
        self.enabled: frozenset[str] | None = None
        self.paused = False
        self.duplicate = False
        self.reorder = False
        self.delivered: list[str] = []
        self.abandoned: list[str] = []
        self._clock = clock
        self._secret = secret
        self._queue: list[Delivery] = []
        self._changed = threading.Condition()
        self._sending = threading.Lock()
        self._stopping = False
        self._thread: threading.Thread | None = None

    @cached_property
    def _client(self) -> httpx.Client:
        """Made for the first delivery: to prepare for TLS takes longer than much of what twins are made for."""
        return httpx.Client(timeout=10, trust_env=False)

    def add(self, event: dict[str, Any]) -> None:
        """Queue an event."""
        if self.enabled is not None and event["type"] not in self.enabled:
            return
        payload = json.dumps(event, separators=(",", ":")).encode()
        copies = 2 if self.duplicate else 1
        with self._changed:
            self._queue += [Delivery(event["id"], payload) for _ in range(copies)]
            self._start()
            self._changed.notify()

    def configure(self, **settings: bool) -> None:
        """Set `paused`, `duplicate` or `reorder`."""
        with self._changed:
            for name, value in settings.items():
                setattr(self, name, value)
            self._changed.notify()

    def pending(self) -> list[str]:
        """The ids of the events that are still to be delivered."""
        with self._changed:
            return [delivery.event_id for delivery in self._queue]

    def take(self) -> list[tuple[bytes, str]]:
        """Empty the queue into (payload, signature) pairs, for callers without a socket."""
        with self._changed:
            taken, self._queue = self._queue, []
        at = int(self._clock())
        pairs = [(delivery.payload, sign(delivery.payload, self._secret, at)) for delivery in taken]
        return pairs[::-1] if self.reorder else pairs

    def flush(self) -> None:
        """Attempt everything in the queue now, paused or not, in the caller's thread."""
        self._attempt(self._due(everything=True))

    def _start(self) -> None:
        if self.url is not None and self._thread is None and not self._stopping:
            self._thread = threading.Thread(target=self._run, name="stripe-twin-webhooks", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop delivering; what is left stays queued."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping:
            due = [] if self.paused else self._due(everything=False)
            if due:
                self._attempt(due)
                continue
            with self._changed:
                if not self._stopping:
                    self._changed.wait(timeout=0.2)

    def _due(self, *, everything: bool) -> list[Delivery]:
        now = self._clock()
        with self._changed:
            due = [delivery for delivery in self._queue if everything or delivery.not_before <= now]
            self._queue = [delivery for delivery in self._queue if delivery not in due]
        return due[::-1] if self.reorder else due

    def _attempt(self, due: list[Delivery]) -> None:
        with self._sending:
            for delivery in due:
                delivery.attempts += 1
                if self._post(delivery):
                    self.delivered.append(delivery.event_id)
                else:
                    self._postpone(delivery)

    def _post(self, delivery: Delivery) -> bool:
        if self.url is None:
            return False
        signature = sign(delivery.payload, self._secret, int(self._clock()))
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        try:
            return self._client.post(self.url, content=delivery.payload, headers=headers).is_success
        except httpx.HTTPError:
            return False

    def _postpone(self, delivery: Delivery) -> None:
        if delivery.attempts >= ATTEMPTS:
            self.abandoned.append(delivery.event_id)
            return
        delivery.not_before = self._clock() + min(0.5 * 2 ** (delivery.attempts - 1), LONGEST_WAIT_S)
        with self._changed:
            self._queue.append(delivery)
