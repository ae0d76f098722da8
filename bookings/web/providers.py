"""The page of third-party providers: officers decide who may sell, our staff note what has been paid."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings.models import Provider
from bookings.services import package_books
from bookings.services import providers as service
from bookings.services.package_books import BooksError
from bookings.services.providers import Licence, ProviderError
from bookings.services.viewers import allow
from bookings.states import PROVIDER
from bookings.web.limits import limited
from transit.money import Money

STATES = {
    "APPLIED": _("waits for a decision"),
    "LICENSED": _("may sell"),
    "SUSPENDED": _("suspended"),
    "REFUSED": _("refused"),
    "ENDED": _("ended"),
}
_DECISIONS = {
    "license": _("License"),
    "refuse": _("Refuse"),
    "suspend": _("Suspend"),
    "end": _("End for good"),
}
_REFUSALS = {
    "not_possible": _("This decision is not possible any more. Please look again."),
    "facts_missing": _("Please give the business ID and the number of the licence."),
    "licence_over": _("This licence is over already."),
    "nothing_due": _("Nothing is due to be paid."),
    "amount_differs": _("Another amount is due."),
    "reference_used": _("This reference was used for another payment."),
}


class DecisionForm(forms.Form):
    """What an officer decides, and what was checked for it."""

    decision = forms.ChoiceField(choices=_DECISIONS.items())
    business_id = forms.CharField(required=False, max_length=40)
    licence_no = forms.CharField(required=False, max_length=60)
    until = forms.DateField(required=False)
    why = forms.CharField(required=False, max_length=300)


class PaymentForm(forms.Form):
    """The sum that was shown, and what the payment is called at the bank."""

    minor = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    currency = forms.RegexField("^[A-Z]{3}$", widget=forms.HiddenInput)
    bank_reference = forms.CharField(max_length=package_books.LONGEST_REFERENCE)


@login_required
@never_cache
@require_GET
def providers(request: HttpRequest) -> HttpResponse:
    """Everybody who sells here, or wants to; nobody else learns of it."""
    allow(request.user, service.LICENSE)
    now, user = timezone.now(), request.user
    rows = [
        {
            "provider": row,
            "state": _("the licence is over") if _is_over(row, now) else STATES[row.state],
            "decisions": [(key, said) for key, said in _DECISIONS.items() if _allows(row, key)],
            "balances": [sum_ for sum_ in package_books.list_balances(row) if sum_.minor],
            "last": row.events.order_by("-pk").first(),
        }
        for row in service.list_all()
    ]
    may_pay = user.has_perm(package_books.NOTE_PAYMENT)
    return render(request, "bookings/providers.html", {"rows": rows, "may_pay": may_pay})


@require_POST
@limited
def provider_decide(request: HttpRequest, code: str) -> HttpResponse:
    """A decision about one of them."""
    allow(request.user, service.LICENSE)
    form = DecisionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        licence = Licence(given["business_id"], given["licence_no"], given["until"])
        try:
            service.decide(code, given["decision"], request.user, timezone.now(), licence=licence, why=given["why"])
        except Provider.DoesNotExist:
            raise Http404 from None
        except ProviderError as refused:
            messages.error(request, str(_REFUSALS[refused.code]))
    else:
        messages.error(request, _("Please look at the date again."))
    return redirect("providers")


@require_POST
@limited
def provider_paid(request: HttpRequest, code: str) -> HttpResponse:
    """One of them has paid all that it owes."""
    allow(request.user, package_books.NOTE_PAYMENT)
    row, form = Provider.objects.filter(code=code).first(), PaymentForm(request.POST)
    if row is None or not form.is_valid():
        raise Http404
    given = form.cleaned_data
    try:
        package_books.note_payment(
            row, Money(given["minor"], given["currency"]), given["bank_reference"], timezone.now()
        )
        messages.success(request, _("The payment is noted."))
    except BooksError as refused:
        messages.error(request, str(_REFUSALS[refused.code]))
    return redirect("providers")


def _allows(row: Provider, decision: str) -> bool:
    """A licence that is over can be given again."""
    return PROVIDER.allows(row.state, service.DECISIONS[decision])


def _is_over(row: Provider, now: Any) -> bool:
    return row.state == "LICENSED" and not service.may_sell(row, now)
