"""`POST /oauth/token`: a token for a partner's system, by its client credentials (RFC 6749, section 4.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, InvalidScopeError, OAuth2Error
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from rest_framework.throttling import SimpleRateThrottle

from maas.accounts import clients
from maas.accounts.models import OAuthClient, OAuthToken


class _Client(ClientMixin):  # type: ignore[misc]  # the library has no types
    """What the library asks of a client."""

    def __init__(self, row: OAuthClient) -> None:
        self.row = row

    def check_client_secret(self, client_secret: str) -> bool:
        """See ClientMixin."""
        return clients.opens(self.row, client_secret, datetime.now(UTC))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """See ClientMixin."""
        return method in _Grant.TOKEN_ENDPOINT_AUTH_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        """See ClientMixin."""
        return grant_type == "client_credentials"

    def get_allowed_scope(self, scope: str | None) -> str:
        """Everything where nothing was asked for; more than is allowed is an error, not less in silence."""
        allowed = self.row.scopes.split()
        asked = (scope or self.row.scopes).split()
        if not set(asked) <= set(allowed):
            raise InvalidScopeError
        return " ".join(sorted(asked))


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]
    """Secrets in the Authorization header, or in the body."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class _Server(AuthorizationServer):  # type: ignore[misc]
    """The library's server with our rows."""

    def query_client(self, client_id: str) -> _Client | None:
        """See AuthorizationServer."""
        row = clients.find(client_id)
        return _Client(row) if row else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """See AuthorizationServer."""
        life = timedelta(seconds=token["expires_in"])
        clients.keep_token(request.client.row, token["access_token"], token["scope"], life, datetime.now(UTC))


class _Guesses(SimpleRateThrottle):
    """Guesses from one address, as many as any form may be sent."""

    scope = "book"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """By the sender's address."""
        return f"throttle_token_{self.get_ident(request)}"


_SERVER = _Server(OAuthClient, OAuthToken)
_SERVER.register_grant(_Grant)


@csrf_exempt
@never_cache
@require_POST
def token(request: HttpRequest, operator: str = "") -> HttpResponse:
    """A token for an hour at most. Errors have the shape of section 5.2."""
    guesses = _Guesses()
    if not guesses.allow_request(request, token):  # type: ignore[arg-type]
        wait = {"Retry-After": str(int(guesses.wait() or 60) + 1)}
        return JsonResponse({"error": "temporarily_unavailable"}, status=429, headers=wait)
    try:
        answer: HttpResponse = _SERVER.create_token_response(request)
    except OAuth2Error as error:  # before the library has anything to answer: not by https
        return JsonResponse(dict(error.get_body()), status=400)
    return answer
