"""A push service with its browsers in miniature, written from RFC 8030, 8188, 8291 and 8292.

`POST /browsers` makes a browser that subscribes for a server's key; what is sent to its endpoint is checked as a push
service checks it, and opened as the browser would. The library that the product encrypts with is not used here.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from maas.sandbox.inbox import page

MOST_BYTES: Final = 4096
LONGEST_TOKEN_S: Final = 86400


class RefusedError(Exception):
    """A call that a push service does not take, with its status."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Browser:
    """One subscription. `shown` are the notifications by their tags: one that comes again replaces itself."""

    server_key: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    gone: bool = False

    @property
    def point(self) -> bytes:
        """The public key, uncompressed."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def open(self, body: bytes) -> bytes:
        """The plaintext of a body of one record (RFC 8188, section 2; RFC 8291, section 3.4)."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        if len(record) > size:
            raise RefusedError(400, "more than one record")
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = _hkdf(self.auth, shared, b"WebPush: info\x00" + self.point + sender, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
        if not padded.endswith(b"\x02"):
            raise RefusedError(400, "no last record")
        return padded[:-1]


class PushService:
    """`browsers` by their ids; `answers` are the statuses of the next calls, whatever is sent."""

    def __init__(self, public_url: str) -> None:
        self.public_url = public_url
        self.browsers: dict[str, Browser] = {}
        self.answers: list[int] = []

    async def subscribe(self, request: Request) -> Response:
        """A browser subscribes for a server's key, as `pushManager.subscribe` does; what the page is told of it."""
        name, browser = secrets.token_urlsafe(16), Browser((await request.json())["applicationServerKey"])
        self.browsers[name] = browser
        keys = {"p256dh": _base64url(browser.point), "auth": _base64url(browser.auth)}
        return JSONResponse({"endpoint": f"{self.public_url}/send/{name}", "keys": keys}, 201)

    async def take(self, request: Request) -> Response:
        """A message for a browser."""
        try:
            if self.answers:
                raise RefusedError(self.answers.pop(0), "as told")
            browser = self.browsers.get(request.path_params["name"])
            if browser is None or browser.gone:
                raise RefusedError(410, "unsubscribed")
            self._check(request, browser)
            said = json.loads(browser.open(_limited(await request.body())))
        except RefusedError as refused:
            return JSONResponse({"error": str(refused)}, refused.status)
        except (InvalidTag, IndexError, ValueError):
            return JSONResponse({"error": "cannot be opened"}, 400)
        browser.shown[said["tag"]] = said
        browser.headers.append(dict(request.headers))
        return Response(status_code=201, headers={"Location": f"{self.public_url}/messages/{secrets.token_hex(8)}"})

    async def inbox(self, request: Request) -> Response:
        """What all browsers show."""
        rows = [(f"{one['title']}", f"{one['body']}\n{one['link']}") for each in self.browsers.values()
                for one in each.shown.values()]  # fmt: skip
        return HTMLResponse(page("Notifications in browsers", rows))

    def _check(self, request: Request, browser: Browser) -> None:
        given = request.headers
        if not given.get("ttl", "").isdecimal():
            raise RefusedError(400, "TTL is required (RFC 8030, section 5.2)")
        if len(given.get("topic", "")) > 32:
            raise RefusedError(400, "the topic is too long (RFC 8030, section 5.4)")
        if given.get("content-encoding") != "aes128gcm":
            raise RefusedError(415, "another content encoding")
        scheme, _, rest = given.get("authorization", "").partition(" ")
        said = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or said.get("k") != browser.server_key:
            raise RefusedError(403, "not the key that the browser subscribed for")
        self._check_token(said.get("t", ""), _bytes(said["k"]))

    def _check_token(self, token: str, point: bytes) -> None:
        """A JWT of ES256 (RFC 7515, appendix A.3) for this origin and at most a day."""
        try:
            signed, _, signature = token.rpartition(".")
            header, claims = (json.loads(_bytes(part)) for part in signed.split("."))
            raw = _bytes(signature)
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            dss = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
            key.verify(dss, signed.encode(), ec.ECDSA(hashes.SHA256()))
        except (ValueError, InvalidSignature):
            raise RefusedError(401, "not signed by that key") from None
        parts, now = urlsplit(self.public_url), time.time()
        right = header["alg"] == "ES256" and claims["aud"] == f"{parts.scheme}://{parts.netloc}"
        if not right or not now < claims["exp"] <= now + LONGEST_TOKEN_S:
            raise RefusedError(401, "for somebody else, or for another time")


def create_app(service: PushService) -> Starlette:
    """The service as an application; `/` shows what the browsers show."""
    return Starlette(
        routes=[
            Route("/", service.inbox),
            Route("/browsers", service.subscribe, methods=["POST"]),
            Route("/send/{name}", service.take, methods=["POST"]),
        ]
    )


def _limited(body: bytes) -> bytes:
    if len(body) > MOST_BYTES:
        raise RefusedError(413, "too long")
    return body


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(encoded: str) -> bytes:
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
