"""The board of an operator's dispatcher: the shifts of a day, and what can be done about them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings.services import dispatching
from bookings.services.driver_shifts import NoShift
from bookings.services.viewers import allow
from bookings.tasks import kick_rides
from transit.register.sellers import LegalEntity, find_legal_entity


class DayForm(forms.Form):
    """A service day."""

    date = forms.DateField(widget=forms.DateInput({"type": "date"}))


class ShiftForm(forms.Form):
    """What is done about a shift."""

    shift = forms.IntegerField(min_value=1)
    action = forms.ChoiceField(choices=[(each, each) for each in dispatching.ACTIONS])


@login_required
@never_cache
@require_GET
def board(request: HttpRequest, code: str) -> HttpResponse:
    """The shifts of a day: today's, or another one's."""
    operator, now, form = _operator(request, code), timezone.now(), DayForm(request.GET or None)
    today = dispatching.today(operator.timezone, now)
    day = form.cleaned_data["date"] if form.is_bound and form.is_valid() else today
    context = {
        "code": code,
        "operator": operator,
        "day": day,
        "is_today": day == today,
        "now": now,
        "rows": dispatching.list_day(code, day, now),
    }
    return render(request, "bookings/driver_board.html", context)


@login_required
@require_POST
def board_act(request: HttpRequest, code: str) -> HttpResponse:
    """Call a shift off, note a breakdown, or free a shift of its driver."""
    _operator(request, code)
    form = ShiftForm(request.POST)
    if not form.is_valid():
        return redirect("board", code)
    try:
        said = form.cleaned_data
        done = dispatching.act(request.user, code, said["shift"], said["action"], timezone.now())
    except NoShift:
        raise Http404 from None
    if not done:
        messages.error(request, _("This is not possible any more: the plan has changed."))
    kick_rides()
    return redirect("board", code)


def _operator(request: HttpRequest, code: str) -> LegalEntity:
    allow(request.user, "bookings.dispatch", code)
    operator = find_legal_entity(code)
    if operator is None:
        raise Http404
    return operator
