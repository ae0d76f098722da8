"""Typed readers of environment variables that fail loudly, so that a wrong deployment never starts."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that NAME_FILE names (for secrets). Raises ImproperlyConfigured."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"set the environment variable {name}")
    return value


def flag(name: str, default: bool) -> bool:
    """A boolean: 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(name, "")
    if value == "":
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false")


def smtp(url: str) -> dict[str, str | int | bool]:
    """Django's settings of a mail server: smtp://user:password@host:port, smtp+tls:// (STARTTLS), smtps:// (TLS)."""
    wrong = ImproperlyConfigured(
        "a mail server is smtp://, smtp+tls:// or smtps://user:password@host:port, where / ? # @ of a password are"
        " written %2F %3F %23 %40"
    )
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its text has a part of the password
        raise wrong from None
    # A / in a password ends the host for whoever reads an address: mail would go to a host with the user's name.
    if parts.scheme not in ports or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise wrong
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def number(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number") from None


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def amounts(name: str) -> dict[str, int]:
    """Whole numbers by name, separated by commas: `bus=60,tram=0`."""
    found: dict[str, int] = {}
    for word in words(name):
        key, _, value = word.partition("=")
        try:
            found[key.strip()] = int(value)
        except ValueError:
            raise ImproperlyConfigured(f"{name}: {word!r} is not a name and a whole number") from None
    return found


def database(name: str, default: str) -> dict[str, object]:
    """A Django database from an address: `sqlite:///path` or `postgresql://user:password@host:port/name`.

    Connections stay open, as the threads that answer requests do (`maas.handler`).
    """
    value = text(name, default)
    url = urlsplit(value)
    if url.scheme == "sqlite":
        return {
            "ENGINE": "maas.sqlite3",
            "NAME": value.removeprefix("sqlite:///"),
            "CONN_MAX_AGE": None,
            "OPTIONS": SQLITE,
        }
    if url.scheme in {"postgres", "postgresql"}:
        query = dict(parse_qsl(url.query))
        return {
            "ENGINE": "maas.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": query.get("host", url.hostname or ""),
            "PORT": url.port or "",
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": POSTGRESQL,
        }
    raise ImproperlyConfigured(f"{name}: the database address must start with sqlite:/// or postgresql://")


# IMMEDIATE, because a lock upgrade fails at once whatever the timeout; FULL, because with NORMAL a power cut can lose
# an intent that was already acted upon.
SQLITE: dict[str, object] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
}
# Values are sent apart from statements, which PostgreSQL reads and plans once a connection if they come again: that was
# half of its work for an order. A pooler between us has to know prepared statements (PgBouncer does from 1.21 on).
POSTGRESQL: dict[str, object] = {
    "server_side_binding": True,
    "prepare_threshold": 3,
    "options": "-c lock_timeout=3s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s",
}
