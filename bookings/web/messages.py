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
from django.views.decorators.http import require_GET, require_POST

from bookings.models import DeskCall
from bookings.services import contacts, subscriptions
from bookings.services.subscriptions import SubscriptionError
from bookings.services.viewers import allow, viewer_of
from bookings.web.access import own_order
from bookings.web.limits import limited
from bookings.web.phones import WRITE_WHOLE, PhoneField


class TellForm(forms.Form):
    """How to be told. A call and a text message need a number, with the country's prefix."""

    tell_by = forms.CharField(max_length=5)
    phone = PhoneField(required=False)

    def __init__(self, data: Any, ways: list[str], initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        self.ways = ways

    def clean(self) -> dict[str, Any]:
        """What is asked for must be possible."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("tell_by") not in self.ways:
            self.add_error("tell_by", _("Please choose one."))
        elif given["tell_by"] in {"sms", "call"} and not given.get("phone") and "phone" not in self.errors:
            self.add_error("phone", WRITE_WHOLE)
        return given


class SubscriptionForm(forms.Form):
    """What a browser says of itself when notifications are turned on in it."""

    endpoint = forms.CharField(max_length=subscriptions.LONGEST_ENDPOINT)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)


@never_cache
@limited
def tell(request: HttpRequest, code: str) -> HttpResponse:
    """How the resident of an order wants to be told."""
    order = own_order(request, code)
    ways = contacts.list_ways(order)
    tell_by, phone = contacts.get_choice(order)
    form = TellForm(request.POST if request.method == "POST" else None, ways, {"tell_by": tell_by, "phone": phone})
    if request.method == "POST" and form.is_valid():
        contacts.choose(order, form.cleaned_data["tell_by"], form.cleaned_data["phone"])
        messages.success(request, gettext("We will tell you in this way."))
        return redirect("order", code)
    context = {"order": order, "ways": ways, "form": form, "push_key": subscriptions.server_key()}
    return render(request, "bookings/tell.html", context)


@require_POST
@limited
def notify(request: HttpRequest, code: str) -> HttpResponse:
    """Notify the resident of an order in this browser, or in none any more."""
    order = own_order(request, code)
    if request.POST.get("do") == "forget":
        subscriptions.forget(order)
        messages.success(request, gettext("No browser is notified any more."))
        return redirect("tell", code)
    form = SubscriptionForm(request.POST)
    try:
        if not form.is_valid():
            raise SubscriptionError
        viewer = viewer_of(request.user, request.session)
        subscriptions.subscribe(order, viewer, now=timezone.now(), **form.cleaned_data)
    except SubscriptionError:
        messages.error(request, gettext("Notifications could not be turned on. Please choose another way."))
        return redirect("tell", code)
    messages.success(request, gettext("We will tell you in this way."))
    return redirect("order", code)


@login_required
@never_cache
@require_GET
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
