"""Help with an order: the resident's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from bookings.models import Order
from bookings.services import cases, sayings
from bookings.services.cases import CaseError
from bookings.web.access import own_order
from bookings.web.limits import limited
from transit import tokens


class QuestionForm(forms.Form):
    """What a resident wants to know."""

    text = forms.CharField(
        label=_("What do you need help with?"),
        max_length=cases.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@never_cache
@limited
def order_help(request: HttpRequest, code: str) -> HttpResponse:
    """What happened to an order, the numbers of its cases, and a way to ask."""
    order = own_order(request, code)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            found = cases.ask(order, form.cleaned_data["text"], timezone.now())
            said = gettext("Thank you. Your case has the number %(number)s.")
            messages.success(request, said % {"number": found.number})
            return redirect("order-help", code)
        except CaseError:
            form.add_error("text", gettext("You have written many times already. Please wait for our answer."))
    return render(request, "bookings/help.html", shown(order) | {"form": form})


def shown(order: Order) -> dict[str, Any]:
    """What is said of an order to whoever looks at it."""
    itinerary = tokens.of_json(order.offer.itinerary)
    found = cases.list_of(order)
    return {
        "order": order,
        "timezone": itinerary.legs[0].start.timezone,
        "happenings": [(each.at, sayings.happening(each)) for each in cases.list_happenings(order)],
        "cases": [(each, sayings.case(each.kind), cases.answers_to(each)) for each in found],
        "ways": [sayings.help_with(each) for each in cases.list_ways(order)],
    }
