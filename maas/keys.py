"""Keys: read from the environment, else from a file made at first need that only the owner can read."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from maas import environment


def _keep(path: Path, make: str) -> str:
    """The file's content; written with `make` when it is not there. Two processes that race agree on one content."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make)
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return path.read_text().strip()


def secret(name: str, path: Path) -> str:
    """A random secret of 50 URL-safe characters or more."""
    return environment.text(name, "") or _keep(path, secrets.token_urlsafe(64))


def ring(name: str, path: Path) -> list[str]:
    """Fernet keys, newest first; separated by commas in the environment, one a line in the file."""
    value = environment.text(name, "") or _keep(path, Fernet.generate_key().decode())
    return [key for key in value.replace(",", "\n").split() if key]


def signing(name: str, path: Path) -> str:
    """A private key of P-256 as PEM."""
    fresh = ec.generate_private_key(ec.SECP256R1())
    pem = fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return environment.text(name, "") or _keep(path, pem)
