"""The pages of an operator's payout account: its staff open and fill it in, an officer or our staff approve it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings.models import PayoutAccount
from bookings.payments.base import PaymentError
from bookings.payments.stripe.accounts import GONE
from bookings.services import payout_accounts as service
from bookings.services import statements
from bookings.services.payout_accounts import PayoutAccountError
from bookings.services.viewers import allow
from bookings.web.limits import limited
from transit.register.sellers import LegalEntity, find_legal_entity, list_legal_entities

_REFUSALS = {
    "refused": _("The payment service does not open an account for you. Please ring us."),
    "not_ready": _("The payment service has not got the details yet."),
    "own_request": _("You have asked for this account yourself. Another person has to approve it."),
}
_BADGES = {
    "none": _("no account"),
    "unanswered": _("asked for"),
    "begun": _("details are missing"),
    "wanted": _("more is wanted"),
    "checked": _("is being checked"),
    "approvable": _("waits for approval"),
    "open": _("works"),
    "stopped": _("stopped"),
    "gone": _("not connected"),
    "rejected": _("not accepted"),
}


def _stage(row: PayoutAccount | None) -> str:
    """What there is to say of an account, in one word."""
    if row is None:
        return "none"
    if row.state == "DISABLED":
        return "gone" if row.reason == GONE else "rejected"
    if row.state == "RESTRICTED":
        return "wanted" if row.wants_more else "checked"
    if row.state != "ENABLED":
        return {"REQUESTED": "unanswered", "ONBOARDING": "begun"}[row.state]
    return "open" if row.is_open else "approvable" if row.active else "stopped"


@login_required
@never_cache
@require_GET
def payouts(request: HttpRequest, code: str) -> HttpResponse:
    """How an operator's account stands, what is kept for it, and what whoever looks can do about it."""
    operator = _operator(request, code)
    user: Any = request.user
    row = service.find(code)
    own = row is not None and row.requested_by == user
    context: dict[str, Any] = {
        "operator": operator,
        "code": code,
        "row": row,
        "stage": _stage(row),
        "kept": [sum_ for sum_ in statements.list_balances(code) if sum_.minor > 0],
        "again": "again" in request.GET,
        "may_start": user.has_perm(service.START, code),
        "may_approve": user.has_perm(service.APPROVE, code) and row is not None and not own,
        "may_see_statement": user.has_perm("bookings.view_statement", code),
        "own": own and user.has_perm(service.APPROVE, code),
    }
    return render(request, "bookings/payouts.html", context)


def _operator(request: HttpRequest, code: str) -> LegalEntity:
    """Nobody else learns that the operator exists. Raises Http404."""
    operator, user = find_legal_entity(code), cast(Any, request.user)
    if operator is None or not user.has_perm(service.VIEW, code):
        raise Http404
    return operator


@login_required
@require_POST
@limited
def payouts_start(request: HttpRequest, code: str) -> HttpResponse:
    """On to the payment service's page."""
    allow(request.user, service.START, code)
    try:
        return redirect(service.begin(code, request.user, timezone.now()))
    except PayoutAccountError as refusal:
        messages.error(request, str(_REFUSALS[refusal.code]))
    except PaymentError:
        messages.error(request, gettext("The payment service cannot be reached at the moment. Please try again."))
    return redirect("payouts", code)


@login_required
@never_cache
@require_GET
def payouts_back(request: HttpRequest, code: str) -> HttpResponse:
    """Back from there."""
    _operator(request, code)
    if row := service.find(code):
        with suppress(PaymentError):  # the payment service's message brings it, too
            service.look(row, timezone.now())
    return redirect("payouts", code)


@login_required
@require_POST
def payouts_decide(request: HttpRequest, code: str) -> HttpResponse:
    """Let payouts begin, or stop them."""
    approve = request.POST.get("decision") == "approve"
    try:
        service.decide(code, request.user, timezone.now(), approve=approve)
        messages.success(request, gettext("Approved.") if approve else gettext("Payouts are stopped."))
    except PayoutAccount.DoesNotExist:
        raise Http404 from None
    except PayoutAccountError as refusal:
        messages.error(request, str(_REFUSALS[refusal.code]))
    return redirect("payouts", code)


@login_required
@never_cache
@require_GET
def desk_payouts(request: HttpRequest) -> HttpResponse:
    """The accounts that whoever looks may approve."""
    allow(request.user, service.LIST)
    rows = service.list_for(request.user)
    known = list_legal_entities([row.operator_code for row in rows])
    listed = [(row, known.get(row.operator_code), _BADGES[_stage(row)]) for row in rows]
    return render(request, "bookings/desk_payouts.html", {"rows": listed})
