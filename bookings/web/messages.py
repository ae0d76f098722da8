"""The pages about being told: how a resident wants it, and whom the staff of a desk ring up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bookings.models import DeskCall
from bookings.services import contacts
from bookings.services.viewers import allow
from bookings.web.access import own_order
from bookings.web.limits import limited


class TellForm(forms.Form):
    """How to be told. A call and a text message need a number, with the country's prefix."""

    tell_by = forms.CharField(max_length=5)
    phone = forms.RegexField(
        r"^\+[1-9][0-9]{6,14}$",
        required=False,
        error_messages={"invalid": _("Please write the number with its country: +358 40 1234567.")},
    )

    def __init__(self, data: Any, ways: list[str]) -> None:
        written = data and data.copy()
        if written:
            written["phone"] = "".join(each for each in written.get("phone", "") if each not in " -().")
        super().__init__(written)
        self.ways = ways

    def clean(self) -> dict[str, Any]:
        """What is asked for must be possible."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("tell_by") not in self.ways:
            self.add_error("tell_by", _("Please choose one."))
        elif given["tell_by"] != "email" and not given.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Please write the number with its country: +358 40 1234567."))
        return given


@never_cache
@limited
def tell(request: HttpRequest, code: str) -> HttpResponse:
    """How the resident of an order wants to be told."""
    order = own_order(request, code)
    ways = contacts.list_ways(order)
    form = TellForm(request.POST if request.method == "POST" else None, ways)
    if request.method == "POST" and form.is_valid():
        contacts.choose(order, form.cleaned_data["tell_by"], form.cleaned_data["phone"])
        messages.success(request, gettext("We will tell you in this way."))
        return redirect("order", code)
    return render(request, "bookings/tell.html", {"order": order, "ways": ways, "form": form})


@login_required
@never_cache
def calls(request: HttpRequest) -> HttpResponse:
    """Who is to be rung up, and what to say."""
    allow(request.user, "bookings.ring_up")
    return render(request, "bookings/desk_calls.html", {"calls": contacts.list_calls(timezone.now())})


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody was rung up."""
    allow(request.user, "bookings.ring_up")
    try:
        contacts.close(pk, request.POST.get("reached") == "yes", request.user, timezone.now())
        messages.success(request, gettext("Noted."))
    except DeskCall.DoesNotExist:
        messages.error(request, gettext("This was settled before."))
    return redirect("desk-calls")
