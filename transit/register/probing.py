"""Asking every interface of the register on schedule: many at once, a few at each host, each with its own deadline.

An interface is claimed by one conditional update of its row when its turn comes, for longer than a probe may take: who
dies meanwhile loses the claim, and another worker asks again. One that hangs holds one thread until its deadline.
Those that failed the last time may hold half of the threads at most, so that the others are never kept waiting by them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connections
from django.db.models import F, Q

from transit.models import Interface, ProbeState
from transit.register.probe_records import record
from transit.register.probes.asking import LONGEST_S, ask
from transit.register.probes.findings import Result
from transit.register.probes.target import host_of, target_of

logger = logging.getLogger(__name__)
THREADS: Final = 48
PER_HOST: Final = 3
LEASE: Final = timedelta(seconds=LONGEST_S + 120)
MOST_WAITING: Final = 5000


@dataclass(frozen=True, slots=True)
class Turn:
    """An interface that is due."""

    interface_id: int
    host: str
    doubtful: bool
    """It failed the last time."""


def list_due(now: datetime) -> list[Turn]:
    """The interfaces to be asked now, those that have waited longest first. Only what has an address is asked."""
    _begin_states(now)
    rows = ProbeState.objects.filter(next_at__lte=now).order_by("next_at", "pk")[:MOST_WAITING]
    return [
        Turn(row.interface_id, host_of(row.interface.url), row.failures > 0) for row in rows.select_related("interface")
    ]


def _begin_states(now: datetime) -> None:
    """What is new in the register is asked at once."""
    addressed = Q(url__startswith="https://") | Q(url__startswith="http://")
    new = Interface.objects.filter(addressed, probe_state=None).values_list("pk", flat=True)
    rows = [ProbeState(interface_id=pk, next_at=now) for pk in new]
    ProbeState.objects.bulk_create(rows, ignore_conflicts=True)
    ProbeState.objects.exclude(interface__in=Interface.objects.filter(addressed)).delete()


def probe(interface_id: int, now: datetime) -> bool:
    """Claim an interface, ask it, keep what was found. False where it is not due, or somebody else has it.

    Never call it inside a transaction.
    """
    fence = claim(interface_id, now)
    if fence is None:
        return False
    began = time.monotonic()
    result = _asked(interface_id, now)
    took_s = time.monotonic() - began
    record(interface_id, fence, result, now, int(took_s * 1000), now + timedelta(seconds=took_s))
    return True


def claim(interface_id: int, now: datetime) -> int | None:
    """The fence of a claim for as long as the lease lasts; None where it is not due (any more)."""
    row = ProbeState.objects.filter(interface_id=interface_id).first()
    if row is None:
        return None
    mine = ProbeState.objects.filter(pk=row.pk, fence=row.fence, next_at__lte=now)
    return row.fence + 1 if mine.update(fence=F("fence") + 1, next_at=now + LEASE) else None


def _asked(interface_id: int, now: datetime) -> Result:
    interface = Interface.objects.select_related("operator", "of").get(pk=interface_id)
    kept = ProbeState.objects.values_list("kept", flat=True).get(interface_id=interface_id)
    return ask(target_of(interface), kept, now)


class Prober:
    """One worker's threads. `begin_due` returns at once; whoever comes again meanwhile adds what has become due."""

    def __init__(self, now: Callable[[], datetime], threads: int = THREADS, per_host: int = PER_HOST) -> None:
        self._now, self._threads, self._per_host = now, threads, per_host
        self._changed = threading.Condition()
        self._waiting: deque[Turn] = deque()
        self._running: dict[int, Turn] = {}

    def begin_due(self) -> int:
        """Have everything asked that is due. How many interfaces were added."""
        due = list_due(self._now())
        with self._changed:
            known = {turn.interface_id for turn in self._waiting} | self._running.keys()
            new = [turn for turn in due if turn.interface_id not in known]
            self._waiting.extend(new)
            self._fill()
        return len(new)

    def wait(self) -> None:
        """Until nothing is asked any more."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._running)

    def _fill(self) -> None:
        """Give free threads to those whose turn it is. The lock is held."""
        hosts = Counter(turn.host for turn in self._running.values())
        doubtful = sum(turn.doubtful for turn in self._running.values())
        later: deque[Turn] = deque()
        while self._waiting and len(self._running) < self._threads:
            turn = self._waiting.popleft()
            held_back = turn.doubtful and doubtful >= max(1, self._threads // 2)
            if held_back or hosts[turn.host] >= self._per_host:
                later.append(turn)
                continue
            hosts[turn.host] += 1
            doubtful += turn.doubtful
            self._running[turn.interface_id] = turn
            # A daemon: a worker that is to end does not wait for what hangs, and the lease gives it to another.
            threading.Thread(target=self._run, args=(turn,), name="probe", daemon=True).start()
        self._waiting.extendleft(reversed(later))

    def _run(self, turn: Turn) -> None:
        try:
            probe(turn.interface_id, self._now())
        except Exception:  # a mistake of ours, which is not blamed on the interface: it is asked again after the lease
            logger.exception("interface %s could not be asked", turn.interface_id)
        finally:
            connections.close_all()
            with self._changed:
                del self._running[turn.interface_id]
                self._fill()
                self._changed.notify_all()
