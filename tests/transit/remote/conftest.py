"""A server on this machine that may be called, and one that must never be."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest


@dataclass
class Canary:
    """A listener on every loopback address that counts who connects."""

    port: int
    hits: list[str] = field(default_factory=list)


@pytest.fixture
def canary() -> Iterator[Canary]:
    # All addresses of this machine: the corpus also names its interfaces in other words.
    listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
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
    yield found
    stopping.set()
    thread.join()
    listener.close()
