"""A company applies to be an operator; officers decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookings.web.limits import limited
from maas.accounts import applications as service
from maas.accounts.applications import KINDS, ApplicationError
from maas.accounts.models import OperatorApplication
from transit.models import Region

GO_ON = "go_on"
"""In the session: the page that waits for whoever confirms the e-mail address."""
_REFUSALS = {
    "waits_already": _("Your application waits already. You will get an e-mail."),
    "address_unconfirmed": _("Please confirm your e-mail address first."),
    "own": _("Somebody else must decide about your own application."),
    "decided": _("It is decided already."),
    "reason_missing": _("Please say why not."),
}


class ApplicationForm(forms.ModelForm):
    """Who it is before the law, by whose licence it drives, and how it is reached."""

    region = forms.ChoiceField(label=_("region"))
    kind = forms.ChoiceField(label=_("what it runs"), choices=[(each.value, each.label) for each in KINDS])

    class Meta:
        model = OperatorApplication
        fields = ("region", "legal_name", "business_id", "kind", "licensing_office", "licence_number", "phone")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for each in self.fields.values():
            each.label = capfirst(each.label)
        field: Any = self.fields["region"]
        field.choices = list(Region.objects.order_by("name").values_list("code", "name"))


@login_required
@never_cache
@limited
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Apply, and see what has become of it."""
    user: Any = request.user
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service.apply(user, form.cleaned_data, timezone.now())
            return redirect("operator-apply")
        except ApplicationError as error:
            form.add_error(None, _REFUSALS[error.code])
    context: dict[str, Any] = {"form": form, "mine": user.operator_applications.all(), "waits": _waits(user)}
    context["unconfirmed"] = not service.is_confirmed(user)
    context["approved"] = any(row.state == "APPROVED" for row in context["mine"])
    if context["unconfirmed"]:
        request.session[GO_ON] = "operator-apply"
    return render(request, "accounts/apply.html", context, status=422 if form.errors else 200)


def _waits(user: Any) -> bool:
    return bool(user.operator_applications.filter(state="APPLIED").exists())


@login_required
@never_cache
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """What an officer has to decide, and has decided."""
    user: Any = request.user
    if not user.has_perm(service.LIST):
        raise Http404
    return render(request, "accounts/applications.html", {"applications": service.list_for(user)})


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse."""
    user: Any = request.user
    approve, reason = request.POST.get("decision") == "approve", request.POST.get("reason", "").strip()[:300]
    try:
        service.decide(pk, user, approve=approve, reason=reason, now=timezone.now())
    except OperatorApplication.DoesNotExist:
        raise Http404 from None
    except ApplicationError as error:
        messages.error(request, _REFUSALS[error.code])
    return redirect("operator-applications")
