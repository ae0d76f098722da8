"""Who we are to push services: one key of P-256 that signs each call (RFC 8292)."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey

_LIFE: Final = timedelta(hours=12)
"""RFC 8292, section 2: no more than 24 hours."""


def base64url(raw: bytes) -> str:
    """As JWT has it: without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def public_key() -> str:
    """What a browser is given when it subscribes: only we can send to it then."""
    key = load_pem_private_key(_pem().encode(), None)
    assert isinstance(key, EllipticCurvePrivateKey), "the file holds a key of P-256"
    return base64url(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def authorization(endpoint: str, now: datetime) -> str:
    """The header for a call to this address, and for no other push service."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _LIFE).timestamp()),
        "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
    }
    token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, _key(_pem()))
    return f"vapid t={token}, k={public_key()}"


def _pem() -> str:
    pem: str = settings.VAPID_KEY
    return pem


@lru_cache(maxsize=1)
def _key(pem: str) -> ECKey:
    return ECKey.import_key(pem)
