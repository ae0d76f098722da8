"""Stops: a name, and where it is, by an address, by the map or by figures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from transit.journeys.picks import Pick
from transit.models import HostedStop, Operator
from transit.web.hosted.access import editor


class StopForm(forms.ModelForm):
    """A stop. What is found for `place` goes before the figures."""

    place_text = forms.CharField(max_length=120, required=False)
    place_at = forms.CharField(max_length=400, required=False)
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-85, max_value=85)
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)

    class Meta:
        model = HostedStop
        fields = ("name", "zone", "wheelchair", "lat", "lon")

    def clean(self) -> dict[str, Any]:
        """It is somewhere."""
        given = super().clean() or {}
        pick = Pick.find(given.get("place_at", ""), given.get("place_text"))
        if pick is not None and given.get("place_text"):
            given |= {"lat": round(pick.location.lat, 6), "lon": round(pick.location.lon, 6)}
        if given.get("lat") is None or given.get("lon") is None:
            self.add_error("lat", _("Choose a place from the list, or write both figures."))
        return given


@editor
def stops(request: HttpRequest, operator: Operator) -> HttpResponse:
    """All of an operator's stops, and one more."""
    form = StopForm(request.POST or None, instance=HostedStop(operator=operator))
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("hosted-stops", operator.code)
    rows = operator.hosted_stops.annotate(used=Count("calls__pattern__line", distinct=True))
    context = {"operator": operator, "stops": rows, "form": form, "features": _drawn(operator)}
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
            context = {"operator": operator, "stop": row, "form": form, "in_use": True, "features": _drawn(operator)}
            return render(request, "transit/hosted/stop.html", context, status=409)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("hosted-stops", operator.code)
    context = {"operator": operator, "stop": row, "form": form, "features": _drawn(operator)}
    return render(request, "transit/hosted/stop.html", context, status=422 if form.errors else 200)


def _drawn(operator: Operator) -> dict[str, Any] | None:
    """GeoJSON of the stops that are entered; None where there is none."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {"role": "stop", "name": row.name},
        }
        for row in operator.hosted_stops.all()
    ]
    return {"type": "FeatureCollection", "features": features} if features else None
