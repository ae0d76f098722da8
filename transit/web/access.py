"""The pages of requests for access: a provider's own, one request for its parties, and what everybody may know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from transit.models import AccessRequest, Operator
from transit.register import access, access_record
from transit.register.access import AccessError, Asked, Said
from transit.web.duty_forms import AskForm, MoveForm
from transit.web.limits import limited

SHOWN: Final = 50
_REFUSALS: Final[Mapping[str, Any]] = {
    "asked_already": _("You have asked for this already. The operator has not decided yet."),
    "too_many_requests_open": _("Too many of your requests wait for an answer. Please wait, or withdraw one."),
    "no_interface": _("There is no such interface any more. Please choose another one."),
    "no_reason": _("Please choose a reason and say why, in a few words."),
    "not_possible_now": _("This cannot be done any more. Please look again."),
}


@require_GET
def access_public(request: HttpRequest) -> HttpResponse:
    """How operators answer, and every request without who has made it."""
    now = timezone.now()
    page = Paginator(access_record.list_records(now), SHOWN).get_page(request.GET.get("page"))
    context = {"statistics": access_record.list_statistics(now), "page": page}
    return render(request, "register/access.html", context)


@login_required
@never_cache
@require_GET
def access_mine(request: HttpRequest) -> HttpResponse:
    """What a provider has asked for, and whom it can ask."""
    user: Any = request.user
    if not user.has_perm(access.ASK):
        raise Http404
    context = {"requests": access.list_mine(user), "operators": Operator.objects.order_by("legal_name", "pk")}
    return render(request, "register/access_mine.html", context)


@login_required
@never_cache
@limited("book")
@require_http_methods(["GET", "POST"])
def access_ask(request: HttpRequest, operator: str) -> HttpResponse:
    """Ask one operator."""
    user: Any = request.user
    found = Operator.objects.filter(code=operator).first()
    if found is None or not user.has_perm(access.ASK):
        raise Http404
    sent = request.method == "POST"
    form = AskForm(operator, request.POST if sent else None, initial={"email": user.email, "contact": user.name})
    if sent and form.is_valid():
        given = form.cleaned_data
        said = Said(*(given[name] for name in ("organisation", "business_id", "contact", "email", "purpose")))
        asked = Asked(operator, given["level"], said, given["interface"], get_language() or "en")
        try:
            return redirect("access-request", access.ask(asked, user, timezone.now()).code)
        except AccessError as refusal:
            form.add_error(None, str(_REFUSALS[refusal.code]))
    context = {"form": form, "operator": found}
    return render(request, "register/access_ask.html", context, status=422 if sent else 200)


@login_required
@never_cache
@require_GET
def access_request(request: HttpRequest, code: str) -> HttpResponse:
    """One request: who asks, how far it is, and what whoever looks can do."""
    user: Any = request.user
    try:
        row = access.get_for(user, code)
    except AccessRequest.DoesNotExist:
        raise Http404 from None
    sides = access.sides(row, user)
    context = {
        "asked": row,
        "said": access.said(row),
        "sides": sides,
        "moves": access.list_moves(row, user),
        "reasons": AccessRequest.Reason.choices,
        "events": [each for each in row.events.all() if each.old != each.new],
        "may_settle": "officer" in sides and row.escalated_at is not None and row.settled_at is None,
    }
    return render(request, "register/access_request.html", context)


@login_required
@require_POST
def access_move(request: HttpRequest, code: str) -> HttpResponse:
    """One step further, as a party; or that an officer has looked at a silence."""
    form = MoveForm(request.POST)
    try:
        if not form.is_valid():
            raise AccessError("not_possible_now")
        given = form.cleaned_data
        if given["to"] == "SETTLED":
            access.settle(code, request.user, timezone.now())
        else:
            access.move(code, given["to"], request.user, timezone.now(), reason=given["reason"], answer=given["answer"])
        messages.success(request, gettext("Done."))
    except AccessRequest.DoesNotExist:
        raise Http404 from None
    except AccessError as refusal:
        messages.error(request, str(_REFUSALS[refusal.code]))
    return redirect("access-request", code)
