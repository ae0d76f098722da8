"""An operator's account with us: its statement, and payouts that the platform's staff notes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from bookings.services import settlement, statements
from bookings.services.settlement import SettlementError
from transit.money import Money
from transit.register.sellers import LegalEntity, find_legal_entity

REFUSALS = {
    "nothing_due": _("Nothing is due to be paid."),
    "amount_differs": _("Another amount is due."),
    "reference_used": _("This reference was used for another payout."),
}


class PeriodForm(forms.Form):
    """Which days, both included, and which of several currencies."""

    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput({"type": "date"}))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput({"type": "date"}))
    currency = forms.RegexField("^[A-Z]{3}$", label=_("Currency"), max_length=3)

    def clean(self) -> dict[str, Any]:
        """A period has an order, and an end within a year."""
        found = super().clean() or {}
        first, last = found.get("first_day"), found.get("last_day")
        if first and last and not first <= last <= first + statements.LONGEST:
            raise forms.ValidationError(_("The last day must come after the first one, within a year."))
        return found


class PayoutForm(forms.Form):
    """The sum that was shown, and what the payment is called at the bank."""

    minor = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    currency = forms.RegexField("^[A-Z]{3}$", widget=forms.HiddenInput)
    bank_reference = forms.CharField(label=_("Reference at the bank"), max_length=60)


@never_cache
def account(request: HttpRequest, code: str) -> HttpResponse:
    """The statement of some days and what may be paid now; nobody else learns that the operator exists."""
    operator, now = find_legal_entity(code), timezone.now()
    user: Any = request.user
    if operator is None or not user.has_perm("bookings.view_statement", code):
        raise Http404
    may_pay = user.has_perm("bookings.note_payout", code)
    if request.method == "POST":
        if not may_pay:
            raise Http404
        _note(request, code, now)
        return redirect(request.get_full_path())
    form = PeriodForm(request.GET or None, initial=_this_month(operator, code, now))
    asked = form.cleaned_data if form.is_bound and form.is_valid() else None if form.is_bound else form.initial
    context: dict[str, Any] = {"form": form, "operator": operator, "code": code, "may_pay": may_pay}
    if asked and asked["currency"]:
        context |= _shown(code, asked["currency"], asked["first_day"], asked["last_day"], now)
    return render(request, "bookings/account.html", context)


def _this_month(operator: LegalEntity, code: str, now: datetime) -> dict[str, Any]:
    """The month so far, in the currency of the account."""
    today = now.astimezone(ZoneInfo(operator.timezone)).date()
    currency = next(iter(statements.list_currencies(code)), "")
    return {"first_day": today.replace(day=1), "last_day": today, "currency": currency}


def _shown(code: str, currency: str, first_day: date, last_day: date, now: datetime) -> dict[str, Any]:
    statement = statements.make(code, currency, first_day, last_day)
    due = settlement.list_due(code, currency, now)
    whole = settlement.due_sum(due, currency)
    return {
        "statement": statement,
        "lines": statement.lines[: statements.MOST_LINES],
        "most": statements.MOST_LINES,
        "query": f"first_day={first_day}&last_day={last_day}&currency={currency}",
        "due": due,
        "due_sum": whole,
        "payout": PayoutForm(initial={"minor": whole.minor, "currency": currency}) if whole.minor > 0 else None,
    }


def _note(request: HttpRequest, code: str, now: datetime) -> None:
    form = PayoutForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("The payout was not noted: its reference is missing."))
        return
    asked = form.cleaned_data
    try:
        amount = Money(asked["minor"], asked["currency"])
        settlement.note_payout(code, amount, asked["bank_reference"], request.user, now)
        messages.success(request, gettext("The payout was noted."))
    except SettlementError as refusal:
        messages.error(request, REFUSALS[refusal.code])
