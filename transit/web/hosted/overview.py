"""Where one stands: what is entered, what is still missing, and the button that makes it public."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from transit.models import HostedFare, HostedLine, HostedPattern, HostedSeason, Interface, Operator
from transit.tasks import kick_hosted_feed
from transit.web.hosted.access import editor, find_shared, hosted_services


@editor
def timetable(request: HttpRequest, operator: Operator) -> HttpResponse:
    """The beginning of all that can be entered."""
    if not hosted_services(operator) and find_shared(operator):
        return redirect("hosted-vehicles", operator.code)
    if request.method == "POST":
        kick_hosted_feed(operator.pk)
        messages.success(request, _("Your timetable is being made public. This takes some minutes."))
        return redirect("hosted-timetable", operator.code)
    return render(request, "transit/hosted/timetable.html", {"operator": operator} | _standing(operator))


def _standing(operator: Operator) -> dict[str, Any]:
    seasons = list(HostedSeason.objects.filter(service__operator=operator).select_related("service"))
    lines = list(HostedLine.objects.filter(service__operator=operator))
    interface = Interface.objects.filter(operator=operator, name=operator.code, format=Interface.Format.GTFS).first()
    return {
        "stops": operator.hosted_stops.count(),
        "lines": lines,
        "seasons": seasons,
        "fares": HostedFare.objects.filter(service__operator=operator).count(),
        "runs": HostedPattern.objects.filter(season__in=seasons, departures__isnull=False).exists(),
        "released": any(each.state == "RELEASED" for each in seasons),
        "version": interface.versions.order_by("-imported_at", "-pk").first() if interface else None,
    }
