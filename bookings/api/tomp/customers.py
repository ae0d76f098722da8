"""Customers of providers: made, read, changed, forgotten."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.tomp.calls import JSON, Answer, Call, Served
from bookings.api.tomp.documents import instant
from bookings.api.tomp.errors import CUSTOMER, TompError
from bookings.api.tomp.views import TompView, checked
from bookings.models import ProviderCustomer
from bookings.services import provider_customers as service

SCOPE: Final = "tomp.customers"


def _create(call: Call) -> Answer:
    row, new = service.create(call.counter.provider, call.inputs, call.now)
    return Answer(_account(row), 201 if new else 200, JSON)


def _get(call: Call) -> Answer:
    return Answer(_account(_find(call)), media=JSON)


def _change(call: Call) -> Answer:
    """What is changed is a customer afterwards, too."""
    row = _find(call)
    if call.inputs.get("id", row.ref) != row.ref:
        raise TompError("read_only", "id", CUSTOMER)
    row = service.change(call.counter.provider, row.ref, call.inputs, call.now)
    return Answer(_account(row), media=JSON)


def _erase(call: Call) -> Answer:
    service.erase(call.counter.provider, _find(call).ref)
    return Answer({}, media=JSON)


def _find(call: Call) -> ProviderCustomer:
    try:
        return service.get(call.counter.provider, call.required("name", CUSTOMER))
    except ProviderCustomer.DoesNotExist:
        raise TompError("not_found", "customer", CUSTOMER) from None


def _account(row: ProviderCustomer) -> dict[str, Any]:
    return {
        "id": row.ref,
        "customer": row.said,
        "creationDate": instant(row.created_at),
        "modificationDate": instant(row.changed_at),
        "status": "ACTIVE",
    }


class _Told(TompView):
    """What is told of a customer."""

    def read(self, request: Request, served: Served) -> dict[str, Any]:
        """A customer, or a part of one."""
        sent = request.method in ("POST", "PATCH")
        found: dict[str, Any] = checked(request, served) if sent else {}
        return found


class CustomersView(_Told):
    """Every customer together: they are made here."""

    served: ClassVar = {"POST": Served("createCustomer", SCOPE, CUSTOMER, _create)}

    def post(self, request: Request, operator: str = "") -> Response:
        """Make one; who is known stays as they are."""
        return self.answer(request, operator, "")


class CustomerView(_Told):
    """One customer."""

    served: ClassVar = {
        "GET": Served("getCustomer", SCOPE, CUSTOMER, _get),
        "PATCH": Served("updateCustomer", SCOPE, CUSTOMER, _change),
        "DELETE": Served("deleteCustomer", SCOPE, CUSTOMER, _erase),
    }

    def get(self, request: Request, ref: str, operator: str = "") -> Response:
        """What is known of them."""
        return self.answer(request, operator, ref)

    def patch(self, request: Request, ref: str, operator: str = "") -> Response:
        """Change what is known of them."""
        return self.answer(request, operator, ref)

    def delete(self, request: Request, ref: str, operator: str = "") -> Response:
        """Forget them."""
        return self.answer(request, operator, ref)
