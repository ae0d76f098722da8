"""The pages of who pays subsidies: the payer, the region's officers, the platform's staff."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bookings.models import SubsidyBudget
from bookings.services import subsidy_audit as audit
from bookings.services import subsidy_budgets as budgets

_IN_FILES = str.maketrans({":": "-", "/": "-", '"': None})


@never_cache
@login_required
@require_GET
def subsidies(request: HttpRequest) -> HttpResponse:
    """The budgets that one may look at, by year."""
    user: Any = request.user
    if not user.has_perm(budgets.VIEW):
        raise Http404
    now = timezone.now()
    found = [budgets.standing(budget, now) for budget in budgets.list_for(user)]
    return render(request, "bookings/subsidies.html", {"standings": found})


@never_cache
@login_required
@require_GET
def subsidy(request: HttpRequest, pk: int) -> HttpResponse:
    """One budget: what is used, where it leads, what it paid for, and what happens at its end."""
    budget = _get(request, pk)
    context = {
        "budget": budget,
        "standing": budgets.standing(budget, timezone.now()),
        "months": budgets.spent_by_month(budget),
        "lines": audit.list_lines(budget),
    }
    return render(request, "bookings/subsidy.html", context)


@never_cache
@login_required
@require_GET
def subsidy_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the payer owes by month and group, for a spreadsheet."""
    budget = _get(request, pk)
    name = f"{budget.payer}-{budget.year}.csv".translate(_IN_FILES)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    content = audit.to_csv(budget, audit.list_lines(budget))
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _get(request: HttpRequest, pk: int) -> SubsidyBudget:
    try:
        return budgets.get_for(request.user, pk)
    except SubsidyBudget.DoesNotExist:
        raise Http404 from None
