"""The pages of those who take and hand out money: desks, and drivers for their own operator."""

from __future__ import annotations

import secrets
from decimal import Decimal
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

from bookings.models import Bill, PayBack
from bookings.services import bills as service
from bookings.services import customers, wallets
from bookings.services.bills import BillError
from bookings.services.viewers import allow
from bookings.services.wallets import TopUpError
from bookings.tasks import kick_code
from bookings.web.limits import limited
from bookings.web.serving import served_customer
from transit.money import Money
from transit.register.sellers import list_currencies

_REFUSALS = {
    "no_such_person": _("Nobody has an account with this e-mail address."),
    "amount_invalid": _("This amount cannot be taken. Please check it."),
}


class TopUpForm(forms.Form):
    """Cash for somebody's wallet. `key` is the form's own, so that sending it twice counts once."""

    email = forms.EmailField(max_length=254)
    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=9, decimal_places=2, localize=True)
    currency = forms.RegexField("^[A-Z]{3}$")
    key = forms.CharField(max_length=40)


@login_required
@never_cache
@limited
def top_up(request: HttpRequest) -> HttpResponse:
    """Take cash for a resident's wallet and give a receipt: of somebody with an account, or of the `caller` served."""
    allow(request.user, "bookings.top_up_wallet")
    form, refusal = TopUpForm(request.POST if request.method == "POST" else None), ""
    code = request.GET.get("caller", "")
    customer = served_customer(request, code, timezone.now())[1] if code else None
    form.fields["email"].required = customer is None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        amount = Money.of_decimal(given["amount"], given["currency"])
        try:
            person = customer.user if customer else wallets.find_person(given["email"])
            taken = wallets.top_up(person, amount, given["key"], request.user, timezone.now())
            said = gettext("%(sum)s %(currency)s taken. Receipt %(number)s.")
            values = {"sum": amount.decimal(), "currency": amount.currency, "number": taken.receipt}
            messages.success(request, said % values)
            return redirect("desk-recurring", code) if customer else redirect("desk-top-up")
        except TopUpError as error:
            refusal = str(_REFUSALS[error.code])
    context: dict[str, Any] = {"form": form, "refusal": refusal, "key": secrets.token_urlsafe(16)}
    context |= {"currencies": list_currencies(), "facts": customers.facts_of(customer) if customer else None}
    return render(request, "bookings/desk_top_up.html", context)


@login_required
@never_cache
@require_GET
def bills(request: HttpRequest) -> HttpResponse:
    """What is still to be taken, and to be handed out."""
    user: Any = request.user
    if not (user.has_perm("bookings.settle_bill") or user.has_perm("bookings.take_cash")):
        raise Http404
    context: dict[str, Any] = {"owed": service.list_open(user), "payouts": service.list_payouts(user)}
    context["calls_allowed"] = user.has_perm("bookings.ring_up")
    return render(request, "bookings/desk_bills.html", context)


@login_required
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The money of a bill has come."""
    try:
        bill = service.settle(pk, request.user, timezone.now())
        messages.success(request, gettext("Paid. Number %(number)s.") % {"number": bill.number})
    except Bill.DoesNotExist:
        raise Http404 from None
    except BillError:
        messages.error(request, gettext("This was settled before."))
    return redirect("desk-bills")


@login_required
@require_POST
def pay_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has got their money back."""
    try:
        back = service.pay_out(pk, request.user, timezone.now())
        kick_code(back.pledge.order_code)
        messages.success(request, gettext("Paid back."))
    except PayBack.DoesNotExist:
        raise Http404 from None
    except BillError:
        messages.error(request, gettext("This was settled before."))
    return redirect("desk-bills")
