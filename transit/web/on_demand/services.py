"""The services on demand of an officer's regions: all, a new one, one of them with its versions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from transit.models import Region, RuleSet, Service
from transit.ondemand import versions
from transit.ondemand.versions import OPEN
from transit.register import changes
from transit.web.forms import number_of
from transit.web.on_demand.access import SET_UP, list_regions, of_service, page
from transit.web.on_demand.service_form import ServiceForm


@login_required
@never_cache
@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """Where an officer begins."""
    user: Any = request.user
    regions = list_regions(user)
    wanted = request.GET.get("region", "").strip().lower()
    if wanted and user.has_perm(SET_UP, wanted):
        return redirect("on-demand-region", wanted)
    if not regions and not user.has_perm("transit.oversee_any"):
        raise Http404
    now = timezone.now()
    rows = [(region, [_standing(each, now) for each in _of_region(region)]) for region in regions]
    return render(request, "transit/on_demand/services.html", {"regions": rows, "wanted": wanted})


@page
def service_new(request: HttpRequest, region: str) -> HttpResponse:
    """A new service, with a first version to fill in."""
    user: Any = request.user
    row = Region.objects.filter(code=region).first()
    if row is None or not user.has_perm(SET_UP, region):
        raise Http404
    form = ServiceForm(row, request.POST or None, instance=Service(sales=Service.Sales.ONDEMAND))
    if request.method == "POST" and form.is_valid():
        made = form.save()
        version = versions.draft(made, user, timezone.now())
        messages.success(request, _("The service is there. Now say how it runs."))
        return redirect("on-demand-version", version.pk)
    context = {"region": row, "form": form}
    return render(request, "transit/on_demand/service_new.html", context, status=422 if form.errors else 200)


@of_service
def service(request: HttpRequest, service: Service) -> HttpResponse:
    """The version that holds, those to come, drafts, and history."""
    now = timezone.now()
    if request.method == "POST":
        return _draft(request, service)
    today = versions.today_of(service, now)
    rows = list(service.rule_sets.select_related("author", "submitted_by", "released_by"))
    held = versions.current(service.code, today)
    context = {
        "service": service,
        "region": service.operator.region,
        "held": held,
        "coming": versions.coming(service.code, today),
        "open": [each for each in rows if each.state in OPEN],
        "earlier": [each for each in rows if each.state not in OPEN and _is_past(each, held, today)],
        "likes": _likes(request.user, service),
    }
    return render(request, "transit/on_demand/service.html", context)


@of_service
def service_edit(request: HttpRequest, service: Service) -> HttpResponse:
    """Its name, its operator, its telephone."""
    region = versions.region_of(service)
    form = ServiceForm(region, request.POST or None, instance=service)
    if request.method == "POST" and form.is_valid():
        form.save()
        changes.note_changes(timezone.now(), [service.operator.code])
        messages.success(request, _("Saved."))
        return redirect("on-demand-service", service.code)
    context = {"region": region, "service": service, "form": form}
    return render(request, "transit/on_demand/service_new.html", context, status=422 if form.errors else 200)


def _draft(request: HttpRequest, service: Service) -> HttpResponse:
    """A new version, like another one if that is wanted."""
    like = number_of(request.POST.get("like", ""))
    chosen = next((each for each in _likes(request.user, service) if each.pk == like), None)
    if like and chosen is None:
        raise Http404
    made = versions.draft(service, request.user, timezone.now(), chosen)
    return redirect("on-demand-version", made.pk)


def _likes(user: Any, service: Service) -> list[RuleSet]:
    """What a draft can be copied from: the newest version of each service of the region, this one's versions all."""
    rows = RuleSet.objects.filter(service__operator__region=service.operator.region_id).exclude(state="DISCARDED")
    rows = rows.select_related("service__operator__region").order_by("service__name", "-number")
    newest: dict[int, int] = {}
    for row in rows:
        newest.setdefault(row.service_id, row.pk)
    return [row for row in rows if row.service_id == service.pk or newest[row.service_id] == row.pk]


def _of_region(region: Region) -> list[Service]:
    rows = Service.objects.filter(operator__region=region, sales=Service.Sales.ONDEMAND)
    return list(rows.select_related("operator__region").order_by("name"))


def _standing(service: Service, now: Any) -> dict[str, Any]:
    today = versions.today_of(service, now)
    return {
        "service": service,
        "held": versions.current(service.code, today),
        "coming": versions.coming(service.code, today),
        "open": service.rule_sets.filter(state__in=OPEN).count(),
    }


def _is_past(row: RuleSet, held: RuleSet | None, today: date) -> bool:
    is_held = held is not None and row.pk == held.pk
    return not is_held and not (row.state == "RELEASED" and row.effective_on is not None and row.effective_on > today)
