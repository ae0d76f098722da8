"""The pages of staff who look at cases, decide on losses and read comparisons."""

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
from django.views.decorators.http import require_GET, require_POST

from bookings.models import Case, Order, WriteOff
from bookings.services import cases, comparison, sayings, write_offs
from bookings.services.cases import CaseError
from bookings.services.viewers import allow
from bookings.services.write_offs import WriteOffError
from bookings.tasks import kick
from bookings.web import words
from bookings.web.help import shown
from transit.money import Money

_REFUSALS = {
    "not_reached": _("Nobody answered there. Please try again later."),
    "still_there": _("They did not take it back. Please ask them in person."),
    "nothing_missing": _("Nothing is missing there any more. Please look again."),
    "too_much": _("This is more than what is missing."),
    "no_reason": _("Please say why, in a few words."),
    "open_already": _("A proposal is waiting already."),
    "decided_already": _("Somebody has decided already."),
    "own_proposal": _("You have proposed this. Another person has to decide."),
}
_CHANGED = _("This cannot be done any more. Please look again.")


class ActionForm(forms.Form):
    """What staff do about a case."""

    action = forms.CharField(max_length=30)
    text = forms.CharField(max_length=200, required=False)


class CodeForm(forms.Form):
    """The number of a booking."""

    code = forms.RegexField("^[A-Za-z0-9_-]{22}$", label=_("Number of the booking"), strip=True)


class LossForm(forms.Form):
    """A loss that the platform is to take."""

    account = forms.CharField(max_length=80)
    amount = forms.DecimalField(max_digits=12, decimal_places=3, localize=True)
    currency = forms.RegexField("^[A-Z]{3}$")
    reason = forms.CharField(max_length=200, required=False)


class DecisionForm(forms.Form):
    """Yes or no."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("decline", "")])


@login_required
@never_cache
@require_GET
def desk_cases(request: HttpRequest) -> HttpResponse:
    """What waits for a person, or with `closed` what no longer does; and a way to begin a case."""
    allow(request.user, "bookings.handle_case")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                "desk-case", cases.open_by_staff(form.cleaned_data["code"], request.user, timezone.now()).pk
            )
        except Order.DoesNotExist:
            form.add_error("code", gettext("There is no booking with this number."))
    closed = "closed" in request.GET
    rows = cases.list_closed() if closed else cases.list_open()
    listed = [(row, sayings.case(row.kind), words.end(row.resolution)) for row in rows]
    compares = request.user.has_perm("bookings.view_comparisons")
    return render(
        request,
        "bookings/desk_cases.html",
        {"rows": listed, "form": form, "closed": closed, "compares": compares, "now": timezone.now()},
    )


@login_required
@never_cache
def desk_case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what happened, what is known, what can be done, and what is or could be written off."""
    allow(request.user, "bookings.handle_case")
    case = Case.objects.select_related("order__offer", "resolved_by").filter(pk=pk).first()
    if case is None:
        raise Http404
    if request.method == "POST":
        return _act(request, case)
    context = {
        "case": case,
        "title": sayings.case(case.kind),
        "end": words.end(case.resolution),
        "facts": words.facts(case.evidence),
        "actions": [(each, words.action(each)) for each in cases.list_actions(case, request.user)],
        "done": [(row, words.end(row.action)) for row in case.events.select_related("by")],
        **_written_off(request, case),
    }
    return render(request, "bookings/desk_case.html", (shown(case.order) if case.order else {}) | context)


def _written_off(request: HttpRequest, case: Case) -> dict[str, Any]:
    rows = list(case.write_offs.select_related("proposed_by", "decided_by"))
    may_propose = request.user.has_perm(write_offs.PROPOSE) and not case.resolution
    waiting = any(row.state == "PROPOSED" for row in rows)
    losses = write_offs.list_losses(case) if may_propose and not waiting else []
    return {
        "write_offs": [
            (row, words.loss(row.account), row.state == "PROPOSED" and row.proposed_by != request.user) for row in rows
        ],
        "losses": [(each, words.loss(each.account)) for each in losses],
        "may_approve": request.user.has_perm(write_offs.APPROVE),
    }


def _act(request: HttpRequest, case: Case) -> HttpResponse:
    form = ActionForm(request.POST)
    try:
        if not form.is_valid():
            raise CaseError("not_possible")
        done = cases.act(case.pk, form.cleaned_data["action"], form.cleaned_data["text"], request.user, timezone.now())
        if done.order is not None:
            kick(done.order)
        messages.success(request, gettext("Done."))
    except CaseError as refusal:
        messages.error(request, str(_REFUSALS.get(refusal.code, _CHANGED)))
    return redirect("desk-case", case.pk)


@login_required
@never_cache
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose that the platform takes a loss."""
    allow(request.user, write_offs.PROPOSE)
    form = LossForm(request.POST)
    try:
        if not form.is_valid():
            raise WriteOffError("no_amount")
        given = form.cleaned_data
        amount = Money.of_decimal(given["amount"], given["currency"])
        write_offs.propose(pk, given["account"], amount, given["reason"], request.user, timezone.now())
        messages.success(request, gettext("Proposed. Another person has to decide now."))
    except WriteOffError as refusal:
        messages.error(request, str(_REFUSALS.get(refusal.code, _("This amount cannot be taken. Please check it."))))
    except Case.DoesNotExist:
        raise Http404 from None
    return redirect("desk-case", pk)


@login_required
@never_cache
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a loss that somebody else has proposed, or decline to."""
    allow(request.user, write_offs.APPROVE)
    form = DecisionForm(request.POST)
    row = WriteOff.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        if not form.is_valid():
            raise WriteOffError("no_decision")
        done = write_offs.decide(pk, request.user, timezone.now(), approve=form.cleaned_data["decision"] == "approve")
        if done.case.order is not None:
            kick(done.case.order)
        messages.success(request, gettext("Done."))
    except WriteOffError as refusal:
        messages.error(request, str(_REFUSALS.get(refusal.code, _CHANGED)))
    return redirect("desk-case", row.case_id)


@login_required
@never_cache
@require_GET
def comparisons(request: HttpRequest) -> HttpResponse:
    """What comparing our books with everybody's came to, day by day."""
    allow(request.user, "bookings.view_comparisons")
    rows = [
        (row, [(each["who"], words.not_compared(each["why"])) for each in row.not_compared])
        for row in comparison.list_last()
    ]
    return render(request, "bookings/comparisons.html", {"rows": rows})
