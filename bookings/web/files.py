"""The desk's pages of a customer's file: kept with consent, its rights, places and history; and erased."""

from __future__ import annotations

from datetime import date, datetime
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
from django.views.decorators.http import require_GET, require_POST

from bookings.models import Caller, Concession
from bookings.services import callers, concessions, customers, erasing, favourites
from bookings.services.concessions import ConcessionError
from bookings.services.customers import CustomerError, Facts
from bookings.services.viewers import allow
from bookings.web.act_words import list_acts
from bookings.web.days import today_here
from bookings.web.limits import limited_each
from bookings.web.phones import PhoneField
from bookings.web.serving import SERVE, served, served_customer
from transit.journeys.picks import Pick
from transit.register.regions import RegionView

_MOBILITY = [("any", _("Walks")), ("step_free", _("Avoid stairs")), ("wheelchair", _("In a wheelchair"))]
_REFUSALS = {
    "unknown_account": _("Nobody has an account with this e-mail address."),
    "has_file": _("A file is kept for this account already."),
    "own_account": _("Nobody enters their own account here. Please ask a colleague."),
    "unknown_group": _("There is no such group."),
    "not_needed": _("This group needs no proof."),
    "day_wrong": _("This day is over."),
}


class FactsForm(forms.Form):
    """What a file says of a person."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = PhoneField(label=_("Phone number"), required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), min_value=1900, max_value=2100, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("fi", "Suomi"), ("ja", "日本語")])
    mobility = forms.ChoiceField(label=_("How the person moves"), choices=_MOBILITY)

    @property
    def facts(self) -> Facts:
        """As a file keeps it."""
        return Facts(**self.cleaned_data)


class NewFileForm(FactsForm):
    """The same with the person's consent. An account is linked only face to face."""

    consent = forms.BooleanField(label=_("The person agrees that we keep this, and knows that they can have it erased"))
    account = forms.EmailField(label=_("Account of the person, if they have one"), max_length=254, required=False)
    seen = forms.BooleanField(label=_("I have seen who the person is"), required=False)

    def __init__(self, *args: Any, at_counter: bool, **named: Any) -> None:
        super().__init__(*args, **named)
        if not at_counter:
            del self.fields["account"], self.fields["seen"]

    def clean(self) -> dict[str, Any]:
        """An account is linked by whoever has seen whose it is."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("account") and not given.get("seen"):
            self.add_error("seen", _("Please look at an identity document first."))
        return given

    @property
    def facts(self) -> Facts:
        """As a file keeps it."""
        known = {name: self.cleaned_data[name] for name in FactsForm.base_fields}
        return Facts(**known)


class RightForm(forms.Form):
    """That a proof was seen."""

    group = forms.ChoiceField(label=_("Group or purpose"))
    until = forms.DateField(
        label=_("Valid until, as the proof says"), required=False, widget=forms.DateInput({"type": "date"})
    )
    seen = forms.BooleanField(label=_("I have seen the proof"))

    def __init__(self, data: Any, region: RegionView | None, today: date) -> None:
        super().__init__(data)
        needing = list(concessions.list_proofs(region.code, today).values()) if region else []
        language = get_language() or "en"
        field: Any = self.fields["group"]
        field.choices = [(group.code, concessions.name_of(group, language)) for group in needing]
        self.proofs = [
            (concessions.name_of(group, language), concessions.text_in(group.proof, language)) for group in needing
        ]


@login_required
@never_cache
@limited_each
def new_file(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a file for a guest who agrees, and go on with it."""
    now = timezone.now()
    caller = served(request, code, now)
    if caller.customer is not None:
        return redirect("desk-file", code)
    said = callers.facts_of(caller)
    first = {"name": said.name, "phone": said.phone, "language": said.language, "mobility": "any"}
    at_counter = caller.where == Caller.Where.COUNTER
    form = NewFileForm(request.POST if request.method == "POST" else None, initial=first, at_counter=at_counter)
    if request.method == "POST" and form.is_valid():
        try:
            email = form.cleaned_data.get("account")
            account = customers.find_account(email) if email else None
            customer = customers.create(form.facts, request.user, now, account)
            opened = callers.open_customer(request.user, customer.code, caller.where, now)
            messages.success(request, gettext("The file is kept."))
            return redirect("desk-file", opened.code)
        except CustomerError as error:
            form.add_error("account", _REFUSALS[error.code])
    context = {"caller": caller, "form": form}
    return render(request, "bookings/desk/new_file.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@limited_each
def file(request: HttpRequest, code: str) -> HttpResponse:
    """What is kept of a customer; the facts can be changed."""
    now = timezone.now()
    caller, customer = served_customer(request, code, now)
    sent = request.method == "POST"
    facts = customers.facts_of(customer)
    form = FactsForm(request.POST if sent else None, initial={name: getattr(facts, name) for name in facts.__slots__})
    if sent and form.is_valid():
        customers.change(customer, form.facts, request.user, now)
        messages.success(request, gettext("Saved."))
        return redirect("desk-file", code)
    context = _shown(caller, now) | {"form": form, "facts": facts}
    return render(request, "bookings/desk/file.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@limited_each
def right(request: HttpRequest, code: str) -> HttpResponse:
    """Note that a proof was seen, or that a right is withdrawn."""
    now = timezone.now()
    caller, customer = served_customer(request, code, now)
    today, region = today_here(now)
    try:
        if request.POST.get("withdraw", "").isdecimal():
            concessions.withdraw(customer.user_id, int(request.POST["withdraw"]), request.user, now)
            return redirect("desk-file", code)
        form = RightForm(request.POST, region, today)
        if not form.is_valid() or region is None:
            context = _shown(caller, now) | {"right": form, "form": None, "facts": customers.facts_of(customer)}
            return render(request, "bookings/desk/file.html", context, status=422)
        given = form.cleaned_data
        concessions.enrol(
            customer.user_id, region.code, given["group"], given["until"], request.user, today=today, now=now
        )
        messages.success(request, gettext("Noted. The proof goes back to the person; no copy is kept."))
    except Concession.DoesNotExist:
        raise Http404 from None
    except ConcessionError as error:
        messages.error(request, str(_REFUSALS[error.code]))
    return redirect("desk-file", code)


@login_required
@require_POST
@limited_each
def favourite(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a place under a word, or forget one."""
    now = timezone.now()
    _caller, customer = served_customer(request, code, now)
    if request.POST.get("drop", "").isdecimal():
        favourites.drop(customer.user_id, int(request.POST["drop"]))
        return redirect("desk-file", code)
    label, pick = request.POST.get("label", "").strip()[:30], Pick.find(request.POST.get("place", ""), None)
    if not label or pick is None or not favourites.keep(customer.user_id, label, pick.location, request.user, now):
        messages.error(request, gettext("This place cannot be kept."))
    else:
        messages.success(request, gettext("Saved."))
    return redirect("desk-caller", code)


@login_required
@require_POST
def erase(request: HttpRequest, code: str) -> HttpResponse:
    """Erase the file, as the person asks."""
    now = timezone.now()
    _caller, customer = served_customer(request, code, now)
    if request.POST.get("sure") != "yes":
        messages.error(request, gettext("Please tick that the person wants it."))
        return redirect("desk-file", code)
    erasing.erase(customer, request.user, now)
    messages.success(request, gettext("The file is erased."))
    return redirect("desk-callers")


@login_required
@never_cache
@require_GET
def expiring(request: HttpRequest) -> HttpResponse:
    """Rights that end soon. Whose they are is seen when a file is opened, which is noted."""
    allow(request.user, SERVE)
    today, _region = today_here(timezone.now())
    language = get_language() or "en"
    found = concessions.list_expiring(today)
    rights = [(each, each.name(language), customers.find_of(each.concession.person_id)) for each in found]
    return render(request, "bookings/desk/expiring.html", {"rights": rights})


def _shown(caller: Caller, now: datetime) -> dict[str, Any]:
    customer = caller.customer
    assert customer is not None, "a file is a customer's"
    today, region = today_here(now)
    language = get_language() or "en"
    return {
        "caller": caller,
        "customer": customer,
        "right": RightForm(None, region, today),
        "rights": [(each, each.name(language)) for each in concessions.list_rights(customer.user_id, today)],
        "today": today,
        "favourites": favourites.list_for(customer.user_id),
        "acts": list_acts(customer.user_id),
        "timezone": region.timezone if region else "UTC",
    }
