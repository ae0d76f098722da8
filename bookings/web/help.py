"""Help with an order: the resident's page, and those of the staff who look at cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from bookings.models import Case, Order
from bookings.services import cases
from bookings.services.cases import CaseError
from bookings.services.viewers import allow
from bookings.tasks import kick
from bookings.web import words
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


class ActionForm(forms.Form):
    """What staff do about a case."""

    action = forms.CharField(max_length=30)
    text = forms.CharField(max_length=200, required=False)


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
    return render(request, "bookings/help.html", _shown(order) | {"form": form})


@login_required
@never_cache
def desk_cases(request: HttpRequest) -> HttpResponse:
    """What waits for a person."""
    allow(request.user, "bookings.handle_case")
    rows = [(row, words.case(row.kind)) for row in cases.list_open()]
    return render(request, "bookings/desk_cases.html", {"rows": rows})


@login_required
@never_cache
def desk_case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what happened, what the resident wrote, and what can be done."""
    allow(request.user, "bookings.handle_case")
    case = Case.objects.select_related("order__offer").filter(pk=pk).first()
    if case is None:
        raise Http404
    if request.method == "POST":
        return _act(request, case)
    actions = [(each, words.action(each)) for each in cases.list_actions(case, request.user)]
    shown = _shown(case.order) if case.order else {}
    return render(
        request, "bookings/desk_case.html", {"case": case, "title": words.case(case.kind), "actions": actions} | shown
    )


def _act(request: HttpRequest, case: Case) -> HttpResponse:
    form = ActionForm(request.POST)
    try:
        if not form.is_valid():
            raise CaseError("not_possible")
        done = cases.act(case.pk, form.cleaned_data["action"], form.cleaned_data["text"], request.user, timezone.now())
        if done.order is not None:
            kick(done.order)
        messages.success(request, gettext("Done."))
    except CaseError:
        messages.error(request, gettext("This cannot be done any more. Please look again."))
    return redirect("desk-case", case.pk)


def _shown(order: Order) -> dict[str, Any]:
    itinerary = tokens.of_json(order.offer.itinerary)
    found = cases.list_of(order)
    return {
        "order": order,
        "timezone": itinerary.legs[0].start.timezone,
        "happenings": [(each.at, words.happening(each)) for each in cases.list_happenings(order)],
        "cases": [(each, words.case(each.kind)) for each in found],
        "ways": [words.help_with(each) for each in cases.list_ways(order)],
    }
