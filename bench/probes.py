"""Five hundred interfaces on real sockets, some slow and some that hang, asked by one worker: how long until all are.

The peer is the same work one after the other, as a loop would do it: the sum of what each probe took.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from django.conf import settings
from django.core.management import call_command

import bench.scratch  # noqa: F401 - before models
from transit.models import Interface, Probe, ProbeState
from transit.register.probing import Prober

INTERFACES, HANGING, SLOW = 500, 25, 50
SLOW_S = 2.0
BAR_S = 60.0
"""The shortest schedule is five minutes; a fifth of it leaves room for everything else that a worker does."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<xml/>"


class Servers:
    """One port for each interface: fine, slow (an answer after SLOW_S) or hanging (never one)."""

    def __init__(self) -> None:
        self.sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(INTERFACES)]
        self.ports = [each.getsockname()[1] for each in self.sockets]
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()

    async def _serve(self) -> None:
        for number, listener in enumerate(self.sockets):
            pause_s = 3600.0 if number < HANGING else SLOW_S if number < HANGING + SLOW else 0.0
            await asyncio.start_server(self._answer(pause_s), sock=listener)
        await asyncio.Event().wait()

    @staticmethod
    def _answer(pause_s: float) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(pause_s)
            writer.write(HEAD)
            await writer.drain()
            writer.close()

        return answer


def main() -> None:
    """Print how long it took, and fail where that is too long or one that hangs has kept back another."""
    call_command("migrate", verbosity=0)
    servers = Servers()
    settings.ALLOWED_LOOPBACK_ORIGINS = [f"http://127.0.0.1:{port}" for port in servers.ports]
    Interface.objects.bulk_create(
        Interface(name=f"i-{number}", format="NeTEx", url=f"http://127.0.0.1:{port}/x")
        for number, port in enumerate(servers.ports)
    )
    worker = Prober(lambda: datetime.now(UTC))
    for turn in ("first", "second"):
        ProbeState.objects.update(next_at=datetime.now(UTC))
        Probe.objects.all().delete()
        began = time.monotonic()
        worker.begin_due()
        fine_s = 0.0
        while Probe.objects.count() < INTERFACES:
            if not fine_s and Probe.objects.filter(outcome="FINE").count() == INTERFACES - HANGING:
                fine_s = time.monotonic() - began
            if time.monotonic() - began > 4 * BAR_S:
                sys.exit(f"after {4 * BAR_S:.0f} s only {Probe.objects.count()} of {INTERFACES} were asked")
            time.sleep(0.1)
        worker.wait()
        all_s = time.monotonic() - began
        fine_s = fine_s or all_s
        one_by_one_s = sum(Probe.objects.values_list("duration_ms", flat=True)) / 1000
        print(
            f"probes, {turn} time: {INTERFACES} interfaces, {HANGING} hang, {SLOW} take {SLOW_S:.0f} s: all asked in"
            f" {all_s:.1f} s (bar {BAR_S:.0f} s), those that answer in {fine_s:.1f} s; one after the other"
            f" {one_by_one_s:.0f} s, {one_by_one_s / all_s:.1f} times as long"
        )
        if all_s > BAR_S:
            sys.exit(f"probes took {all_s:.1f} s, more than {BAR_S:.0f} s")


if __name__ == "__main__":
    main()
