"""What an operator says of its own TOMP-API 2.0: the landing page, its collections and its processes (OGC API)."""

from __future__ import annotations

from dataclasses import dataclass

from transit.remote.tomp import answers, wire
from transit.remote.tomp.tokens import Party

_HEADERS = {"Accept": "application/json"}
# Names that the published schema and its own examples write in two ways.
_ALIASES = {"purchase-offer": "purchase-offers", "search-offer": "search-offers"}


@dataclass(frozen=True, slots=True)
class Discovered:
    """What there is, by the names of TOMP-API 2.0."""

    title: str
    processes: frozenset[str]
    collections: frozenset[str]


def discover(party: Party) -> Discovered:
    """landingPage, getProcesses, getCollections. Raises RemoteError."""
    landing = answers.parse(_get(party, "/"))
    title = answers.must(landing.get("title"), "title")
    named = answers.rows(landing.get("processIdentifiers"), "processIdentifiers")
    processes = {name for row in named for name in answers.words(row.get("identifiers"), "identifiers")}
    processes |= _ids(party, "processes")
    return Discovered(
        title, frozenset(_ALIASES.get(each, each) for each in processes), frozenset(_ids(party, "collections"))
    )


def _ids(party: Party, what: str) -> set[str]:
    listed = answers.rows(answers.parse(_get(party, f"/{what}")).get(what), what)
    return {answers.must(row.get("id"), "id") for row in listed}


def _get(party: Party, path: str) -> bytes:
    return wire.read(lambda: wire.send(party, "GET", path, _HEADERS, None)).body
