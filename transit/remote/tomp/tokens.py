"""Who we are at an operator, and the access token that proves it (OAuth 2.0 client credentials, RFC 6749 §4.4)."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from transit.remote import http
from transit.remote.http import Answer, RemoteError
from transit.remote.tomp import answers

EARLY_S = 60.0  # a token is renewed that long before it expires
LONGEST_S = 3600.0
_DEFAULT_S = 300.0  # when the operator does not say
_MOST_CHARACTERS = 16_000

_lock = threading.Lock()
_tokens: dict[Party, tuple[str, float]] = {}


@dataclass(frozen=True, slots=True)
class Party:
    """An operator's TOMP interface and our credentials there. `language` is a BCP 47 tag for what it writes."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    language: str = "en"


def get_token(party: Party) -> str:
    """Our access token at an operator, kept until shortly before it expires. Raises RemoteError."""
    identity = _identity(party)
    with _lock:
        known = _tokens.get(identity)
    if known is not None and time.monotonic() < known[1]:
        return known[0]
    asked = time.monotonic()
    found = answers.parse(_ask(party).body)
    token = answers.text(found.get("access_token"), "access_token", _MOST_CHARACTERS)
    if not token or not token.isascii() or not token.isprintable():
        raise answers.wrong("access_token")
    with _lock:
        _tokens[identity] = (token, asked + _lifetime_s(found.get("expires_in")))
    return token


def _ask(party: Party) -> Answer:
    fields = {"grant_type": "client_credentials", "client_id": party.client_id, "client_secret": party.client_secret}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    url = f"{party.base_url.rstrip('/')}/oauth/token"
    try:
        return http.call("POST", url, headers=headers, body=urlencode(fields).encode())
    except RemoteError as error:
        if error.status != 401:
            # Nothing about the call that needs the token: a 404 here must not be read as "no such package".
            raise RemoteError(str(error), permanent=False) from error
        # Elsewhere a 401 means an old token, here wrong credentials, which asking again does not mend.
        raise RemoteError(str(error), permanent=True, status=401, body=error.body) from error


def forget_token(party: Party) -> None:
    """The operator does not accept our token any more: the next call asks for a new one."""
    with _lock:
        _tokens.pop(_identity(party), None)


def _identity(party: Party) -> Party:
    return Party(party.base_url, party.client_id, party.client_secret)


def _lifetime_s(value: object) -> float:
    if value is None:
        return _DEFAULT_S - EARLY_S
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RemoteError("the operator's token has no lifetime", permanent=False)
    return max(min(float(value), LONGEST_S) - EARLY_S, value / 2 if value < 2 * EARLY_S else 0.0)
