"""`/register/…`: the public register. Anyone may read it, free of charge, without an account."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from transit.api import register_shapes as shapes
from transit.api.written import Written, shared
from transit.models import Region
from transit.publishing import dcat, sheets
from transit.register import catalogue, changes
from transit.register.catalogue import Asked, BadCursor, NotInRegister, Page

SHEETS: dict[str, Callable[[date], str]] = {
    "operators": lambda today: sheets.operators(catalogue.every_operator(today)),
    "services": lambda today: sheets.services(catalogue.every_service(today)),
    "interfaces": lambda today: sheets.interfaces(catalogue.every_interface(today)),
}


class AsItIs(BaseContentNegotiation):
    """Each address has one form, whatever a reader accepts; `format` is a parameter like others."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """Nothing is sent here."""
        return None

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """The only one, for problems."""
        return renderers[0], renderers[0].media_type


class RegisterView(APIView):
    """What every part of the register has in common."""

    content_negotiation_class = AsItIs
    authentication_classes = ()
    permission_classes = ()
    throttle_scope = "search"

    def handle_exception(self, exc: Exception) -> Response:
        """What the register says, in the API's words."""
        if isinstance(exc, BadCursor):
            exc = serializers.ValidationError({"cursor": "expected `next` of the answer before"})
        if isinstance(exc, NotInRegister):
            exc = NotFound()
        return super().handle_exception(exc)


class OperatorsView(RegisterView):
    """Operators."""

    @extend_schema(
        operation_id="list_operators",
        tags=["register"],
        parameters=[shapes.OperatorsParameters],
        responses=shapes.OperatorsSerializer,
    )
    def get(self, request: Request) -> HttpResponse:
        """The operators of the register, in the order of their names."""
        asked = _valid(shapes.OperatorsParameters, request)
        wish = Asked(text=asked["q"], kind=asked.get("kind", ""))
        found = catalogue.list_operators(wish, asked["cursor"], asked["limit"], _today())
        return _answer(request, _page("operators", found, shapes.OperatorSerializer))


class OperatorView(RegisterView):
    """One operator."""

    @extend_schema(operation_id="get_operator", tags=["register"], responses=shapes.OperatorSerializer)
    def get(self, request: Request, code: str) -> HttpResponse:
        """An operator."""
        return _answer(request, _written(shapes.OperatorSerializer, catalogue.get_operator(code)))


class ServicesView(RegisterView):
    """Services."""

    @extend_schema(
        operation_id="list_services",
        tags=["register"],
        parameters=[shapes.ServicesParameters],
        responses=shapes.RegisteredServicesSerializer,
    )
    def get(self, request: Request) -> HttpResponse:
        """The services of the register, in the order of their names."""
        asked = _valid(shapes.ServicesParameters, request)
        at = (asked["lon"], asked["lat"]) if "lat" in asked else None
        wish = Asked(text=asked["q"], kind=asked.get("kind", ""), operator=asked["operator"], at=at)
        found = catalogue.list_services(wish, asked["cursor"], asked["limit"], _today(), geometry=asked["geometry"])
        return _answer(request, _page("services", found, shapes.RegisteredServiceSerializer))


class ServiceView(RegisterView):
    """One service."""

    @extend_schema(operation_id="get_service", tags=["register"], responses=shapes.RegisteredServiceSerializer)
    def get(self, request: Request, code: str) -> HttpResponse:
        """A service, with the geometry of its areas."""
        return _answer(request, _written(shapes.RegisteredServiceSerializer, catalogue.get_service(code, _today())))


class InterfacesView(RegisterView):
    """Interfaces."""

    @extend_schema(
        operation_id="list_interfaces",
        tags=["register"],
        parameters=[shapes.InterfacesParameters],
        responses=shapes.InterfacesSerializer,
    )
    def get(self, request: Request) -> HttpResponse:
        """The interfaces at which operators disclose data or sell, in the order of their names."""
        asked = _valid(shapes.InterfacesParameters, request)
        wish = Asked(
            text=asked["q"],
            operator=asked["operator"],
            format=asked.get("format", ""),
            content=asked.get("content", ""),
        )
        found = catalogue.list_interfaces(wish, asked["cursor"], asked["limit"])
        return _answer(request, _page("interfaces", found, shapes.InterfaceSerializer))


class InterfaceView(RegisterView):
    """One interface."""

    @extend_schema(operation_id="get_interface", tags=["register"], responses=shapes.InterfaceSerializer)
    def get(self, request: Request, name: str) -> HttpResponse:
        """An interface."""
        return _answer(request, _written(shapes.InterfaceSerializer, catalogue.get_interface(name)))


class ChangesView(RegisterView):
    """Changes."""

    @extend_schema(
        operation_id="list_register_changes",
        tags=["register"],
        parameters=[shapes.ChangesParameters],
        responses=shapes.RegisterChangesSerializer,
    )
    def get(self, request: Request) -> HttpResponse:
        """What was added, changed and removed, the newest first."""
        asked = _valid(shapes.ChangesParameters, request)
        found = changes.list_changes(asked.get("cursor"), asked["limit"] + 1, asked["operator"])
        shown = found[: asked["limit"]]
        rows = [_written(shapes.RegisterChangeSerializer, each) for each in shown]
        return _answer(request, {"changes": rows, "next": shown[-1].pk if len(found) > len(shown) else None})


class SheetView(RegisterView):
    """The register as tables."""

    throttle_scope = "book"

    @extend_schema(operation_id="download_register", tags=["register"], responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, sheet: str) -> HttpResponse:
        """All operators, services or interfaces as CSV (UTF-8). A cell that begins as a formula does has an apostrophe
        before it.
        """
        if sheet not in SHEETS:
            raise NotFound
        answer = _tagged(request, SHEETS[sheet](_today()).encode(), "text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{sheet}.csv"'
        return answer


class CatalogueView(RegisterView):
    """The register as a catalogue of data."""

    throttle_scope = "book"

    @extend_schema(
        operation_id="get_register_catalogue",
        tags=["register"],
        responses={(200, "application/ld+json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> HttpResponse:
        """The catalogue (DCAT-AP 3.0 as JSON-LD) of every interface, for portals of open data to harvest."""
        region = Region.objects.order_by("pk").first()
        site = dcat.Site(
            settings.PUBLIC_URL.rstrip("/"),
            region.name if region else settings.PLATFORM["legal_name"],
            tuple(code for code, _ in settings.LANGUAGES),
            tuple(region.bounds) if region and region.bounds else None,
        )
        last = next(iter(changes.list_changes(None, 1)), None)
        document = dcat.catalogue(catalogue.everything(_today()), site, last.at if last else None)
        return _tagged(request, JSONRenderer().render(document), "application/ld+json")


def _today() -> date:
    return catalogue.day_of(datetime.now(UTC))


def _valid(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    return dict(shared(kind).run_validation(request.query_params))


def _written(kind: type[Written[Any]], entry: Any) -> Any:
    return shared(kind).to_representation(entry)


def _page(name: str, page: Page[Any], kind: type[Written[Any]]) -> dict[str, Any]:
    return {name: [_written(kind, each) for each in page.entries], "total": page.total, "next": page.cursor}


def _answer(request: Request, data: Any) -> HttpResponse:
    return _tagged(request, JSONRenderer().render(data), "application/json")


def _tagged(request: Request, content: bytes, kind: str) -> HttpResponse:
    """The answer with its ETag, or 304 for who has it (RFC 9110, 8.8.3 and 15.4.5)."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, no-cache", "Access-Control-Allow-Origin": "*"}
    if tag in [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type=kind, headers=headers)
