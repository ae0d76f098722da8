"""Everything the twin remembers: objects by kind, events, timers, its clock and its ids."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from maas.sandbox.stripe.cards import Card
from maas.sandbox.stripe.errors import missing
from maas.sandbox.stripe.params import Params

Json = dict[str, Any]

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Store:
    """The twin's memory. Not thread-safe by itself: `StripeTwin` holds one lock around every use."""

    def __init__(self, clock: Callable[[], float], seed: str, public_url: str, api_version: str) -> None:
        self.clock = clock
        self.offset_s = 0.0
        self.fee_basis_points = 0
        self.public_url = public_url
        self.api_version = api_version
        self.tables: dict[str, dict[str, Json]] = defaultdict(dict)
        self.cards: dict[str, Card] = {}
        self.authenticated: set[str] = set()
        self.return_urls: dict[str, str] = {}
        self.session_of: dict[str, str] = {}
        self.account_links: dict[str, Json] = {}
        self.on_event: Callable[[Json], None] = lambda event: None
        self.request_id: str | None = None
        self.idempotency_key: str | None = None
        self._seed = seed
        self._count = 0
        self._timers: list[tuple[float, int, Callable[[], object]]] = []

    @property
    def now(self) -> int:
        """The twin's time in whole seconds since 1970, moved by `/_twin/clock`."""
        return int(self.clock() + self.offset_s)

    def fee_of(self, amount: int) -> int:
        """What processing a charge costs. Nothing, unless a lever says otherwise."""
        return amount * self.fee_basis_points // 10_000

    def new_id(self, prefix: str, length: int = 24) -> str:
        """The next id: the same sequence for the same seed, different between seeds."""
        self._count += 1
        number = int.from_bytes(hashlib.sha512(f"{self._seed}:{self._count}".encode()).digest(), "big")
        letters = []
        for _ in range(length):
            number, digit = divmod(number, 62)
            letters.append(_ALPHABET[digit])
        return f"{prefix}_{''.join(letters)}"

    def add(self, thing: Json) -> Json:
        """Keep a new object under its kind and id."""
        self.tables[thing["object"]][thing["id"]] = thing
        return thing

    def get(self, kind: str, wanted: str, param: str = "id", status: int = 404) -> Json:
        """One object. Raises ApiError `resource_missing`."""
        found = self.tables[kind].get(wanted)
        if found is None:
            raise missing(kind.replace(".", " "), wanted, param, status)
        return found

    def newest_first(self, kind: str) -> Iterator[Json]:
        """All objects of a kind, the youngest first."""
        return reversed(self.tables[kind].values())

    def page(self, kind: str, params: Params, url: str, keep: Callable[[Json], bool]) -> Json:
        """A list answer with `limit`, `starting_after` and `created` as Stripe pages it."""
        limit = params.amount("limit") or 10
        after = params.text("starting_after")
        created = params.inner("created")
        since, until, before = created.integer("gte"), created.integer("lte"), created.integer("lt")
        params.finish()
        rows = [row for row in self.newest_first(kind) if keep(row)]
        rows = [row for row in rows if (since or 0) <= row["created"] and (until is None or row["created"] <= until)]
        rows = [row for row in rows if before is None or row["created"] < before]
        if after is not None:
            ids = [row["id"] for row in rows]
            rows = rows[ids.index(self.get(kind, after, "starting_after", 400)["id"]) + 1 :]
        return {"object": "list", "url": url, "has_more": len(rows) > limit, "data": rows[:limit]}

    def emit(self, kind: str, thing: Json, account: str | None = None) -> None:
        """Record an event with a copy of the object as it is now, and hand it to the webhooks.

        `account` is the connected account that it happened at.
        """
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": self.api_version,
            "created": self.now,
            "data": {"object": json.loads(json.dumps(thing))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": kind,
        }
        event |= {"account": account} if account else {}
        self.on_event(self.add(event))

    def later(self, at: float, action: Callable[[], object]) -> None:
        """Run `action` at the first call once the twin's clock has reached `at`."""
        self._count += 1
        heapq.heappush(self._timers, (at, self._count, action))

    def run_due(self) -> None:
        """Run the timers that are due, the earliest first."""
        while self._timers and self._timers[0][0] <= self.now:
            heapq.heappop(self._timers)[2]()
