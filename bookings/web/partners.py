"""The page of an operator's staff about the messages that their system gets."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from bookings.models import Webhook
from bookings.services import webhooks as service
from bookings.services.viewers import allow
from bookings.services.webhooks import Party, WebhookError
from bookings.web.limits import limited


class AddressForm(forms.Form):
    """Where messages shall go."""

    url = forms.URLField(max_length=500, assume_scheme="https")


@login_required
@never_cache
@limited
def webhooks(request: HttpRequest, operator: str) -> HttpResponse:
    """Add, remove, give a new secret, and see what was sent. A secret is shown in the answer that made it alone."""
    allow(request.user, "bookings.manage_webhooks", operator)
    adding = request.method == "POST" and request.POST.get("do") == "add"
    form, secret = AddressForm(request.POST if adding else None), ""
    if adding and form.is_valid():
        try:
            _made, secret = service.create(Party(operator), form.cleaned_data["url"], timezone.now())
            form = AddressForm()
        except WebhookError:
            form.add_error("url", _("There are ten addresses already."))
    elif request.method == "POST" and not adding:
        secret = _change(request, operator)
    found = [(each, service.list_deliveries(each)) for each in service.list_of(Party(operator))]
    return render(request, "bookings/webhooks.html", {"webhooks": found, "form": form, "secret": secret})


def _change(request: HttpRequest, operator: str) -> str:
    """The new secret, or nothing for one that was removed."""
    try:
        webhook = service.get(Party(operator), request.POST.get("code", ""))
    except Webhook.DoesNotExist:
        raise Http404 from None
    if request.POST.get("do") == "rotate":
        return service.rotate(webhook, timezone.now())
    if request.POST.get("do") == "remove":
        webhook.delete()
    return ""
