"""Shared vehicles: what they are and cost, where they stand, and how many are there now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from transit.models import HostedFleet, HostedStand, Operator, Service
from transit.money import Money, exponent_of
from transit.tasks import kick_hosted_fleet
from transit.web.hosted.access import editor, find_shared
from transit.web.hosted.spots import SpotForm, drawn

_FORMS = {Service.Kind.BIKE_SHARING: HostedFleet.Form.BICYCLE}


class FleetForm(forms.ModelForm):
    """What vehicles they are, and what they cost in the region's currency."""

    base = forms.DecimalField(label=_("Price to begin with"), min_value=0, max_value=100_000, required=False)
    free_min = forms.IntegerField(label=_("Minutes included"), min_value=0, max_value=100_000, initial=30)
    step = forms.DecimalField(label=_("Then, for each step"), min_value=0, max_value=100_000, required=False)
    step_min = forms.IntegerField(label=_("Minutes of a step"), min_value=1, max_value=100_000, initial=30)

    class Meta:
        model = HostedFleet
        fields = ("form", "propulsion", "max_range_km", "same_stand", "free_min", "step_min")

    def __init__(self, currency: str, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.currency, fleet = currency, self.instance
        if fleet.pk and fleet.base_minor is not None:
            self.initial["base"] = Money(fleet.base_minor, currency).decimal()
            self.initial["step"] = Money(fleet.step_minor, currency).decimal()

    def clean(self) -> dict[str, Any]:
        """In the smallest unit."""
        given = super().clean() or {}
        for name in ("base", "step"):
            amount: Decimal | None = given.get(name)
            if amount is not None and amount != round(amount, exponent_of(self.currency)):
                self.add_error(name, _("This currency has no such small amounts."))
        if not self.errors:
            base, step = given.get("base"), given.get("step") or Decimal(0)
            if base is None and step:
                base = Decimal(0)
            self.instance.base_minor = None if base is None else Money.of_decimal(base, self.currency).minor
            self.instance.step_minor = Money.of_decimal(step, self.currency).minor
        return given


class StandForm(SpotForm):
    """A stand."""

    class Meta:
        model = HostedStand
        fields = ("name", "places", "vehicles", "is_open", "lat", "lon")


@editor
def vehicles(request: HttpRequest, operator: Operator) -> HttpResponse:
    """All of it on one page: the counts, which change every day, come first."""
    service, fleet = _fleet(operator)
    currency = operator.region.currency if operator.region else "EUR"
    form = FleetForm(currency, request.POST or None, instance=fleet)
    if request.method == "POST" and request.POST.get("do") == "count":
        _count(fleet, request)
        return redirect("hosted-vehicles", operator.code)
    if request.method == "POST" and form.is_valid():
        form.save()
        kick_hosted_fleet(fleet.pk)
        messages.success(request, gettext("Saved."))
        return redirect("hosted-vehicles", operator.code)
    stands = list(fleet.stands.all()) if fleet.pk else []
    context = {"operator": operator, "service": service, "fleet": fleet, "form": form, "stands": stands}
    context |= {"currency": currency, "features": drawn(stands), "is_new": not fleet.pk}
    return render(request, "transit/hosted/vehicles.html", context, status=422 if form.errors else 200)


@editor
def stand(request: HttpRequest, operator: Operator, stand: str = "") -> HttpResponse:
    """Add a stand, change or remove it."""
    _, fleet = _fleet(operator)
    if not fleet.pk:
        raise Http404
    now = timezone.now()
    row = get_object_or_404(fleet.stands, code=stand) if stand else HostedStand(fleet=fleet, counted_at=now)
    if request.method == "POST" and stand and request.POST.get("do") == "remove":
        row.delete()
        kick_hosted_fleet(fleet.pk)
        return redirect("hosted-vehicles", operator.code)
    form = StandForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.instance.counted_at = now
        form.save()
        kick_hosted_fleet(fleet.pk)
        return redirect("hosted-vehicles", operator.code)
    context = {"operator": operator, "stand": row, "form": form, "features": drawn(fleet.stands.all())}
    return render(request, "transit/hosted/stand.html", context, status=422 if form.errors else 200)


def _fleet(operator: Operator) -> tuple[Service, HostedFleet]:
    """The service whose vehicles are entered here, and these; a new row where nothing is entered."""
    service = find_shared(operator)
    if service is None:
        raise Http404
    fleet = HostedFleet.objects.filter(service=service).first()
    kind = _FORMS.get(Service.Kind(service.kind), HostedFleet.Form.CAR)
    return service, fleet or HostedFleet(service=service, form=kind)


def _count(fleet: HostedFleet, request: HttpRequest) -> None:
    """How many are there now, stand by stand; a field that is empty or no number changes nothing."""
    now = timezone.now()
    for row in fleet.stands.all() if fleet.pk else ():
        text = request.POST.get(f"count-{row.code}", "").strip()
        if text.isascii() and text.isdecimal() and len(text) < 5:
            row.vehicles, row.counted_at = int(text), now
            row.save(update_fields=["vehicles", "counted_at"])
    if fleet.pk:
        kick_hosted_fleet(fleet.pk)
        messages.success(request, gettext("Saved. Travellers see it within a minute."))
