"""The guarded client: what it refuses to call, and how it gives up."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import transaction
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.servers import serve
from tests.transit.remote.conftest import Canary
from transit.remote import http
from transit.remote.http import API, CalledInsideTransaction, Profile, RemoteError
from transit.remote.sockets import CheckedBackend, Deadline, Denied

# Every one of these names this machine, its network or nothing public at all. {p} is the canary's port.
TARGETS = [
    "https://127.0.0.1:{p}/",
    "https://127.0.0.2:{p}/",
    "https://127.1:{p}/",
    "https://127.0.1:{p}/",
    "https://2130706433:{p}/",
    "https://0x7f000001:{p}/",
    "https://0x7f.1:{p}/",
    "https://0x7f.0x0.0x0.0x1:{p}/",
    "https://017700000001:{p}/",
    "https://0177.0.0.1:{p}/",
    "https://0:{p}/",
    "https://0.0.0.0:{p}/",
    "https://localhost:{p}/",
    "https://LOCALHOST:{p}/",
    "https://localhost.:{p}/",
    "https://ip6-localhost:{p}/",
    "https://[::1]:{p}/",
    "https://[0:0:0:0:0:0:0:1]:{p}/",
    "https://[::]:{p}/",
    "https://[::ffff:127.0.0.1]:{p}/",
    "https://[::ffff:7f00:1]:{p}/",
    "https://[::127.0.0.1]:{p}/",
    "https://[64:ff9b::7f00:1]:{p}/",
    "https://[64:ff9b:1::7f00:1]:{p}/",
    "https://[2002:7f00:1::]:{p}/",
    "https://[2001:0:7f00:1::1]:{p}/",
    "https://[fe80::1]:{p}/",
    "https://[fc00::1]:{p}/",
    "https://[fd00:ec2::254]:{p}/",
    "https://[ff02::1]:{p}/",
    "https://10.0.0.1:{p}/",
    "https://100.64.0.1:{p}/",
    "https://169.254.169.254:{p}/latest/meta-data/",
    "https://172.16.0.1:{p}/",
    "https://192.168.0.1:{p}/",
    "https://192.0.0.8:{p}/",
    "https://224.0.0.1:{p}/",
    "https://255.255.255.255:{p}/",
    "https://user:secret@127.0.0.1:{p}/",
    "https://example.org@127.0.0.1:{p}/",
    "https://127.0.0.1:{p}\\@example.org/",
    "https://①②⑦.0.0.1:{p}/",
    "https://127。0。0。1:{p}/",
    "https://127.0.0.1:{p}#@example.org",
    "http://127.0.0.1:{p}/",
    "http://localhost:{p}/",
    "HTTP://localhost:{p}/",
    "ftp://127.0.0.1:{p}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{p}/",
    "unix:///run/docker.sock",
    "//127.0.0.1:{p}/",
    "127.0.0.1:{p}",
    "https://",
    "https:///x",
    "https://127.0.0.1:0/",
    "https://127.0.0.1:99999/",
    "https://127.0.0.1:22/",
    "https://127.0.0.1%00.example.org:{p}/",
    "https://name.invalid:{p}/",
    "",
]


@contextmanager
def named(addresses: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The system's resolver answers every name with the next of `addresses`; gives the questions."""
    asked: list[str] = []

    def answer(host: str, port: int, *_: object, **__: object) -> list[Any]:
        if not host[-1].isalpha():  # an address is its own answer
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        asked.append(host)
        found = addresses[min(len(asked), len(addresses)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", answer)
        yield asked


def open_to(port: int) -> Profile:
    return replace(API, connect_s=1, total_s=2, ports=API.ports | {port})


def test_no_target_reaches_this_machine(canary: Canary) -> None:
    assert len(TARGETS) >= 40
    for target in TARGETS:
        url, started = target.format(p=canary.port), time.monotonic()
        with pytest.raises(RemoteError) as error:
            http.call("GET", url, profile=open_to(canary.port))
        assert time.monotonic() - started < 3, url
        assert error.value.permanent or "no such name" in str(error.value), f"{url}: {error.value}"
    assert canary.hits == []


def test_the_corpus_would_hit_without_the_guard(canary: Canary) -> None:
    with httpx.Client(timeout=0.3, verify=False, trust_env=False) as client:
        for target in TARGETS:
            if not any(
                far in target for far in ("10.0", "100.64", "169.254", "172.16", "192.", "224.", "255.", "ff02")
            ):
                try:
                    client.get(target.format(p=canary.port))
                except (httpx.HTTPError, httpx.InvalidURL, ValueError):
                    continue
    assert len(canary.hits) >= 15


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["10.0.0.1", "93.184.215.14"]])
def test_names_that_lead_here(canary: Canary, monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    with named([found], monkeypatch), pytest.raises(RemoteError) as error:
        http.call("GET", f"https://feeds.example.org:{canary.port}/", profile=open_to(canary.port))
    assert error.value.permanent
    assert canary.hits == []


def test_a_name_is_resolved_once(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    # Rebinding: the first answer passes the check, a second one would lead here.
    backend = CheckedBackend(lambda address: address == "192.0.2.1", Deadline(1), 0.5)
    with named([["192.0.2.1"], ["127.0.0.1"]], monkeypatch) as asked:
        with pytest.raises((httpcore.NetworkError, httpcore.TimeoutException)):
            backend.connect_tcp("feeds.example.org", canary.port)
        with pytest.raises(Denied):
            backend.connect_tcp("feeds.example.org", canary.port)
    assert asked == ["feeds.example.org", "feeds.example.org"]
    assert canary.hits == []


def test_a_resolver_that_hangs_is_a_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> list[Any]:
        time.sleep(3)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    started = time.monotonic()
    with pytest.raises(RemoteError, match="no such name"):
        http.call("GET", "https://feeds.example.org/", profile=replace(API, connect_s=0.2))
    assert time.monotonic() - started < 1


async def answer(request: Request) -> Response:
    """What an operator's server may do to us."""
    query = request.query_params
    match request.url.path:
        case "/echo":
            body = await request.body()
            return PlainTextResponse(f"{request.method} {request.headers['host']} {body.decode()}")
        case "/status":
            return PlainTextResponse("why", int(query["code"]))
        case "/redirect":
            return RedirectResponse(query["to"])
        case "/zipped":
            return Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
        case _:
            return StreamingResponse(_endless(float(query["pause"]), int(query["size"])))


async def _endless(pause_s: float, size: int) -> AsyncIterator[bytes]:
    for _ in range(1024):
        yield b"x" * size
        await asyncio.sleep(pause_s)


@pytest.fixture
def origin(settings: Any) -> Iterator[str]:
    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    with serve(lambda _: app) as (url, _app):
        settings.DEBUG = True
        settings.ALLOWED_LOOPBACK_ORIGINS = [url]
        yield url


def test_an_allowed_origin(origin: str) -> None:
    got = http.call("POST", f"{origin}/echo?x=1", body=b"hello")
    assert got.status == 200
    assert got.body.decode() == f"POST {origin.removeprefix('http://')} hello"
    with http.download(f"{origin}/echo") as feed:
        assert b"".join(feed.chunks).startswith(b"GET")


def test_an_allowed_origin_is_exact_and_only_for_debug(origin: str, canary: Canary, settings: Any) -> None:
    for other in (f"http://127.0.0.1:{canary.port}", origin.replace("127.0.0.1", "localhost"), f"{origin}0"):
        with pytest.raises(RemoteError):
            http.call("GET", f"{other}/echo")
    settings.DEBUG = False
    with pytest.raises(RemoteError) as error:
        http.call("GET", f"{origin}/echo")
    assert error.value.permanent
    assert canary.hits == []


def test_an_allowed_origin_must_be_this_machine(origin: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOWED_LOOPBACK_ORIGINS = ["http://inside.example.org:8000"]
    with named([["10.0.0.1"]], monkeypatch), pytest.raises(RemoteError, match="not a public address"):
        http.call("GET", "http://inside.example.org:8000/echo")


def test_redirects_are_not_followed(origin: str, canary: Canary) -> None:
    with pytest.raises(RemoteError) as error:
        http.call("GET", f"{origin}/redirect?to=http://127.0.0.1:{canary.port}/")
    assert error.value.status == 307
    assert canary.hits == []


@pytest.mark.parametrize(
    ("code", "permanent"),
    [
        (202, False),
        (400, True),
        (401, False),
        (403, True),
        (404, True),
        (409, True),
        (410, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_refusals_and_unknown_outcomes(origin: str, code: int, permanent: bool) -> None:
    with pytest.raises(RemoteError) as error:
        http.call("POST", f"{origin}/status?code={code}&token=secret", body=b"")
    assert (error.value.permanent, error.value.unknown, error.value.status) == (permanent, not permanent, code)
    assert error.value.body == b"why"
    assert "secret" not in str(error.value)


def test_too_much_and_too_slow(origin: str) -> None:
    with pytest.raises(RemoteError, match="more than") as error:
        http.call("GET", f"{origin}/endless?pause=0&size=1048576")
    assert error.value.unknown
    started = time.monotonic()
    with pytest.raises(RemoteError, match="ReadTimeout") as error:
        http.call("GET", f"{origin}/endless?pause=0.05&size=1", profile=replace(API, total_s=0.5))
    assert error.value.unknown
    assert time.monotonic() - started < 1
    small, url = replace(API, most_bytes=10_000), f"{origin}/endless?pause=0&size=1024"
    with http.download(url, profile=small) as feed, pytest.raises(RemoteError, match="more than"):
        list(feed.chunks)


def test_compressed_answers_are_refused(origin: str) -> None:
    with pytest.raises(RemoteError, match="encoding"):
        http.call("GET", f"{origin}/zipped")


def test_a_closed_port_is_an_unknown_outcome(origin: str, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings.ALLOWED_LOOPBACK_ORIGINS = [closed]
    with pytest.raises(RemoteError) as error:
        http.call("GET", closed)
    assert error.value.unknown


def test_the_environments_proxy_is_not_used(origin: str, canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert http.call("GET", f"{origin}/echo").status == 200
    assert canary.hits == []


def test_the_callers_own_error_stays_its_own(origin: str) -> None:
    with pytest.raises(OSError, match="disk full"), http.download(f"{origin}/echo"):
        raise OSError("disk full")


@pytest.mark.db
@pytest.mark.django_db
def test_no_call_inside_a_transaction(origin: str) -> None:
    assert http.call("GET", f"{origin}/echo").status == 200  # the test's own wrapping transaction does not count
    with transaction.atomic(), pytest.raises(CalledInsideTransaction):
        http.call("GET", f"{origin}/echo")


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_no_call_inside_a_real_transaction(origin: str) -> None:
    assert http.call("GET", f"{origin}/echo").status == 200
    with transaction.atomic(), pytest.raises(CalledInsideTransaction):
        http.call("GET", f"{origin}/echo")


def _self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    certificate, secret = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


@pytest.mark.parametrize("trusted", [True, False])
def test_tls_is_checked_against_the_name_in_the_address(
    trusted: bool, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, secret = _self_signed(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    names: list[str] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    got: list[bytes] = []

    def answer_once() -> None:
        with contextlib.suppress(OSError):
            plain, _ = listener.accept()
            with context.wrap_socket(plain, server_side=True) as stream:
                got.append(stream.recv(4096))
                stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=answer_once, daemon=True)
    thread.start()
    origin = f"https://localhost:{listener.getsockname()[1]}"
    settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [origin]
    if trusted:
        monkeypatch.setattr(http, "_tls", lambda: ssl.create_default_context(cafile=str(certificate)))
        assert http.call("GET", origin).body == b"ok"
        assert f"Host: {origin.removeprefix('https://')}".encode() in got[0]
    else:
        with pytest.raises(RemoteError):
            http.call("GET", origin)
        assert got == []
    thread.join(timeout=5)
    listener.close()
    assert names == ["localhost"]
