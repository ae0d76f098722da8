"""Connections that are checked after name resolution, go to the checked address, and obey one deadline."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore


class Denied(Exception):
    """The target resolves to an address that must not be called."""


class Unresolved(Exception):
    """The name could not be resolved in time."""


class Deadline:
    """The moment at which a call must be over."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left_s(self, at_most: float | None = None) -> float:
        """The seconds left, but not more than `at_most`. Raises httpcore.ReadTimeout when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the call took too long")
        return left if at_most is None else min(left, at_most)


def resolve(host: str, port: int, timeout_s: float) -> list[str]:
    """The IP addresses of a host, in the resolver's order. Raises Unresolved.

    The resolver has no timeout of its own, so it runs in a thread that is abandoned when it takes too long.
    """
    answers: queue.SimpleQueue[list[str] | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(row[4][0]) for row in rows])
        except (OSError, UnicodeError):
            answers.put(None)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        found = answers.get(timeout=timeout_s)
    except queue.Empty:
        found = None
    if not found:
        raise Unresolved(host)
    return list(dict.fromkeys(found))


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves once, refuses unless every address passes `allowed`, and connects to one of those very addresses.

    The TLS name and the Host header stay the original host's, as httpcore takes them from the URL.
    """

    def __init__(self, allowed: Callable[[str], bool], deadline: Deadline, connect_s: float) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._connect_s = connect_s
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """One connection to a checked address. Raises Denied, Unresolved or httpcore's errors."""
        addresses = resolve(host, port, self._deadline.left_s(self._connect_s))
        if not all(self._allowed(address) for address in addresses):
            raise Denied(host)
        failure: Exception | None = None
        for address in addresses[:2]:
            try:
                left_s = self._deadline.left_s(self._connect_s)
                return _TimedStream(self._plain.connect_tcp(address, port, left_s), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or Unresolved(host)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never."""
        raise Denied(path)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline, so that a dribbling peer cannot hold it open."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left_s(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left_s = self._deadline.left_s(timeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left_s), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
