"""What partners' systems may do: every operation of the API says so, or is refused."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, get_resolver

from maas.accounts.api.bearer import NEEDS
from maas.accounts.clients import SCOPES
from maas.urls import API


def names(patterns: list[URLPattern | URLResolver]) -> list[str]:
    found: list[str] = []
    for each in patterns:
        found += names(each.url_patterns) if isinstance(each, URLResolver) else [each.name or ""]
    return found


def test_every_operation_has_a_policy() -> None:
    assert {name for name in names(API) if name} == set(NEEDS)
    assert {needed for needed in NEEDS.values() if needed} == set(SCOPES)
    assert get_resolver().resolve("/oauth/token").url_name == "oauth-token"
