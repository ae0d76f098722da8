"""Everybody who may ask: the roles of the house, each at home (`_a`) and elsewhere (`_b`)."""

from __future__ import annotations

from typing import Final

from django.test import Client

from maas.accounts.models import Role, User
from tests.features.a173_a_partner_sells import System

HOME, ELSEWHERE = "bus", "sea"
"""Operators: `_a` works for the first, `_b` for the second."""
REGION, OTHER_REGION = "coast", "hills"

SCOPES: Final[dict[str, tuple[Role.Kind, str]]] = {
    "delegate": (Role.Kind.DELEGATE, ""),
    "desk_agent": (Role.Kind.DESK_AGENT, ""),
    "driver_a": (Role.Kind.DRIVER, HOME),
    "driver_b": (Role.Kind.DRIVER, ELSEWHERE),
    "inspector_a": (Role.Kind.INSPECTOR, HOME),
    "inspector_b": (Role.Kind.INSPECTOR, ELSEWHERE),
    "staff_a": (Role.Kind.OPERATOR_STAFF, HOME),
    "staff_b": (Role.Kind.OPERATOR_STAFF, ELSEWHERE),
    "officer_a": (Role.Kind.REGION_OFFICER, REGION),
    "officer_b": (Role.Kind.REGION_OFFICER, OTHER_REGION),
    "provider_a": (Role.Kind.PROVIDER, HOME),
    "provider_b": (Role.Kind.PROVIDER, ELSEWHERE),
    "payer": (Role.Kind.PAYER, "bank"),
    "platform_staff": (Role.Kind.PLATFORM_STAFF, ""),
}
RESIDENTS = ("resident_a", "resident_b")
SYSTEMS = ("system_a", "system_b")
NOBODY = "nobody"
EVERYBODY: Final = frozenset({NOBODY, *RESIDENTS, *SYSTEMS, *SCOPES})


def cast() -> dict[str, Client]:
    """A browser, or a system's calls, for each of them."""
    people = {name: _browser(name) for name in (*RESIDENTS, *SCOPES)}
    systems = {name: System(name).client() for name in SYSTEMS}
    return {NOBODY: _calm(Client()), **people, **{name: _calm(client) for name, client in systems.items()}}


def away(name: str) -> bool:
    """Works for the other operator, and may try what is ours under the other's own address."""
    return SCOPES.get(name, (None, ""))[1] == ELSEWHERE


def _browser(name: str) -> Client:
    user = User.objects.create_user(f"{name}@example.com")
    if name in SCOPES:
        kind, scope = SCOPES[name]
        Role.objects.create(user=user, kind=kind, scope=scope)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return _calm(client)


def _calm(client: Client) -> Client:
    client.raise_request_exception = False
    return client
