"""The page of an operator's staff about its duty: what is missing, exemptions, who discloses, and who wants access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from transit.models import Disclosure, Exemption, Operator
from transit.register import access, disclosers, duties, exemptions, supervision
from transit.register.disclosers import DisclosureError
from transit.register.exemptions import ExemptionError
from transit.register.supervision import ANSWER, OVERSEE
from transit.web.duty_forms import DiscloserForm, ExemptionForm
from transit.web.limits import limited

_REFUSALS: Final[Mapping[str, Any]] = {
    "no_reason": _("Please say why, in a few words."),
    "ends_before_it_begins": _("The last day is before the first."),
    "own": _("Somebody else must decide about what you have asked for."),
    "decided_already": _("This cannot be done any more. Please look again."),
    "itself": _("An operator discloses for itself anyway."),
    "loop": _("This would be a circle: in the end each would wait for the other."),
    "too_many": _("Ten others disclose for you already. Please end one first."),
    "there_already": _("This is agreed, or proposed, already."),
}


@login_required
@never_cache
@limited("book")
@require_http_methods(["GET", "POST"])
def operator_duty(request: HttpRequest, operator: str) -> HttpResponse:
    """See and do what an operator can about its duty. An officer may do it for one without a computer."""
    user: Any = request.user
    try:
        row = supervision.get_operator(user, operator, ANSWER, OVERSEE)
    except Operator.DoesNotExist:
        raise Http404 from None
    do = request.POST.get("do", "")
    today = supervision.today(row.region, timezone.now())
    forms = {
        "exemption": ExemptionForm(request.POST if do == "exemption" else None, initial={"first_day": today}),
        "discloser": DiscloserForm(
            operator, request.POST if do == "discloser" else None, initial={"first_day": today}
        ),
    }  # fmt: skip
    if request.method == "POST" and _act(request, operator, do, forms):
        return redirect("operator-duty", operator)
    context = {
        "operator": row,
        "today": today,
        "lines": duties.list_lines(timezone.now(), operator=operator),
        "exemptions": exemptions.list_of(operator),
        "hands": disclosers.list_of(operator),
        "requests": access.list_for(operator),
        "is_staff": user.has_perm(ANSWER, operator),
        "forms": forms,
    }
    return render(request, "register/operator_duty.html", context, status=422 if request.method == "POST" else 200)


def _act(request: HttpRequest, operator: str, do: str, forms: Mapping[str, Any]) -> bool:
    """Whether it was done; what is wrong stands in the form, or is said on the next page."""
    form: Form | None = forms.get(do)
    try:
        if form is not None and not form.is_valid():
            return False
        _DO.get(do, _nothing)(request, operator, form)
        messages.success(request, gettext("Done."))
    except (Disclosure.DoesNotExist, Exemption.DoesNotExist, Operator.DoesNotExist, ValueError):
        raise Http404 from None
    except (ExemptionError, DisclosureError) as refusal:
        if form is not None:
            form.add_error(None, str(_REFUSALS[refusal.code]))
            return False
        messages.error(request, str(_REFUSALS[refusal.code]))
    return True


def _pk(request: HttpRequest) -> int:
    return int(request.POST.get("pk", ""))


def _nothing(request: HttpRequest, operator: str, form: Any) -> None:
    raise Http404


def _ask(request: HttpRequest, operator: str, form: ExemptionForm) -> None:
    exemptions.ask(operator, form.wish(), request.user, timezone.now())


def _propose(request: HttpRequest, operator: str, form: DiscloserForm) -> None:
    by = form.cleaned_data["by"]
    disclosers.propose(operator, by, form.reach, form.days, request.user, timezone.now())


def _withdraw(request: HttpRequest, operator: str, form: Any) -> None:
    exemptions.withdraw(_pk(request), request.user, timezone.now())


def _accept(request: HttpRequest, operator: str, form: Any) -> None:
    disclosers.answer(_pk(request), request.user, timezone.now(), accept=True)


def _decline(request: HttpRequest, operator: str, form: Any) -> None:
    disclosers.answer(_pk(request), request.user, timezone.now(), accept=False)


def _end(request: HttpRequest, operator: str, form: Any) -> None:
    disclosers.end(_pk(request), request.user, timezone.now())


_DO: Final[Mapping[str, Callable[[HttpRequest, str, Any], None]]] = {
    "exemption": _ask,
    "discloser": _propose,
    "withdraw-exemption": _withdraw,
    "accept": _accept,
    "decline": _decline,
    "end": _end,
}
