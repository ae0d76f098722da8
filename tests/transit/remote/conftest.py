"""A server on this machine that may be called, and one that must never be."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest


@dataclass
class Canary:
    """A listener on every loopback address that counts who connects."""

    port: int
    hits: list[str] = field(default_factory=list)


@contextmanager
def listening(port: int = 0) -> Iterator[Canary]:
    """A canary at a port of every address of this machine: corpora name its interfaces in other words, too."""
    listener = _listener(port)
    listener.settimeout(0.05)
    found = Canary(listener.getsockname()[1])
    stopping = threading.Event()

    def listen() -> None:
        while not stopping.is_set():
            try:
                connection, peer = listener.accept()
            except TimeoutError:
                continue
            found.hits.append(str(peer))
            connection.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        stopping.set()
        thread.join()
        listener.close()


def _listener(port: int) -> socket.socket:
    """Another run of the tests may have the port for a while."""
    for _ in range(600):
        try:
            return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"port {port} is in use")


@pytest.fixture
def canary() -> Iterator[Canary]:
    with listening() as found:
        yield found
