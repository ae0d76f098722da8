"""Ordering for somebody else: who allows whom, at the desk and by the people themselves."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.models import Caller, Delegation, Offer
from bookings.services import callers, concessions, customers, delegations, favourites, offers, sayings
from bookings.services.delegations import DelegationError, Limits
from bookings.services.offers import OfferError
from bookings.services.viewers import viewer_of
from bookings.web import recurring
from bookings.web.act_words import list_acts
from bookings.web.days import today_here
from bookings.web.limits import limited, limited_each
from bookings.web.serving import served_customer
from transit.money import Money

_REFUSALS = {
    "unknown_account": _("Nobody has an account with this e-mail address."),
    "own": _("Nobody needs to be allowed to order for themselves."),
    "self": _("Nobody enters their own account here. Please ask a colleague."),
    "exists": _("This account may order already. End that first."),
    "limits_wrong": _("Please choose a day within two years, and a limit."),
    "too_many": _("You have asked many people. Please wait for their answers."),
    "no_currency": _("No region is set up."),
}


class LimitsForm(forms.Form):
    """How much of the person's money in a month, until when, and whether all orders are seen."""

    limit = forms.DecimalField(
        label=_("At most in a month"), min_value=Decimal(0), max_digits=8, decimal_places=2, localize=True
    )
    expires_on = forms.DateField(label=_("Until"), widget=forms.DateInput({"type": "date"}))
    sees = forms.BooleanField(label=_("Also sees what others order for the person"), required=False)

    def limits(self, currency: str) -> Limits:
        """As they are kept."""
        given = self.cleaned_data
        return Limits(Money.of_decimal(given["limit"], currency).minor, given["expires_on"], given["sees"])


class DelegateForm(LimitsForm):
    """Whom the person allows to order, who stands at the counter."""

    email = forms.EmailField(label=_("E-mail address of the account that may order"), max_length=254)
    seen = forms.BooleanField(label=_("I have seen who the person is, and they want it"))
    field_order = ("email", "limit", "expires_on", "sees", "seen")


@login_required
@never_cache
@limited_each
def desk_delegates(request: HttpRequest, code: str) -> HttpResponse:
    """Who may order for a customer; entered face to face alone, ended at any time."""
    now = timezone.now()
    caller, customer = served_customer(request, code, now)
    today, region = today_here(now)
    at_counter = caller.where == Caller.Where.COUNTER
    if request.POST.get("end"):
        _end(request, request.POST["end"], now, customer.user_id)
        return redirect("desk-delegates", code)
    form = DelegateForm(request.POST if request.method == "POST" and at_counter else None)
    if form.is_bound and form.is_valid() and region is not None:
        try:
            limits = form.limits(region.currency)
            delegations.enter(customer.user_id, form.cleaned_data["email"], limits, request.user, today, now)
            messages.success(request, gettext("Saved."))
            return redirect("desk-delegates", code)
        except DelegationError as error:
            form.add_error(None, str(_REFUSALS[error.code]))
    context = {"caller": caller, "facts": callers.facts_of(caller), "form": form, "at_counter": at_counter}
    context["delegations"] = delegations.list_of(customer.user_id, today, now)
    return render(request, "bookings/desk/delegates.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@limited
@require_http_methods(["GET", "POST"])
def my_file(request: HttpRequest) -> HttpResponse:
    """What is kept of whoever is logged in, and was done in their name; for whom they may order, and who for them."""
    now = timezone.now()
    today, region = today_here(now)
    user: Any = request.user
    if request.method == "POST":
        _own(request, user, today, now)
        return redirect("my-file")
    customer = customers.find_of(user.pk)
    language = get_language() or "en"
    context = {
        "facts": customers.facts_of(customer) if customer else None,
        "rights": [(each, each.name(language)) for each in concessions.list_rights(user.pk, today)],
        "today": today,
        "favourites": favourites.list_for(user.pk),
        "standing": recurring.shown(user.pk, now),
        "mine": delegations.list_of(user.pk, today, now),
        "others": delegations.list_for(user, today, now),
        "limits": LimitsForm(),
        "acts": list_acts(user.pk),
        "timezone": region.timezone if region else "UTC",
    }
    return render(request, "bookings/my_file.html", context)


@login_required
@require_POST
@limited
def offer_for(request: HttpRequest, code: str) -> HttpResponse:
    """The same journey for somebody for whom one may order."""
    now = timezone.now()
    today, _region = today_here(now)
    try:
        found = offers.get_offer(code, viewer_of(request.user, request.session))
        viewer = viewer_of(request.user, request.session, begin=True)
        made = delegations.offer_for(
            request.user, viewer, found, request.POST.get("delegation", ""), get_language() or "en", today, now
        )
    except (Offer.DoesNotExist, Delegation.DoesNotExist):
        raise Http404 from None
    except OfferError as refusal:
        messages.error(request, sayings.refusal(refusal))
        return redirect("offer", code)
    return redirect("offer", made.code)


def _own(request: HttpRequest, user: Any, today: date, now: datetime) -> None:
    """Ask, accept or end."""
    try:
        if request.POST.get("end"):
            _end(request, request.POST["end"], now)
        elif request.POST.get("accept"):
            form = LimitsForm(request.POST)
            _today, region = today_here(now)
            if not form.is_valid() or region is None:
                raise DelegationError("limits_wrong")
            delegations.accept(user, request.POST["accept"], form.limits(region.currency), today, now)
            messages.success(request, gettext("Saved."))
        elif request.POST.get("email"):
            delegations.ask(user, request.POST["email"][:254], today, now)
            messages.success(request, gettext("If this person has an account, they see there that you ask."))
    except Delegation.DoesNotExist:
        raise Http404 from None
    except DelegationError as error:
        messages.error(request, str(_REFUSALS[error.code]))


def _end(request: HttpRequest, code: str, now: datetime, person_id: int | None = None) -> None:
    try:
        delegations.end(request.user, code, now, person_id)
        messages.success(request, gettext("Saved."))
    except Delegation.DoesNotExist:
        raise Http404 from None
