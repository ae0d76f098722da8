"""The one runner: the only owner of repetitions, and the only caller of operators and payment providers.

    tx1: lock the order → plan → write effects and state                     commit
    tx2: claim what is due: IN_FLIGHT, fence + 1, lease for each             commit   the intent lasts before the call
         call (outside any transaction; 10 s at most; nobody below repeats); several at once, each in a thread
    tx3: if the fence is unchanged: result, state, ledger, tickets, outbox   commit, for each call by itself

A crash anywhere leaves rows from which the next step goes on; nothing else is remembered. Leases are measured by the
caller's `now`: a clock that is wrong makes a call UNKNOWN too early, which costs a look-up, never a double booking.
What may run at once is the plan's to say: holds of one order are all due together, purchases one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from bookings.models import Order
from bookings.services import charging, effects, payouts
from bookings.services.calls import Answer, Attempt, call_of, forbid_transaction, with_operator, with_provider
from bookings.services.effects import Claim
from bookings.services.plan import Plan, plan
from bookings.services.ports import OUTSIDE, Ports
from bookings.services.rows import snapshot_of
from bookings.services.snapshot import Snapshot


def _go_on(place: str) -> None:
    """Nothing happens at a boundary, unless a test stops the process there."""


def at_once(jobs: Sequence[Callable[[], None]]) -> None:
    """Run jobs at the same time: the first here, the others in threads with connections of their own to the database.

    All of them have ended when it returns. Raises what one of them raises.
    """
    first, *others = jobs
    if not others:
        first()
        return
    with ThreadPoolExecutor(len(others), "effect") as threads:
        running = [threads.submit(_with_own_connection, job) for job in others]
        first()
    for job in running:
        job.result()


def _with_own_connection(job: Callable[[], None]) -> None:
    try:
        job()
    finally:
        connection.close()


@dataclass(frozen=True)
class Runner:
    """Advances orders. `boundary` is called after every commit and around every call, with the place's name.

    `together` runs the calls that were claimed at once.
    """

    ports: Ports = OUTSIDE
    worker: str = "runner"
    planner: Callable[[Snapshot, datetime], Plan] = plan
    boundary: Callable[[str], None] = field(default=_go_on)
    together: Callable[[Sequence[Callable[[], None]]], None] = field(default=at_once)

    def step(self, order_id: int, now: datetime) -> bool:
        """One round for one order. False when nothing is due any more: look again at `order.wake_at`."""
        with transaction.atomic():
            self._decide(_lock(order_id), now)
        self.boundary("planned")
        with transaction.atomic():
            claims = effects.claim_due(_lock(order_id), now)
        if not claims:
            return False
        self.boundary("claimed")
        forbid_transaction()
        self.together([partial(self._carry_out, claim, now) for claim in claims])
        return True

    def _carry_out(self, claim: Claim, now: datetime) -> None:
        """One claimed call and what comes of it. Writes nothing when the claim was lost meanwhile."""
        began = time.perf_counter()
        answer = self._call(claim, now)
        latency_ms = round((time.perf_counter() - began) * 1000)
        self.boundary("called")
        with transaction.atomic():
            order = _lock(claim.order.pk)
            effects.log_attempt(claim, answer, self.worker, latency_ms, now)
            if effects.store(Claim(order, claim.effect, claim.booking), answer, now):
                self._decide(order, now)
        self.boundary("recorded")

    def _decide(self, order: Order, now: datetime) -> None:
        """Write down plan after plan until one changes nothing but the time to look again."""
        effects.end_leases(order, now)
        snapshot = snapshot_of(order)
        while (move := self.planner(snapshot, now)).changes:
            effects.apply(order, snapshot, move, now)
            snapshot = snapshot_of(order)
        order.wake_at = move.wake_at
        order.save(update_fields=["wake_at"])

    def _call(self, claim: Claim, now: datetime) -> Answer:
        effect, booking = claim.effect, claim.booking
        assert effect.sent_at is not None, "a claim stamps the first call"
        attempt = Attempt(effect.kind, effect.attempts, effect.unknowns, effect.sent_at)
        if booking is None or effect.kind in payouts.KINDS:
            charge = charging.charge_of(claim.order, effect)
            return with_provider(self.ports.payments[claim.order.provider], charge, attempt, now)
        port = self.ports.operators[booking.sales]
        return with_operator(port, call_of(booking, effect.request), booking.capability, attempt, now)


def _lock(order_id: int) -> Order:
    return Order.objects.select_for_update().get(pk=order_id)
