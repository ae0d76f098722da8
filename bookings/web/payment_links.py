"""Paying for an order that was made at a desk: staff send a link, and the caller pays in a browser of their own."""

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
from django.views.decorators.http import require_POST

from bookings.models import Order
from bookings.services import contacts, orders, payment_links, trips
from bookings.services.contacts import ContactError
from bookings.services.payment_links import LinkError
from bookings.services.viewers import allow, viewer_of
from bookings.web.access import own_order
from bookings.web.limits import limited
from bookings.web.phones import PhoneField
from transit import tokens

_REFUSALS = {
    "no_gateway": _("No text message can be sent. Please use an e-mail address."),
    "not_payable": _("This booking is not waiting for a payment."),
}


class LinkForm(forms.Form):
    """Where the caller reads: on a phone or by e-mail."""

    phone = PhoneField(required=False)
    email = forms.EmailField(required=False, max_length=254)

    def clean(self) -> dict[str, Any]:
        """One of both."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(given.get("phone")) == bool(given.get("email")):
            raise forms.ValidationError(_("Please fill in the phone number or the e-mail address."))
        return given


@login_required
@require_POST
@limited
def send(request: HttpRequest, code: str) -> HttpResponse:
    """Send the caller the link."""
    allow(request.user, "bookings.sell_for_others")
    order, form = own_order(request, code), LinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("pay", code)
    try:
        contacts.send_payment_link(order, form.cleaned_data["phone"], form.cleaned_data["email"], timezone.now())
        messages.success(request, gettext("The link is on its way."))
    except ContactError as error:
        messages.error(request, str(_REFUSALS[error.code]))
    return redirect("pay", code)


@never_cache
@limited
def payment_link(request: HttpRequest, token: str) -> HttpResponse:
    """What is to be paid, and the way to the payment. Only the button makes the order this browser's."""
    now = timezone.now()
    try:
        if request.method == "POST":
            viewer = viewer_of(request.user, request.session, begin=True)
            return redirect("pay", payment_links.take(token, viewer, now).code)
        order = payment_links.read(token, now)
    except LinkError as error:
        if error.code == "unknown":
            raise Http404 from None
        return render(request, "bookings/payment_over.html", status=410)
    return render(request, "bookings/payment_link.html", _shown(order))


def _shown(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "offer": order.offer,
        "status": orders.status(order),
        "itinerary": tokens.of_json(order.offer.itinerary),
        "trips": trips.list_trips(order.offer),
        "payable_until": payment_links.payable_until(order),
    }
