"""What an operator says of its own TOMP-API 1.x: GET /operator/meta, its endpoints and how far each is implemented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transit.remote.tomp import Party, answers, wire

_UNUSABLE = "NOT_IMPLEMENTED"


@dataclass(frozen=True, slots=True)
class Implementation:
    """A running version, with the endpoints that can be used: method and path, its parameters written `{id}`."""

    version: str
    endpoints: frozenset[tuple[str, str]]


def read_meta(party: Party) -> Implementation:
    """The newest 1.x that runs there. Raises RemoteError."""
    headers = {"Accept": "application/json", "Api": "TOMP", "Api-Version": "1.6.1", "maas-id": party.client_id}
    body = wire.read(lambda: wire.send(party, "GET", "/operator/meta", headers, None)).body
    listed = answers.parse_list(body) if body.lstrip().startswith(b"[") else [answers.parse(body)]
    found = [_implementation(row) for row in listed]
    known = sorted((each for each in found if each.version.startswith("1.")), key=lambda each: _numbers(each.version))
    if not known:
        raise answers.wrong("no version 1.x")
    return known[-1]


def _implementation(row: dict[str, Any]) -> Implementation:
    rows = answers.rows(row.get("endpoints"), "endpoints")
    usable = (each for each in rows if each.get("status") != _UNUSABLE)
    named = ((answers.must(each.get("method"), "method"), answers.must(each.get("path"), "path")) for each in usable)
    return Implementation(
        answers.must(row.get("version"), "version"), frozenset((method.upper(), _plain(path)) for method, path in named)
    )


def _plain(path: str) -> str:
    """Every parameter has one name, and there is no slash at the end."""
    parts = ("{id}" if part.startswith("{") else part for part in path.strip("/").split("/"))
    return "/" + "/".join(parts)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
