"""What the sign-up library writes to people: under the name by which they know the site, not that of a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import gettext


@dataclass(frozen=True, slots=True)
class _Site:
    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """See above."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As allauth does."""
        named = {"current_site": _Site(gettext("One way to travel"), settings.PUBLIC_URL.partition("://")[2])}
        super().send_mail(template_prefix, email, {**context, **named})
