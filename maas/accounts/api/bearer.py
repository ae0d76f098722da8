"""Who calls the API with a token (RFC 6750), and what the token allows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from maas.accounts import clients
from maas.accounts.models import OAuthToken

NEEDS: Final[dict[str, str | None]] = {
    "api-plan": "",
    "api-refresh": "",
    "api-places": "",
    "api-place-at": "",
    "api-feeds": "",
    "api-departures": "",
    "api-vehicles": "",
    "api-shared-vehicles": "",
    "api-ticket-keys": "",
    "api-register-operators": "",
    "api-register-operator": "",
    "api-register-services": "",
    "api-register-service": "",
    "api-register-interfaces": "",
    "api-register-interface": "",
    "api-register-changes": "",
    "api-register-catalogue": "",
    "api-register-sheet": "",
    "api-duties": "",
    "api-duties-csv": "",
    "api-access-records": "",
    "api-access-statistics": "",
    "api-complaints": "",
    "api-access-requests": "access",
    "api-access-request": "access",
    "api-schema": "",
    "api-docs": "",
    "api-problems": "",
    "api-offers": "offers",
    "api-offer": "offers",
    "api-orders": "orders",
    "api-order": "orders",
    "api-contact": "orders",
    "api-consent": "orders",
    "api-cancellation": "orders",
    "api-changes": "orders",
    "api-way-on": "orders",
    "api-receipts": "orders",
    "api-order-help": "orders",
    "api-order-vehicles": "orders",
    "api-driver-actions": None,
    "api-driver-position": None,
    "api-ticket": "orders",
    "api-ticket-qr": "orders",
    "api-ticket-pdf": "orders",
    "api-journey-ics": "orders",
    "api-own-webhooks": "webhooks",
    "api-own-webhook": "webhooks",
    "api-own-webhook-rotation": "webhooks",
    "api-own-webhook-deliveries": "webhooks",
    "api-statement": None,
    "api-statement-csv": None,
    "api-statement-pdf": None,
    "api-payouts": None,
    "api-cancelled-bookings": None,
    "api-no-shows": None,
    "api-trip-events": None,
    "api-day-list": None,
    "api-revocations": None,
    "api-checks": None,
    "api-webhooks": None,
    "api-webhook": None,
    "api-webhook-rotation": None,
    "api-webhook-deliveries": None,
    "api-studies": None,
    "api-study": None,
    "api-study-result": None,
    "api-feed-statistics": None,
    "api-probes": None,
    "api-evidence": None,
    "api-webhook-stripe": "",
}
"""Which scope each operation needs; none for everybody's, and None for what no partner may do. Others are refused."""


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>` of a partner's system. `request.auth` is the token."""

    def authenticate(self, request: Request) -> tuple[Any, OAuthToken] | None:
        """See BaseAuthentication. Raises AuthenticationFailed for a token that opens nothing any more."""
        scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = clients.find_token(given.strip(), datetime.now(UTC))
        if token is None or not token.client.user.is_active:
            raise AuthenticationFailed(_("This token is not valid, or no longer."))
        return token.client.user, token

    def authenticate_header(self, request: Request) -> str:
        """For answers with 401."""
        return "Bearer"


class WithinScope(BasePermission):
    """A partner's system does what its token allows. People are not asked for scopes."""

    message = "The scope of this token does not include it."

    def has_permission(self, request: Request, view: Any) -> bool:
        """See BasePermission."""
        if not isinstance(request.auth, OAuthToken):
            return True
        match = request.resolver_match
        needed = NEEDS.get(match.url_name or "") if match else None
        return needed == "" or (needed is not None and needed in request.auth.scopes.split())


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library has no types
    """What the OpenAPI document says of it."""

    target_class = BearerAuthentication
    name = "partner"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """OAuth 2.0, client credentials."""
        scopes = {name: str(said) for name, said in clients.SCOPES.items()}
        return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes}}}
