"""Partners' systems: who they are, which secret opens, what a token allows (OAuth 2.0, client credentials)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bookings.services import providers
from maas.accounts.models import OAuthClient, OAuthToken, User

SCOPES: Final = {
    "offers": _("ask for prices"),
    "orders": _("book, change and cancel, and see tickets"),
    "access": _("ask operators for access to their interfaces"),
    "webhooks": _("be told of what happens to its own orders"),
    "tomp.read": _("as a licensed provider by TOMP-API: search, and see its own packages"),
    "tomp.sell": _("as a licensed provider by TOMP-API: buy, change and give back"),
    "tomp.customers": _("as a licensed provider by TOMP-API: keep customers"),
}
PROVIDERS: Final = "tomp."
"""What the scopes of third-party providers begin with: who is given one waits for an officer's decision."""
OVERLAP: Final = timedelta(hours=24)
"""After a rotation both secrets open for so long."""


def create(title: str, scopes: Iterable[str], now: datetime) -> tuple[OAuthClient, str]:
    """A partner's system and its secret, which is shown this once."""
    client_id, secret = secrets.token_urlsafe(16), _new_secret()
    with transaction.atomic():
        # A name in a domain that can never be (RFC 2606): no message leaves for it, and nobody registers it.
        user = User.objects.create_user(f"{client_id}@partner.invalid", name=title)
        client = OAuthClient.objects.create(
            client_id=client_id,
            title=title,
            user=user,
            scopes=" ".join(sorted(scopes)),
            secret_sha256=digest(secret),
            created_at=now,
        )
        if any(scope.startswith(PROVIDERS) for scope in client.scopes.split()):
            providers.apply(user, title, now)
    return client, secret


def rotate(pk: int, now: datetime) -> tuple[OAuthClient, str]:
    """A new secret, shown this once. What it has open stays open, and the old secret opens for a day more."""
    secret = _new_secret()
    with transaction.atomic():
        client = OAuthClient.objects.select_for_update().get(pk=pk, withdrawn_at=None)
        client.old_secret_sha256, client.old_until = client.secret_sha256, now + OVERLAP
        client.secret_sha256 = digest(secret)
        client.save(update_fields=["old_secret_sha256", "old_until", "secret_sha256"])
    return client, secret


def withdraw(pk: int, now: datetime) -> None:
    """From now on neither its secrets nor its tokens open anything. Its orders stay."""
    with transaction.atomic():
        OAuthClient.objects.filter(pk=pk, withdrawn_at=None).update(withdrawn_at=now)
        OAuthToken.objects.filter(client_id=pk).delete()


def find(client_id: str) -> OAuthClient | None:
    """A system that was not withdrawn."""
    return OAuthClient.objects.filter(client_id=client_id, withdrawn_at=None).first()


def opens(client: OAuthClient, secret: str, now: datetime) -> bool:
    """Whether this is its secret, or the one before while both count."""
    given = digest(secret)
    old = client.old_until is not None and now < client.old_until
    return hmac.compare_digest(given, client.secret_sha256) or (
        old and hmac.compare_digest(given, client.old_secret_sha256)
    )


def keep_token(client: OAuthClient, token: str, scopes: str, life: timedelta, now: datetime) -> None:
    """Note a token that was handed out for so long; what has ended is forgotten."""
    OAuthToken.objects.filter(client=client, expires_at__lte=now).delete()
    OAuthToken.objects.create(client=client, token_sha256=digest(token), scopes=scopes, expires_at=now + life)


def find_token(token: str, now: datetime) -> OAuthToken | None:
    """A token that still opens."""
    rows = OAuthToken.objects.select_related("client__user")
    return rows.filter(token_sha256=digest(token), expires_at__gt=now, client__withdrawn_at=None).first()


def digest(secret: str) -> str:
    """Secrets and tokens have 256 random bits: nothing slower than SHA-256 is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _new_secret() -> str:
    return secrets.token_urlsafe(32)
