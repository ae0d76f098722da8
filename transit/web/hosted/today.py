"""Today's departures: which is late, which does not run, and what passengers should know. Two taps each."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transit.models import HostedAlert, HostedLine, Operator
from transit.publishing.grids import text_of
from transit.publishing.running import Running, list_running
from transit.register import trip_events
from transit.tasks import kick_hosted_realtime
from transit.web.forms import number_of
from transit.web.hosted.access import editor

DELAYS_MIN = (0, 5, 10, 15, 20, 30, 45, 60)
HOURS = (3, 12, 24, 72, 168)


class AlertForm(forms.Form):
    """A text, for whom, and for how long from now on."""

    text = forms.CharField(max_length=300, label=gettext_lazy("What passengers should know"))
    line = forms.CharField(max_length=16, required=False)
    hours = forms.TypedChoiceField(coerce=int, choices=[(each, each) for each in HOURS], initial=24)


@editor
def today(request: HttpRequest, operator: Operator) -> HttpResponse:
    """Look, choose a departure, say what is the matter with it."""
    now = timezone.now()
    day = now.astimezone(ZoneInfo(operator.region.timezone if operator.region else "UTC")).date()
    running = list_running(operator, day)
    form = AlertForm(request.POST if request.POST.get("do") == "alert" else None)
    if request.method == "POST" and _said(request, operator, running, day, form):
        kick_hosted_realtime()
        return redirect("hosted-today", operator.code)
    context = {
        "operator": operator,
        "day": day,
        "running": [_shown(each) for each in running],
        "chosen": next((each for each in running if each.trip_id == request.GET.get("trip")), None),
        "delays": DELAYS_MIN,
        "hours": HOURS,
        "lines": HostedLine.objects.filter(service__operator=operator),
        "alerts": HostedAlert.objects.filter(operator=operator, until_at__gt=now).select_related("line"),
        "form": form,
    }
    return render(request, "transit/hosted/today.html", context, status=422 if form.errors else 200)


def _said(request: HttpRequest, operator: Operator, running: list[Running], day: date, form: AlertForm) -> bool:
    """Whether it could be done. Raises Http404 for what is not the operator's, or not today."""
    do = request.POST.get("do", "")
    if do == "alert":
        return form.is_valid() and _post(operator, form)
    if do == "end":
        get_object_or_404(HostedAlert, operator=operator, pk=number_of(request.POST.get("alert", ""))).delete()
        return True
    chosen = next((each for each in running if each.trip_id == request.POST.get("trip")), None)
    if chosen is None:
        raise Http404
    late = request.POST.get("delay", "0")
    delay = timedelta(minutes=int(late) if late in map(str, DELAYS_MIN) else 0)
    trip_events.note(operator.code, chosen.trip_id, day, cancelled=do == "cancel", delay=delay, now=timezone.now())
    messages.success(request, _("Travellers who have a ticket are told."))
    return True


def _shown(each: Running) -> tuple[Running, str, str, int]:
    return each, text_of(each.start_s), text_of(each.end_s), int(each.delay.total_seconds()) // 60


def _post(operator: Operator, form: AlertForm) -> bool:
    given, now = form.cleaned_data, timezone.now()
    line = HostedLine.objects.filter(service__operator=operator, code=given["line"]).first() if given["line"] else None
    until_at = now + timedelta(hours=given["hours"])
    HostedAlert.objects.create(operator=operator, line=line, text=given["text"], from_at=now, until_at=until_at)
    return True
