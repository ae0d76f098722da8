"""Genuine tickets, and every way to spoil one."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.jwk import OKPKey

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
OPERATOR = "bus"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ANY = ALPHABET + ".=+/ é\n\0"
Spoil = Callable[[str], str]


@dataclass
class Mill:
    """Genuine tickets of two keys, and every way to spoil one."""

    chance: random.Random
    keys: dict[str, OKPKey]

    def payload(self, **changed: Any) -> dict[str, Any]:
        """What a ticket says."""
        serial = "".join(self.chance.choices("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=12))
        lines = [["12", "Kauppatori", "Satama", "2026-11-24", "10:06"], ["F", "Satama", "Saari", "2026-11-24", "10:40"]]
        times = {
            "nbf": int((AT - timedelta(minutes=15)).timestamp()),
            "exp": int((AT + timedelta(hours=1)).timestamp()),
        }
        said = {
            "jti": serial,
            "aud": OPERATOR,
            "p": "Vyöhyke AB",
            "c": "adult",
            "l": lines[: self.chance.choice((1, 2))],
        }
        return {**said, **times, **changed}

    def sign(self, payload: dict[str, Any], kid: str | None = None, key: OKPKey | None = None) -> str:
        """A token as we make them."""
        kid = kid or self.chance.choice(list(self.keys))
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        header = {"alg": "Ed25519", "kid": kid}
        return jws.serialize_compact(header, text, key or self.keys[kid], algorithms=["Ed25519"])

    def spoilt(self) -> Iterator[tuple[str, str]]:
        """Endless spoilt tickets with the name of what was done to them."""
        genuine = [self.sign(self.payload()) for _ in range(200)]
        stranger = OKPKey.generate_key("Ed25519")
        ways: list[tuple[str, Spoil]] = [
            ("a sign changed", self._changed),
            ("a sign changed", self._changed),
            ("a sign changed", self._changed),
            ("a bit turned", self._turned),
            ("a sign left out", self._cut),
            ("a sign put in", self._put),
            ("two parts of two tickets", lambda token: self._crossed(token, self.chance.choice(genuine))),
            ("another header", self._header),
            ("another key's name", self._renamed),
            ("signed by a stranger", lambda _: self.sign(self.payload(), key=stranger)),
            ("expired", lambda _: self.sign(self.payload(exp=int(AT.timestamp()) - self.chance.randrange(10**6)))),
            ("for later", lambda _: self.sign(self.payload(nbf=int(AT.timestamp()) + self.chance.randrange(1, 10**6)))),
            (
                "another operator's",
                lambda _: self.sign(self.payload(aud=self.chance.choice(("sea", "Bus", "bus ", "")))),
            ),
        ]
        while True:
            token = self.chance.choice(genuine)
            name, way = self.chance.choice(ways)
            made = way(token)
            if made != token and made not in genuine:
                yield name, made

    def _changed(self, token: str) -> str:
        at = self.chance.randrange(len(token))
        return token[:at] + self.chance.choice(ANY) + token[at + 1 :]

    def _turned(self, token: str) -> str:
        parts = [bytearray(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")]
        part = self.chance.choice(parts)
        part[self.chance.randrange(len(part))] ^= 1 << self.chance.randrange(8)
        return ".".join(_coded(bytes(part)) for part in parts)

    def _cut(self, token: str) -> str:
        at, length = self.chance.randrange(len(token)), self.chance.choice((1, 1, 2, 40))
        return token[:at] + token[at + length :]

    def _put(self, token: str) -> str:
        at = self.chance.randrange(len(token) + 1)
        return token[:at] + self.chance.choice(ANY) + token[at:]

    def _crossed(self, token: str, other: str) -> str:
        pairs = zip(token.split("."), other.split("."), strict=True)
        return ".".join(self.chance.choice(pair) for pair in pairs)

    def _header(self, token: str) -> str:
        kid: Any = self.chance.choice([*self.keys, "x", None, [], 1])
        alg: Any = self.chance.choice(["none", "None", "EdDSA", "Ed448", "HS256", "ES256", "ed25519", "", None, 0])
        more: Any = self.chance.choice([{}, {"jku": "https://a.example"}, {"crit": ["b64"], "b64": False}, {"jwk": {}}])
        return ".".join([_coded(json.dumps({"alg": alg, "kid": kid, **more}).encode()), *token.split(".")[1:]])

    def _renamed(self, token: str) -> str:
        header = json.loads(base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "=="))
        header["kid"] = self.chance.choice([kid for kid in [*self.keys, "202601010000-abcdef"] if kid != header["kid"]])
        return ".".join([_coded(json.dumps(header).encode()), *token.split(".")[1:]])


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
