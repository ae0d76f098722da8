"""Every exception of the API as one shape: problem details (RFC 9457).

Members: `type`, `title` (in the reader's language), `status`, `detail`, and as extensions `code` (stable, for
programs), `errors` ([{"field", "detail"}] of a request that is not valid) and what the exception itself has to say.
TOMP and OAuth keep the shapes of their own standards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from bookings.models import Offer, Order, Ticket
from bookings.payments.stripe.webhooks import BadSignature
from bookings.services.cases import CaseError
from bookings.services.idempotency import InFlight, KeyReused
from bookings.services.no_shows import NoShowError
from bookings.services.offers import OfferError
from bookings.services.orders import OrderError
from bookings.services.settlement import SettlementError
from transit.journeys import NoNetwork, NoSuchStop
from transit.register.access import AccessError
from transit.tokens import TokenError

MEDIA_TYPE = "application/problem+json"

PROBLEMS: dict[str, tuple[int, Any]] = {
    "invalid": (400, _("The request is not valid.")),
    "malformed": (400, _("The request is not JSON.")),
    "token_invalid": (400, _("This journey was not proposed here.")),
    "token_expired": (410, _("This proposal is too old. Please search again.")),
    "not_authenticated": (401, _("Please log in.")),
    "forbidden": (403, _("You may not do this.")),
    "not_found": (404, _("There is nothing here.")),
    "no_such_stop": (404, _("There is no such stop.")),
    "method_not_allowed": (405, _("This cannot be done here.")),
    "not_acceptable": (406, _("The answer is not available in this form.")),
    "unsupported_media_type": (415, _("Please send JSON.")),
    "throttled": (429, _("Too many requests. Please wait a moment.")),
    "departed": (409, _("This departs too soon to be sold.")),
    "itinerary_changed": (409, _("The timetable has changed. Please search again.")),
    "back_too_early": (409, _("The way back leaves before you have arrived.")),
    "sold_out": (409, _("A part of this journey is sold out.")),
    "cannot_be_combined": (409, _("A part of this journey can only be bought by itself.")),
    "not_offered": (409, _("An operator does not sell a part of this journey.")),
    "operator_unavailable": (503, _("An operator cannot be reached at the moment.")),
    "no_network": (503, _("No timetable has been published yet.")),
    "no_right": (409, _("A right to ride as one of this group, or for this purpose, is not noted, or has ended.")),
    "nothing_to_sell": (409, _("No part of this journey is sold here.")),
    "mixed_currencies": (409, _("This journey is sold in several currencies and cannot be paid at once.")),
    "offer_expired": (410, _("This offer is no longer valid. Please search again.")),
    "not_departed": (409, _("This ride has not left yet.")),
    "too_late": (409, _("It is too late for that.")),
    "not_possible_now": (409, _("This cannot be done at the moment.")),
    "not_changeable": (409, _("This booking can no longer be changed.")),
    "not_disrupted": (409, _("Nothing is known to stand in the way of this journey.")),
    "no_way_on": (409, _("No other journey was found.")),
    "already_used": (409, _("A ticket of this booking has been used, so it can no longer be cancelled.")),
    "too_many_orders": (409, _("Too many orders are under way. Please finish or cancel one first.")),
    "subsidy_changed": (409, _("The subsidy of this ride has changed meanwhile. Please ask for an offer again.")),
    "limit_reached": (409, _("That is more than may be spent for this person this month.")),
    "way_not_allowed": (409, _("This journey cannot be paid in this way.")),
    "not_waiting_for_consent": (409, _("This order is not waiting for a consent.")),
    "price_changed": (409, _("The price has changed.")),
    "not_cancellable": (409, _("This order cannot be cancelled.")),
    "fee_changed": (409, _("The fee has changed.")),
    "nothing_due": (409, _("Nothing is due to be paid.")),
    "amount_differs": (409, _("Another amount is due.")),
    "reference_used": (409, _("This reference was used for another payout.")),
    "too_many_texts": (409, _("You have written many times already. Please wait for our answer.")),
    "asked_already": (409, _("This was asked for already and is not decided yet.")),
    "too_many_requests_open": (409, _("Too many requests wait for an answer.")),
    "no_interface": (409, _("This operator has no such interface.")),
    "key_reused": (422, _("This key was used with another request.")),
    "in_flight": (409, _("The first request with this key is still running.")),
    "bad_signature": (400, _("This message is not signed as it should be.")),
    "internal": (500, _("Something went wrong here.")),
}
"""Every code with its status and title."""

_OF_FRAMEWORK: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "not_authenticated",
    exceptions.PermissionDenied: "forbidden",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "throttled",
}


_OF_SERVICES: dict[type[Exception], str] = {
    KeyReused: "key_reused",
    BadSignature: "bad_signature",
    NoSuchStop: "no_such_stop",
    NoNetwork: "no_network",
}
_STOP_HELP = "{} is not in the timetable of now. GET /api/v1/places?q=… finds stops by name."


def problem(code: str, detail: str = "", **members: Any) -> dict[str, Any]:
    """The body of a problem."""
    status, title = PROBLEMS[code]
    body = {"type": f"/api/v1/problems#{code}", "title": str(title), "status": status, "code": code}
    return body | ({"detail": detail} if detail else {}) | members


def problem_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Django REST framework's exception handler. What it does not know stays a crash, logged as such."""
    body, headers = _problem_of(exc)
    if body is None:
        return None
    set_rollback()
    return Response(body, body["status"], headers=headers, content_type=MEDIA_TYPE)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a problem for the API, the page `500.html` for everybody else."""
    if request.path.startswith("/api/"):
        return JsonResponse(problem("internal"), status=500, content_type=MEDIA_TYPE)
    return defaults.server_error(request)


class ProblemsView(APIView):
    """What the `type` of a problem points to."""

    @extend_schema(operation_id="list_problems", tags=["problems"], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Every code that a problem can have, with its status and title."""
        return Response({"problems": [problem(code) for code in PROBLEMS]})


class UnknownView(APIView):
    """Every address of the API that there is not, also where DEBUG would show a page."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nothing is here for any method."""
        raise exceptions.NotFound


def _problem_of(exc: Exception) -> tuple[dict[str, Any] | None, dict[str, str]]:
    if isinstance(exc, (Http404, Offer.DoesNotExist, Order.DoesNotExist, Ticket.DoesNotExist)):
        exc = exceptions.NotFound()
    if isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, OfferError):
        return problem(exc.code, **exc.members()), {}
    if isinstance(exc, (TokenError, OrderError, SettlementError, NoShowError, CaseError, AccessError)):
        return problem(exc.code), {}
    if isinstance(exc, InFlight):
        return problem("in_flight"), {"Retry-After": "2"}
    code = next((code for kind, code in _OF_SERVICES.items() if isinstance(exc, kind)), None)
    if code is not None:
        return problem(code, _STOP_HELP.format(exc) if code == "no_such_stop" else ""), {}
    if isinstance(exc, exceptions.ValidationError):
        return problem("invalid", errors=list(_field_errors(exc.detail))), {}
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc)
    return None, {}


def _of_framework(exc: exceptions.APIException) -> tuple[dict[str, Any] | None, dict[str, str]]:
    code = next((code for kind, code in _OF_FRAMEWORK.items() if isinstance(exc, kind)), None)
    if code is None:
        return None, {}
    headers = {}
    if scheme := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    wait_s = getattr(exc, "wait", None)
    if wait_s is not None:
        headers["Retry-After"] = str(int(wait_s) + 1)
    detail = "" if code in {"not_found", "throttled"} else str(exc.detail)
    return problem(code, detail), headers


def _field_errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """The nested errors of serializers as a flat list with paths such as `travellers.1.category`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _field_errors(inner, f"{field}.{name}".strip(".") if name != "non_field_errors" else field)
    elif isinstance(detail, list) and any(isinstance(item, (Mapping, list)) for item in detail):
        for position, inner in enumerate(detail):
            yield from _field_errors(inner, f"{field}.{position}".strip("."))
    else:
        for item in detail if isinstance(detail, list) else [detail]:
            yield {"field": field, "detail": str(item)}
