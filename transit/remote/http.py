"""The one HTTP client for addresses that outsiders gave us: operators' interfaces, feeds, webhooks.

It calls public addresses over https only, checks them after name resolution and connects to what it checked, follows
no redirect, reads no proxy from the environment, keeps to a size and a total time, and never repeats a call: only the
booking runner may. For the demo and the tests, settings.ALLOWED_LOOPBACK_ORIGINS names exact origins on this machine
that may be called over plain http while DEBUG is on.
"""

from __future__ import annotations

import functools
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import httpcore
import httpx
from django.conf import settings
from django.db import connections

from transit.remote import exchanges
from transit.remote.addresses import is_loopback, is_public
from transit.remote.exchanges import Exchange
from transit.remote.sockets import CheckedBackend, Deadline, Denied, Unresolved

MEBIBYTE = 2**20
_ANSWERS = frozenset({200, 201, 204})
# Refusals that say nothing about the call itself: too slow, too early, too often, token no longer valid.
_PASSING = frozenset({401, 408, 425, 429})


class RemoteError(Exception):
    """A call that did not give a usable answer.

    `permanent`: the other side refused, or the address must not be called; repeating changes nothing.
    `unknown`: it may or may not have happened (timeout, reset, 5xx, 202, an answer that makes no sense), or may be
    tried again. Exactly one of the two is true. `status` is the HTTP status if there was one, `body` what came with it.
    """

    def __init__(self, message: str, *, permanent: bool, status: int | None = None, body: bytes = b"") -> None:
        super().__init__(message)
        self.permanent = permanent
        self.unknown = not permanent
        self.status: int | None = status
        self.body = body


class CalledInsideTransaction(RuntimeError):
    """A programming error: a remote call was made while a database transaction was open."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How much a call may take."""

    connect_s: float
    total_s: float
    most_bytes: int
    ports: frozenset[int] = frozenset({443, 8443})


API = Profile(connect_s=3, total_s=10, most_bytes=2 * MEBIBYTE)
REALTIME = Profile(connect_s=3, total_s=10, most_bytes=20 * MEBIBYTE)
FEED = Profile(connect_s=10, total_s=300, most_bytes=500 * MEBIBYTE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Download:
    """An answer whose body is read piece by piece; `chunks` raises RemoteError."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes] = field(repr=False)


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    profile: Profile = API,
) -> Answer:
    """One call with a short answer: 200, 201 or 204. Raises RemoteError for every other outcome."""
    began = time.monotonic()
    try:
        with _open(method, url, headers or {}, body, profile) as answer:
            content = b"".join(answer.chunks)
    except RemoteError as error:
        _note(method, url, began, 0, {}, str(error).encode())
        raise
    _note(method, url, began, answer.status, answer.headers, content)
    if answer.status in _ANSWERS:
        return Answer(answer.status, answer.headers, content)
    refused = 400 <= answer.status < 500 and answer.status not in _PASSING
    message = f"{_shown(method, url)}: status {answer.status}"
    raise RemoteError(message, permanent=refused, status=answer.status, body=content)


def _note(method: str, url: str, began: float, status: int, headers: Mapping[str, str], body: bytes) -> None:
    took_ms = int((time.monotonic() - began) * 1000)
    exchanges.note(Exchange(method, httpx.URL(url).path if status else "", status, took_ms, headers, body))


@contextmanager
def download(url: str, *, headers: Mapping[str, str] | None = None, profile: Profile = FEED) -> Iterator[Download]:
    """A streamed GET: status 200, or 304 for a conditional one. Raises RemoteError."""
    with _open("GET", url, headers or {}, None, profile) as answer:
        if answer.status not in (200, 304):
            refused = 400 <= answer.status < 500 and answer.status not in _PASSING
            message = f"{_shown('GET', url)}: status {answer.status}"
            raise RemoteError(message, permanent=refused, status=answer.status)
        yield answer


@contextmanager
def _open(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, profile: Profile
) -> Iterator[Download]:
    _refuse_inside_transaction()
    target, loopback = _checked(method, url, profile)
    deadline = Deadline(profile.total_s)
    backend = CheckedBackend(is_loopback if loopback else is_public, deadline, profile.connect_s)
    sent = {"Host": target.netloc.decode("ascii"), "Accept-Encoding": "identity", "User-Agent": "maas", **headers}
    if body is not None:
        sent["Content-Length"] = str(len(body))
    timeouts = {"connect": profile.connect_s, "read": profile.total_s, "write": profile.total_s, "pool": 1.0}
    with ExitStack() as stack:
        with _named_errors(method, url):  # only around the wire: what the caller does with the answer is its own
            pool = stack.enter_context(httpcore.ConnectionPool(_tls(), network_backend=backend))
            stream = pool.stream(
                method, str(target), headers=list(sent.items()), content=body, extensions={"timeout": timeouts}
            )
            response = stack.enter_context(stream)
        received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        if received.get("content-encoding", "identity") != "identity":
            raise RemoteError(f"{_shown(method, url)}: unasked content encoding", permanent=False)
        chunks = _limited(response.iter_stream(), method, url, profile.most_bytes)
        yield Download(response.status, received, chunks)


def _limited(chunks: Iterator[bytes], method: str, url: str, most_bytes: int) -> Iterator[bytes]:
    taken = 0
    with _named_errors(method, url):
        for chunk in chunks:
            taken += len(chunk)
            if taken > most_bytes:
                raise RemoteError(f"{_shown(method, url)}: more than {most_bytes} bytes", permanent=False)
            yield chunk


@contextmanager
def _named_errors(method: str, url: str) -> Iterator[None]:
    try:
        yield
    except Denied:
        raise RemoteError(f"{_shown(method, url)}: not a public address", permanent=True) from None
    except Unresolved:
        raise RemoteError(f"{_shown(method, url)}: no such name", permanent=False) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
        raise RemoteError(f"{_shown(method, url)}: {type(error).__name__}", permanent=False) from error


def _checked(method: str, url: str, profile: Profile) -> tuple[httpx.URL, bool]:
    """The parsed address, and whether it is an allowed origin on this machine. Raises RemoteError."""
    try:
        target = httpx.URL(url)
        port = target.port or {"https": 443, "http": 80}.get(target.scheme, 0)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise RemoteError("unreadable address", permanent=True) from None
    if settings.DEBUG and f"{target.scheme}://{target.host}:{port}" in _loopback_origins():
        return target, True
    if target.scheme != "https" or not target.host or target.userinfo or port not in profile.ports:
        raise RemoteError(f"{_shown(method, url)}: address not allowed", permanent=True)
    return target, False


def _loopback_origins() -> set[str]:
    return {origin.rstrip("/") for origin in settings.ALLOWED_LOOPBACK_ORIGINS}


def _shown(method: str, url: str) -> str:
    # Queries may hold what is personal or secret; they never reach a log.
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        return method
    return f"{method} {target.scheme}://{target.host}{target.path}"


@functools.lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _refuse_inside_transaction() -> None:
    """No remote call inside a database transaction (house rule 12).

    Blocks opened by Django's TestCase (which pytest-django's `db` fixture uses) do not count, exactly as they do not
    for `transaction.atomic(durable=True)`: they stand for the world outside the test, not for our code.
    """
    for connection in connections.all(initialized_only=True):
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise CalledInsideTransaction("a remote call inside a database transaction")
