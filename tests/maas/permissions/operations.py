"""Every operation: of the API by its OpenAPI document, of the pages by their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import URLResolver

from bookings.web import urls as booking_pages
from maas.accounts.web import urls as account_pages
from transit.web import urls as travel_pages

NOWHERE = "AAAAAAAAAAAAAAAAAAAAAA"
"""The shape of a public code that nothing has."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked: `name` is that of its policy, `path` has its identifiers in braces."""

    name: str
    method: str
    path: str
    filters: tuple[str, ...] = ()

    @property
    def parameters(self) -> list[str]:
        """The identifiers in its path."""
        return re.findall(r"{(\w+)}", self.path)

    def at(self, ids: dict[str, str]) -> str:
        """The address of somebody's object, filtered by whatever it can be filtered by."""
        filled = re.sub(r"{(\w+)}", lambda found: ids[found[1]], self.path)
        chosen = {name: ids[name] for name in self.filters if name in ids}
        return f"{filled}?{urlencode(chosen)}" if chosen else filled


def list_operations() -> Iterator[Operation]:
    """Every operation that the OpenAPI document names, under names of identifiers that are not ambiguous."""
    document = Client().get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield Operation(said["operationId"], method.upper(), _named(path), tuple(_filters(said)))


def list_pages() -> Iterator[Operation]:
    """Every page, asked for and sent to."""
    for path, name in _addresses(
        "/", [*travel_pages.urlpatterns, *booking_pages.urlpatterns, *account_pages.urlpatterns]
    ):
        for method in ("GET", "POST"):
            yield Operation(f"{method} {name}", method, _named(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)))


def _addresses(before: str, rows: list[Any]) -> Iterator[tuple[str, str | None]]:
    for each in rows:
        if isinstance(each, URLResolver):
            yield from _addresses(f"{before}{each.pattern}", each.url_patterns)
        else:
            yield f"{before}{each.pattern}", each.name


def _filters(said: dict[str, Any]) -> Iterator[str]:
    return (each["name"] for each in said.get("parameters", []) if each["in"] == "query")


_KINDS = [
    (r"(/register/access/requests/|/register/access-requests/){\w+}", r"\1{access}"),
    (r"(/register/interfaces/){\w+}", r"\1{interface}"),
    (r"(/register/operators/){\w+}", r"\1{operator}"),
    (r"(/on-demand/services/){\w+}", r"\1{on_demand}"),
    (r"(/on-demand/versions/){\w+}", r"\1{version}"),
    (r"(/on-demand/versions/{version}/compare/){\w+}", r"\1{version}"),
    (r"(/on-demand/versions/{version}/){\w+}", r"\1{section}"),
    (r"(/on-demand/versions/{version}/dry-runs/){\w+}", r"\1{dry_run}"),
    (r"(/subsidies/){\w+}", r"\1{budget}"),
    (r"(/register/services/){\w+}", r"\1{service}"),
    (r"(/register/officer/exemptions/){\w+}", r"\1{exemption}"),
    (r"(/register/officer/complaints/){\w+}", r"\1{complaint}"),
    (r"(/timetable/stops/){\w+}", r"\1{draft_stop}"),
    (r"(/timetable/lines/){\w+}", r"\1{draft_line}"),
    (r"(/timetable/seasons/){\w+}", r"\1{season}"),
    (r"(/timetable/days/){\w+}", r"\1{days}"),
    (r"(/timetable/grids/){\w+}", r"\1{grid}"),
    (r"(/operators/applications/){\w+}", r"\1{application}"),
    (r"(/connect/|/open-data/){\w+}", r"\1{operator}"),
    (r"(/feeds/){\w+}", r"\1{feed}"),
    (r"(/providers/){\w+}", r"\1{provider}"),
    (r"(/operators/){\w+}", r"\1{operator}"),
    (r"(/inspect/){\w+}", r"\1{operator}"),
    (r"(/operators/{operator}/webhooks/){\w+}", r"\1{hook}"),
    (r"(/v1/webhooks/){\w+}", r"\1{own_hook}"),
    (r"(/orders/){\w+}", r"\1{order}"),
    (r"(/drive/|/driver/shifts/){\w+}", r"\1{shift}"),
    (r"(/offers/){\w+}", r"\1{offer}"),
    (r"(/studies/){\w+}", r"\1{study}"),
    (r"(/planning/){\w+}", r"\1{study}"),
    (r"(/cards/){\w+}", r"\1{card}"),
    (r"(/desk/cases/){\w+}", r"\1{case}"),
    (r"(/desk/write-offs/){\w+}", r"\1{write_off}"),
    (r"(/desk/bills/){\w+}", r"\1{bill}"),
    (r"(/desk/payouts/){\w+}", r"\1{payout}"),
    (r"(/desk/calls/){\w+}", r"\1{call}"),
    (r"(/desk/callers/){\w+}", r"\1{caller}"),
    (r"(/desk/callers/{caller}/offers/){\w+}", r"\1{told_offer}"),
    (r"(/desk/callers/{caller}/orders/){\w+}", r"\1{told_order}"),
    (r"(/desk/callers/{caller}/recurring/|/my-file/recurring/){\w+}", r"\1{standing}"),
    (r"(/desk/callers/{caller}/days/){\w+}", r"\1{day}"),
]
"""Whose `code` or `pk` it is, by what stands before it."""


def _named(path: str) -> str:
    for pattern, name in _KINDS:
        path = re.sub(pattern, name, path)
    return path
