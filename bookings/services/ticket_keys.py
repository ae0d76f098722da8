"""The Ed25519 keys of tickets: one PEM file each, named by its `kid`, which begins with the minute it signs from.

The life of a key: it is published LEAD before it signs, so that a device that was online since knows it; it signs until
the next one does, LIFE later; then its private half is thrown away; it stays published until the last ticket that it
signed has expired. A key that is withdrawn (somebody else may have it) is published no more at once.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from joserfc.jwk import OKPKey

PublicKeys = dict[str, OKPKey]
LEAD: Final = timedelta(days=7)
LIFE: Final = timedelta(days=90)
GRACE: Final = timedelta(hours=1)
"""Longer than a sale that read the old key may take to write its ticket."""


def signing_key(now: datetime) -> tuple[str, OKPKey]:
    """The newest key that has begun to sign, with its `kid`; made when there is none yet."""
    kid = _signing(now) or create(now)
    return kid, _load(kid)


def create(signs_from: datetime) -> str:
    """A new key that is published from now on, and signs from then on."""
    kid = f"{signs_from:%Y%m%d%H%M}-{secrets.token_hex(3)}"
    _write(kid, Ed25519PrivateKey.generate())
    return kid


def turn(now: datetime, in_use: Collection[str]) -> list[str]:
    """What the schedule asks for: the next key in time, and an end for old ones whose `kid` no ticket needs any more.

    What was done, as lines. May run at any time, and twice.
    """
    done = []
    last = max((_signs_from(kid) for kid in _kids()), default=None)
    if last is None or last + LIFE - LEAD <= now:
        done.append(f"made {create(now if last is None else max(last + LIFE, now + LEAD))}")
    current = _signing(now - GRACE)
    for kid in _kids():
        if current is None or kid >= current:
            continue
        if kid not in in_use:
            _path(kid).unlink(missing_ok=True)
            done.append(f"removed {kid}")
        elif _load(kid).is_private:
            _forget_private(kid)
            done.append(f"closed {kid}")
    return done


def withdraw(kid: str, now: datetime) -> None:
    """Nobody shall trust this key from now on. Raises FileNotFoundError.

    Another one signs at once, before this one is gone, so that nothing falls back to an older one.
    """
    if kid not in _kids():
        raise FileNotFoundError(kid)
    if kid == _signing(now):
        create(now)
    _path(kid).rename(_folder() / f"{kid}.withdrawn")


def list_lives(now: datetime) -> list[tuple[str, datetime, str]]:
    """Every published key with the time it signs from, and whether it is next, signing or closed."""
    current = _signing(now)
    return [
        (kid, _signs_from(kid), "signing" if kid == current else "next" if _signs_from(kid) > now else "closed")
        for kid in _kids()
    ]


def public_keys() -> PublicKeys:
    """All keys that verify, by `kid`."""
    return {kid: _load(kid) for kid in _kids()}


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


def _signing(now: datetime) -> str | None:
    return max((kid for kid in _kids() if _signs_from(kid) <= now), default=None)


def _signs_from(kid: str) -> datetime:
    return datetime.strptime(kid.partition("-")[0], "%Y%m%d%H%M").replace(tzinfo=UTC)


def _kids() -> list[str]:
    return sorted(path.stem for path in _folder().glob("*.pem"))


def _load(kid: str) -> OKPKey:
    return OKPKey.import_key(_path(kid).read_bytes())


def _write(kid: str, key: Ed25519PrivateKey) -> None:
    _put(
        kid,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _forget_private(kid: str) -> None:
    public = serialization.load_pem_private_key(_path(kid).read_bytes(), None).public_key()
    _put(kid, public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


def _put(kid: str, pem: bytes) -> None:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / f"{kid}.{secrets.token_hex(4)}.new"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(_path(kid))


def _path(kid: str) -> Path:
    return _folder() / f"{kid}.pem"


def _folder() -> Path:
    return Path(settings.TICKET_KEYS_DIR)
