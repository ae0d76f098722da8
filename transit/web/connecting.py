"""The page on which an operator's sales system is connected: an address and credentials, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from transit.models import Operator
from transit.register import connecting
from transit.remote.tomp import Party

CONNECT = "transit.connect_operator"
PROBLEMS = {
    "address": _("This address may not be called. It must be a public one that begins with https://."),
    "unreachable": _("Nobody answers at this address, or not in time. Please check it, or try again later."),
    "credentials": _("The operator does not accept this name and secret. Please ask the operator for others."),
    "no_token": _("No access token is given at this address (/oauth/token). Is it the address of a TOMP-API?"),
    "not_tomp": _("This is neither TOMP-API 2.0 nor 1.x. Please ask the operator for the address of its TOMP-API."),
    "broken": _("The operator's system says that something is broken there. Please try again later."),
    "incomplete": _("The operator's system cannot do everything that selling needs. These are missing:"),
}
CAPABILITIES = {
    "B": _("Where an answer is lost, the booking is looked up. Nothing is bought twice."),
    "C": _("Where an answer is lost, the booking is searched for by our reference."),
    "D": _("Where an answer is lost, a person has to ask the operator. Ask for a way to look up bookings."),
}


class ConnectForm(forms.Form):
    """Where an operator sells, and as whom we come."""

    url = forms.CharField(max_length=500)
    client_id = forms.CharField(max_length=100)
    client_secret = forms.CharField(max_length=500)
    sell = forms.BooleanField(required=False)

    def party(self) -> Party:
        """As the operator's interface is called."""
        given = self.cleaned_data
        return Party(given["url"].rstrip("/"), given["client_id"], given["client_secret"])


@login_required
@never_cache
@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for address and credentials, try them, and say in words what was found."""
    user: Any = request.user
    operator = Operator.objects.filter(code=code).first()
    if operator is None or not user.has_perm(CONNECT, code):
        raise Http404
    form, found = ConnectForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        found = connecting.connect(operator, form.party(), sell=form.cleaned_data["sell"])
    context = {
        "operator": operator,
        "form": form,
        "found": found,
        "problem": PROBLEMS.get(found.problem) if found else None,
        "capability": CAPABILITIES.get(found.capability) if found else None,
        "present": connecting.find_connected(operator),
    }
    return render(request, "transit/connect.html", context, status=422 if found and found.problem else 200)
