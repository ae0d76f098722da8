"""Prices of single tickets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from transit.models import HostedFare, Operator
from transit.money import Money, exponent_of
from transit.web.forms import number_of
from transit.web.hosted.access import editor, hosted_services


class FareForm(forms.ModelForm):
    """A price as people write it, in the region's currency."""

    price = forms.DecimalField(label=_("Price"), min_value=0, max_value=10_000)
    transfer_min = forms.IntegerField(
        label=_("Minutes in which one may change to another line"), min_value=0, max_value=1440, initial=0
    )

    class Meta:
        model = HostedFare
        fields = ("name", "category", "from_zone", "to_zone")

    def __init__(self, currency: str, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.currency = currency
        self.fields["price"].decimal_places = exponent_of(currency)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """In the smallest unit and in seconds."""
        given = super().clean() or {}
        price: Decimal | None = given.get("price")
        if price is not None and price != round(price, exponent_of(self.currency)):
            self.add_error("price", _("This currency has no such small amounts."))
        elif price is not None:
            self.instance.amount_minor = Money.of_decimal(price, self.currency).minor
        self.instance.transfer_s = 60 * (given.get("transfer_min") or 0)
        return given


@editor
def fares(request: HttpRequest, operator: Operator) -> HttpResponse:
    """All prices; add one, or remove one."""
    service = next(iter(hosted_services(operator)), None)
    if service is None:
        raise Http404
    currency = operator.region.currency if operator.region else "EUR"
    rows = HostedFare.objects.filter(service__operator=operator)
    if request.method == "POST" and request.POST.get("do") == "remove":
        get_object_or_404(rows, pk=number_of(request.POST.get("fare", ""))).delete()
        return redirect("hosted-fares", operator.code)
    form = FareForm(currency, request.POST or None, instance=HostedFare(service=service))
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("hosted-fares", operator.code)
    shown = [(row, Money(row.amount_minor, currency), row.transfer_s // 60) for row in rows]
    context = {"operator": operator, "fares": shown, "form": form, "currency": currency}
    return render(request, "transit/hosted/fares.html", context, status=422 if form.errors else 200)
