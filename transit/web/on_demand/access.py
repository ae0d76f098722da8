"""Whose services they are: those of another region do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from rules.permissions import has_perm

from transit.models import Region, RuleSet, Service
from transit.ondemand import versions
from transit.web.on_demand.parts import Frame

View = Callable[..., HttpResponse]
SET_UP: Final = "transit.set_up_service"
AGREE: Final = "transit.agree_to_waiver"
"""In a region, by its code."""


def list_regions(user: Any) -> list[Region]:
    """The regions in which somebody sets up services."""
    return [each for each in Region.objects.order_by("name", "pk") if user.has_perm(SET_UP, each.code)]


def may_set_up(user: Any, service: Service) -> bool:
    """Whether somebody works for the region of a service."""
    region = service.operator.region
    return bool(region and user.has_perm(SET_UP, region.code))


def has_role(user: Any, permission: str, region: str) -> bool:
    """Whether a role gives it. Django lets superusers do everything; what is written down tells who they are."""
    return bool(has_perm(permission, user, region))  # type: ignore[no-untyped-call]


def frame_of(rule_set: RuleSet) -> Frame:
    """What the forms of a version must know."""
    region = versions.region_of(rule_set.service)
    box = region.bounds
    bounds = (box[0], box[1], box[2], box[3]) if box else None
    return Frame(versions.rules_of(rule_set), tuple(region.languages), bounds, region.code)


def page(view: View) -> View:
    """For people who are logged in; nothing of it is kept."""
    return login_required(never_cache(require_http_methods(["GET", "POST"])(view)))


def of_service(view: View) -> View:
    """Called with the service in place of its code, for officers of its region alone."""

    @page
    @wraps(view)
    def allowed(request: HttpRequest, service: str, **named: Any) -> HttpResponse:
        rows = Service.objects.select_related("operator__region").filter(sales=Service.Sales.ONDEMAND)
        row = rows.filter(code=service).first()
        if row is None or not may_set_up(request.user, row):
            raise Http404
        return view(request, row, **named)

    return allowed


def of_version(view: View) -> View:
    """Called with the version in place of its number, for officers of its region alone."""

    @page
    @wraps(view)
    def allowed(request: HttpRequest, version: int, **named: Any) -> HttpResponse:
        row = RuleSet.objects.select_related("service__operator__region").filter(pk=version).first()
        if row is None or not may_set_up(request.user, row.service):
            raise Http404
        return view(request, row, **named)

    return allowed
