"""The public pages of the duty: who is late, since when and of what; who is exempt, and why."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from transit.models import Operator, Region
from transit.register import access_record, complaints, disclosers, duties, duty_history, supervision
from transit.register.duties import Line
from transit.register.duty import Standing

SHOWN: Final = 50
_ORDERS: Final = {"": _("the worst first"), "operator": _("by operator"), "since": _("the newest first")}


@require_GET
def duty(request: HttpRequest) -> HttpResponse:
    """Every duty of a region, or of all."""
    region, standing, order = (request.GET.get(name, "") for name in ("region", "standing", "order"))
    lines = duties.list_lines(timezone.now(), region=region)
    counts = Counter(each.reckoned.standing for each in lines)
    shown = _ordered([each for each in lines if standing in ("", each.reckoned.standing)], order)
    page = Paginator(shown, SHOWN).get_page(request.GET.get("page"))
    asked = {name: value for name, value in (("region", region), ("standing", standing), ("order", order)) if value}
    context = {
        "page": page,
        "counts": [(each.value, counts[each]) for each in Standing],
        "late_operators": len({each.operator_name for each in lines if each.reckoned.standing == Standing.LATE}),
        "regions": list(Region.objects.order_by("name").values_list("code", "name")),
        "orders": _ORDERS.items(),
        "asked": {"region": region, "standing": standing, "order": order},
        "query": urlencode(asked),
    }
    return render(request, "register/duty.html", context)


def _ordered(lines: list[Line], order: str) -> list[Line]:
    if order == "operator":
        return sorted(lines, key=lambda each: (each.operator_name, each.service_name, each.reckoned.owed.level))
    if order == "since":
        return sorted(lines, key=lambda each: each.reckoned.late_since or each.reckoned.owed.due_on, reverse=True)
    return lines


@require_GET
def duty_of_operator(request: HttpRequest, operator: str) -> HttpResponse:
    """All that is public of one operator's duty."""
    row = Operator.objects.select_related("region").filter(code=operator, region__isnull=False).first()
    if row is None:
        raise Http404
    return render(request, "register/duty_of_operator.html", section(row, timezone.now()))


def section(operator: Operator, now: datetime) -> dict[str, Any]:
    """What there is to say of an operator's duty; the part of its own page, too."""
    known = {each.operator: each for each in access_record.list_statistics(now, operator=operator.code)}
    counted = complaints.list_counts(operator.code)
    return {
        "operator": operator,
        "authority": supervision.of_region(operator.region),
        "lines": duties.list_lines(now, operator=operator.code),
        "hands": [each for each in disclosers.list_of(operator.code) if each.state == "ACCEPTED"],
        "statistics": known.get(operator.code),
        "complaints": counted[0] if counted else None,
        "runs": [each for each in duty_history.list_runs(operator.code) if not each.current],
    }
