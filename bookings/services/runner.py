"""The one runner: the only owner of repetitions, and the only caller of operators and payment providers.

    tx1: lock the order → plan → write effects and state → claim what is due:
         IN_FLIGHT, fence + 1, lease for each                                commit   the intent lasts before the call
         call (outside any transaction; 10 s at most; nobody below repeats); several at once, each in a thread
    tx2: when all have come back: of each whose fence is unchanged, result, state, ledger, tickets, outbox;
         then plan and claim as in tx1                                       commit

A crash anywhere leaves rows from which the next step goes on; nothing else is remembered. Leases are measured by the
runner's `clock`: one that is wrong makes a call UNKNOWN too early, which costs a look-up, never a double booking.
What may run at once is the plan's to say: holds of one order are all due together, and so are the purchases that can
be undone; the others one after the other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from django.db import close_old_connections

from bookings import turn
from bookings.services import charging, effects, payouts, timing
from bookings.services.calls import Answer, Attempt, call_of, forbid_transaction, with_operator, with_provider
from bookings.services.dossier import Dossier
from bookings.services.effects import Came, Claim
from bookings.services.plan import Plan, plan
from bookings.services.ports import OUTSIDE, Ports
from bookings.services.rows import snapshot
from bookings.services.snapshot import Snapshot

MOST_ROUNDS = 50
"""More calls in a row than any order needs; what is left is due when its leases end."""


def _go_on(place: str) -> None:
    """Nothing happens at a boundary, unless a test stops the process there."""


_MOST_THREADS = 64
"""More than the calls that a worker has under way at any time; made as they are needed, and kept."""


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MOST_THREADS, "effect")


os.register_at_fork(after_in_child=_threads.cache_clear)  # threads stay with the parent


def at_once(jobs: Sequence[Callable[[], None]]) -> None:
    """Run jobs at the same time: the first here, the others in threads with connections of their own to the database.

    All of them have ended when it returns. Raises what one of them raises.
    """
    first, *others = jobs
    running = [_threads().submit(_with_own_connection, job) for job in others]
    try:
        first()
    finally:
        wait(running)
    for job in running:
        job.result()


def _with_own_connection(job: Callable[[], None]) -> None:
    """The connection stays open with its thread, as long as connections do and it is sound."""
    try:
        job()
    finally:
        close_old_connections()


@dataclass(frozen=True)
class Runner:
    """Advances orders. `boundary` is called after every commit and around every call, with the place's name.

    `together` runs the calls that were claimed at once.
    """

    clock: Callable[[], datetime]
    ports: Ports = OUTSIDE
    worker: str = "runner"
    planner: Callable[[Snapshot, datetime], Plan] = plan
    boundary: Callable[[str], None] = field(default=_go_on)
    together: Callable[[Sequence[Callable[[], None]]], None] = field(default=at_once)

    def advance(self, order_id: int) -> bool:
        """Carry an order on until nothing is due: look again at `order.wake_at`. Whether anything was due."""
        now = self.clock()
        with turn.atomic():
            dossier = Dossier.lock(order_id)
            self._decide(dossier, now)
            claims = _claim(dossier, now)
            _write(dossier)
        self.boundary("planned")
        if not claims:
            return False
        for _ in range(MOST_ROUNDS):
            claims = self._carry_out(claims)
            if not claims:
                break
        return True

    def _carry_out(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claimed calls, and what was claimed after them. What came is stored even if one of them raises."""
        forbid_transaction()
        came: list[Came] = []
        try:
            self.together([partial(self._carry_out_one, claim, came) for claim in claims])
        except Exception:
            self._record(came)
            raise
        following = self._record(came)
        self.boundary("recorded")
        return following

    def _carry_out_one(self, claim: Claim, came: list[Came]) -> None:
        sent_at, began = self.clock(), time.perf_counter()
        answer = self._call(claim, sent_at)
        came.append(Came(claim, answer, sent_at, round((time.perf_counter() - began) * 1000)))
        self.boundary("called")

    def _record(self, came: Sequence[Came]) -> list[Claim]:
        """Store answers of one order; what was claimed after them. Writes nothing for claims that were lost."""
        if not came:
            return []
        now = self.clock()
        with turn.atomic():
            dossier = came[0].claim.dossier.lock_again()
            effects.log_attempts(dossier, came, self.worker)
            stored = [effects.store(each.claim, dossier, each.answer, now) for each in came]
            if not any(stored):
                dossier.moves.write()
                return []
            self._decide(dossier, now)
            # While another process has calls under way, what is due waits for the last that comes back.
            claims = [] if dossier.list_effects("IN_FLIGHT") else _claim(dossier, now)
            _write(dossier)
        return claims

    def _decide(self, dossier: Dossier, now: datetime) -> None:
        """Write down plan after plan until one changes nothing but the time to look again."""
        effects.end_leases(dossier, now)
        rows = snapshot(dossier)
        while (move := self.planner(rows, now)).changes:
            effects.apply(dossier, rows, move, now)
            rows = snapshot(dossier)
        dossier.order.wake_at = move.wake_at

    def _call(self, claim: Claim, now: datetime) -> Answer:
        order, effect, booking = claim.dossier.order, claim.effect, claim.booking
        assert effect.sent_at is not None, "a claim stamps the first call"
        attempt = Attempt(effect.kind, effect.attempts, effect.unknowns, effect.sent_at)
        if booking is None or effect.kind in payouts.KINDS:
            return with_provider(
                self.ports.payments[order.provider], charging.charge_of(claim.dossier, effect), attempt, now
            )
        port = self.ports.operators[booking.sales]
        return with_operator(port, call_of(booking, effect.request), booking.capability, attempt, now)


def _claim(dossier: Dossier, now: datetime) -> list[Claim]:
    """Claim what is due; if nothing comes of it, it is looked at when the leases end."""
    claims = effects.claim_due(dossier, now)
    if claims:
        dossier.order.wake_at = now + timing.LEASE
    return claims


def _write(dossier: Dossier) -> None:
    dossier.order.version += 1
    dossier.moves.change(dossier.order, "wake_at", "version")
    dossier.moves.write()
