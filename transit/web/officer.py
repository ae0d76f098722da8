"""The pages of officers who oversee the duty: what waits for them, and what their region states to be owed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from transit.models import Duty, Exemption, Operator, Region
from transit.register import access, complaints, duties, exemptions, stated, supervision
from transit.register.duty import Standing
from transit.register.exemptions import ExemptionError
from transit.register.supervision import OVERSEE_ANY
from transit.web.duty_forms import DecisionForm, StatedForm, SupervisionForm

_REFUSALS: Final[Mapping[str, Any]] = {
    "no_reason": _("Please say why, in a few words."),
    "ends_before_it_begins": _("The last day is before the first."),
    "own": _("Somebody else must decide about what you have asked for."),
    "decided_already": _("This cannot be done any more. Please look again."),
}


@login_required
@never_cache
@require_GET
def officer(request: HttpRequest) -> HttpResponse:
    """What waits for an officer, in all regions that they oversee."""
    user: Any = request.user
    if not user.has_perm(OVERSEE_ANY):
        raise Http404
    now, regions = timezone.now(), supervision.list_regions(user)
    codes = [each.code for each in regions]
    late = [line for code in codes for line in duties.list_lines(now, region=code, standing=Standing.LATE)]
    context = {
        "regions": regions,
        "exemptions": exemptions.list_waiting(codes),
        "silent": access.list_escalated(codes),
        "complaints": complaints.list_open(codes),
        "late": late,
        "unsorted": [service for code in codes for service in duties.list_unsorted(now, code)],
        "operators": Operator.objects.filter(region__in=regions).order_by("legal_name", "pk"),
    }
    return render(request, "register/officer.html", context)


@login_required
@require_POST
def officer_exemption(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant, refuse or revoke an exemption."""
    user, now = request.user, timezone.now()
    try:
        if request.POST.get("decision") == "revoke":
            exemptions.revoke(pk, user, now)
        else:
            form = DecisionForm(request.POST)
            if not form.is_valid():
                raise ExemptionError("no_reason")
            given = form.cleaned_data
            grant = given["decision"] == "grant"
            exemptions.decide(pk, user, now, grant=grant, answer=given["answer"], last_day=given["last_day"])
        messages.success(request, gettext("Done."))
    except Exemption.DoesNotExist:
        raise Http404 from None
    except ExemptionError as refusal:
        messages.error(request, str(_REFUSALS[refusal.code]))
    return redirect("officer")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def officer_region(request: HttpRequest, region: str) -> HttpResponse:
    """What a region states to be owed, who oversees it, and how long answers may take."""
    user: Any = request.user
    row = next((each for each in supervision.list_regions(user) if each.code == region), None)
    if row is None:
        raise Http404
    do = request.POST.get("do", "")
    form = StatedForm(region, request.POST if do == "state" else None)
    set_ = SupervisionForm(
        request.POST if do == "supervise" else None, instance=supervision.of_region(row), prefix="supervision"
    )
    if request.method == "POST" and _act(request, region, do, form, set_):
        messages.success(request, gettext("Done."))
        return redirect("officer-region", region)
    context = {"region": row, "stated": stated.list_stated(region), "form": form, "supervision": set_}
    return render(request, "register/officer_region.html", context, status=422 if request.method == "POST" else 200)


def _act(request: HttpRequest, region: str, do: str, form: StatedForm, set_: SupervisionForm) -> bool:
    """Whether it was done; what is wrong stands in the forms."""
    try:
        if do == "withdraw":
            stated.withdraw(region, int(request.POST.get("pk", "")), request.user, timezone.now())
            return True
        if do == "state" and form.is_valid():
            stated.state(region, form.stated(), request.user, timezone.now())
            return True
        if do == "supervise" and set_.is_valid():
            supervision.save(region, request.user, set_.cleaned_data)
            return True
    except (Duty.DoesNotExist, Region.DoesNotExist, ValueError):
        raise Http404 from None
    return False
