"""The calls of TOMP over HTTP: who calls, what their token and licence allow, and every refusal in TOMP's form."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView, set_rollback

from bookings.api.tomp import discovery, schema
from bookings.api.tomp.calls import JSON, Answer, Call, Served
from bookings.api.tomp.collections import COLLECTIONS
from bookings.api.tomp.documents import http_date
from bookings.api.tomp.errors import GENERAL, TompError
from bookings.api.tomp.processes import PROCESSES
from bookings.models import Provider
from bookings.services import idempotency, providers
from bookings.services.package_error import PackageError
from bookings.services.packages import Counter
from transit.journeys import NoNetwork, NoSuchStop
from transit.register.sellers import is_hosted

logger = logging.getLogger(__name__)
LANGUAGES: Final = {"en": "en-GB", "fi": "fi-FI", "ja": "ja-JP"}
NOBODY: Final = Provider()
_KINDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (exceptions.ParseError, "invalid"),
    (RecursionError, "invalid"),
    (exceptions.AuthenticationFailed, "unauthorised"),
    (exceptions.NotAuthenticated, "unauthorised"),
    (exceptions.PermissionDenied, "unauthorised"),  # somebody's browser session, which opens nothing here
    (exceptions.MethodNotAllowed, "method"),
    (exceptions.UnsupportedMediaType, "media"),
    (Http404, "not_found"),
    (NoSuchStop, "not_found"),
    (NoNetwork, "no_network"),
)
LONGEST_KEY: Final = 100
_HALF: Final = re.compile("[\ud800-\udfff]")


class AnyForm(BaseContentNegotiation):
    """One form of answer, whatever is asked for: the schema knows no other."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """By what was sent."""
        media = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """The first."""
        return renderers[0], renderers[0].media_type


class MergePatchParser(JSONParser):
    """RFC 7396."""

    media_type = "application/merge-patch+json"


class TompView(APIView):
    """One address; `served` says what by which method."""

    schema = None
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "tomp"
    permission_classes = ()
    content_negotiation_class = AnyForm
    parser_classes = (JSONParser, MergePatchParser)
    served: ClassVar[dict[str, Served]] = {}

    def get_exception_handler(self) -> Callable[[Exception, Any], Response | None]:
        """TOMP's own shape."""
        return self._refused

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Every answer says its version and language."""
        found = super().finalize_response(request, response, *args, **kwargs)
        found["Version"] = discovery.VERSION
        found["Content-Language"] = LANGUAGES.get(get_language() or "en", "en-GB")
        found["Cache-Control"] = "no-store"
        return found

    def find(self, method: str, name: str) -> Served | None:
        """What is asked for; nothing where that is not served."""
        return self.served.get(method)

    def read(self, request: Request, served: Served) -> dict[str, Any]:
        """What was sent. Raises TompError."""
        return {}

    def answer(self, request: Request, operator: str, name: str) -> Response:
        """Carry out a call: who it is comes first, then what they want."""
        served = self._asked(request, operator, name)
        provider = self._provider(request, served) if served.scope else NOBODY
        inputs = self.read(request, served)
        query = {key: str(value) for key, value in request.query_params.items()}
        named = {"name": name} if name else {}
        refuse_no_text(query | named, served.module)
        base = f"{settings.PUBLIC_URL}/tomp/v2" + (f"/operators/{operator}" if operator else "")
        language = (get_language() or "en").split("-")[0]
        call = Call(Counter(provider, operator), base, language, datetime.now(UTC), inputs, query | named)
        if request.method == "POST" and provider.pk and (key := request.headers.get("Idempotency-Key")):
            return self._once(request, served, call, key)
        return _response(self._handled(served, call))

    def _asked(self, request: Request, operator: str, name: str) -> Served:
        method = str(request.method)
        served = self.find("GET" if method == "HEAD" else method, name)
        if served is None or (operator and not is_hosted(operator)):
            raise TompError("not_found")
        return served

    def _provider(self, request: Request, served: Served) -> Provider:
        """Whose token this is. Raises TompError."""
        if not getattr(request.auth, "is_machine", False):
            raise TompError("unauthorised")
        if not request.headers.get("Accept-Language"):
            raise TompError("missing", "Accept-Language")
        if served.scope not in request.auth.scopes.split():  # type: ignore[union-attr]  # a token's
            raise TompError("scope", served.scope)
        provider = providers.find(request.user)
        now = datetime.now(UTC)
        if provider is None or not (providers.may_unwind if served.unwinds else providers.may_sell)(provider, now):
            raise TompError("unlicensed")
        return provider

    def _handled(self, served: Served, call: Call) -> Answer:
        try:
            return served.handle(call)
        except PackageError as refused:
            raise TompError.of_service(refused.code, refused.said, served.module) from refused

    def _once(self, request: Request, served: Served, call: Call, key: str) -> Response:
        """The same request under the same key is done once."""
        if not (key.isascii() and key.isprintable() and len(key) <= LONGEST_KEY):
            raise TompError("invalid", "Idempotency-Key")
        said = json.dumps([request.path, call.inputs], sort_keys=True)
        principal = f"provider:{call.counter.provider.code}"
        found = idempotency.begin(principal, key, hashlib.sha256(said.encode()).hexdigest(), call.now)
        if isinstance(found, idempotency.Replay):
            return Response(
                found.body["body"], found.status, headers=found.body["headers"], content_type=found.body["media"]
            )
        try:
            response = _response(self._handled(served, call))
        except BaseException:
            idempotency.give_up(found)
            raise
        kept = {"body": response.data, "media": response.content_type, "headers": dict(response.items())}
        idempotency.finish(found, response.status_code, kept)
        return response

    def _refused(self, exc: Exception, context: Any) -> Response | None:
        """Everything that is refused, in TOMP's form. What nobody foresaw is logged, and says no more than that."""
        error = _error_of(exc)
        if error is None:
            logger.error("TOMP: %s has failed", context["request"].path, exc_info=exc)
            error = TompError("internal")
        set_rollback()
        response = Response(error.body(), error.status, content_type=JSON)
        if error.retry_after_s is not None:
            response["Retry-After"] = str(error.retry_after_s)
        if error.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        if error.status == 405:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response


class ReadView(TompView):
    """What is read."""

    def get(self, request: Request, operator: str = "", name: str = "") -> Response:
        """One document."""
        return self.answer(request, operator, name)


class ItemsView(ReadView):
    """The items of a collection."""

    def find(self, method: str, name: str) -> Served | None:
        """By the collection's name."""
        return COLLECTIONS.get(name)


class ProcessView(TompView):
    """The execution of a process."""

    def find(self, method: str, name: str) -> Served | None:
        """By the process's name."""
        return PROCESSES.get(name)

    def read(self, request: Request, served: Served) -> dict[str, Any]:
        """The inputs, as the schema has them."""
        inputs: dict[str, Any] = checked(request, served)["inputs"]
        return inputs

    def post(self, request: Request, name: str, operator: str = "") -> Response:
        """Do it."""
        return self.answer(request, operator, name)


def checked(request: Request, served: Served) -> Any:
    """The body of a request, held against the schema. Raises TompError."""
    body = request.data
    schema.check(served.operation_id, body, served.module)
    refuse_no_text(body, served.module)
    return body


def refuse_no_text(body: Any, module: int) -> None:
    """No text has a NUL, or a half of a character: databases do not keep these. Raises TompError."""
    said = json.dumps(body, ensure_ascii=False)
    if "\\u0000" in said or _HALF.search(said):
        raise TompError("invalid", "U+0000 or a lone surrogate", module)


def _response(answer: Answer) -> Response:
    headers = {"Expires": http_date(answer.expires_at)} if answer.expires_at else {}
    return Response(answer.body, answer.status, headers=headers, content_type=answer.media)


def _error_of(exc: Exception) -> TompError | None:
    if isinstance(exc, TompError):
        return exc
    if isinstance(exc, exceptions.Throttled):
        return TompError("throttled", retry_after_s=int(getattr(exc, "wait", None) or 60) + 1)
    if isinstance(exc, idempotency.InFlight):
        return TompError("in_flight", retry_after_s=1)
    if isinstance(exc, idempotency.KeyReused):
        return TompError("key_reused")
    return next((TompError(kind, module=GENERAL) for known, kind in _KINDS if isinstance(exc, known)), None)
