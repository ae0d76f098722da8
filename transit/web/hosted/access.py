"""Whose timetable it is: somebody else's does not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from transit.models import LENT, Operator, Service

View = Callable[..., HttpResponse]


def editor(view: View) -> View:
    """Called with the operator in place of its code, for those alone who may enter its timetable."""

    @login_required
    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def allowed(request: HttpRequest, code: str, **named: Any) -> HttpResponse:
        operator = Operator.objects.select_related("region").filter(code=code).first()
        user: Any = request.user
        if operator is None or not user.has_perm("transit.enter_timetable", code):
            raise Http404
        return view(request, operator, **named)

    return allowed


def hosted_services(operator: Operator) -> list[Service]:
    """The services of an operator of which a timetable can be entered: those of its own feed."""
    return list(operator.services.filter(agency_id__startswith=f"{operator.code}:").order_by("pk"))


def find_shared(operator: Operator) -> Service | None:
    """The service of an operator whose shared vehicles can be entered."""
    return operator.services.filter(kind__in=LENT).order_by("pk").first()
