"""What somebody does here beside travelling: the pages that their roles open, from one page that they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from maas.accounts.models import Role
from maas.accounts.web.applications import GO_ON
from transit.models import Operator, Service
from transit.web.hosted.access import find_shared, hosted_services

Kind = Role.Kind
Link = tuple[str, Any]
"""Address and words."""


_EVERYWHERE: tuple[tuple[Role.Kind, Any, tuple[tuple[str, Any], ...]], ...] = (
    (Kind.DESK_AGENT, _("Desk"), (
        ("desk-callers", _("Book for a caller")), ("desk-calls", _("People to ring up")),
        ("desk-cases", _("Help with orders")), ("desk-bills", _("Bills and pay-outs")),
        ("desk-top-up", _("Travel money")),
    )),
    (Kind.REGION_OFFICER, _("Region"), (
        ("operator-applications", _("Companies that want to be operators")),
        ("desk-payouts", _("Accounts that money is paid to")), ("on-demand", _("Rides on demand")),
        ("officer", _("Overseeing the duty")), ("feeds", _("Timetables that are fetched")),
        ("providers", _("Third-party providers")), ("subsidies", _("Subsidies")), ("planning", _("For planners")),
    )),
    (Kind.DRIVER, _("Driver"), (("drive", _("My shifts")), ("inspect", _("Check tickets")))),
    (Kind.INSPECTOR, _("Inspector"), (("inspect", _("Check tickets")),)),
    (Kind.PAYER, _("Payer"), (("subsidies", _("Subsidies")),)),
    (Kind.PROVIDER, _("Third-party provider"), (("access-mine", _("My requests for access")),)),
    (Kind.PLATFORM_STAFF, _("Platform"), (
        ("operator-applications", _("Companies that want to be operators")), ("desk-callers", _("Book for a caller")),
        ("desk-cases", _("Help with orders")), ("desk-payouts", _("Accounts that money is paid to")),
        ("comparisons", _("Books compared")), ("providers", _("Third-party providers")),
        ("feeds", _("Timetables that are fetched")), ("admin:index", _("Everything else")),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that somebody does here: for an operator, a desk, a region."""

    title: Any
    links: tuple[Link, ...]


@login_required
@never_cache
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Everything that one's roles open; who only travels is led to the tickets."""
    user: Any = request.user
    if page := request.session.pop(GO_ON, ""):
        return redirect(page)
    tasks = list(_tasks(user))
    if not tasks:
        return redirect("tickets")
    return render(request, "accounts/work.html", {"tasks": tasks})


def _tasks(user: Any) -> Iterator[Task]:
    roles: dict[str, set[str]] = {}
    for kind, scope in user.roles.values_list("kind", "scope"):
        roles.setdefault(kind, set()).add(scope)
    for operator in Operator.objects.filter(code__in=roles.get(Kind.OPERATOR_STAFF, ())).order_by("legal_name"):
        yield Task(operator.legal_name, tuple(_of_operator(operator)))
    for kind, title, links in _EVERYWHERE:
        if kind in roles:
            yield Task(title, tuple((reverse(name), words) for name, words in links))
    if user.operator_applications.exclude(state="APPROVED").exists():
        yield Task(_("Become an operator"), ((reverse("operator-apply"), _("Your application")),))


def _of_operator(operator: Operator) -> Iterator[Link]:
    """What the staff of an operator do; a timetable or vehicles are entered where no feed of its own says them."""
    code = operator.code
    if hosted_services(operator):
        yield reverse("hosted-timetable", args=[code]), _("Timetable and prices")
        yield reverse("hosted-today", args=[code]), _("Today's departures")
    if find_shared(operator):
        yield reverse("hosted-vehicles", args=[code]), _("Vehicles to borrow")
    if operator.services.filter(kind=Service.Kind.ON_DEMAND).exists():
        yield reverse("board", args=[code]), _("Rides of today")
    yield reverse("inspect-at", args=[code]), _("Check tickets")
    yield reverse("account", args=[code]), _("Statements")
    yield reverse("payouts", args=[code]), _("Where your money goes")
    yield reverse("operator-duty", args=[code]), _("Our duty to disclose")
    yield reverse("webhooks", args=[code]), _("Messages to your system")
