"""Stops: a name, and where it is, by an address, by the map or by figures."""

from __future__ import annotations

from django.db.models import Count, ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from transit.models import HostedStop, Operator
from transit.web.hosted.access import editor
from transit.web.hosted.spots import SpotForm, drawn


class StopForm(SpotForm):
    """A stop."""

    class Meta:
        model = HostedStop
        fields = ("name", "zone", "wheelchair", "lat", "lon")


@editor
def stops(request: HttpRequest, operator: Operator) -> HttpResponse:
    """All of an operator's stops, and one more."""
    form = StopForm(request.POST or None, instance=HostedStop(operator=operator))
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("hosted-stops", operator.code)
    rows = operator.hosted_stops.annotate(used=Count("calls__pattern__line", distinct=True))
    context = {"operator": operator, "stops": rows, "form": form, "features": drawn(operator.hosted_stops.all())}
    return render(request, "transit/hosted/stops.html", context, status=422 if form.errors else 200)


@editor
def stop(request: HttpRequest, operator: Operator, stop: str) -> HttpResponse:
    """Change a stop, or remove one at which nothing stops."""
    row = get_object_or_404(HostedStop, operator=operator, code=stop)
    form = StopForm(request.POST or None, instance=row)
    if request.method == "POST" and request.POST.get("do") == "remove":
        try:
            row.delete()
            return redirect("hosted-stops", operator.code)
        except ProtectedError:
            form = StopForm(instance=row)
            context = {
                "operator": operator,
                "stop": row,
                "form": form,
                "in_use": True,
                "features": drawn(operator.hosted_stops.all()),
            }
            return render(request, "transit/hosted/stop.html", context, status=409)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("hosted-stops", operator.code)
    context = {"operator": operator, "stop": row, "form": form, "features": drawn(operator.hosted_stops.all())}
    return render(request, "transit/hosted/stop.html", context, status=422 if form.errors else 200)
