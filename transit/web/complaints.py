"""The pages of complaints: for whoever complains, without an account, and for officers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from transit.models import Complaint, Operator
from transit.register import complaints as service
from transit.register.complaints import ComplaintError, Written
from transit.web.duty_forms import ComplaintForm, RulingForm
from transit.web.limits import limited

_REFUSALS: Final[Mapping[str, Any]] = {
    "too_many": _("We have sent several letters to this address today. Please come back tomorrow."),
    "decided_already": _("This cannot be done any more. Please look again."),
    "no_reason": _("Please say why, in a few words."),
}


@never_cache
@limited("complain")
@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest, operator: str) -> HttpResponse:
    """Write a complaint; it counts once the letter that follows is confirmed."""
    found = Operator.objects.filter(code=operator, region__isnull=False).first()
    if found is None:
        raise Http404
    sent = request.method == "POST"
    form = ComplaintForm(request.POST if sent else None)
    if sent and form.is_valid():
        try:
            service.write(Written(operator, **form.cleaned_data, language=get_language() or "en"), timezone.now())
            return render(request, "register/complaint_written.html", {"operator": found})
        except ComplaintError as refusal:
            form.add_error("email", str(_REFUSALS[refusal.code]))
    return render(request, "register/complain.html", {"form": form, "operator": found}, status=422 if sent else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def complaint(request: HttpRequest, token: str) -> HttpResponse:
    """The page that the letter leads to: confirm, see how far it is, withdraw. What was written is not shown."""
    try:
        if request.method == "POST":
            return _of_complainant(request, token)
        return render(request, "register/complaint.html", {"complaint": service.get_by_token(token), "token": token})
    except Complaint.DoesNotExist:
        raise Http404 from None


def _of_complainant(request: HttpRequest, token: str) -> HttpResponse:
    try:
        if request.POST.get("do") == "withdraw":
            service.withdraw(token, timezone.now())
        else:
            service.confirm(token, timezone.now())
    except ComplaintError as refusal:
        messages.error(request, str(_REFUSALS[refusal.code]))
    return redirect("complaint", token)


@login_required
@never_cache
@require_GET
def officer_complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint, for an officer who oversees the operator."""
    try:
        row = service.get_for(request.user, pk)
    except Complaint.DoesNotExist:
        raise Http404 from None
    context = {"complaint": row, "said": service.said(row), "moves": service.list_moves(row)}
    return render(request, "register/officer_complaint.html", context)


@login_required
@require_POST
def officer_complaint_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it up, or decide."""
    form = RulingForm(request.POST)
    try:
        if not form.is_valid():
            raise ComplaintError("no_reason")
        given = form.cleaned_data
        service.move(pk, given["to"], request.user, timezone.now(), reason=given["reason"])
        messages.success(request, gettext("Done."))
    except Complaint.DoesNotExist:
        raise Http404 from None
    except ComplaintError as refusal:
        messages.error(request, str(_REFUSALS[refusal.code]))
    return redirect("officer-complaint", pk)
