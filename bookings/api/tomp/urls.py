"""The addresses of the TOMP server: all hosted operators together, and each under `operators/<code>`."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, include, path, register_converter
from rest_framework.request import Request

from bookings.api.tomp import discovery
from bookings.api.tomp.calls import Served
from bookings.api.tomp.customers import CustomersView, CustomerView
from bookings.api.tomp.errors import TompError
from bookings.api.tomp.views import ItemsView, ProcessView, ReadView, TompView


class AnyText:
    """Whatever stands in an address, line breaks too, so that every refusal has TOMP's form."""

    regex = "(?s:.+)"

    def to_python(self, value: str) -> str:
        """As it is written."""
        return value

    def to_url(self, value: str) -> str:
        """As it is written."""
        return value


register_converter(AnyText, "text")


class UnknownView(TompView):
    """Every address that there is not, by any method."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """See APIView. Raises TompError."""
        raise TompError("not_found")


def _page(served: Served) -> type[TompView]:
    return type("PageView", (ReadView,), {"served": {"GET": served}})


_PAGES: list[URLPattern] = [
    path("", _page(discovery.LANDING).as_view(), name="tomp"),
    path("api", _page(discovery.API).as_view()),
    path("conformance", _page(discovery.CONFORMANCE).as_view()),
    path("health", _page(discovery.HEALTH).as_view()),
    path("collections", _page(discovery.ALL_COLLECTIONS).as_view()),
    path("collections/<slug:name>", _page(discovery.ONE_COLLECTION).as_view()),
    path("collections/customers/items", CustomersView.as_view()),
    path("collections/customers/items/<text:ref>", CustomerView.as_view()),
    path("collections/<slug:name>/items", ItemsView.as_view()),
    path("processes", _page(discovery.ALL_PROCESSES).as_view()),
    path("processes/<slug:name>", _page(discovery.ONE_PROCESS).as_view()),
    path("processes/<slug:name>/execution", ProcessView.as_view()),
    path("processes/<slug:name>/execute", ProcessView.as_view()),
]

urlpatterns = [
    path("operators/<slug:operator>", _page(discovery.LANDING).as_view()),
    path("operators/<slug:operator>/", include(_PAGES)),
    *_PAGES,
    path("<text:rest>", UnknownView.as_view()),
]
