"""The Ed25519 keys of tickets: one PEM file each, named by its `kid`. The newest signs, all verify."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from joserfc.jwk import OKPKey

PublicKeys = dict[str, OKPKey]


def signing_key(now: datetime) -> tuple[str, OKPKey]:
    """The newest key with its `kid`; made when there is none yet."""
    kids = _kids() or [create(now)]
    return kids[-1], OKPKey.import_key((_folder() / f"{kids[-1]}.pem").read_bytes())


def create(now: datetime) -> str:
    """A new key that signs from now on; its `kid` sorts by time of making. Older keys go on verifying."""
    kid = f"{now:%Y%m%d%H%M}-{secrets.token_hex(3)}"
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / f"{kid}.new"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(folder / f"{kid}.pem")
    return kid


def public_keys() -> PublicKeys:
    """All keys that verify, by `kid`."""
    return {kid: OKPKey.import_key((_folder() / f"{kid}.pem").read_bytes()) for kid in _kids()}


def to_jwks(keys: PublicKeys) -> dict[str, Any]:
    """The public halves as a JSON Web Key Set (RFC 7517, RFC 8037), for scanners that work offline."""
    return {
        "keys": [key.as_dict(private=False) | {"kid": kid, "use": "sig", "alg": "Ed25519"} for kid, key in keys.items()]
    }


def of_jwks(jwks: dict[str, Any]) -> PublicKeys:
    """The keys of a JSON Web Key Set. Raises KeyError or ValueError where it is none."""
    return {
        str(entry["kid"]): OKPKey.import_key(cast(Any, {name: entry[name] for name in ("kty", "crv", "x")}))
        for entry in jwks["keys"]
    }


def _kids() -> list[str]:
    return sorted(path.stem for path in _folder().glob("*.pem"))


def _folder() -> Path:
    return Path(settings.TICKET_KEYS_DIR)
